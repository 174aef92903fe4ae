/** Who is linked with what: identities, the roles under which they sign in, databases. The picture's data. Pure. */

import type { AccessReport, Level, Principal } from "../accessReport";
import { memberKind, people, signers } from "./words";

export interface IdentityNode {
    id: string;
    name: string;
    kind: string;
    /** Its object id; empty where there is none. */
    objectId: string;
    /** Microsoft Entra does not know it any more. */
    gone: boolean;
}

export interface RoleNode {
    id: string;
    principal: Principal;
    /** Something about it differs from the stack. */
    marked: boolean;
}

export interface DatabaseNode {
    id: string;
    name: string;
    marked: boolean;
    /** How many roles reach it. */
    roles: number;
}

export interface Link {
    from: string;
    to: string;
    level: Level | undefined;
    /** Of an administrator, who reaches everything. */
    admin: boolean;
}

export interface AccessGraph {
    identities: IdentityNode[];
    roles: RoleNode[];
    databases: DatabaseNode[];
    links: Link[];
}

export function accessGraph(report: AccessReport): AccessGraph {
    const marked = new Set(report.drift.map(({ role }) => role));
    const markedDatabases = new Set(report.drift.map(({ database }) => database));
    // Administrators last: they reach everything, and say least.
    const [admins, others] = [true, false].map((admin) => people(report).filter((p) => p.admin === admin));
    const roles = [...others!, ...admins!].map((principal, i): RoleNode => ({
        id: `role-${i}`,
        principal,
        marked: marked.has(principal.role),
    }));
    const identities = new Map<string, IdentityNode>();
    const links: Link[] = [];
    for (const { id, principal } of roles)
        for (const { key, ...identity } of identitiesOf(principal)) {
            const known = identities.get(key) ?? { ...identity, id: `identity-${identities.size}` };
            identities.set(key, { ...known, gone: known.gone || identity.gone });
            links.push({ from: known.id, to: id, level: undefined, admin: false });
        }
    const reached = roles.flatMap(({ principal }) => principal.access.map((a) => a.database));
    const databases = report.databases
        .map(({ database: name }) => ({
            name,
            marked: markedDatabases.has(name),
            roles: reached.filter((database) => database === name).length,
        }))
        .filter((database) => database.roles > 0)
        .map((database, i): DatabaseNode => ({ id: `database-${i}`, ...database }));
    const idOf = new Map(databases.map(({ id, name }) => [name, id]));
    for (const { id, principal } of roles)
        for (const { database, level } of principal.access)
            links.push({ from: id, to: idOf.get(database)!, level, admin: principal.admin });
    return { identities: [...identities.values()], roles, databases, links };
}

type FoundIdentity = Omit<IdentityNode, "id"> & { key: string };

/** Who signs in under the role: its identity, or of a group the members. */
function identitiesOf(principal: Principal): FoundIdentity[] {
    const { role, kind, objectId, identityName, exists } = principal;
    const members = signers(principal);
    if (kind === "Password")
        return [{ key: `password ${role}`, name: role, kind: "password", objectId: "", gone: false }];
    if (kind === "Group" && members && members.length > 0)
        return members.map((member) => ({
            key: member.objectId,
            name: member.name ?? member.objectId,
            kind: memberKind(member.kind),
            objectId: member.objectId,
            gone: false,
        }));
    const name = identityName ?? role;
    const kindName = kind === "Group" && members ? "group without members" : memberKind(kind);
    return [
        { key: objectId ?? role, name, kind: kindName, objectId: objectId ?? "", gone: exists === false },
    ];
}
