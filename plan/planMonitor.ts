import type * as structProto from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { parseUrn, UNKNOWN, type ResourceProvider } from "../components/provider/resourceProvider";
import type { ProgramMonitor } from "../rehearsal/deployment";
import { ResourceUrns } from "../rehearsal/resourceUrns";
import type { PlannedResource, PlanProblem, Properties } from "./planDocument";
import { readable, UNKNOWN_TENANT, unwrapped } from "./planValues";

type Callback<T> = (error: Error | null, response?: T) => void;
type Request = resourceProto.RegisterResourceRequest;

export interface PlanMonitorOptions {
    project: string;
    stack: string;
    /** Providers whose `check` is pure; of the others nothing is asked. */
    checking: ResourceProvider[];
}

/**
 * Stands where the engine stands in a preview of a stack that is not there yet: writes down each registration, answers inputs
 * as outputs and leaves all else unknown. No provider is started, no function is called, nothing is touched.
 */
export class PlanMonitor extends MockMonitor implements ProgramMonitor {
    readonly planned: PlannedResource[] = [];
    readonly problems: PlanProblem[] = [];
    outputs: Properties = {};
    failure: Error | undefined;
    readonly #urns: ResourceUrns;

    constructor(readonly options: PlanMonitorOptions) {
        super({ newResource: unused, call: unused });
        this.#urns = new ResourceUrns(options.stack, options.project);
    }

    override async registerResource(
        req: Request,
        callback: Callback<resourceProto.RegisterResourceResponse>,
    ): Promise<void> {
        try {
            const urn = this.#urns.take(req.getParent(), req.getType(), req.getName());
            refuseTransforms(req.getTransformsList().length, urn);
            const inputs = plain(req.getObject());
            this.planned.push(plannedResource(urn, req, inputs));
            if (req.getCustom()) await this.#check(urn, req.getType(), inputs);
            this.resources.set(urn, { urn, id: null, state: inputs });
            callback(null, asPreviewed(urn, inputs));
        } catch (error) {
            this.failure ??= error as Error;
            callback(error as Error);
        }
    }

    /** `Resource.get(…)`: a preview would read it. Nothing is read here, so all but its id is unknown. */
    override async readResource(
        req: resourceProto.ReadResourceRequest,
        callback: Callback<resourceProto.ReadResourceResponse>,
    ): Promise<void> {
        const response = new resourceProto.ReadResourceResponse();
        response.setUrn(this.#urns.take(req.getParent(), req.getType(), req.getName()));
        response.setProperties(req.getProperties());
        callback(null, response);
    }

    override async invoke(
        req: resourceProto.ResourceInvokeRequest,
        callback: Callback<resourceProto.ResourceInvokeResponse>,
    ): Promise<void> {
        if (req.getTok().startsWith("pulumi:")) return super.invoke(req, callback);
        const response = new resourceProto.ResourceInvokeResponse();
        const answer = answerOf(req.getTok(), plain(req.getArgs()));
        if (answer) response.setReturn(Struct.fromJavaScript(answer as Record<string, never>));
        else response.setUnknown(true);
        callback(null, response);
    }

    override registerResourceOutputs(
        req: resourceProto.RegisterResourceOutputsRequest,
        callback: Callback<object>,
    ): void {
        if (parseUrn(req.getUrn()).type === "pulumi:pulumi:Stack")
            this.outputs = readable(plain(req.getOutputs()));
        callback(null, {});
    }

    /** Called by the SDK for `new pulumi.ErrorHook(…)`; its own mock monitor does not know the call. */
    registerErrorHook(_req: resourceProto.RegisterErrorHookRequest, callback: Callback<object>): void {
        callback(null, {});
    }

    /** Called by the SDK for `new pulumi.ResourceHook(…)`. */
    registerResourceHook(_req: resourceProto.RegisterResourceHookRequest, callback: Callback<object>): void {
        callback(null, {});
    }

    override registerStackTransform(_req: unknown, callback: Callback<object>): void {
        callback(new Error(NO_TRANSFORMS));
    }

    /** Registrations are answered at once: nothing is ever under way. */
    settled(): Promise<void> {
        return Promise.resolve();
    }

    async #check(urn: string, type: string, inputs: Properties): Promise<void> {
        const provider = this.options.checking.find((p) => type.startsWith(`${p.name}:`));
        if (!provider) return;
        const { failures } = await provider.check(parseUrn(urn), undefined, unwrapped(inputs));
        this.problems.push(...failures.map((failure) => ({ urn, ...failure })));
    }
}

