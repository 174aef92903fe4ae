/** Property rules that many resource types share. */

import type { PropertyRule } from "../providers/propertyTable";
import { isRegion, normalizeLocation } from "./locations";

const COMMON_TYPES = "azure-rest-api-specs common-types/resource-management/v6/types.json";

export const SPEC = {
    resources: "azure-rest-api-specs Microsoft.Resources 2024-03-01 resources.json",
    network: "azure-rest-api-specs Microsoft.Network 2024-05-01",
    privateDns: "azure-rest-api-specs Microsoft.Network 2024-06-01 privatedns.json",
    managedIdentity: "azure-rest-api-specs Microsoft.ManagedIdentity 2023-01-31 ManagedIdentity.json",
    compute: "azure-rest-api-specs Microsoft.Compute 2024-11-01 ComputeRP virtualMachine.json",
    postgresql: "azure-rest-api-specs Microsoft.DBforPostgreSQL 2025-08-01 openapi.json",
    singleServer: "azure-rest-api-specs Microsoft.DBforPostgreSQL servers 2017-12-01",
    clusters: "azure-rest-api-specs Microsoft.DBforPostgreSQL serverGroupsv2 2023-03-02-preview",
    /** Lengths and characters that the specifications leave out. */
    names: "Microsoft Learn, Naming rules and restrictions for Azure resources",
} as const;

/** Made by the service. */
export function computed(type: PropertyRule["type"]): PropertyRule {
    return { type, computed: true };
}

export function oneOf(
    values: readonly string[],
    source: string,
    more: Partial<PropertyRule> = {},
): PropertyRule {
    return { type: "string", values, source, ...more };
}

/** In Azure's API, but not in the local Azure: refused by name, never silently stored. */
export function notHere(type: PropertyRule["type"], what: string): PropertyRule {
    return { type, refuse: () => `the local Azure has no ${what}. Leave it out here.` };
}

/** In the SDK's arguments, but of no use there. */
export const uselessInput: PropertyRule = {
    type: "string",
    refuse: () => "the resource's own path says it already. Leave it out.",
};

export const RESOURCE_GROUP_NAME = /^[-\p{L}\p{Nd}_.()]{0,89}[-\p{L}\p{Nd}_()]$/u;

export const resourceGroupName: PropertyRule = {
    type: "string",
    required: true,
    createOnly: true,
    pattern: RESOURCE_GROUP_NAME,
    patternText: "of 1 to 90 letters, digits, '-', '_', '.', '(' and ')', not ending in '.'",
    source: COMMON_TYPES,
};

/** Networks, subnets, NSGs, route tables, rules, routes: 1 to 80 characters. */
const NETWORK_NAME = /^[A-Za-z0-9]([\w.-]{0,78}\w)?$/;

/** The resource's own name: the last part of its path. A change replaces (path parameter). */
export function networkName(more: Partial<PropertyRule> = {}): PropertyRule {
    return {
        type: "string",
        createOnly: true,
        pattern: NETWORK_NAME,
        patternText:
            "of 1 to 80 letters, digits, '-', '_' and '.', beginning with a letter or digit, ending with one or '_'",
        source: SPEC.names,
        ...more,
    };
}

export const location: PropertyRule = {
    type: "string",
    alsoComputed: true,
    refuse: (value) =>
        isRegion(value as string)
            ? undefined
            : "Azure has no such region. Use one, for instance 'westeurope'.",
    source: "Microsoft Learn, Azure regions list",
};

/** Private DNS zones and their links are not bound to a region. */
export const globalLocation: PropertyRule = {
    type: "string",
    createOnly: true,
    alsoComputed: true,
    refuse: (value) =>
        normalizeLocation(value as string) === "global"
            ? undefined
            : "the only location of this type is 'global'.",
    source: `${SPEC.privateDns} TrackedResource x-ms-mutability read, create`,
};

export const tags: PropertyRule = {
    type: "map",
    maxItems: 50,
    items: {
        type: "string",
        refuse: (v) => ((v as string).length > 256 ? "a tag has at most 256 characters." : undefined),
    },
    source: "Microsoft Learn, Use tags to organize your Azure resources (limitations)",
};

export const systemData = computed("object");

export const GUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
