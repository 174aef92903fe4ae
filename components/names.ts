import { ValidationError } from "./validationError";

/** Rules of the names of PostgreSQL roles and Microsoft Entra identities. Nothing is normalised: names count byte for byte (F18). */

/** PostgreSQL keeps this many bytes of a name and drops the rest with only a notice (F78). */
export const LONGEST_NAME = 63;

/** Roles that PostgreSQL or the service keeps for itself. Compared exactly: role names are case-sensitive. */
const RESERVED = new Set(["public", "none", "citus", "replication"]);
const RESERVED_PREFIXES = ["pg_", "azure"];

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

interface Problem {
    rule: string;
    fix: string;
}

/** Why a role cannot have this name, or `undefined` where it can. */
export function roleNameProblem(name: string): Problem | undefined {
    return textProblem(name) ?? reservedProblem(name);
}

/** @throws ValidationError where no role can have this name. */
export function checkRoleName(argument: string, name: unknown): void {
    if (typeof name !== "string")
        throw new ValidationError(argument, name, "a role's name is text", "give a name");
    const problem = roleNameProblem(name);
    if (problem) throw new ValidationError(argument, name, problem.rule, problem.fix);
}

/** Length and characters: what holds for every name that PostgreSQL keeps. */
export function textProblem(name: string): Problem | undefined {
    const bytes = Buffer.byteLength(name, "utf8");
    if (bytes === 0) return { rule: "a name has at least one byte", fix: "give a name" };
    if (/\p{Surrogate}/u.test(name))
        return { rule: "an unpaired surrogate is no character", fix: "give valid Unicode text" };
    if (bytes > LONGEST_NAME)
        return {
            rule: `a name has at most ${LONGEST_NAME} bytes in UTF-8 and this one has ${bytes}: PostgreSQL would cut it (F78)`,
            fix: "choose a shorter name",
        };
    return characterProblem(name);
}

function characterProblem(name: string): Problem | undefined {
    if (/\p{Cc}/u.test(name))
        return { rule: "control characters are not allowed in names", fix: "remove them" };
    if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(name))
        return {
            rule: "bidirectional control characters make a name look like another one",
            fix: "remove them",
        };
    return undefined;
}

function reservedProblem(name: string): Problem | undefined {
    const reserved = RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (!reserved) return undefined;
    return {
        rule: `PostgreSQL or the service keeps this name for itself (reserved: ${[...RESERVED].join(", ")}, ${RESERVED_PREFIXES.map((p) => `${p}*`).join(", ")})`,
        fix: "choose another name",
    };
}

export function isGuid(value: string): boolean {
    return GUID.test(value);
}

/** @throws ValidationError where the value is no GUID. F65: for an application it is the service principal's object id. */
export function checkObjectId(argument: string, value: unknown): void {
    if (typeof value === "string" && isGuid(value)) return;
    throw new ValidationError(
        argument,
        value,
        "an object id is a GUID",
        "look it up with `az ad user show`, `az ad group show` or `az ad sp show` and `--query id`",
    );
}

/** @throws ValidationError where the value is no GUID. */
export function checkTenantId(argument: string, value: unknown): void {
    if (typeof value === "string" && isGuid(value)) return;
    const fix = "look it up with `az account show --query tenantId`";
    throw new ValidationError(argument, value, "a tenant id is a GUID", fix);
}

/**
 * Checks a user's principal name, by which the directory finds the user (F61): `name@domain`, and for a guest
 * `name_domain#EXT#@tenant`.
 *
 * @throws ValidationError
 */
export function checkUserPrincipalName(argument: string, name: string): void {
    const [user = "", domain = "", ...rest] = name.split("@");
    const refuse = (rule: string, fix: string) => new ValidationError(argument, name, rule, fix);
    const look = "copy it from `az ad user show --query userPrincipalName`";
    if (user === "" || domain === "" || rest.length > 0)
        throw refuse("a user is named by the user principal name, name@domain (F61)", look);
    const marker = /#ext#/i.exec(user)?.[0];
    if (marker === undefined) return;
    if (marker !== "#EXT#")
        throw refuse("names are case-sensitive and a guest's marker is #EXT# (F18)", look);
    if (!/^[^#]+_[^#_]+#EXT#$/.test(user))
        throw refuse("a guest's principal name is name_home.domain#EXT#@tenant (F61)", look);
}
