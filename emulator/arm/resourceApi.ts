/**
 * The resource API of the local Azure: resources by id, with Azure's rules and errors. It knows nothing of Pulumi;
 * bodies are flat as in `armShape.ts`, which turns them into the REST API's form and back.
 */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { Faults } from "../faults";
import { checkInputs } from "../providers/propertyTable";
import { ArmError, asArmError, badRequest, resourceNotFound } from "./armError";
import type { ArmType, Azure, TenantDirectory } from "./armType";
import type { DatabaseEngine } from "./databaseEngine";
import { SERVER } from "./dbforpostgresql/serverChild";
import { Operations } from "./operations";
import { lastName, parentOf, resourceGroupOf } from "./resourceId";
import { ResourceStore, type StoredResource } from "./resourceStore";
import { ALL_TYPES, typeOfId, typeOfToken } from "./resourceTypes";
import { viewOf, type ResourceView } from "./resourceView";
import { removeGroup, writeInline } from "./resourceTree";
import { RESOURCE_GROUP } from "./resources/resourceGroup";
import { CLUSTER } from "./serverGroups/clusterChild";

export interface ResourceApiOptions {
    subscriptionId: string;
    directory: TenantDirectory;
    servers: DatabaseEngine;
    faults?: Faults;
    /** How the latency of a fault is waited for. Default: in real time. */
    sleep?: (milliseconds: number) => Promise<void>;
    /** Where the resources are kept, so that they are there again after a new start. Default: in memory alone. */
    stateFile?: string;
}

export interface ProgressEvent {
    phase: "started" | "finished" | "failed";
    verb: "put" | "delete";
    id: string;
    /** Type token, for instance `azure-native:dbforpostgresql:Server`. */
    token: string;
    /** How long it took; only when it is over. */
    milliseconds?: number;
    error?: Error;
}

export class ResourceApi {
    readonly azure: Azure;
    readonly #operations: Operations;
    readonly #stateFile?: string;
    readonly #listeners = new Set<(event: ProgressEvent) => void>();

    /** @throws Error where the state file is not one of this subscription and tenant. */
    constructor(options: ResourceApiOptions) {
        const { subscriptionId, directory, servers } = options;
        this.azure = { subscriptionId, directory, servers, store: new ResourceStore() };
        this.#operations = new Operations(options.faults ?? new Faults(), options.sleep);
        this.#stateFile = options.stateFile;
        if (this.#stateFile) this.azure.store.load(this.#stateFile, subscriptionId, directory.tenantId);
    }

    get subscriptionId(): string {
        return this.azure.subscriptionId;
    }

    /** Starts the PostgreSQL of every server that the state file holds. */
    async open(): Promise<void> {
        for (const type of ALL_TYPES) {
            if (!type.open) continue;
            for (const resource of this.azure.store.all(type.table.token))
                await type.open(this.azure, resource);
        }
    }

    /** Calls back at the beginning and the end of every write and removal; gives the function that ends it. */
    onProgress(listener: (event: ProgressEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /** @throws ArmError 404 where it does not exist. */
    get(id: string): ResourceView {
        const type = this.#typeOf(id).type;
        const resource = this.azure.store.get(id) ?? this.#absent(type, id);
        if (resource) return viewOf(this.azure, type, resource);
        throw type.table.token === RESOURCE_GROUP ? groupNotFound(id) : resourceNotFound(id);
    }

    /** The resources of a type, in all of the subscription or below an id. */
    list(token: string, below?: string): ResourceView[] {
        const { store } = this.azure;
        const found = below === undefined ? store.all(token) : store.below(below, token);
        return found.map((resource) => viewOf(this.azure, typeOfToken(token)!, resource));
    }

    /**
     * Creates or updates. The names in the id count, whatever the body says of them.
     *
     * @throws ArmError
     */
    async put(id: string, body: PropertyMap): Promise<ResourceView> {
        const { type, names } = this.#typeOf(id);
        const { token } = type.table;
        return this.#tracked("put", token, id, () =>
            this.#operations.run(token, id, () => this.#put(type, id, { ...body, ...names })),
        );
    }

    /** Updates what the body names and keeps the rest, blocks property by property. */
    async patch(id: string, body: PropertyMap): Promise<ResourceView> {
        const before = this.azure.store.get(id);
        if (!before) throw resourceNotFound(id);
        const rules = this.#typeOf(id).type.table.properties;
        const kept = Object.entries(before.properties).filter(
            ([name]) => rules[name] && !rules[name].computed,
        );
        const merged: PropertyMap = Object.fromEntries(kept);
        for (const [name, value] of Object.entries(body)) {
            merged[name] = isBlock(value) && isBlock(merged[name]) ? { ...merged[name], ...value } : value;
        }
        return this.put(id, merged);
    }

    /** Removes; true where something was there. */
    async delete(id: string): Promise<boolean> {
        const { type } = this.#typeOf(id);
        const { token } = type.table;
        const resource = this.azure.store.get(id);
        if (!resource) {
            if (token.startsWith("azure-native:dbforpostgresql:")) this.#operations.refuseBusy(token, id);
            return false;
        }
        await this.#tracked("delete", token, id, () =>
            this.#operations.run(token, id, () => this.#delete(type, resource)),
        );
        return true;
    }

    /** Records something that was there before: a resource group, or what nobody makes here (a firewall policy) or anywhere (a Single Server). */
    async seed(id: string, properties: PropertyMap = {}): Promise<void> {
        const type = typeOfId(id)?.type;
        if (type && !type.seed) return void (await this.put(id, properties));
        if (type?.seed) {
            const call = { azure: this.azure, id, inputs: properties, existing: undefined };
            this.#store(id, type.table.token, await type.seed(call));
            return this.#save();
        }
        this.#store(id, "", properties);
        this.#save();
    }

    /** Records something with all that the service has made of it, without the checks of a write. */
    record(id: string, properties: PropertyMap): void {
        this.#store(id, this.#typeOf(id).type.table.token, properties);
        this.#save();
    }

    async #put(type: ArmType, id: string, inputs: PropertyMap): Promise<ResourceView> {
        const { azure } = this;
        const failures = checkInputs(type.table, inputs);
        if (failures.length > 0) {
            throw badRequest("InvalidParameterValue", failures.map((failure) => failure.reason).join("\n"));
        }
        this.#refuseOrphan(type, id);
        const existing = azure.store.get(id);
        const snapshot = type.inline && azure.store.snapshot();
        const properties = await type.put({ azure, id: existing?.id ?? id, inputs, existing });
        const stored = this.#store(existing?.id ?? id, type.table.token, properties);
        try {
            if (snapshot) writeInline(azure, type, stored, inputs, (...record) => this.#store(...record));
        } catch (error) {
            azure.store.restore(snapshot!);
            throw error;
        }
        this.#save();
        return viewOf(azure, type, stored);
    }

    async #delete(type: ArmType, resource: StoredResource): Promise<void> {
        const { store } = this.azure;
        if (type.table.token === RESOURCE_GROUP) {
            for (const token of [SERVER, CLUSTER])
                for (const server of store.below(resource.id, token))
                    this.#operations.refuseBusy(token, server.id);
            await removeGroup(this.azure, resource);
        } else {
            await type.remove?.({ azure: this.azure, resource, withGroup: false });
        }
        for (const child of store.below(resource.id)) store.delete(child.id);
        store.delete(resource.id);
        this.#save();
    }

