/**
 * What the local `azuread` package takes and gives: the resources and invokes of @pulumi/azuread 6.9.1 that concern
 * identities. Types, replacements and conflicts follow the provider's published source, `group_resource.go` and
 * `group_member_resource.go` of terraform-provider-azuread; what the local directory cannot do is refused by name.
 */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../components/provider/resourceProvider";
import type { FunctionTable, PropertyRule, ResourceTable } from "./propertyTable";

export const GROUP = "azuread:index/group:Group";
export const GROUP_MEMBER = "azuread:index/groupMember:GroupMember";

const GROUP_SOURCE = "terraform-provider-azuread, group_resource.go";
const MEMBER_SOURCE = "terraform-provider-azuread, group_member_resource.go";

const UUID: PropertyRule = {
    type: "string",
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    patternText: "that is an object id (GUID)",
};
const computed = (type: PropertyRule["type"], items?: PropertyRule): PropertyRule => ({
    type,
    computed: true,
    ...(items && { items }),
});
const TEXT: PropertyRule = { type: "string" };

/** Only the value that does nothing: the local directory has no such feature. */
const only = (type: "boolean" | "array" | "string", nothing: unknown, what: string): PropertyRule => ({
    type,
    ...(type === "array" && { items: TEXT }),
    source: GROUP_SOURCE,
    refuse: (value) =>
        JSON.stringify(value) === JSON.stringify(nothing)
            ? undefined
            : `the local directory has no ${what}. Leave the property out.`,
});

const UNIFIED = "Microsoft 365 groups";

