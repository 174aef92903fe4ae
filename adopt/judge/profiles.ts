/** Which databases have the project's profile roles, and whether these may do exactly what the project gives them. Pure. */

import { PROFILES, profileRole } from "../../components/databaseAccessPlan";
import { declaredBy, declaredDatabase, type DeclaredDatabase } from "../../report/access/judge/declared";
import { matchRoles } from "../../report/access/judge/match";
import { privilegeMarks } from "../../report/access/judge/privilegeMarks";
import { Memberships } from "../../report/access/judge/reach";
import type { DatabaseSnapshot, ServerSnapshot } from "../../report/access/snapshot";
import type { StackConfig } from "../../stackConfig";
import type { LeftOut } from "../existing";

export interface ProfileFindings {
    /** Databases whose profiles are as the project makes them. */
    matching: DeclaredDatabase[];
    /** In words, for each database that has roles of profiles' names. */
    notes: LeftOut[];
}

export function profileFindings(server: ServerSnapshot, config: StackConfig): ProfileFindings {
    const findings: ProfileFindings = { matching: [], notes: [] };
    const roles = new Map(server.roles.map((role) => [role.name, role]));
    for (const { name } of config.databases) {
        const database = server.databases.find((d) => d.name === name);
        const wanted = PROFILES.map((profile) => profileRole(name, profile));
        const there = wanted.filter((role) => roles.has(role));
        if (!database || there.length === 0) continue;
        const declared = declaredDatabase({
            name,
            schemas: schemasOf(database),
            profiles: {},
            objectOwners: [],
        });
        const missing = wanted.filter((role) => !roles.has(role));
        const reasons = [
            ...missing.map((role) => `there is no role '${role}'`),
            ...there.filter((role) => roles.get(role)!.canLogin).map((role) => `'${role}' may sign in`),
            ...there.filter((role) => roles.get(role)!.label).map((role) => `'${role}' is an Entra role`),
            ...(missing.length > 0 ? [] : differences(server, config, declared)),
        ];
        if (reasons.length === 0) findings.matching.push(declared);
        findings.notes.push(note(name, reasons));
    }
    return findings;
}

/** `public`, and what the owners' role made. */
function schemasOf({ name, inside }: DatabaseSnapshot): string[] {
    const owner = profileRole(name, "owner");
    const own = (inside?.schemas ?? []).filter(
        (schema) => schema.owner === owner && schema.name !== "public",
    );
    return ["public", ...own.map((schema) => schema.name)];
}

function differences(server: ServerSnapshot, config: StackConfig, database: DeclaredDatabase): string[] {
    const only = { ...server, databases: server.databases.filter(({ name }) => name === database.name) };
    const declared = {
        ...declaredBy({ ...config, databases: [], principals: [] }),
        databases: [database],
        profileRoles: new Set(database.profiles.keys()),
    };
    const memberships = new Memberships(server.memberships, server.roles);
    const none = { identities: undefined, members: new Map(), notRead: [] };
    return privilegeMarks(only, declared, matchRoles(only, declared, none, memberships)).map(
        ({ role, text }) => `${role === "PUBLIC" ? "" : `'${role}' `}${text}`,
    );
}

const MOST_REASONS = 5;

function note(database: string, reasons: string[]): LeftOut {
    const more = reasons.length > MOST_REASONS ? [`and ${reasons.length - MOST_REASONS} more`] : [];
    const text =
        reasons.length === 0
            ? "its readonly, readwrite and owner roles may do exactly what the project's profiles give; their grants cannot be imported, so the stack leaves them as they are (managePrivileges: false) and principals are members of them by memberOf"
            : `its roles of profiles' names are not the project's profiles: ${[...reasons.slice(0, MOST_REASONS), ...more].join("; ")}`;
    return { kind: "profile", name: database, text };
}
