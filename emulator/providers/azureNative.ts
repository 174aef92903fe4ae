/** The azure-native provider of the local Azure: a thin bridge from Pulumi's calls onto the resource API. */

import { setTimeout as sleep } from "node:timers/promises";
import type {
    CheckResult,
    DiffResult,
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceProvider,
    ResourceRef,
} from "../../components/provider/resourceProvider";
import { ArmError } from "../arm/armError";
import type { ArmType } from "../arm/armType";
import { CONFIGURATION } from "../arm/dbforpostgresql/serverChild";
import { formatId, pathParameters } from "../arm/resourceId";
import type { ResourceApi } from "../arm/resourceApi";
import { RESOURCE_TYPES, typeOfId, typeOfToken } from "../arm/resourceTypes";
import { callFunction, FUNCTION_TABLES, type Caller } from "./azureNativeFunctions";
import { comparable, CREATE_BEFORE_DELETE, plainInputs, withLocation, withName } from "./azureNativeInputs";
import { importedInputs, refreshedInputs } from "./azureNativeRead";
import { GENERIC_RESOURCE, GENERIC_TABLE, GenericResource } from "./genericResource";
import { checkInputs, diffInputs } from "./propertyTable";
import { providerSchema } from "./providerSchema";

export interface AzureNativeOptions {
    /** What `getClientConfig` answers. Default: no identity (all zeros). */
    caller?: Caller;
}

/** The version whose types the tables follow. */
const VERSION = "3.28.0";
const NOBODY = "00000000-0000-0000-0000-000000000000";

export function azureNativeProvider(api: ResourceApi, options: AzureNativeOptions = {}): ResourceProvider {
    return new AzureNativeProvider(api, options.caller ?? { objectId: NOBODY, clientId: NOBODY });
}

class AzureNativeProvider implements ResourceProvider {
    readonly name = "azure-native";
    readonly version = VERSION;
    #location: string | undefined;
    readonly #generic: GenericResource;

