import { OWNER_PROFILE, profileRole, PROFILES } from "./components/index";
import type { StackConfig } from "./stackConfigSchema";

/** Who is given which profile of which database, as the stack's configuration says. Pure. */

type Database = StackConfig["databases"][number];
type Principal = StackConfig["principals"][number];

/** The databases whose privileges are the stack's to give. */
export function managedDatabases(config: StackConfig): Database[] {
    return config.databases.filter((database) => database.managePrivileges);
}

/** The names of a database's profiles. */
export function profilesOf(database: Database): string[] {
    return [...PROFILES, ...Object.keys(database.profiles)];
}

/** What the principals' `access` names and the stack does not have, in words. */
export function accessProblems(project: string, config: StackConfig): string[] {
    return config.principals.flatMap((principal, i) =>
        Object.entries(principal.access).flatMap(([name, profile]) => {
            const key = `${project}:principals[${i}].access.${name}`;
            const database = config.databases.find((d) => d.name === name);
            if (!database)
                return [
                    `${key}: there is no such database; allowed: ${listed(config.databases.map((d) => d.name))}`,
                ];
            if (!database.managePrivileges)
                return [
                    `${key}: given ${JSON.stringify(profile)}; the database has no profiles, as its managePrivileges is false`,
                ];
            const known = profilesOf(database);
            if (known.includes(profile)) return [];
            return [`${key}: given ${JSON.stringify(profile)}; allowed: ${listed(known)}`];
        }),
    );
}

function listed(names: string[]): string {
    return names.join(", ") || "(none is configured: add one under databases)";
}

/**
 * What `access` means for the role: the profiles' roles that it is a member of, and for each owner profile the setting by
 * which it acts as the profile's role in that database, so that what it makes is the profile's.
 */
export function accessOf(principal: Principal): Pick<Principal, "memberOf" | "settings"> {
    const given = Object.entries(principal.access);
    const owned = given.filter(([, profile]) => profile === OWNER_PROFILE).map(([database]) => database);
    return {
        memberOf: given.map(([database, profile]) => profileRole(database, profile)),
        settings: owned.map((database) => ({
            name: "role",
            value: profileRole(database, OWNER_PROFILE),
            database,
        })),
    };
}

/** The profiles that a principal has in a database: its own, and those of the principals that it is a member of. */
export function profilesIn(config: StackConfig, principal: Principal, database: string): string[] {
    const found = new Set<string>();
    const visit = (p: Principal, seen: Set<Principal>): void => {
        if (seen.has(p)) return;
        seen.add(p);
        const own = p.access[database];
        if (own !== undefined) found.add(own);
        for (const group of config.principals) if (p.memberOf.includes(group.name)) visit(group, seen);
    };
    visit(principal, new Set());
    return [...found];
}

/** The first database that a principal may connect to: one with a profile, else `postgres`, which everybody may enter. */
export function firstDatabase(config: StackConfig, principal: Principal): string {
    const found = config.databases.find((d) => profilesIn(config, principal, d.name).length > 0);
    return found?.name ?? "postgres";
}
