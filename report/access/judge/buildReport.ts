/** From what was read and what the stack declares to the report. Pure. */

import type { StackConfig } from "../../../stackConfig";
import {
    MARK_KINDS,
    type AccessReport,
    type DatabaseReport,
    type GroupMember,
    type GroupRole,
    type Mark,
    type Principal,
} from "../accessReport";
import type {
    DatabaseSnapshot,
    DirectoryIdentity,
    DirectorySnapshot,
    GrantSnapshot,
    RoleSnapshot,
    ServerSnapshot,
} from "../snapshot";
import { declaredBy, isServiceRole, type Declared } from "./declared";
import { databaseAccess, PUBLIC } from "./effective";
import { matchRoles, type MatchedRole } from "./match";
import { membershipMarks } from "./membershipMarks";
import { privilegeMarks } from "./privilegeMarks";
import { Memberships } from "./reach";
import { attributesOf, roleMarks } from "./roleMarks";

export interface Reading {
    stack: string;
    host: string;
    config: StackConfig;
    server: ServerSnapshot;
    directory: DirectorySnapshot;
    /** ISO 8601, UTC. */
    generatedAt: string;
}

export function buildReport({ stack, host, config, server, directory, generatedAt }: Reading): AccessReport {
    const declared = declaredBy(config);
    const memberships = new Memberships(server.memberships, server.roles);
    const matches = matchRoles(server, declared, directory, memberships);
    const marks = [
        ...roleMarks(matches, declared, directory, memberships),
        ...membershipMarks(matches, declared, memberships),
        ...privilegeMarks(server, declared, matches),
    ];
    return {
        version: 1,
        stack,
        generatedAt,
        server: { host, version: server.version, cloud: config.cloud, signedInAs: server.signedInAs },
        notChecked: [...server.notRead, ...directory.notRead],
        drift: marks.sort(byImportance),
        principals: matches.principals.map((matched) =>
            principalReport(matched, server, declared, directory, memberships),
        ),
        groupRoles: matches.groupRoles.map((role) => groupRoleReport(role, declared, memberships)),
        databases: server.databases.map((database) => databaseReport(database, declared)),
    };
}

function byImportance(a: Mark, b: Mark): number {
    return (
        MARK_KINDS.indexOf(a.kind) - MARK_KINDS.indexOf(b.kind) ||
        compare(a.role ?? "", b.role ?? "") ||
        compare(a.database ?? "", b.database ?? "")
    );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function principalReport(
    { role, declared: d, origin }: MatchedRole,
    server: ServerSnapshot,
    declared: Declared,
    directory: DirectorySnapshot,
    memberships: Memberships,
): Principal {
    const reached = memberships.reachedBy(role.name);
    const identity = role.label && directory.identities?.get(role.label.objectId);
    const subject = { role: role.name, superuser: role.superuser, memberships: reached };
    return {
        role: role.name,
        kind: role.label ? (role.label.kind ?? "Unknown") : "Password",
        objectId: role.label?.objectId ?? null,
        identityName: identity?.userPrincipalName ?? identity?.displayName ?? null,
        displayName: identity?.displayName ?? null,
        exists: role.label && directory.identities ? identity !== undefined : null,
        origin,
        canSignIn: role.canLogin,
        admin: role.label?.admin ?? d?.admin ?? role.superuser,
        mfa: role.mfa ?? null,
        connectionLimit: role.connectionLimit,
        attributes: attributesOf(role),
        members: membersOf(role, directory),
        memberships: reached,
        access: server.databases.flatMap((database) => {
            const profiles = declared.databases.find(({ name }) => name === database.name)?.profiles;
            return databaseAccess(subject, database, profiles ?? new Map()) ?? [];
        }),
    };
}

function membersOf({ label }: RoleSnapshot, directory: DirectorySnapshot): GroupMember[] | null {
    if (label?.kind !== "Group") return null;
    const members = directory.members.get(label.objectId);
    return (
        members?.map(({ objectId, kind, displayName, userPrincipalName }: DirectoryIdentity) => ({
            objectId,
            kind: kind ?? null,
            name: userPrincipalName ?? displayName,
        })) ?? null
    );
}

function groupRoleReport(role: RoleSnapshot, declared: Declared, memberships: Memberships): GroupRole {
    const origin = () => {
        if (declared.profileRoles.has(role.name)) return "profile";
        if (declared.objectOwners.has(role.name)) return "objectOwner";
        return isServiceRole(role.name) ? "service" : "outside";
    };
    const usable = memberships.in(role.name).filter((edge) => edge.inherits || edge.canSet);
    return { role: role.name, origin: origin(), members: usable.map((edge) => edge.member) };
}

function databaseReport(database: DatabaseSnapshot, declared: Declared): DatabaseReport {
    const { name, owner, inside } = database;
    const objects = (schema: string, kind: string) =>
        (inside?.owned ?? [])
            .filter((entry) => entry.schema === schema && entry.kind === kind)
            .reduce((sum, entry) => sum + entry.objects, 0);
    return {
        database: name,
        owner,
        declared: declared.databases.some((d) => d.name === name),
        read: inside !== undefined,
        privileges: byRole(database.privileges),
        schemas: (inside?.schemas ?? []).map((schema) => ({
            schema: schema.name,
            owner: schema.owner,
            tables: objects(schema.name, "table"),
            sequences: objects(schema.name, "sequence"),
            functions: objects(schema.name, "function"),
            privileges: byRole(schema.privileges),
        })),
        defaultPrivileges: defaultPrivileges(database),
    };
}

function byRole(grants: readonly GrantSnapshot[]): { role: string; privileges: string[] }[] {
    const found = new Map<string, string[]>();
    for (const { role, privilege } of grants) {
        const list = found.get(role ?? PUBLIC) ?? [];
        found.set(role ?? PUBLIC, [...list, privilege]);
    }
    return [...found].map(([role, privileges]) => ({ role, privileges: [...new Set(privileges)] }));
}

function defaultPrivileges({ inside }: DatabaseSnapshot): DatabaseReport["defaultPrivileges"] {
    const found = new Map<string, DatabaseReport["defaultPrivileges"][number]>();
    for (const { owner, role, schema, kind, privilege } of inside?.defaults ?? []) {
        const key = JSON.stringify([owner, role, schema, kind]);
        const known = found.get(key) ?? { owner, role: role ?? PUBLIC, schema, kind, privileges: [] };
        known.privileges.push(privilege);
        found.set(key, known);
    }
    return [...found.values()];
}
