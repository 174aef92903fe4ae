/** What the stack's configuration declares, as roles and privileges that a server should have. Pure. */

import {
    accessPlan,
    OWNER_PROFILE,
    profileRole,
    type AccessPlan,
} from "../../../components/databaseAccessPlan";
import type { PrincipalKind } from "../../../components/provider/label";
import { ADMIN_ROLE } from "../../../components/provider/roleState";
import { signInRole, type StackConfig } from "../../../stackConfig";
import { accessOf, managedDatabases } from "../../../stackConfigAccess";

export interface DeclaredRole {
    name: string;
    origin: "administrator" | "principal";
    kind: PrincipalKind | "Password";
    /** Lower case; `undefined`: declared by its name alone. */
    objectId: string | undefined;
    admin: boolean;
    /** `undefined`: the stack does not say. */
    mfa: boolean | undefined;
    /** Roles that it must be a direct member of. */
    memberOf: ReadonlySet<string>;
    /** Roles that it may be a direct member of beside. */
    mayBeMemberOf: ReadonlySet<string>;
}

export interface DeclaredDatabase {
    name: string;
    /**
     * Whether its privileges are the stack's to give. Not with `managePrivileges: false`, nor in a stack without principals: profiles
     * are made where somebody could be given one. Nothing about the privileges in any other is drift.
     */
    managed: boolean;
    /** Empty where it is not managed, and so are the profiles. */
    plan: AccessPlan;
    /** Profile by role. */
    profiles: ReadonlyMap<string, string>;
}

export interface Declared {
    roles: DeclaredRole[];
    databases: DeclaredDatabase[];
    /** The roles of all profiles. */
    profileRoles: ReadonlySet<string>;
    objectOwners: ReadonlySet<string>;
}

export function declaredBy(config: StackConfig): Declared {
    const managed = new Set(databasesWithProfiles(config));
    const databases = config.databases.map((database) =>
        managed.has(database) ? declaredDatabase(database) : databaseWithoutProfiles(database.name, false),
    );
    return {
        roles: [...administrators(config), ...config.principals.map(principal)],
        databases,
        profileRoles: new Set(databases.flatMap(({ profiles }) => [...profiles.keys()])),
        objectOwners: new Set(config.databases.flatMap(({ objectOwners }) => objectOwners)),
    };
}

function databasesWithProfiles(config: StackConfig): StackConfig["databases"] {
    return config.principals.length > 0 ? managedDatabases(config) : [];
}

export function databaseWithoutProfiles(name: string, managed: boolean): DeclaredDatabase {
    const plan = { roles: {}, schemas: [], grants: [], defaults: [] };
    return { name, managed, plan, profiles: new Map() };
}

/** With its profiles. */
export function declaredDatabase(
    database: Pick<StackConfig["databases"][number], "name" | "schemas" | "profiles" | "objectOwners">,
): DeclaredDatabase {
    const { name, schemas, objectOwners } = database;
    const profiles = Object.entries(database.profiles).map(([profile, privileges]) => ({
        name: profile,
        privileges,
    }));
    const plan = accessPlan({ host: "", user: "", database: name, schemas, profiles, objectOwners });
    const byRole = Object.entries(plan.roles).map(([profile, role]): [string, string] => [role, profile]);
    return { name, managed: true, plan, profiles: new Map(byRole) };
}

function administrators(config: StackConfig): DeclaredRole[] {
    const signsIn = signInRole(config);
    const owners = databasesWithProfiles(config).map(({ name }) => profileRole(name, OWNER_PROFILE));
    const administrator = (
        name: string,
        kind: DeclaredRole["kind"],
        objectId: string | undefined,
    ): DeclaredRole => ({
        name,
        origin: "administrator",
        kind,
        objectId: objectId?.toLowerCase(),
        admin: true,
        mfa: undefined,
        memberOf: new Set([ADMIN_ROLE]),
        // Only an object's owner can grant on it: whoever makes the profiles is a member of the owners'.
        mayBeMemberOf: new Set(name === signsIn ? owners : []),
    });
    const { administratorLogin, authMode } = config.server;
    const login = authMode === "EntraOnly" ? undefined : administratorLogin;
    return [
        ...config.administrators.map((a) => administrator(a.principalName, a.principalType, a.objectId)),
        ...(config.adminGroup ? [administrator(config.adminGroup.displayName, "Group", undefined)] : []),
        ...(login ? [administrator(login, "Password", undefined)] : []),
    ];
}

function principal(given: StackConfig["principals"][number]): DeclaredRole {
    const memberOf = [...accessOf(given).memberOf!, ...given.memberOf];
    return {
        name: given.name,
        origin: "principal",
        kind: given.principalType,
        objectId: given.objectId?.toLowerCase(),
        admin: given.isAdmin,
        mfa: given.requireMfa,
        memberOf: new Set(given.isAdmin ? [...memberOf, ADMIN_ROLE] : memberOf),
        mayBeMemberOf: new Set(),
    };
}

/** Roles that PostgreSQL or the service keeps for itself; nobody can make a role of such a name. */
export function isServiceRole(name: string): boolean {
    return name.startsWith("pg_") || name.startsWith("azure") || ["replication", "citus"].includes(name);
}
