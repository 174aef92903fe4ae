import { ValidationError } from "./validationError";

/** A role and those that it is a member of, by name. */
export interface Member {
    name: string;
    memberOf: readonly string[];
}

/**
 * Roles that are no members of the list are somebody else's matter. Takes time in proportion to the memberships.
 *
 * @param argument What the message names, for instance `principals.memberOf`.
 * @throws ValidationError where roles are members of each other: PostgreSQL has no such circles
 */
export function checkMembershipCircles(argument: string, members: readonly Member[]): void {
    const groupsOf = new Map(members.map(({ name, memberOf }) => [name, memberOf]));
    const membersOf = new Map<string, string[]>(members.map(({ name }) => [name, []]));
    const open = new Map<string, number>();
    for (const { name, memberOf } of members) {
        const groups = memberOf.filter((group) => membersOf.has(group));
        for (const group of groups) membersOf.get(group)!.push(name);
        open.set(name, groups.length);
    }
    // Who is a member of nobody any more cannot be part of a circle; so its members are looked at without it.
    const free = [...open].filter(([, groups]) => groups === 0).map(([name]) => name);
    for (let name = free.pop(); name !== undefined; name = free.pop()) {
        open.delete(name);
        for (const member of membersOf.get(name)!) {
            const left = open.get(member)! - 1;
            open.set(member, left);
            if (left === 0) free.push(member);
        }
    }
    const [first] = open.keys();
    if (first !== undefined)
        throw circle(argument, first, (name) => groupsOf.get(name)!.find((g) => open.has(g))!);
}

/** Everybody who is left has a group that is left, so the way along these ends in a circle. */
function circle(argument: string, first: string, next: (name: string) => string): ValidationError {
    const way = new Set<string>();
    let name = first;
    for (; !way.has(name); name = next(name)) way.add(name);
    const names = [...way];
    return new ValidationError(
        argument,
        [...names.slice(names.indexOf(name)), name].join(" -> "),
        "a role cannot be a member of itself, not even through others",
        "take one of these memberships away",
    );
}
