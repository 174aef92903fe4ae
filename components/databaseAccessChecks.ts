import { Cloud } from "./clouds";
import {
    DatabaseService,
    type AccessProfileArgs,
    type DatabaseAccessArgs,
    type SchemaPrivilegesArgs,
} from "./databaseAccessArgs";
import { OWNER_PROFILE, PROFILES, profileRole } from "./databaseAccessPlan";
import { plainValue } from "./inputs";
import { checkRoleName, LONGEST_NAME, roleNameProblem, textProblem } from "./names";
import { type PrincipalToCheck, refuseSecond } from "./principalChecks";
import { checkDatabaseName } from "./resourceNames";
import { ValidationError } from "./validationError";

/** Checks of a DatabaseAccess, before anything is registered. Pure. */

const ALLOWED = {
    usage: ["USAGE", "CREATE"],
    tables: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
    sequences: ["USAGE", "SELECT", "UPDATE"],
    functions: ["EXECUTE"],
} as const;

/**
 * @param at put before the arguments' names in messages, for instance `databases[0].`
 * @throws ValidationError for what is known before anything is registered
 */
export function checkDatabaseAccess(args: DatabaseAccessArgs, at = ""): void {
    checkDatabaseName(`${at}database`, args.database);
    const schemas = args.schemas ?? ["public"];
    schemas.forEach((schema, i) => checkSchemaName(`${at}schemas[${i}]`, schema));
    refuseTwice(`${at}schemas`, schemas, "a schema is listed once");
    const profiles = args.profiles ?? [];
    profiles.forEach((profile, i) => checkProfile(`${at}profiles[${i}]`, profile, schemas));
    const names = [...PROFILES, ...profiles.map((profile) => profile.name)];
    const taken = "each profile has a name of its own; readonly, readwrite and owner are taken";
    refuseTwice(`${at}profiles`, names, taken);
    for (const name of names) checkProfileRole(`${at}database`, args.database, name);
    const owners = args.objectOwners ?? [];
    for (const [i, owner] of owners.entries())
        if (!isClusterOwner(args, owner)) checkRoleName(`${at}objectOwners[${i}]`, owner);
    const ownRole = profileRole(args.database, OWNER_PROFILE);
    const once = "an owner is listed once, and the owner profile's role is one already";
    refuseTwice(`${at}objectOwners`, [ownRole, ...owners], once);
    checkGrantees(args, names, at);
    checkTenant(args);
}

/** The cluster's built-in role is nobody's to make, but it owns objects. */
function isClusterOwner({ service }: DatabaseAccessArgs, owner: string): boolean {
    return service === DatabaseService.CosmosCluster && owner === "citus";
}

function checkGrantees({ grantees, service }: DatabaseAccessArgs, profiles: string[], at: string): void {
    if ((service === DatabaseService.CosmosCluster) !== (grantees !== undefined))
        throw new ValidationError(
            `${at}grantees`,
            grantees,
            "in a CosmosCluster roles are made by the resource API alone, so privileges go to grantees (F80); elsewhere to profile roles",
            grantees
                ? "remove it and use memberOf, or set service"
                : "give it, where nobody is to have privileges as []",
        );
    const known = profiles.filter((profile) => profile !== OWNER_PROFILE);
    for (const [i, { role, profile }] of (grantees ?? []).entries()) {
        checkRoleName(`${at}grantees[${i}].role`, role);
        if (known.includes(profile)) continue;
        throw new ValidationError(
            `${at}grantees[${i}].profile`,
            profile,
            `a grantee has one of ${known.join(", ")}`,
            "use one of these; objects belong to whoever makes them",
        );
    }
    const roles = (grantees ?? []).map(({ role }) => role);
    refuseTwice(`${at}grantees`, roles, "a role is listed once");
}

function checkTenant({ cloud, tenantId, service }: DatabaseAccessArgs): void {
    if (service === DatabaseService.CosmosCluster) return;
    const known = plainValue(cloud) ?? (cloud === undefined ? Cloud.Public : undefined);
    if (tenantId !== undefined || (known !== Cloud.Public && known !== Cloud.Local)) return;
    throw new ValidationError(
        "tenantId",
        undefined,
        `in the cloud ${known} a token of this tenant is fetched`,
        "give the tenant of the server: `az account show --query tenantId`",
    );
}

