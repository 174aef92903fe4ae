/** Enterprise applications of the local directory: those that are there can be switched on and off; none is made. */

import type { PropertyMap, ReadResult } from "../../components/provider/resourceProvider";
import type { Directory } from "../entra/directory";
import type { DirectoryObject } from "../entra/directoryObject";
import type { PropertyRule, ResourceTable } from "./propertyTable";

export const SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal";

const SOURCE = "terraform-provider-azuread, service_principal_resource.go";
const TEXT: PropertyRule = { type: "string" };

const computed = (type: PropertyRule["type"], items?: PropertyRule): PropertyRule => ({
    type,
    computed: true,
    ...(items && { items }),
});
const notHere = (type: PropertyRule["type"]): PropertyRule => ({
    type,
    source: SOURCE,
    refuse: () => "the local directory has no such setting of applications. Leave it out.",
});

export const SERVICE_PRINCIPAL_TABLE: ResourceTable = {
    token: SERVICE_PRINCIPAL,
    properties: {
        clientId: {
            type: "string",
            required: true,
            createOnly: true,
            pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
            patternText: "that is an application id (GUID)",
            source: SOURCE,
        },
        accountEnabled: { type: "boolean", default: true, source: SOURCE },
        useExisting: {
            type: "boolean",
            source: SOURCE,
            refuse: (value) =>
                value === true
                    ? undefined
                    : "the local directory makes no applications. Use useExisting: true.",
        },
        alternativeNames: notHere("array"),
        appRoleAssignmentRequired: notHere("boolean"),
        description: notHere("string"),
        featureTags: notHere("array"),
        features: notHere("array"),
        loginUrl: notHere("string"),
        notes: notHere("string"),
        notificationEmailAddresses: notHere("array"),
        owners: notHere("array"),
        preferredSingleSignOnMode: notHere("string"),
        samlSingleSignOn: notHere("object"),
        tags: notHere("array"),
        appRoleIds: computed("map", TEXT),
        appRoles: computed("array"),
        applicationTenantId: computed("string"),
        displayName: computed("string"),
        homepageUrl: computed("string"),
        logoutUrl: computed("string"),
        oauth2PermissionScopeIds: computed("map", TEXT),
        oauth2PermissionScopes: computed("array"),
        objectId: computed("string"),
        redirectUris: computed("array", TEXT),
        samlMetadataUrl: computed("string"),
        servicePrincipalNames: computed("array", TEXT),
        signInAudience: computed("string"),
        type: computed("string"),
    },
    check: (inputs) =>
        inputs.useExisting === undefined
            ? [
                  {
                      property: "useExisting",
                      reason: "'useExisting' is missing: the local directory makes no applications. Add useExisting: true.",
                  },
              ]
            : [],
};

/** @throws Error where the tenant has no such application */
export function writeServicePrincipal(
    directory: Directory,
    inputs: PropertyMap,
): { id: string; properties: PropertyMap } {
    const found = directory.findByAppId(String(inputs.clientId));
    if (!found)
        throw new Error(
            `The tenant ${directory.tenantId} has no application with the client id ${String(inputs.clientId)}.`,
        );
    directory.update(found.objectId, { accountEnabled: inputs.accountEnabled !== false });
    const result = readServicePrincipal(directory, idOf(found.objectId), inputs)!;
    return { id: result.id, properties: result.properties };
}

export function readServicePrincipal(
    directory: Directory,
    id: string,
    inputs: PropertyMap,
): ReadResult | undefined {
    const found = directory.get(id.slice(PREFIX.length));
    if (found?.principalType !== "ServicePrincipal" || !id.startsWith(PREFIX)) return undefined;
    const state = { clientId: found.appId, accountEnabled: found.accountEnabled !== false };
    return {
        id: idOf(found.objectId),
        inputs: { ...inputs, ...state, useExisting: true },
        properties: { ...inputs, ...state, useExisting: true, ...seen(found) },
    };
}

const PREFIX = "/servicePrincipals/";

function idOf(objectId: string): string {
    return `${PREFIX}${objectId}`;
}

function seen(object: DirectoryObject): PropertyMap {
    return {
        objectId: object.objectId,
        displayName: object.displayName,
        servicePrincipalNames: [object.appId],
        type: object.managedIdentity ? "ManagedIdentity" : "Application",
    };
}
