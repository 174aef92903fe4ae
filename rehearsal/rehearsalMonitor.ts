import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
    parseUrn,
    type CheckFailure,
    type PropertyMap,
    type ResourceProvider,
    type ResourceRef,
} from "../components/provider/resourceProvider";
import { ErrorHooks } from "./errorHooks";
import { ResourceUrns } from "./resourceUrns";

/** What happens to one resource while a rehearsal runs. */
export interface ResourceEvent {
    kind: "creating" | "created" | "retrying" | "failed";
    resource: ResourceRef;
    milliseconds: number;
    message?: string;
}

export interface MonitorOptions {
    project: string;
    stack: string;
    providers: ResourceProvider[];
    onEvent: (event: ResourceEvent) => void;
}

type Callback<T> = (error: Error | null, response?: T) => void;

/** A resource that was refused or whose creation failed. */
export class ResourceFailure extends Error {
    constructor(
        readonly resource: ResourceRef,
        message: string,
    ) {
        super(`${resource.type} '${resource.name}': ${message}`);
        this.name = "ResourceFailure";
    }
}

/**
 * Stands where the Pulumi engine stands: every resource that the program registers goes through the provider's check and
 * create, every `onError` hook is honoured, nothing is mocked but the engine.
 */
export class RehearsalMonitor extends MockMonitor {
    readonly #providers: Map<string, ResourceProvider>;
    readonly #hooks = new ErrorHooks();
    readonly #urns: ResourceUrns;
    readonly #inFlight = new Set<Promise<void>>();
    /** The first failure; later ones are its consequences. */
    failure: Error | undefined;

    constructor(readonly options: MonitorOptions) {
        super({ newResource: unused, call: unused });
        this.#providers = new Map(options.providers.map((p) => [p.name, p]));
        this.#urns = new ResourceUrns(options.stack, options.project);
    }

    override async registerResource(
        req: resourceProto.RegisterResourceRequest,
        callback: Callback<resourceProto.RegisterResourceResponse>,
    ): Promise<void> {
        if (this.failure) return callback(new Error("not started: an earlier resource failed"));
        const { promise: settled, resolve: settle } = withResolvers();
        this.#inFlight.add(settled);
        try {
            const urn = this.#urns.take(req.getParent(), req.getType(), req.getName());
            const wrapped = rpc.deserializeProperties(req.getObject()!) as PropertyMap;
            const { id, state } = req.getCustom()
                ? await this.#custom(parseUrn(urn), wrapped, req)
                : { id: "", state: wrapped };
            this.resources.set(urn, { urn, id, state });
            callback(null, registered(urn, id, state));
        } catch (error) {
            this.failure ??= error as Error;
            callback(error as Error);
        } finally {
            this.#inFlight.delete(settled);
            settle();
        }
    }

    /** Resolves when nothing is being created any more. */
    async settled(): Promise<void> {
        while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    }

    override async invoke(
        req: resourceProto.ResourceInvokeRequest,
        callback: Callback<resourceProto.ResourceInvokeResponse>,
    ) {
        const token = req.getTok();
        if (token.startsWith("pulumi:")) return super.invoke(req, callback);
        try {
            const provider = this.#providerOf(token);
            if (!provider.invoke) throw new Error(`the provider ${provider.name} has no function '${token}'`);
            const args = rpc.deserializeProperties(req.getArgs()!) as PropertyMap;
            const response = new resourceProto.ResourceInvokeResponse();
            response.setReturn(toStruct(await provider.invoke(token, args)));
            callback(null, response);
        } catch (error) {
            this.failure ??= error as Error;
            callback(error as Error);
        }
    }

    /** Called by the SDK for `new pulumi.ErrorHook(…)`; its own mock monitor does not know the call. */
    registerErrorHook(req: resourceProto.RegisterErrorHookRequest, callback: Callback<object>): void {
        this.#hooks.register(req);
        callback(null, {});
    }

    /** Called by the SDK for `new pulumi.ResourceHook(…)`. */
    registerResourceHook(_req: resourceProto.RegisterResourceHookRequest, callback: Callback<object>): void {
        callback(null, {});
    }

