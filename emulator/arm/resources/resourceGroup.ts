/** `azure-native:resources:ResourceGroup`. */

import type { ArmType } from "../armType";
import { badRequest, conflict } from "../armError";
import { normalizeLocation } from "../locations";
import { computed, location, notHere, resourceGroupName, SPEC, tags } from "../rules";

export const RESOURCE_GROUP = "azure-native:resources:ResourceGroup";

export const resourceGroup: ArmType = {
    table: {
        token: RESOURCE_GROUP,
        properties: {
            // The specification calls the location unchangeable; azure-native replaces (its force-new list).
            location: {
                ...location,
                createOnly: true,
                source: `${SPEC.resources}; azure-native force-new list`,
            },
            managedBy: notHere("string", "managed applications"),
            resourceGroupName: { ...resourceGroupName, required: false },
            tags,
            azureApiVersion: computed("string"),
            name: computed("string"),
            properties: computed("object"),
            type: computed("string"),
        },
    },
    armType: "Microsoft.Resources/resourceGroups",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    apiVersion: "2024-03-01",
    naming: "random",
    put({ inputs, existing }) {
        const where = inputs.location as string | undefined;
        if (!where)
            throw badRequest("LocationRequired", "The location property is required for this definition.");
        const before = existing?.properties.location as string | undefined;
        if (before && normalizeLocation(before) !== normalizeLocation(where)) {
            throw conflict(
                "InvalidResourceGroupLocation",
                `Invalid resource group location '${where}'. The Resource group already exists in location '${before}'.`,
            );
        }
        return { location: normalizeLocation(where), tags: inputs.tags };
    },
    view: () => ({ properties: { provisioningState: "Succeeded" } }),
};
