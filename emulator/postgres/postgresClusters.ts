/**
 * The clusters of Azure Cosmos DB for PostgreSQL: a coordinator and, where the cluster has workers, one PostgreSQL that stands for
 * all of them. Roles are made on every node (F46), by the resource API alone.
 */

import pg from "pg";
import { AzureError } from "./azureError";
import { labelType } from "./directoryTable";
import {
    CITUS,
    clusterAdministrator,
    coordinatorSetup,
    NODE_SETUP,
    WORKER_SETUP,
    type WorkerAddress,
} from "./clusters.sql";
import type { PostgresServer } from "./postgresServer";
import { scramVerifier } from "./scram";
import { formatLabel } from "./securityLabel";
import type { ClusterSpec, ClusterSurroundings, EntraRole, ServerSpec, Surroundings } from "./serverTypes";
import { SOCKET_PORT } from "./postmaster";

/** Starts single servers; `PostgresServers` does. */
export interface NodeStarter {
    create(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer>;
    open(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer>;
    remove(name: string): Promise<void>;
}

export class PostgresClusters {
    readonly #clusters = new Map<string, PostgresCluster>();

    constructor(private readonly starter: NodeStarter) {}

    /** @param citusPassword of the role `citus`, which the service wants whatever the authentication. */
    async create(
        spec: ClusterSpec,
        surroundings: ClusterSurroundings,
        citusPassword: string,
    ): Promise<PostgresCluster> {
        // What a process left that ended before the cluster was made.
        if (!this.#clusters.has(spec.name)) await this.remove(spec.name);
        try {
            const nodes = await this.#start(spec, surroundings, "create");
            for (const node of nodes.all) await setUpNode(node, spec.database);
            return await this.#ready(spec, nodes, citusPassword);
        } catch (error) {
            await this.remove(spec.name);
            throw error;
        }
    }

    /** A cluster whose data is there already. */
    async open(spec: ClusterSpec, surroundings: ClusterSurroundings): Promise<PostgresCluster> {
        const nodes = await this.#start(spec, surroundings, "open");
        for (const node of nodes.all) await setUpNode(node, spec.database);
        return this.#ready(spec, nodes);
    }

    get(name: string): PostgresCluster | undefined {
        return this.#clusters.get(name);
    }

    /** Stops all nodes and deletes their data. Absence is success. */
    async remove(name: string): Promise<void> {
        this.#clusters.delete(name);
        for (const node of [coordinatorName(name), workerName(name)]) await this.starter.remove(node);
    }

    async #start(
        spec: ClusterSpec,
        surroundings: ClusterSurroundings,
        verb: "create" | "open",
    ): Promise<Nodes> {
        const { coordinatorHost, workerHost } = spec;
        const node = (name: string, host: string): ServerSpec => ({ ...common(spec), name, host });
        const coordinator = await this.starter[verb](
            node(coordinatorName(spec.name), coordinatorHost),
            surroundings.coordinator,
        );
        const worker =
            workerHost === undefined
                ? undefined
                : await this.starter[verb](node(workerName(spec.name), workerHost), surroundings.worker);
        return { coordinator, worker, all: worker ? [coordinator, worker] : [coordinator] };
    }

    async #ready(spec: ClusterSpec, nodes: Nodes, citusPassword?: string): Promise<PostgresCluster> {
        await connectNodes(nodes, spec.database);
        const cluster = new PostgresCluster(nodes, spec.database);
        if (citusPassword !== undefined) await cluster.setPassword(CITUS, citusPassword);
        this.#clusters.set(spec.name, cluster);
        return cluster;
    }
}

interface Nodes {
    coordinator: PostgresServer;
    worker: PostgresServer | undefined;
    all: PostgresServer[];
}

export class PostgresCluster {
    constructor(
        private readonly nodes: Nodes,
        private readonly database: string,
    ) {}

    get coordinator(): PostgresServer {
        return this.nodes.coordinator;
    }

    get worker(): PostgresServer | undefined {
        return this.nodes.worker;
    }

    /** Takes effect with the next sign-in; nothing restarts (F43). */
    async setAuthentication(entraEnabled: boolean, passwordEnabled: boolean): Promise<void> {
        for (const node of this.nodes.all) await node.switchAuthentication(entraEnabled, passwordEnabled);
    }

    /** Of `citus` or of a native role (F47). The password itself reaches no statement and no log. */
    async setPassword(role: string, password: string): Promise<void> {
        const verifier = pg.escapeLiteral(scramVerifier(password));
        await this.#everywhere((query) =>
            query(`alter role ${pg.escapeIdentifier(role)} password ${verifier}`),
        );
    }

    /** A role that signs in by password (F46). */
    async createNativeRole(name: string, password: string): Promise<void> {
        await this.#refuseTaken(name);
        const verifier = pg.escapeLiteral(scramVerifier(password));
        const role = pg.escapeIdentifier(name);
        await this.#everywhere((query) => query(`create role ${role} login password ${verifier}`));
    }