    close(): void {
        this.#hooks.close();
    }

    async #custom(resource: ResourceRef, wrapped: PropertyMap, req: resourceProto.RegisterResourceRequest) {
        const { inputs, secretKeys } = unwrapSecrets(wrapped);
        if (resource.type.startsWith("pulumi:providers:")) {
            await this.#configure(resource, inputs);
            return { id: resource.name, state: wrapped };
        }
        const hooks = req.getHooks()?.getOnErrorList() ?? [];
        // A rehearsal creates and does nothing else: hooks around updates and deletes have no turn.
        const unheard = [
            ...(req.getHooks()?.getBeforeCreateList() ?? []),
            ...(req.getHooks()?.getAfterCreateList() ?? []),
        ];
        if (unheard.length > 0)
            throw new Error(`the rehearsal does not run create hooks (${unheard.join(", ")})`);
        const { id, properties } = await this.#create(resource, inputs, hooks);
        return { id, state: wrapSecrets(properties, secretKeys) };
    }

    /** An explicit provider is configured when it is registered, as the engine does it. */
    async #configure(resource: ResourceRef, config: PropertyMap): Promise<void> {
        const name = resource.type.slice("pulumi:providers:".length);
        const provider = this.#providerOf(`${name}:`);
        await provider.checkConfiguration?.(resource.urn);
        await provider.configure?.(config);
    }

    async #create(resource: ResourceRef, news: PropertyMap, hooks: string[]) {
        const provider = this.#providerOf(resource.type);
        const started = Date.now();
        const emit = (kind: ResourceEvent["kind"], message?: string) =>
            this.options.onEvent({ kind, resource, milliseconds: Date.now() - started, message });
        emit("creating");
        try {
            const { inputs, failures } = await provider.check(resource, undefined, news);
            if (failures.length > 0) throw new Error(failures.map(failureText).join("; "));
            const create = () => provider.create(resource, inputs, { log: (m) => emit("retrying", m) });
            const created = await this.#hooks.retrying(resource, hooks, create, (m) => emit("retrying", m));
            emit("created");
            return created;
        } catch (error) {
            emit("failed", (error as Error).message);
            throw new ResourceFailure(resource, (error as Error).message);
        }
    }

    #providerOf(token: string): ResourceProvider {
        const name = token.split(":")[0]!;
        const provider = this.#providers.get(name);
        if (provider) return provider;
        const known = [...this.#providers.keys()].join(", ");
        throw new Error(`'${token}': the local Azure has no provider '${name}'; it has ${known}`);
    }
}

function unused(): never {
    throw new Error("the rehearsal drives providers, not mocks");
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
    let resolve!: () => void;
    const promise = new Promise<void>((done) => (resolve = done));
    return { promise, resolve };
}

function failureText(failure: CheckFailure): string {
    return failure.property ? `${failure.property}: ${failure.reason}` : failure.reason;
}

function unwrapSecrets(wrapped: PropertyMap): { inputs: PropertyMap; secretKeys: string[] } {
    const secretKeys = Object.keys(wrapped).filter((key) => rpc.isRpcSecret(wrapped[key]));
    const inputs = Object.fromEntries(Object.entries(wrapped).map(([k, v]) => [k, rpc.unwrapRpcSecret(v)]));
    return { inputs, secretKeys };
}

function wrapSecrets(properties: PropertyMap, secretKeys: string[]): PropertyMap {
    const marked = secretKeys
        .filter((key) => properties[key] !== undefined)
        .map((key) => [key, secret(properties[key])]);
    return { ...properties, ...Object.fromEntries(marked) };
}

function secret(value: unknown): PropertyMap {
    return { [rpc.specialSigKey]: rpc.specialSecretSig, value };
}

function registered(urn: string, id: string, state: PropertyMap): resourceProto.RegisterResourceResponse {
    const response = new resourceProto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(id);
    response.setObject(toStruct(state));
    return response;
}

function toStruct(value: PropertyMap): Struct {
    // A JSON round trip leaves out what is undefined, which a protobuf struct cannot hold.
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));
}
