/**
 * Makes a component for a program in any language: Construct. The parts are the SDK's own; its server cannot be used whole,
 * see grpcServer.ts.
 */
import * as pulumi from "@pulumi/pulumi";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import * as config from "@pulumi/pulumi/runtime/config";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { findComponent, TYPES } from "./componentCatalog";
import { failWith } from "./constructFailures";
import { componentInputs } from "./constructInputs";
import { optionsOf } from "./constructOptions";
import { awaitFeatureSupport, deserializeInputs, waitForRPCs, withLocalStorage } from "./sdkInternals";

/**
 * @param engineAddress where log lines go
 * @throws Error that names every wrong argument
 */
export function construct(
    request: pb.ConstructRequest,
    engineAddress: string | undefined,
): Promise<pb.ConstructResponse> {
    return withLocalStorage(() =>
        failWith(async () => {
            if (engineAddress === undefined) throw new Error("the engine did not say where it is");
            await connect(request, engineAddress);
            const component = findComponent(request.getType());
            const given = await deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
            const inputs = await componentInputs(given, component.inputs, TYPES);
            const made = new component.make(request.getName(), inputs, optionsOf(request));
            const response = await responseOf(made, component.outputs);
            await waitForRPCs();
            return response;
        }),
    );
}

/** The runtime talks to the engine that asked, and knows the program's configuration. */
async function connect(request: pb.ConstructRequest, engineAddress: string): Promise<void> {
    settings.resetOptions(
        request.getProject(),
        request.getStack(),
        request.getParallel(),
        engineAddress,
        request.getMonitorendpoint(),
        request.getDryrun(),
        request.getOrganization(),
    );
    await awaitFeatureSupport();
    const values = Object.fromEntries(request.getConfigMap().getEntryList() as [string, string][]);
    config.setAllConfig(values, request.getConfigsecretkeysList());
}

async function responseOf(
    component: pulumi.ComponentResource,
    outputs: string[],
): Promise<pb.ConstructResponse> {
    const response = new pb.ConstructResponse();
    response.setUrn(await promiseOf(component.urn));
    const values = Object.fromEntries(
        outputs.map((name) => [name, (component as unknown as Record<string, unknown>)[name]]),
    );
    const [state, dependencies] = await rpc.serializeResourceProperties(
        `construct ${component.constructor.name}`,
        values,
    );
    response.setState(Struct.fromJavaScript(state as Record<string, JavaScriptValue>));
    for (const [name, resources] of dependencies) {
        const urns = new pb.ConstructResponse.PropertyDependencies();
        urns.setUrnsList(await Promise.all([...resources].map((resource) => promiseOf(resource.urn))));
        response.getStatedependenciesMap().set(name, urns);
    }
    return response;
}

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
    return (output as unknown as { promise(): Promise<T> }).promise();
}