    #store(id: string, token: string, properties: PropertyMap): StoredResource {
        const now = new Date().toISOString();
        const before = this.azure.store.get(id);
        const rules = typeOfToken(token)?.table.properties ?? {};
        const open = Object.entries(properties).filter(
            ([name, value]) => value !== undefined && !rules[name]?.secret,
        );
        const resource: StoredResource = {
            id,
            token,
            name: lastName(id),
            properties: structuredClone(Object.fromEntries(open)),
            created: before?.created ?? now,
            changed: now,
            revision: (before?.revision ?? 0) + 1,
        };
        this.azure.store.set(resource);
        return resource;
    }

    #save(): void {
        const { store, subscriptionId, directory } = this.azure;
        if (this.#stateFile) store.save(this.#stateFile, subscriptionId, directory.tenantId);
    }

    #typeOf(id: string): { type: ArmType; names: Record<string, string> } {
        const found = typeOfId(id);
        if (!found) {
            throw new ArmError(
                404,
                "InvalidResourceType",
                `The local Azure has no resource type for the id '${id}'.`,
            );
        }
        if (found.names.subscriptionId!.toLowerCase() !== this.subscriptionId.toLowerCase()) {
            throw new ArmError(
                404,
                "SubscriptionNotFound",
                `The subscription '${found.names.subscriptionId}' could not be found.`,
            );
        }
        const { subscriptionId: _, ...names } = found.names;
        return { type: found.type, names };
    }

    #absent(type: ArmType, id: string): StoredResource | undefined {
        const parent = this.azure.store.get(parentOf(id) ?? "");
        const properties = parent && type.absent?.(this.azure, id);
        if (!properties) return undefined;
        const { created } = parent;
        return {
            id,
            token: type.table.token,
            name: lastName(id),
            properties,
            created,
            changed: created,
            revision: 0,
        };
    }

    #refuseOrphan(type: ArmType, id: string): void {
        const parent = parentOf(id);
        if (parent === undefined || this.azure.store.get(parent)) return;
        const group = resourceGroupOf(id);
        if (!this.azure.store.get(group)) throw groupNotFound(group);
        throw new ArmError(
            404,
            "ParentResourceNotFound",
            `Failed to perform 'write' on resource(s) of type '${type.armType.replace(/^[^/]+\//, "")}', because the parent resource '${parent}' could not be found.`,
        );
    }

    async #tracked<T>(verb: "put" | "delete", token: string, id: string, work: () => Promise<T>): Promise<T> {
        const begun = performance.now();
        const tell = (phase: ProgressEvent["phase"], error?: Error): void => {
            const milliseconds = phase === "started" ? undefined : performance.now() - begun;
            for (const listener of this.#listeners) listener({ phase, verb, id, token, milliseconds, error });
        };
        tell("started");
        try {
            const result = await work();
            tell("finished");
            return result;
        } catch (error) {
            const answer = asArmError(error) as Error;
            tell("failed", answer);
            throw answer;
        }
    }
}

function groupNotFound(id: string): ArmError {
    return new ArmError(404, "ResourceGroupNotFound", `Resource group '${lastName(id)}' could not be found.`);
}

function isBlock(value: unknown): value is PropertyMap {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