function checkSchemaName(argument: string, name: string): void {
    const reserved = name.startsWith("pg_") || name === "information_schema";
    const problem = reserved
        ? { rule: "PostgreSQL keeps this schema for itself", fix: "choose another name" }
        : textProblem(name);
    if (problem) throw new ValidationError(argument, name, problem.rule, problem.fix);
}

function checkProfile(argument: string, profile: AccessProfileArgs, schemas: string[]): void {
    if (!/^[a-z][a-z0-9_]*$/.test(profile.name))
        throw new ValidationError(
            `${argument}.name`,
            profile.name,
            "a profile's name has lower-case letters, digits and underscores and begins with a letter",
            "choose such a name",
        );
    if (profile.name === "everybody")
        throw new ValidationError(
            `${argument}.name`,
            profile.name,
            "it stands for PUBLIC here",
            "choose another",
        );
    profile.privileges.forEach((given, i) => checkPrivileges(`${argument}.privileges[${i}]`, given, schemas));
    const named = profile.privileges.map((given) => given.schema);
    refuseTwice(`${argument}.privileges`, named, "a schema is listed once in a profile");
}

function checkPrivileges(argument: string, given: SchemaPrivilegesArgs, schemas: string[]): void {
    if (!schemas.includes(given.schema))
        throw new ValidationError(
            `${argument}.schema`,
            given.schema,
            `the database's schemas are ${schemas.join(", ")}`,
            "name one of these, or add it to schemas",
        );
    for (const [list, allowed] of Object.entries(ALLOWED))
        for (const [i, privilege] of (given[list as keyof typeof ALLOWED] ?? []).entries())
            if (!(allowed as readonly string[]).includes(privilege))
                throw new ValidationError(
                    `${argument}.${list}[${i}]`,
                    privilege,
                    `${list} takes ${allowed.join(", ")}`,
                    "use these, in capitals",
                );
}

/** Names that are made from a database's and a profile's follow the rules of roles too (F78). */
function checkProfileRole(argument: string, database: string, profile: string): void {
    const role = profileRole(database, profile);
    const problem = roleNameProblem(role);
    if (!problem) return;
    const bytes = Buffer.byteLength(role, "utf8");
    const fix =
        bytes > LONGEST_NAME
            ? `shorten the database's or the profile's name by ${bytes - LONGEST_NAME} bytes`
            : problem.fix;
    throw new ValidationError(
        argument,
        database,
        `its profile role '${role}' cannot be: ${problem.rule}`,
        fix,
    );
}

function refuseTwice(argument: string, values: string[], rule: string): void {
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) throw new ValidationError(argument, twice, rule, "take one of the two away");
}

/** The profiles of one database, by name. */
export interface DatabaseProfiles {
    /** Where it stands, for instance `databases[0]`. */
    argument: string;
    database: string;
    /** All of them, the built-in ones too. */
    profiles: string[];
}

/**
 * Checks the profile roles of all databases of a server beside its identities: roles belong to the server, not to a database.
 *
 * @throws ValidationError for two profiles with one role name, and for an identity that is called like a profile role
 */
export function checkProfileRoles(databases: DatabaseProfiles[], identities: PrincipalToCheck[]): void {
    const roles = databases.flatMap(({ argument, database, profiles }) =>
        profiles.map((profile) => {
            const key = profileRole(database, profile);
            return { argument: `${argument}, profile ${profile},`, value: key, key };
        }),
    );
    refuseSecond(
        roles,
        "roles belong to the server, not to a database",
        "rename the database or the profile",
    );
    const taken = new Map(roles.map((role) => [role.key, role.argument]));
    for (const { argument, nameArgument = "principalName", name } of identities) {
        const profile = name === undefined ? undefined : taken.get(name);
        if (profile === undefined) continue;
        throw new ValidationError(
            `${argument}.${nameArgument}`,
            name,
            `${profile} has a role of this name, which nobody signs in as`,
            "choose another name; to give the profile's privileges, use access",
        );
    }
}
