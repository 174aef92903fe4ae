import type { PrincipalType } from "../entra/directoryObject";

/** What a server needs to start: everything that the resource API knows and PostgreSQL must. */
export interface ServerSpec {
    /** The flexible server's name, for instance `pg-local`. */
    name: string;
    /** What it is beside a flexible server: how its roles are bound to identities, and for whom its tokens are. */
    kind?: "ClusterNode" | "SingleServer";
    /** Its full host name, for instance `pg-local.postgres.database.azure.com`. */
    host: string;
    tenantId: string;
    entraEnabled: boolean;
    passwordEnabled: boolean;
    /** Only with `passwordEnabled` (F4). */
    administratorLogin?: string;
    administratorLoginPassword?: string;
}

/** A Microsoft Entra administrator of a server (F5). */
export interface EntraAdministrator {
    roleName: string;
    objectId: string;
    principalType: PrincipalType;
}

/** What a cluster of Azure Cosmos DB for PostgreSQL needs to start. */
export interface ClusterSpec {
    name: string;
    /** Full host name of the coordinator. */
    coordinatorHost: string;
    /** Of the first worker, which stands for all of them; `undefined` for a cluster of one node. */
    workerHost?: string;
    /** Its one database. */
    database: string;
    tenantId: string;
    entraEnabled: boolean;
    passwordEnabled: boolean;
}

export interface ClusterSurroundings {
    coordinator: Surroundings;
    worker: Surroundings;
}

/** A role of a cluster that an identity signs in to with its token (F44). */
export interface EntraRole extends EntraAdministrator {
    isAdmin: boolean;
}

/** What lies around a server. Asked anew at every sign-in, so that a changed rule counts at once. */
export interface Surroundings {
    /** Why the address may not connect (no firewall rule matches); `undefined` where it may. */
    refusalOfAddress(address: string): string | undefined;
    /** Why the server cannot reach Microsoft Entra ID (F8, F10, F11); `undefined` where it can. */
    entraUnreachable(): string | undefined;
}
