import { DatabasePrincipal, type FlexibleServer, ValidationError } from "./components/index";
import type { StackConfig } from "./stackConfig";
import { principalArgs } from "./stackResources";

type Principal = StackConfig["principals"][number];

/** Makes the principals, each after those that it is a member of. */
export function makePrincipals(config: StackConfig, server: FlexibleServer): void {
    const made = new Map<string, DatabasePrincipal>();
    for (const principal of groupsFirst(config.principals)) {
        const groups = principal.memberOf
            .map((name) => made.get(name))
            .filter((group) => group !== undefined);
        const resource = new DatabasePrincipal(
            `principal-${principal.name}`,
            principalArgs(config, principal, server.host),
            {
                dependsOn: [server, ...groups],
                deletedWith: server,
                aliases: principal.renamedFrom ? [{ name: `principal-${principal.renamedFrom}` }] : [],
            },
        );
        made.set(principal.name, resource);
    }
}

/**
 * The principals in an order in which each comes after those that it is a member of.
 *
 * @throws ValidationError where they are members of each other: PostgreSQL has no such circles
 */
export function groupsFirst(principals: Principal[]): Principal[] {
    const byName = new Map(principals.map((principal) => [principal.name, principal]));
    const ordered = new Set<Principal>();
    const visit = (principal: Principal, below: string[]): void => {
        if (ordered.has(principal)) return;
        if (below.includes(principal.name)) throw circle([...below, principal.name]);
        for (const name of principal.memberOf) {
            const group = byName.get(name);
            if (group) visit(group, [...below, principal.name]);
        }
        ordered.add(principal);
    };
    for (const principal of principals) visit(principal, []);
    return [...ordered];
}

function circle(names: string[]): ValidationError {
    const first = names.indexOf(names.at(-1)!);
    return new ValidationError(
        "principals.memberOf",
        names.slice(first).join(" -> "),
        "a role cannot be a member of itself, not even through others",
        "take one of these memberships away",
    );
}
