/** The package's provider: its custom resources by type token. Loads neither pg nor the identity library until a connection is made. */
import schema from "../schema.json";
import { Connections, type ConnectionsOptions } from "./connection";
import { DatabasePrincipals } from "./databasePrincipals";
import { DatabasePrincipalSets } from "./databasePrincipalSets";
import { PrincipalChanges } from "./principalChanges";
import type {
    CheckResult,
    DiffResult,
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceProvider,
    ResourceRef,
} from "./resourceProvider";
import { ResourceManager, type ResourceManagerOptions } from "./resourceManager";
import { DATABASE_PRINCIPAL, DATABASE_PRINCIPAL_SET, VIRTUAL_MACHINE_IDENTITY } from "./schema";
import { isSingleServer, SingleServerPrincipals } from "./singleServerPrincipals";
import { VirtualMachineIdentities } from "./virtualMachineIdentities";

type Handler = DatabasePrincipals | DatabasePrincipalSets | SingleServerPrincipals | VirtualMachineIdentities;

export class AzurePostgresEntraProvider implements ResourceProvider {
    readonly name = "azure-postgres-entra";
    readonly version = schema.version;
    readonly #connections: Connections;
    readonly #changes: PrincipalChanges;
    readonly #handlers: Record<string, Handler>;
    readonly #singleServer: SingleServerPrincipals;

    /** @param options Only tests give any. */
    constructor(options: ConnectionsOptions & { resourceManager?: ResourceManagerOptions } = {}) {
        this.#connections = new Connections(options);
        const resourceManager = new ResourceManager({
            environment: options.environment,
            ...options.resourceManager,
        });
        const changes = (this.#changes = new PrincipalChanges(this.#connections));
        this.#handlers = {
            [DATABASE_PRINCIPAL]: new DatabasePrincipals(changes),
            [DATABASE_PRINCIPAL_SET]: new DatabasePrincipalSets(changes),
            [VIRTUAL_MACHINE_IDENTITY]: new VirtualMachineIdentities(resourceManager),
        };
        this.#singleServer = new SingleServerPrincipals(this.#connections);
    }

    /** The checked-in file: analysing the sources takes seconds, and TypeScript itself. */
    getSchema(): Promise<string> {
        return Promise.resolve(JSON.stringify(schema));
    }

    async check(
        resource: ResourceRef,
        _olds: PropertyMap | undefined,
        news: PropertyMap,
    ): Promise<CheckResult> {
        return this.#handler(resource, news).check(resource, news);
    }

    async diff(
        resource: ResourceRef,
        _id: string,
        state: PropertyMap,
        olds: PropertyMap,
        news: PropertyMap,
    ): Promise<DiffResult> {
        return this.#handler(resource, olds, news).diff(state, olds, news);
    }

    async create(
        resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        return this.#handler(resource, inputs).create(resource, inputs, options);
    }

    async read(
        resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        return this.#handler(resource, inputs).read(resource, id, inputs, state, options);
    }

    async update(
        resource: ResourceRef,
        _id: string,
        state: PropertyMap,
        olds: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap> {
        return this.#handler(resource, news).update(resource, state, olds, news, options);
    }

    async delete(
        resource: ResourceRef,
        id: string,
        state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        return this.#handler(resource, inputs).delete(resource, id, state, inputs, options);
    }

    cancel(): void {
        this.#changes.declarations.clear();
    }

    close(): Promise<void> {
        return this.#connections.close();
    }

    /** @param inputs those of before and those of now: a change to or from a Single Server replaces the principal */
    #handler(resource: ResourceRef, ...inputs: PropertyMap[]): Handler {
        if (resource.type === DATABASE_PRINCIPAL && inputs.some(isSingleServer)) return this.#singleServer;
        const handler = this.#handlers[resource.type];
        if (handler) return handler;
        const known = Object.keys(this.#handlers).join(", ");
        throw new Error(`${this.name} has no custom resource ${resource.type}; known: ${known}`);
    }
}
