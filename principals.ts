import { DatabasePrincipalSet, type DatabaseAccess, type FlexibleServer } from "./components/index";
import type { StackConfig } from "./stackConfig";
import { NAMES, principalSetArgs } from "./stackResources";
import type { Workloads } from "./workloads";

/**
 * Makes the principals, all in one transaction, after the profiles' roles that they are members of. Each one's key is its name, so that a preview can be read; a new name is
 * therefore a new key, and the set knows by the object id whose role it is and renames it in place.
 */
export function makePrincipals(
    config: StackConfig,
    server: FlexibleServer,
    privileges: DatabaseAccess[],
    workloads: Workloads = {},
): DatabasePrincipalSet | undefined {
    if (config.principals.length === 0) return undefined;
    const objectIds = Object.fromEntries(
        Object.entries(workloads).map(([key, { principalId }]) => [key, principalId]),
    );
    const args = principalSetArgs(config, server.host, objectIds);
    const dependsOn = [server, ...privileges];
    return new DatabasePrincipalSet(NAMES.principals, args, { dependsOn, deletedWith: server });
}
