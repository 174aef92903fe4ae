import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds";

/** Which service the database is of. */
export enum DatabaseService {
    FlexibleServer = "FlexibleServer",
    /** Azure Cosmos DB for PostgreSQL, where nobody makes roles by SQL. */
    CosmosCluster = "CosmosCluster",
}

/** Inputs of a DatabaseAccess. */
export interface DatabaseAccessArgs {
    /** Host name of the server, which TLS always checks. */
    host: pulumi.Input<string>;
    /** The port. Default: 5432. */
    port?: pulumi.Input<number>;
    /**
     * The role name of the Microsoft Entra administrator who signs in, as the identity that runs Pulumi. It must own the
     * database, as administrators do where one was there before the database (F71).
     */
    user: pulumi.Input<string>;
    /** The tenant of the identity that runs Pulumi. Needed in the clouds Public and Local. Default: none. */
    tenantId?: pulumi.Input<string>;
    /**
     * Which Azure cloud the server is in. In Public and Local the token is fetched when the resources are made; elsewhere it
     * is taken from the environment variable PGPASSWORD. Default: Public.
     */
    cloud?: pulumi.Input<Cloud>;
    /**
     * Which service the database is of. With CosmosCluster the token is taken from PGPASSWORD, as its audience is another one (F49), and
     * grantees take the place of profile roles. Default: FlexibleServer.
     */
    service?: DatabaseService;
    /** Name of the database, which must exist. */
    database: string;
    /**
     * The schemas in which the profiles have privileges from the start. Those that are missing are made and belong to the
     * owner profile; none is ever dropped. Default: public.
     */
    schemas?: string[];
    /** Profiles beside readonly, readwrite and owner. Default: none. */
    profiles?: AccessProfileArgs[];
    /** Roles whose later objects the profiles cover too, beside the owner profile's. Default: none. */
    objectOwners?: string[];
    /**
     * Roles that are given a profile's privileges themselves, without a role for the profile: for a CosmosCluster, whose roles are made by
     * the resource API alone (F80). The profile owner is not among them: objects belong to whoever makes them. Default: none.
     */
    grantees?: DatabaseGranteeArgs[];
}

/** A role and the profile whose privileges it has. */
export interface DatabaseGranteeArgs {
    /** Name of the role, which must exist. */
    role: string;
    /** Name of the profile: readonly, readwrite or one of profiles. */
    profile: string;
}

/** A profile of one's own: a role that has these privileges and no other. */
export interface AccessProfileArgs {
    /** Its name: lower-case letters, digits and underscores. The role is called after the database and it. */
    name: string;
    /** What it may do, schema by schema. */
    privileges: SchemaPrivilegesArgs[];
}

/** Privileges within one schema, on what is there and on what the object owners make later. */
export interface SchemaPrivilegesArgs {
    /** The schema, one of those of the database. */
    schema: string;
    /** On the schema itself: USAGE, CREATE. Default: USAGE. */
    usage?: string[];
    /** On tables and views: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER. Default: none. */
    tables?: string[];
    /** On sequences: USAGE, SELECT, UPDATE. Default: none. */
    sequences?: string[];
    /** On functions: EXECUTE. Default: none. */
    functions?: string[];
}