    /** A role of an Entra identity (F44). */
    async createEntraRole({ roleName, objectId, principalType, isAdmin }: EntraRole): Promise<void> {
        await this.#refuseTaken(roleName);
        const role = pg.escapeIdentifier(roleName);
        // No label here says «admin»: on Flexible Server that is the right to make Entra roles by SQL.
        const label = formatLabel({ objectId, type: labelType(principalType), admin: false, mfa: false });
        await this.#everywhere(async (query) => {
            await query(`create role ${role} login`);
            if (isAdmin) await query(clusterAdministrator(role, true));
            await query("select pg_catalog.pgaadauth_local_set_label($1, $2)", [roleName, label]);
        });
    }

    async setAdministrator(roleName: string, isAdmin: boolean): Promise<void> {
        const statement = clusterAdministrator(pg.escapeIdentifier(roleName), isAdmin);
        await this.#everywhere((query) => query(statement));
    }

    /**
     * Ends the role's sessions, takes its privileges away and drops it. Absence is success.
     *
     * @throws AzureError where it owns something.
     */
    async removeRole(name: string): Promise<void> {
        const { coordinator, worker } = this.nodes;
        await refuseOwner(coordinator, name, [this.database, "postgres"]);
        if (worker)
            await this.#dropOn(worker, name, [`reassign owned by ${pg.escapeIdentifier(name)} to ${CITUS}`]);
        await this.#dropOn(coordinator, name);
    }

    /** @param before what comes first: shards belong to who made the table, whoever owns that now. */
    async #dropOn(node: PostgresServer, name: string, before: string[] = []): Promise<void> {
        const role = pg.escapeIdentifier(name);
        if ((await node.superuserQuery("select from pg_roles where rolname = $1", [name])).length === 0)
            return;
        await node.superuserQuery(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1",
            [name],
        );
        for (const statement of [...before, `drop owned by ${role}`])
            await node.superuserQuery(statement, undefined, this.database);
        await node.superuserQuery(`drop owned by ${role}`);
        await node.superuserQuery(`drop role ${role}`);
    }

    async #refuseTaken(name: string): Promise<void> {
        const found = await this.nodes.coordinator.superuserQuery("select from pg_roles where rolname = $1", [
            name,
        ]);
        if (found.length > 0)
            throw new AzureError("RoleAlreadyExists", `The role '${name}' exists already.`, 409);
    }

    /** On every node, the coordinator last: what fails there leaves nothing on it, and is taken back on the worker. */
    async #everywhere(work: (query: Query) => Promise<unknown>): Promise<void> {
        const [last, ...before] = this.nodes.all;
        const inTurn = async (open: PostgresServer[]): Promise<void> => {
            const [node, ...rest] = open;
            if (node)
                await node.superuserTransaction(async (query) => {
                    await work(query);
                    // The other node's turn comes within this one's transaction.
                    await inTurn(rest);
                });
        };
        await inTurn([...before, last!]);
    }
}

type Query = (text: string, values?: unknown[]) => Promise<unknown>;

/** Nodes are kept among the servers. No server's name has two hyphens in a row, so a node is never taken for one. */
function coordinatorName(cluster: string): string {
    return `${cluster}--c`;
}

function workerName(cluster: string): string {
    return `${cluster}--w0`;
}

function common({ tenantId, entraEnabled, passwordEnabled }: ClusterSpec) {
    return { tenantId, entraEnabled, passwordEnabled, kind: "ClusterNode" as const };
}

/** The cluster's database belongs to `citus`, with which administrators share everything. */
async function setUpNode(node: PostgresServer, database: string): Promise<void> {
    for (const statement of NODE_SETUP) await node.superuserQuery(statement);
    const found = await node.superuserQuery("select from pg_database where datname = $1", [database]);
    if (found.length > 0) return;
    await node.superuserQuery(`create database ${pg.escapeIdentifier(database)} owner ${CITUS}`);
}

async function connectNodes({ coordinator, worker }: Nodes, database: string): Promise<void> {
    const address: WorkerAddress | undefined = worker && {
        socketFolder: worker.socketFolder,
        port: SOCKET_PORT,
        database,
    };
    for (const statement of worker ? WORKER_SETUP : [])
        await worker!.superuserQuery(statement, undefined, database);
    for (const statement of coordinatorSetup(address))
        await coordinator.superuserQuery(statement, undefined, database);
}

async function refuseOwner(node: PostgresServer, name: string, databases: string[]): Promise<void> {
    const owned = [];
    for (const database of new Set(databases)) owned.push(...(await ownedBy(node, name, database)));
    if (owned.length === 0) return;
    throw new AzureError(
        "RoleCannotBeDeleted",
        `The role '${name}' owns ${owned.slice(0, 3).join(", ")}. Hand that over first: REASSIGN OWNED BY … TO ${CITUS}.`,
        409,
    );
}

async function ownedBy(node: PostgresServer, name: string, database: string): Promise<string[]> {
    const rows = await node.superuserQuery<{ what: string }>(
        `select pg_describe_object(d.classid, d.objid, d.objsubid) as what from pg_shdepend d
         join pg_roles r on r.oid = d.refobjid and d.refclassid = 'pg_authid'::regclass
         where r.rolname = $1 and d.deptype = 'o'
         and d.dbid in (0, (select oid from pg_database where datname = current_database())) limit 3`,
        [name],
        database,
    );
    return rows.map(({ what }) => what);
}