    constructor(
        private readonly api: ResourceApi,
        private readonly caller: Caller,
    ) {
        this.#generic = new GenericResource({
            subscriptionId: api.subscriptionId,
            put: (id, body, options) => this.#write(id, body, options),
            find: (id) => asProviderError(() => this.#find(id)),
        });
    }

    async getSchema(): Promise<string> {
        return providerSchema({
            name: this.name,
            version: VERSION,
            resources: [...RESOURCE_TYPES.map((type) => type.table), GENERIC_TABLE],
            functions: FUNCTION_TABLES,
            config: { location: { type: "string" }, subscriptionId: { type: "string" } },
        });
    }

    async configure(config: PropertyMap): Promise<void> {
        const { location, subscriptionId } = config;
        if (subscriptionId && subscriptionId !== this.api.subscriptionId) {
            throw new Error(
                `azure-native:subscriptionId is '${String(subscriptionId)}'; the local Azure has the subscription ${this.api.subscriptionId}. Leave the setting out of this stack.`,
            );
        }
        this.#location = typeof location === "string" ? location : undefined;
    }

    async check(
        resource: ResourceRef,
        oldInputs: PropertyMap | undefined,
        news: PropertyMap,
    ): Promise<CheckResult> {
        if (isGeneric(resource)) return this.#generic.check(plainInputs(news));
        const type = known(resource);
        const named = withName(type, resource, oldInputs, plainInputs(news));
        const inputs = withLocation(this.api, type, this.#location, oldInputs, named);
        return { inputs, failures: checkInputs(type.table, plainInputs(inputs)) };
    }

    async diff(
        resource: ResourceRef,
        _id: string,
        _oldState: PropertyMap,
        oldInputs: PropertyMap,
        news: PropertyMap,
    ): Promise<DiffResult> {
        if (isGeneric(resource)) return this.#generic.diff(plainInputs(oldInputs), plainInputs(news));
        const { detailedDiff } = diffInputs(known(resource).table, comparable(oldInputs), comparable(news));
        const replaces = Object.values(detailedDiff).some((kind) => kind.endsWith("-replace"));
        return { detailedDiff, deleteBeforeReplace: replaces && !news[CREATE_BEFORE_DELETE] };
    }

    async create(
        resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (isGeneric(resource)) return this.#generic.create(plainInputs(inputs), options);
        const type = known(resource);
        if (options.preview) return { id: "", properties: plainInputs(inputs) };
        return asProviderError(async () => {
            const id = formatId(type.path, this.api.subscriptionId, inputs);
            // A server parameter is there before anybody makes it.
            if (type.table.token !== CONFIGURATION && (await this.#find(id))) {
                throw new Error(`cannot create already existing resource '${id}'`);
            }
            return this.#put(type, id, inputs, options);
        });
    }

    async read(
        resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        _options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        if (isGeneric(resource)) return this.#generic.read(resource, id, inputs);
        const type = known(resource);
        if (typeOfId(id)?.type !== type) throw new Error(`'${id}' is no id of the type ${resource.type}`);
        const view = await asProviderError(async () => this.#find(id));
        if (!view) return undefined;
        if (Object.keys(inputs).length === 0) {
            return {
                id: view.id,
                inputs: importedInputs(type, view.id, view.outputs),
                properties: view.outputs,
            };
        }
        const outputs = withoutForeignChildren(type, inputs, view.outputs);
        return { id: view.id, inputs: refreshedInputs(type, inputs, state, outputs), properties: outputs };
    }

    async update(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        _oldInputs: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap> {
        if (isGeneric(resource)) return this.#generic.update(id, oldState, plainInputs(news), options);
        const type = known(resource);
        if (options.preview) return { ...oldState, ...plainInputs(news) };
        return (await asProviderError(() => this.#put(type, id, news, options))).properties;
    }

    async delete(
        _resource: ResourceRef,
        id: string,
        _oldState: PropertyMap,
        _oldInputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        await asProviderError(() => withRetries(options.signal, () => this.api.delete(id)));
    }

    async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
        return asProviderError(async () => callFunction(this.api, this.caller, token, plainInputs(args)));
    }

    async #put(
        type: ArmType,
        id: string,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        const body = plainInputs(inputs);
        for (const name of pathParameters(type.path)) delete body[name];
        const view = await withRetries(options.signal, () => this.api.put(id, body));
        return { id: view.id, properties: withoutForeignChildren(type, inputs, view.outputs) };
    }

    #write(id: string, body: PropertyMap, options: OperationOptions) {
        return asProviderError(() => withRetries(options.signal, () => this.api.put(id, body)));
    }

    async #find(id: string) {
        try {
            return this.api.get(id);
        } catch (error) {
            if (error instanceof ArmError && error.status === 404) return undefined;
            throw error;
        }
    }
}

function isGeneric(resource: ResourceRef): boolean {
    return resource.type === GENERIC_RESOURCE;
}

function known(resource: ResourceRef): ArmType {
    const type = typeOfToken(resource.type);
    if (type) return type;
    throw new Error(
        `The local Azure has no resource type '${resource.type}'. It has: ${RESOURCE_TYPES.map((t) => t.table.token).join(", ")}.`,
    );
}

/** Children that stand alone do not show in their parent, unless it lists some itself (azure-native does the same). */
function withoutForeignChildren(type: ArmType, inputs: PropertyMap, outputs: PropertyMap): PropertyMap {
    if (!type.inline || inputs[type.inline.property] !== undefined) return outputs;
    return { ...outputs, [type.inline.property]: [] };
}

const RETRIED = [408, 429, 500, 502, 503, 504];
const MOST_RETRIES = 3;

/** As azure-native's HTTP pipeline: three more tries after a throttled or failed request, none after a refusal. */
async function withRetries<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
        try {
            return await work();
        } catch (error) {
            const again = error instanceof ArmError && !error.longRunning && RETRIED.includes(error.status);
            if (!again || attempt > MOST_RETRIES) throw error;
            await sleep(error.retryAfterMilliseconds ?? 800 * 2 ** (attempt - 1), undefined, { signal });
        }
    }
}

/** Errors with status and code in the text, which is all that Pulumi shows and hands to error hooks. */
async function asProviderError<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof ArmError) throw new Error(error.toString(), { cause: error });
        throw error;
    }
}
