/** Which role of the server is which of the stack. By object id first, as the server itself tells identities apart (F33). Pure. */

import type { DirectorySnapshot, RoleSnapshot, ServerSnapshot } from "../snapshot";
import { isServiceRole, type Declared, type DeclaredRole } from "./declared";
import type { Memberships } from "./reach";

export interface MatchedRole {
    role: RoleSnapshot;
    /** `undefined`: the stack does not declare it. */
    declared: DeclaredRole | undefined;
    origin: "administrator" | "principal" | "groupSync" | "service" | "outside";
}

export interface Matches {
    /** Roles that sign in, and roles of Microsoft Entra identities that may not for now. */
    principals: MatchedRole[];
    /** All other roles. */
    groupRoles: RoleSnapshot[];
    missing: DeclaredRole[];
}

export function matchRoles(
    server: ServerSnapshot,
    declared: Declared,
    directory: DirectorySnapshot,
    memberships: Memberships,
): Matches {
    const isPrincipal = (role: RoleSnapshot) =>
        role.label !== undefined ||
        (role.canLogin && !declared.profileRoles.has(role.name) && !declared.objectOwners.has(role.name));
    const candidates = server.roles.filter(isPrincipal);
    const found = match(candidates, declared.roles);
    const groups = groupsByRole(found);
    const principals = candidates.map((role): MatchedRole => {
        const declaredRole = found.get(role);
        if (declaredRole) return { role, declared: declaredRole, origin: declaredRole.origin };
        if (!role.label && isServiceRole(role.name)) return { role, declared: undefined, origin: "service" };
        const synced = isSynced(role, groups, directory, memberships);
        return { role, declared: undefined, origin: synced ? "groupSync" : "outside" };
    });
    const taken = new Set(found.values());
    return {
        principals,
        groupRoles: server.roles.filter((role) => !isPrincipal(role)),
        missing: declared.roles.filter((role) => !taken.has(role)),
    };
}

function match(
    roles: readonly RoleSnapshot[],
    declared: readonly DeclaredRole[],
): Map<RoleSnapshot, DeclaredRole> {
    const byName = new Map(roles.map((role) => [role.name, role]));
    const byId = new Map<string, RoleSnapshot>();
    for (const role of roles) if (role.label) byId.set(role.label.objectId, role);
    const found = new Map<RoleSnapshot, DeclaredRole>();
    // Of several roles with one object id, the one of the declared name; those of ids before those of names alone.
    const ofIdentity = (d: DeclaredRole) => {
        const named = byName.get(d.name);
        return named?.label?.objectId === d.objectId ? named : byId.get(d.objectId!);
    };
    for (const d of declared) {
        const role = d.objectId === undefined ? undefined : ofIdentity(d);
        if (role && !found.has(role)) found.set(role, d);
    }
    const matched = new Set(found.values());
    for (const d of declared) {
        const role = matched.has(d) ? undefined : byName.get(d.name);
        if (role && !found.has(role)) found.set(role, d);
    }
    return found;
}

/** Declared groups' roles, with the group's object id. */
function groupsByRole(found: ReadonlyMap<RoleSnapshot, DeclaredRole>): Map<string, string> {
    return new Map(
        [...found.keys()].flatMap(({ name, label }): [string, string][] =>
            label?.kind === "Group" ? [[name, label.objectId]] : [],
        ),
    );
}

/** With group sync on, the service makes roles for the members of groups (F73). */
function isSynced(
    role: RoleSnapshot,
    groups: ReadonlyMap<string, string>,
    directory: DirectorySnapshot,
    memberships: Memberships,
): boolean {
    const direct = memberships.of(role.name).filter((edge) => edge.inherits || edge.canSet);
    return (
        role.label !== undefined &&
        direct.length > 0 &&
        direct.every((edge) => {
            const members = directory.members.get(groups.get(edge.role) ?? "");
            return members?.some((member) => member.objectId === role.label!.objectId) ?? false;
        })
    );
}
