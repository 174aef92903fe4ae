/** What the SDK's own provider server uses to construct components, and its type declarations leave out. In one place. */
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type * as pulumi from "@pulumi/pulumi";
import * as server from "@pulumi/pulumi/provider/server";
import * as resources from "@pulumi/pulumi/runtime/resource";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { version as sdkVersion } from "@pulumi/pulumi/version";

interface Internals {
    /** Runs with a runtime state of its own: monitor, configuration, hooks. */
    withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
    /** Asks the engine what it can; before that, nothing may be registered. */
    awaitFeatureSupport(): Promise<void>;
    /** Waits until every registration is answered. */
    waitForRPCs(): Promise<void>;
    /** Values with their dependencies, secrets and unknowns as outputs. */
    deserializeInputs(
        inputs: Struct | undefined,
        dependencies: ReturnType<pb.ConstructRequest["getInputdependenciesMap"]>,
    ): Promise<Record<string, unknown>>;
    hookBindingFromProto(
        binding: pb.ConstructRequest.ResourceHooksBinding | undefined,
    ): pulumi.ResourceHookBinding | undefined;
}

/** @throws Error where the installed SDK has no such part any more */
function part<Name extends keyof Internals>(module: object, name: Name): Internals[Name] {
    const found = (module as Partial<Internals>)[name];
    if (typeof found === "function") return found as Internals[Name];
    throw new Error(`@pulumi/pulumi ${sdkVersion} has no '${name}', which components need; install 3.270.0`);
}

export const withLocalStorage = part(state, "withLocalStorage");
export const awaitFeatureSupport = part(settings, "awaitFeatureSupport");
export const waitForRPCs = part(settings, "waitForRPCs");
export const deserializeInputs = part(server, "deserializeInputs");
export const hookBindingFromProto = part(resources, "hookBindingFromProto");