export const GROUP_TABLE: ResourceTable = {
    token: GROUP,
    properties: {
        displayName: {
            type: "string",
            required: true,
            pattern: /\S/,
            patternText: "that is not empty",
            source: GROUP_SOURCE,
        },
        description: { type: "string", source: GROUP_SOURCE },
        securityEnabled: { type: "boolean", source: GROUP_SOURCE },
        mailEnabled: {
            type: "boolean",
            source: GROUP_SOURCE,
            refuse: (value) =>
                value ? `the local directory has no ${UNIFIED}. Use securityEnabled: true.` : undefined,
        },
        mailNickname: {
            type: "string",
            createOnly: true,
            keptWhenLeftOut: true,
            pattern: /^[^@()\\[\]";:<>,\s\p{Cc}]{1,64}$/u,
            patternText: 'of 1 to 64 characters without spaces and @ ( ) \\ [ ] " ; : < > ,',
            source: GROUP_SOURCE,
        },
        members: { type: "array", items: UUID, unordered: true, keptWhenLeftOut: true, source: GROUP_SOURCE },
        owners: {
            type: "array",
            items: UUID,
            unordered: true,
            keptWhenLeftOut: true,
            minItems: 1,
            maxItems: 100,
            source: GROUP_SOURCE,
        },
        preventDuplicateNames: { type: "boolean", default: false, source: GROUP_SOURCE },
        assignableToRole: { type: "boolean", createOnly: true, source: GROUP_SOURCE },
        types: {
            type: "array",
            items: { type: "string", values: ["DynamicMembership", "Unified"] },
            unordered: true,
            createOnly: true,
            source: GROUP_SOURCE,
            refuse: (value) =>
                (value as unknown[]).length > 0
                    ? `the local directory has no ${UNIFIED} and no dynamic ones. Leave the property out.`
                    : undefined,
        },
        visibility: {
            type: "string",
            values: ["Hiddenmembership", "Private", "Public"],
            keptWhenLeftOut: true,
            source: GROUP_SOURCE,
            refuse: (value) =>
                value === "Private"
                    ? undefined
                    : "only Microsoft 365 groups can have that. Use Private, or leave it out.",
        },
        administrativeUnitIds: only("array", [], "administrative units"),
        autoSubscribeNewMembers: only("boolean", false, UNIFIED),
        behaviors: { ...only("array", [], UNIFIED), createOnly: true },
        dynamicMembership: {
            type: "object",
            source: GROUP_SOURCE,
            refuse: () => "the local directory has no dynamic groups. Name the members.",
        },
        externalSendersAllowed: only("boolean", false, UNIFIED),
        hideFromAddressLists: only("boolean", false, UNIFIED),
        hideFromOutlookClients: only("boolean", false, UNIFIED),
        onpremisesGroupType: only("string", "", "on-premises directory"),
        provisioningOptions: { ...only("array", [], UNIFIED), createOnly: true },
        theme: only("string", "", UNIFIED),
        writebackEnabled: { ...only("boolean", false, "on-premises directory"), default: false },
        mail: computed("string"),
        objectId: computed("string"),
        onpremisesDomainName: computed("string"),
        onpremisesNetbiosName: computed("string"),
        onpremisesSamAccountName: computed("string"),
        onpremisesSecurityIdentifier: computed("string"),
        onpremisesSyncEnabled: computed("boolean"),
        preferredLanguage: computed("string"),
        proxyAddresses: computed("array", TEXT),
    },
    check: checkGroup,
};

function checkGroup(inputs: PropertyMap): CheckFailure[] {
    const { securityEnabled, mailEnabled, assignableToRole } = inputs;
    if (securityEnabled === UNKNOWN || mailEnabled === UNKNOWN) return [];
    if (securityEnabled !== true) {
        const reason =
            "'securityEnabled' is not true, nor is 'mailEnabled'; at least one of the two must be given, and the local " +
            "directory has security groups only. Add securityEnabled: true.";
        return [
            {
                property: "securityEnabled",
                reason: assignableToRole === true ? `${reason} (assignableToRole needs it too.)` : reason,
            },
        ];
    }
    return [];
}

export const GROUP_MEMBER_TABLE: ResourceTable = {
    token: GROUP_MEMBER,
    properties: {
        groupObjectId: { ...UUID, required: true, createOnly: true, source: MEMBER_SOURCE },
        memberObjectId: { ...UUID, required: true, createOnly: true, source: MEMBER_SOURCE },
    },
};

const outputs = (rules: Record<string, PropertyRule>): Record<string, PropertyRule> =>
    Object.fromEntries(
        Object.entries(rules).map(([name, { type, items }]) => [name, items ? { type, items } : { type }]),
    );

const texts = (...names: string[]): Record<string, PropertyRule> =>
    Object.fromEntries(names.map((name) => [name, TEXT]));

export const GET_GROUP: FunctionTable = {
    token: "azuread:index/getGroup:getGroup",
    inputs: {
        displayName: { ...TEXT, pattern: /\S/, patternText: "that is not empty" },
        objectId: UUID,
        mailNickname: { ...TEXT, pattern: /\S/, patternText: "that is not empty" },
        mailEnabled: { type: "boolean" },
        securityEnabled: { type: "boolean" },
        includeTransitiveMembers: { type: "boolean" },
    },
    outputs: {
        ...outputs(GROUP_TABLE.properties),
        ...texts("id"),
        dynamicMemberships: { type: "array" },
        includeTransitiveMembers: { type: "boolean" },
    },
    check: exactlyOne("displayName", "objectId", "mailNickname"),
};

export const GET_USER: FunctionTable = {
    token: "azuread:index/getUser:getUser",
    inputs: { userPrincipalName: TEXT, objectId: UUID },
    outputs: {
        ...texts("id", "objectId", "displayName", "userPrincipalName", "userType", "mail", "mailNickname"),
        accountEnabled: { type: "boolean" },
    },
    check: exactlyOne("userPrincipalName", "objectId"),
};

export const GET_SERVICE_PRINCIPAL: FunctionTable = {
    token: "azuread:index/getServicePrincipal:getServicePrincipal",
    inputs: { clientId: UUID, displayName: TEXT, objectId: UUID },
    outputs: {
        ...texts(
            "id",
            "objectId",
            "clientId",
            "displayName",
            "type",
            "description",
            "applicationTenantId",
            "signInAudience",
        ),
        accountEnabled: { type: "boolean" },
        appRoleAssignmentRequired: { type: "boolean" },
        servicePrincipalNames: { type: "array", items: TEXT },
        alternativeNames: { type: "array", items: TEXT },
        tags: { type: "array", items: TEXT },
    },
    check: exactlyOne("clientId", "displayName", "objectId"),
};

export const GET_CLIENT_CONFIG: FunctionTable = {
    token: "azuread:index/getClientConfig:getClientConfig",
    inputs: {},
    outputs: texts("id", "clientId", "objectId", "tenantId"),
};

function exactlyOne(...names: string[]): (args: PropertyMap) => CheckFailure[] {
    return (args) => {
        const given = names.filter((name) => (args[name] ?? undefined) !== undefined);
        if (given.length === 1) return [];
        const found = given.length === 0 ? "None" : given.map((name) => `'${name}'`).join(" and ");
        const was = given.length === 0 ? "is given" : "are given";
        return [
            {
                property: "",
                reason: `${found} ${was}; exactly one of ${names.join(", ")} must be. Give one of them.`,
            },
        ];
    };
}
