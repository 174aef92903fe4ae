/** Drift of privileges: what was granted beside the profiles, what PUBLIC still has, and what the profiles lack. Pure. */

import type { Mark } from "../accessReport";
import type { DatabaseSnapshot, ServerSnapshot } from "../snapshot";
import { isServiceRole, type Declared, type DeclaredDatabase } from "./declared";
import { allowances, type Allowance } from "./allowances";
import type { Matches } from "./match";
import { PUBLIC } from "./effective";
import { foundGrants, lackingGrants, placeOf, revocation, type FoundGrant } from "./privilegePlaces";

/** The database that everybody may enter: the pgaadauth functions are there, and tools connect to it first. */
const COMMON_DATABASE = "postgres";

export function privilegeMarks(server: ServerSnapshot, declared: Declared, matches: Matches): Mark[] {
    const known = new Map(declared.databases.map((database) => [database.name, database]));
    const there = new Set(server.databases.map(({ name }) => name));
    const judged = new Set([
        ...declared.profileRoles,
        ...matches.principals.flatMap(({ role, declared: d }) => (d ? [role.name] : [])),
        PUBLIC,
    ]);
    return [
        ...server.databases.flatMap((database) => {
            const plan = known.get(database.name);
            if (!plan && database.name !== COMMON_DATABASE) return [outside(database)];
            if (plan && !plan.managed) return [];
            return [...extra(database, plan, judged), ...(plan ? lacking(database, plan) : [])];
        }),
        ...declared.databases.filter(({ name }) => !there.has(name)).map(absent),
    ];
}

function outside({ name, owner }: DatabaseSnapshot): Mark {
    return {
        kind: "DatabaseOutsideCode",
        role: null,
        database: name,
        text: `the stack does not declare it; it belongs to '${owner}'`,
        fix: "declare it under databases, or drop it",
    };
}

function absent({ name }: DeclaredDatabase): Mark {
    const text = "declared, but the server has no such database";
    return { kind: "DatabaseMissing", role: null, database: name, text, fix: "pulumi up --refresh" };
}

function extra(
    database: DatabaseSnapshot,
    plan: DeclaredDatabase | undefined,
    judged: ReadonlySet<string>,
): Mark[] {
    const allowed = allowances(plan, database.name === COMMON_DATABASE);
    const beyond = foundGrants(database).filter(
        ({ role, owner, ...grant }) =>
            judged.has(role) && role !== owner && !isServiceRole(role) && !isAllowed(allowed, role, grant),
    );
    return merged(beyond).map(({ grant, privileges }): Mark => {
        const everybody = grant.role === PUBLIC;
        return {
            kind: everybody ? "PublicPrivilege" : "ExtraPrivilege",
            role: grant.role,
            database: database.name,
            text: `${everybody ? "everybody has" : "has"} ${privileges.join(", ")} on ${placeOf(grant)}, beside the profiles`,
            fix: `${everybody ? "" : "give it a profile, or: "}${revocation(grant, privileges, database.name)}`,
        };
    });
}

function isAllowed(
    allowed: readonly Allowance[],
    role: string,
    grant: Omit<FoundGrant, "role" | "owner">,
): boolean {
    return allowed.some(
        (a) =>
            a.role === role &&
            a.later === (grant.laterOf !== undefined) &&
            (a.laterOf === undefined || a.laterOf === grant.laterOf) &&
            a.kind === grant.kind &&
            (a.schema === undefined || a.schema === grant.schema) &&
            a.privileges.includes(grant.privilege),
    );
}

/** One mark for all privileges of a role on the same place. */
function merged(grants: readonly FoundGrant[]): { grant: FoundGrant; privileges: string[] }[] {
    const found = new Map<string, { grant: FoundGrant; privileges: string[] }>();
    for (const grant of grants) {
        const key = JSON.stringify([grant.role, placeOf(grant)]);
        const known = found.get(key);
        if (known) known.privileges.push(grant.privilege);
        else found.set(key, { grant, privileges: [grant.privilege] });
    }
    return [...found.values()];
}

function lacking(database: DatabaseSnapshot, plan: DeclaredDatabase): Mark[] {
    return lackingGrants(database, plan.plan).map(({ role, place, privileges, onObjects }) => ({
        kind: "MissingPrivilege",
        role,
        database: database.name,
        text: `lacks ${privileges.join(", ")} on ${place}, which the profile gives`,
        fix: onObjects
            ? "pulumi up --refresh; what others own later: REASSIGN it to the owner profile, or name them in objectOwners"
            : "pulumi up --refresh",
    }));
}
