import type { AccessModel, Principal } from "./accessModel";
import { EVERYBODY, profileName, type Privilege, type RoleGrants } from "./roleGrants";

/** What principals may do in the end, through whatever memberships. Pure. */

export interface EffectiveProfile {
    database: string;
    profile: string;
    role: string;
    privileges: Privilege[];
    /** Names of the roles in between, from the principal on; empty for its own. The shortest way. */
    via: string[];
}

/** The profiles that a principal has: its own, and those of every role that it is a member of. */
export function effectiveProfiles(model: AccessModel, principal: Principal): EffectiveProfile[] {
    const reached = rolesReached(model, principal);
    return model.roles
        .filter((role) => role.role !== EVERYBODY && reached.has(role.role))
        .map((role) => ({
            database: role.database,
            profile: profileName(role),
            role: role.role,
            privileges: role.privileges,
            via: reached.get(role.role)!,
        }))
        .sort((a, b) => compare(`${a.database} ${a.profile}`, `${b.database} ${b.profile}`));
}

/** Who has a profile, sorted by name. */
export function holdersOf(model: AccessModel, { role }: Pick<RoleGrants, "role">): string[] {
    const holds = (principal: Principal) => rolesReached(model, principal).has(role);
    return model.principals
        .filter(holds)
        .map((principal) => principal.name)
        .sort(compare);
}

/** Each role that the principal is a member of, with the roles in between; breadth first, so the shortest way is found. */
function rolesReached(model: AccessModel, principal: Principal): Map<string, string[]> {
    const parents = new Map(model.principals.map((p) => [p.name, p.memberOf]));
    for (const { member, role } of model.roleMembers)
        parents.set(member, [...(parents.get(member) ?? []), role]);
    const reached = new Map<string, string[]>();
    const queue = [{ name: principal.name, via: [] as string[] }];
    for (let next = queue.shift(); next; next = queue.shift()) {
        for (const role of parents.get(next.name) ?? []) {
            if (reached.has(role) || role === principal.name) continue;
            reached.set(role, next.via);
            queue.push({ name: role, via: [...next.via, role] });
        }
    }
    return reached;
}

export function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
