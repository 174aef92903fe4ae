import { OWNER_PROFILE } from "../components/index";
import type { StackConfig } from "../stackConfig";
import { managedDatabases, profilesIn } from "../stackConfigAccess";
import { ACTIONS, type Action, type PrivilegeAttempt } from "./privilegeAttempt";
import { asThemselves, type Tenant } from "./signInCases";

type Database = StackConfig["databases"][number];

/**
 * Every principal in every database, also those that it was not given. Derived from the stack's configuration. Administrators
 * are left out: they may everything that the service lets anybody do.
 */
export function privilegeCases(config: StackConfig, tenant: Tenant): PrivilegeAttempt[] {
    const principals = config.principals.filter((principal) => !principal.isAdmin);
    return principals.flatMap((principal) => {
        const first = asThemselves(tenant, principal)[0];
        if (!first) return [];
        return managedDatabases(config).map((database) => {
            const profiles = profilesIn(config, principal, database.name);
            const may = ACTIONS.filter((action) => profiles.some((p) => allows(database, p, action)));
            return { ...first, database: database.name, profiles, may };
        });
    });
}

export const BUILT_IN_PROFILES: Record<string, readonly Action[]> = {
    readonly: ["connect", "select"],
    readwrite: ["connect", "select", "insert"],
    owner: ACTIONS,
};

function allows(database: Database, profile: string, action: Action): boolean {
    const builtIn = BUILT_IN_PROFILES[profile];
    if (builtIn) return builtIn.includes(action);
    if (action === "connect") return true;
    const onPublic = (database.profiles[profile] ?? []).find((given) => given.schema === "public");
    if (action === "create table") return onPublic?.usage?.includes("CREATE") ?? false;
    const reaches =
        !onPublic?.usage || onPublic.usage.includes("USAGE") || database.schemas.includes("public");
    return reaches && (onPublic?.tables?.includes(action.toUpperCase()) ?? false);
}

/** Somebody who makes tables in a database: a principal with its owner profile, signed in as itself. */
export function ownerOf(
    config: StackConfig,
    tenant: Tenant,
    database: string,
): Pick<PrivilegeAttempt, "role" | "database" | "token"> | undefined {
    const owner = config.principals.find((p) => !p.isAdmin && p.access[database] === OWNER_PROFILE);
    const first = owner && asThemselves(tenant, owner)[0];
    return first && { ...first, database };
}
