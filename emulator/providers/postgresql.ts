/** The local `postgresql` package: roles, schemas and privileges on the real PostgreSQL of the local Azure. */

import { randomBytes } from "node:crypto";
import {
    parseUrn,
    UNKNOWN,
    type OperationOptions,
    type PropertyMap,
    type ResourceProvider,
    type ResourceRef,
} from "../../components/provider/resourceProvider";
import { checkInputs, diffInputs, withDefaults } from "./propertyTable";
import { DEFAULT_PRIVILEGES_TYPE } from "./postgresqlDefaultPrivileges";
import { GRANT_TYPE } from "./postgresqlGrant";
import { GRANT_ROLE_TYPE } from "./postgresqlGrantRole";
import { ROLE_TYPE } from "./postgresqlRole";
import { SCHEMA_TYPE } from "./postgresqlSchema";
import { connectOptions, SqlServer, type Connect } from "./postgresqlSession";
import { outputShape, workingShape } from "./postgresqlShape";
import type { PostgresqlType } from "./postgresqlType";
import { providerSchema } from "./providerSchema";

export { connectToLocalServers, type LocalServers } from "./postgresqlConnect";
export type { Connect, ConnectOptions, SqlConnection } from "./postgresqlSession";

/** The version of the SDK whose shapes this provider has. */
export const POSTGRESQL_VERSION = "3.18.1";

const TYPES: Record<string, PostgresqlType> = Object.fromEntries(
    [ROLE_TYPE, SCHEMA_TYPE, GRANT_ROLE_TYPE, GRANT_TYPE, DEFAULT_PRIVILEGES_TYPE].map((type) => [
        type.table.token,
        type,
    ]),
);

export interface PostgresqlOptions {
    /** Signs in; called for each transaction. */
    connect: Connect;
    /** For `PGHOST`, `PGPASSWORD` and the like. Default: the process's. */
    environment?: Record<string, string | undefined>;
}

/** Nothing is opened before the first resource. */
export function postgresqlProvider(options: PostgresqlOptions): ResourceProvider {
    return new PostgresqlProvider(options);
}

class PostgresqlProvider implements ResourceProvider {
    readonly name = "postgresql";
    readonly version = POSTGRESQL_VERSION;
    /** By project. The engine tells which one a configuration is of; the rehearsal has one project, and tells none. */
    readonly #servers = new Map<string | undefined, SqlServer>();
    readonly #connect: Connect;
    readonly #environment: Record<string, string | undefined>;

    constructor({ connect, environment = process.env }: PostgresqlOptions) {
        this.#connect = connect;
        this.#environment = environment;
    }

    async getSchema(): Promise<string> {
        const resources = Object.values(TYPES).map((type) => type.table);
        return providerSchema({ name: this.name, version: this.version, resources });
    }

    async configure(config: PropertyMap, urn?: string): Promise<void> {
        const project = urn === undefined ? undefined : parseUrn(urn).project;
        const server = this.#servers.get(project) ?? new SqlServer(this.#connect);
        this.#servers.set(project, server);
        server.configure(connectOptions(config, this.#environment));
    }

    #serverOf({ project }: ResourceRef): SqlServer {
        return this.#servers.get(project) ?? this.#servers.get(undefined) ?? new SqlServer(this.#connect);
    }

    async check(resource: ResourceRef, oldInputs: PropertyMap | undefined, news: PropertyMap) {
        const { table, named } = typeOf(resource);
        const inputs = withDefaults(table, news);
        if (named && (inputs.name ?? undefined) === undefined) {
            // As the real provider names what has no name.
            inputs.name = oldInputs?.name ?? `${resource.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
        }
        return { inputs, failures: checkInputs(table, inputs) };
    }

    async diff(
        resource: ResourceRef,
        _id: string,
        _state: PropertyMap,
        oldInputs: PropertyMap,
        news: PropertyMap,
    ) {
        const { table } = typeOf(resource);
        return diffInputs(table, workingShape(table, oldInputs), workingShape(table, news));
    }

    async create(resource: ResourceRef, inputs: PropertyMap, options: OperationOptions) {
        const type = typeOf(resource);
        if (options.preview) return { id: "", properties: preview(type, inputs) };
        const { id, properties } = await type.create(
            this.#serverOf(resource),
            workingShape(type.table, inputs),
        );
        return { id, properties: outputShape(type.table, id, properties) };
    }

    async read(resource: ResourceRef, id: string, inputs: PropertyMap, state: PropertyMap) {
        const { table, read } = typeOf(resource);
        // An import knows nothing but the id: defaults would be taken for what somebody wanted.
        const known = (values: PropertyMap) => (isEmpty(values) ? values : workingShape(table, values));
        const found = await read(this.#serverOf(resource), id, known(inputs), known(state));
        return found && { ...found, properties: outputShape(table, found.id, found.properties) };
    }

    async update(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        _oldInputs: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ) {
        const { table, update } = typeOf(resource);
        if (!update) throw new Error(`${resource.type} has nothing that can be updated in place.`);
        if (options.preview) return { ...oldState, ...news };
        const [before, after] = [workingShape(table, oldState), workingShape(table, news)];
        return outputShape(table, id, await update(this.#serverOf(resource), before, after));
    }

    async delete(resource: ResourceRef, _id: string, oldState: PropertyMap) {
        const type = typeOf(resource);
        await type.delete(this.#serverOf(resource), workingShape(type.table, oldState));
    }

    async invoke(token: string): Promise<PropertyMap> {
        throw new Error(`The local Azure has no function '${token}'. Its postgresql has none.`);
    }
}

/** What the server chooses is not known yet. */
function preview(type: PostgresqlType, inputs: PropertyMap): PropertyMap {
    const chosen = Object.entries(type.table.properties).filter(([, rule]) => rule.keptWhenLeftOut);
    return { ...Object.fromEntries(chosen.map(([name]) => [name, UNKNOWN])), ...inputs };
}

function isEmpty(values: PropertyMap): boolean {
    return Object.keys(values).length === 0;
}

function typeOf(resource: ResourceRef): PostgresqlType {
    const found = Object.hasOwn(TYPES, resource.type) ? TYPES[resource.type] : undefined;
    if (found) return found;
    const known = Object.keys(TYPES).join(", ");
    throw new Error(
        `The local Azure has no resource type '${resource.type}'. Known to its postgresql: ${known}.`,
    );
}
