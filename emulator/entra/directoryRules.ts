/** What an object of the directory must be, whatever else the directory holds. */

import type { DirectoryObject, PrincipalType } from "./directoryObject";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_NAME = 256;

const FIELDS: Record<PrincipalType, readonly (keyof DirectoryObject)[]> = {
    User: ["userPrincipalName", "userType"],
    Group: ["members", "owners", "description", "securityEnabled", "mailNickname", "assignableToRole"],
    ServicePrincipal: ["appId", "managedIdentity", "accountEnabled", "description"],
};
const COMMON: readonly (keyof DirectoryObject)[] = ["objectId", "principalType", "displayName"];

export function isGuid(text: unknown): text is string {
    return typeof text === "string" && GUID.test(text);
}

/**
 * A copy with GUIDs in lower case, as Entra writes them, and without fields that are not given.
 *
 * @throws Error that names the object, the field, what was given and what is allowed.
 */
export function normalized(object: DirectoryObject): DirectoryObject {
    const copy = Object.fromEntries(
        Object.entries(structuredClone(object)).filter(([, value]) => value !== undefined && value !== null),
    ) as unknown as DirectoryObject;
    checkObject(copy);
    copy.objectId = copy.objectId.toLowerCase();
    if (copy.appId) copy.appId = copy.appId.toLowerCase();
    for (const field of ["members", "owners"] as const) {
        if (copy[field]) copy[field] = [...new Set(copy[field].map((id) => id.toLowerCase()))];
    }
    return copy;
}

/** The name that signs in and that `pgaadauth_create_principal` takes: a user's UPN, the others' display name (F61). */
export function principalName(object: DirectoryObject): string {
    return object.userPrincipalName ?? object.displayName;
}

function checkObject(object: DirectoryObject): void {
    const who = `${object.principalType ?? "object"} '${object.displayName ?? object.objectId}'`;
    if (!isGuid(object.objectId)) throw wrong(who, "objectId", object.objectId, "a GUID");
    const allowed = Object.hasOwn(FIELDS, object.principalType) ? FIELDS[object.principalType] : undefined;
    if (!allowed) throw wrong(who, "principalType", object.principalType, Object.keys(FIELDS).join(", "));
    if (typeof object.displayName !== "string" || !between(object.displayName.length, 1, LONGEST_NAME)) {
        throw wrong(who, "displayName", object.displayName, `a text of 1 to ${LONGEST_NAME} characters`);
    }
    for (const field of Object.keys(object) as (keyof DirectoryObject)[]) {
        if (!COMMON.includes(field) && !allowed.includes(field)) {
            throw wrong(
                who,
                field,
                object[field],
                `nothing: a ${object.principalType} has only ${allowed.join(", ")}`,
            );
        }
    }
    if (object.principalType === "User") checkUser(who, object);
    if (object.appId !== undefined && !isGuid(object.appId))
        throw wrong(who, "appId", object.appId, "a GUID");
    checkOneOf(who, "managedIdentity", object.managedIdentity, ["SystemAssigned", "UserAssigned"]);
    for (const field of ["members", "owners"] as const) {
        const ids = object[field] ?? [];
        if (!Array.isArray(ids) || !ids.every(isGuid))
            throw wrong(who, field, ids, "a list of object ids (GUIDs)");
    }
}

function checkUser(who: string, user: DirectoryObject): void {
    const name = user.userPrincipalName;
    if (typeof name !== "string" || !/^[^@\s]+@[^@\s]+$/.test(name)) {
        throw wrong(who, "userPrincipalName", name, "a name of the form alias@domain");
    }
    checkOneOf(who, "userType", user.userType, ["Member", "Guest"]);
}

function checkOneOf(who: string, field: string, value: string | undefined, allowed: readonly string[]): void {
    if (value !== undefined && !allowed.includes(value)) throw wrong(who, field, value, allowed.join(" or "));
}

function between(value: number, low: number, high: number): boolean {
    return value >= low && value <= high;
}

function wrong(who: string, field: string, value: unknown, allowed: string): Error {
    return new Error(`${who}: ${field} is ${JSON.stringify(value)}; allowed is ${allowed}.`);
}
