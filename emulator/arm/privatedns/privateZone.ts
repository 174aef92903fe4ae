/** `azure-native:privatedns:PrivateZone`. */

import { conflict } from "../armError";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { normalizeLocation } from "../locations";
import { keyOf } from "../resourceId";
import { computed, globalLocation, resourceGroupName, SPEC, systemData, tags } from "../rules";

export const PRIVATE_ZONE = "azure-native:privatedns:PrivateZone";
export const VIRTUAL_NETWORK_LINK = "azure-native:privatedns:VirtualNetworkLink";

/** 2 to 34 labels of at most 63 characters, parted by dots. */
export const ZONE_NAME =
    /^(?=.{1,253}$)[A-Za-z0-9_]([\w-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([\w-]{0,61}[A-Za-z0-9_])?){1,33}$/;

export const privateZone: ArmType = {
    table: {
        token: PRIVATE_ZONE,
        properties: {
            location: globalLocation,
            privateZoneName: {
                type: "string",
                createOnly: true,
                pattern: ZONE_NAME,
                patternText: "of 2 to 34 labels of letters, digits, '-' and '_', without a closing dot",
                source: SPEC.names,
            },
            resourceGroupName,
            tags,
            azureApiVersion: computed("string"),
            etag: computed("string"),
            internalId: computed("string"),
            maxNumberOfRecordSets: computed("integer"),
            maxNumberOfVirtualNetworkLinks: computed("integer"),
            maxNumberOfVirtualNetworkLinksWithRegistration: computed("integer"),
            name: computed("string"),
            numberOfRecordSets: computed("integer"),
            numberOfVirtualNetworkLinks: computed("integer"),
            numberOfVirtualNetworkLinksWithRegistration: computed("integer"),
            provisioningState: computed("string"),
            systemData,
            type: computed("string"),
        },
    },
    armType: "Microsoft.Network/privateDnsZones",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}",
    apiVersion: "2024-06-01",
    naming: "random",
    put({ inputs }) {
        refuseOtherThanGlobal(inputs.location, "Microsoft.Network/privateDnsZones");
        return { location: "global", tags: inputs.tags };
    },
    remove({ azure, resource, withGroup }) {
        const links = azure.store.below(resource.id, VIRTUAL_NETWORK_LINK);
        if (links.length === 0 || withGroup) return;
        throw conflict(
            "CannotDeleteResource",
            `Can not delete resource before nested resources are deleted: ${links.map((link) => link.id).join(", ")}.`,
        );
    },
    view: (azure, { id }) => ({
        internalId: Buffer.from(keyOf(id)).toString("base64"),
        maxNumberOfRecordSets: 25000,
        maxNumberOfVirtualNetworkLinks: 1000,
        maxNumberOfVirtualNetworkLinksWithRegistration: 100,
        numberOfRecordSets: 1,
        numberOfVirtualNetworkLinks: azure.store.below(id, VIRTUAL_NETWORK_LINK).length,
        numberOfVirtualNetworkLinksWithRegistration: azure.store
            .below(id, VIRTUAL_NETWORK_LINK)
            .filter((link) => link.properties.registrationEnabled).length,
    }),
};

/** azure-native gives a missing location that of the resource group; Azure refuses it for these types. */
export function refuseOtherThanGlobal(location: unknown, armType: string): void {
    if (typeof location === "string" && normalizeLocation(location) === "global") return;
    throw badRequest(
        "LocationNotAvailableForResourceType",
        `The provided location '${String(location ?? "")}' is not available for resource type '${armType}'. List of available regions for the resource type is 'global'.`,
    );
}
