/** What was read: the server's catalogs and Microsoft Entra's directory, before anything is judged. */

import type { EntraLabel, PrincipalKind } from "../../components/provider/label";

export interface ServerSnapshot {
    /** For instance `17.10`. */
    version: string;
    signedInAs: string;
    /** All but PostgreSQL's own `pg_…`. */
    roles: RoleSnapshot[];
    memberships: MembershipSnapshot[];
    databases: DatabaseSnapshot[];
    /** What could not be read, in words. */
    notRead: string[];
}

export interface RoleSnapshot {
    name: string;
    canLogin: boolean;
    superuser: boolean;
    createRole: boolean;
    createDatabase: boolean;
    replication: boolean;
    bypassRowSecurity: boolean;
    /** What memberships do by default before PostgreSQL 16. */
    inherits: boolean;
    connectionLimit: number;
    /** `undefined`: no Microsoft Entra identity belongs to the role. */
    label: EntraLabel | undefined;
    /** As the service tells it; `undefined` where it could not be asked. */
    mfa: boolean | undefined;
}

/** One membership by one grantor. */
export interface MembershipSnapshot {
    role: string;
    member: string;
    admin: boolean;
    /** `null` before PostgreSQL 16. */
    inherit: boolean | null;
    /** `null` before PostgreSQL 16. */
    set: boolean | null;
}

/** A privilege of one role; `null` stands for PUBLIC. */
export interface GrantSnapshot {
    role: string | null;
    privilege: string;
    grantable: boolean;
}

export interface DatabaseSnapshot {
    name: string;
    owner: string;
    privileges: GrantSnapshot[];
    /** `undefined` where the signed-in role may not enter. */
    inside: DatabaseContent | undefined;
}

export type ObjectKind = "table" | "sequence" | "function";

/** Schemas, objects and privileges; what belongs to extensions is left out. */
export interface DatabaseContent {
    schemas: SchemaSnapshot[];
    /** How many objects of a kind each owner has in a schema. */
    owned: { schema: string; kind: ObjectKind; owner: string; objects: number }[];
    /** Privileges on objects, counted; the owners' own are not among them. */
    granted: ObjectGrantSnapshot[];
    /** Default privileges. */
    defaults: DefaultSnapshot[];
}

export interface SchemaSnapshot {
    name: string;
    owner: string;
    ofExtension: boolean;
    privileges: GrantSnapshot[];
}

export interface ObjectGrantSnapshot extends GrantSnapshot {
    schema: string;
    kind: ObjectKind;
    /** On how many objects; for a privilege on columns, on how many tables with such columns. */
    objects: number;
    onColumns: boolean;
}

export interface DefaultSnapshot extends GrantSnapshot {
    owner: string;
    /** `null`: in every schema. */
    schema: string | null;
    kind: ObjectKind | "schema" | "type";
}

export interface DirectoryIdentity {
    objectId: string;
    /** `undefined`: of another kind, such as a device. */
    kind: PrincipalKind | undefined;
    /** `null` where the caller may not read it. */
    displayName: string | null;
    /** The user principal name of users. */
    userPrincipalName: string | null;
}

export interface DirectorySnapshot {
    /** The identities that exist, by object id; `undefined` where the directory could not be asked. */
    identities: Map<string, DirectoryIdentity> | undefined;
    /** Who is in a group, directly or through other groups, by the group's object id; without those that could not be asked. */
    members: Map<string, DirectoryIdentity[]>;
    /** What could not be asked, in words, with what would help. */
    notRead: string[];
}
