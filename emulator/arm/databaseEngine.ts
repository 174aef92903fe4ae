/** What the resource API needs of the machinery that runs PostgreSQL. `PostgresServers` is one. */

import type { EntraAdministrator, ServerSpec, Surroundings } from "../postgres/serverTypes";

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
}