const NO_TRANSFORMS = "the plan does not run transforms, so it would not be what a deployment does";

/** Better no plan than a wrong one. */
function refuseTransforms(count: number, urn: string): void {
    if (count > 0) throw new Error(`${urn}: ${NO_TRANSFORMS}`);
}

function unused(): never {
    throw new Error("the plan calls no provider");
}

function plain(struct: structProto.Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

/**
 * What a function's own arguments say already is known; what Azure would answer is not. Who runs Pulumi is not asked: the tenant is
 * a stand-in, because the SDK would else take whole objects for unknown that hold it.
 */
function answerOf(token: string, args: Properties): Properties | undefined {
    const { displayName = UNKNOWN, objectId = UNKNOWN } = args;
    if (token === "azuread:index/getGroup:getGroup") return { displayName, objectId, id: UNKNOWN };
    if (token !== "azure-native:authorization:getClientConfig") return undefined;
    return { tenantId: UNKNOWN_TENANT, objectId: UNKNOWN, clientId: UNKNOWN, subscriptionId: UNKNOWN };
}

function asPreviewed(urn: string, inputs: Properties): resourceProto.RegisterResourceResponse {
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    // Without an id the SDK holds it, and each output that is no input, for unknown.
    response.setObject(Struct.fromJavaScript(inputs as Record<string, never>));
    return response;
}

function plannedResource(urn: string, req: Request, inputs: Properties): PlannedResource {
    return {
        urn,
        type: req.getType(),
        name: req.getName(),
        custom: req.getCustom(),
        parent: req.getParent(),
        inputs: readable(inputs),
        dependencies: sortedUrns(req.getDependenciesList()),
        propertyDependencies: propertyDependencies(req),
        protect: req.getProtect() ?? false,
        retainOnDelete: req.getRetainondelete() ?? false,
        deleteBeforeReplace: req.getDeletebeforereplace(),
        deletedWith: req.getDeletedwith(),
        // A provider is given as `<urn>::<id>`, and its id is not known yet.
        provider: req.getProvider().replace(/::[^:]*$/, ""),
        ignoreChanges: [...req.getIgnorechangesList()].sort(),
        hooks: hooksOf(req),
    };
}

function sortedUrns(urns: string[]): string[] {
    return [...new Set(urns)].sort();
}

function propertyDependencies(req: Request): Record<string, string[]> {
    const entries = [...req.getPropertydependenciesMap().entries()]
        .map(([property, urns]): [string, string[]] => [property, sortedUrns(urns.getUrnsList())])
        .filter(([, urns]) => urns.length > 0);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hooksOf(req: Request): Record<string, string[]> {
    const hooks = req.getHooks();
    const lists: [string, string[] | undefined][] = [
        ["afterCreate", hooks?.getAfterCreateList()],
        ["afterDelete", hooks?.getAfterDeleteList()],
        ["afterUpdate", hooks?.getAfterUpdateList()],
        ["beforeCreate", hooks?.getBeforeCreateList()],
        ["beforeDelete", hooks?.getBeforeDeleteList()],
        ["beforeUpdate", hooks?.getBeforeUpdateList()],
        ["onError", hooks?.getOnErrorList()],
    ];
    return Object.fromEntries(lists.filter((entry): entry is [string, string[]] => !!entry[1]?.length));
}
