/** What the resource API needs of the machinery that runs PostgreSQL. `PostgresServers` is one. */

import type {
    ClusterSpec,
    ClusterSurroundings,
    EntraAdministrator,
    EntraRole,
    ServerSpec,
    Surroundings,
} from "../postgres/serverTypes";

export interface Authentication {
    entraEnabled: boolean;
    passwordEnabled: boolean;
    administratorLogin?: string;
    administratorLoginPassword?: string;
}

export interface DatabaseServer {
    /** Turning Microsoft Entra authentication on restarts PostgreSQL (F70). */
    setAuthentication(authentication: Authentication): Promise<void>;
    addAdministrator(administrator: EntraAdministrator): Promise<void>;
    removeAdministrator(objectId: string): Promise<void>;
    /** Of a Single Server: its one administrator; `undefined` removes it. */
    setSingleServerAdministrator(administrator: EntraAdministrator | undefined): Promise<void>;
    createDatabase(name: string, charset: string, collation: string): Promise<void>;
    dropDatabase(name: string): Promise<void>;
    setParameter(name: string, value: string): Promise<unknown>;
    getParameter(name: string): Promise<{ value: string }>;
    restart(): Promise<void>;
}

export interface DatabaseEngine {
    create(spec: ServerSpec, surroundings: Surroundings): Promise<DatabaseServer>;
    /** Starts a server whose data is there already. */
    open(spec: ServerSpec, surroundings: Surroundings): Promise<DatabaseServer>;
    get(name: string): DatabaseServer | undefined;
    /** Stops a server and deletes its data. */
    remove(name: string): Promise<void>;
    readonly clusters: ClusterEngine;
}

/** A cluster of Azure Cosmos DB for PostgreSQL. */
export interface DatabaseCluster {
    /** Nothing restarts. */
    setAuthentication(entraEnabled: boolean, passwordEnabled: boolean): Promise<void>;
    setPassword(role: string, password: string): Promise<void>;
    createNativeRole(name: string, password: string): Promise<void>;
    createEntraRole(role: EntraRole): Promise<void>;
    setAdministrator(roleName: string, isAdmin: boolean): Promise<void>;
    removeRole(name: string): Promise<void>;
}

export interface ClusterEngine {
    create(
        spec: ClusterSpec,
        surroundings: ClusterSurroundings,
        citusPassword: string,
    ): Promise<DatabaseCluster>;
    open(spec: ClusterSpec, surroundings: ClusterSurroundings): Promise<DatabaseCluster>;
    get(name: string): DatabaseCluster | undefined;
    remove(name: string): Promise<void>;
}
