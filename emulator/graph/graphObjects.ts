/** The directory's objects as Microsoft Graph 1.0 writes them. */

import type { DirectoryObject, PrincipalType } from "../entra/directoryObject";

export type GraphType = "user" | "group" | "servicePrincipal";

export const GRAPH_TYPES: Record<PrincipalType, GraphType> = {
    User: "user",
    Group: "group",
    ServicePrincipal: "servicePrincipal",
};

type GraphObject = Record<string, unknown>;

/** What is given without `$select`. */
function defaults(object: DirectoryObject): GraphObject {
    const { objectId: id, displayName } = object;
    switch (object.principalType) {
        case "User":
            return {
                businessPhones: [],
                displayName,
                givenName: null,
                jobTitle: null,
                mail: null,
                mobilePhone: null,
                officeLocation: null,
                preferredLanguage: null,
                surname: null,
                userPrincipalName: object.userPrincipalName,
                id,
            };
        case "Group":
            return {
                id,
                deletedDateTime: null,
                description: object.description ?? null,
                displayName,
                groupTypes: [],
                isAssignableToRole: object.assignableToRole ?? null,
                mail: null,
                mailEnabled: false,
                mailNickname: object.mailNickname ?? id.slice(0, 8),
                membershipRule: null,
                onPremisesSyncEnabled: null,
                securityEnabled: object.securityEnabled ?? true,
                visibility: null,
            };
        case "ServicePrincipal":
            return {
                id,
                deletedDateTime: null,
                accountEnabled: object.accountEnabled ?? true,
                appDisplayName: object.managedIdentity ? null : displayName,
                appId: object.appId ?? null,
                description: object.description ?? null,
                displayName,
                servicePrincipalNames: object.appId ? [object.appId] : [],
                servicePrincipalType: object.managedIdentity ? "ManagedIdentity" : "Application",
                tags: [],
            };
    }
}

/** What is given only where `$select` names it. */
function others(object: DirectoryObject): GraphObject {
    if (object.principalType !== "User") return {};
    return { accountEnabled: true, deletedDateTime: null, userType: object.userType ?? "Member" };
}

/**
 * @param select the names of `$select`; `undefined`: the default ones
 * @param typed with `@odata.type`, as in collections of several types
 */
export function graphObject(
    object: DirectoryObject,
    select: string[] | undefined,
    typed: boolean,
): GraphObject {
    const type = typed ? { "@odata.type": `#microsoft.graph.${GRAPH_TYPES[object.principalType]}` } : {};
    if (!select) return { ...type, ...defaults(object) };
    const all = { ...defaults(object), ...others(object) };
    const chosen = Object.entries(all).filter(([name]) => select.includes(name));
    return { ...type, ...Object.fromEntries(chosen) };
}

/** Every property that some object of these types has. */
export function graphProperties(types: readonly GraphType[]): Set<string> {
    const samples = (Object.keys(GRAPH_TYPES) as PrincipalType[])
        .filter((principalType) => types.includes(GRAPH_TYPES[principalType]))
        .map((principalType): DirectoryObject => ({ objectId: "", principalType, displayName: "" }));
    return new Set(samples.flatMap((o) => [...Object.keys(defaults(o)), ...Object.keys(others(o))]));
}
