/** `azure-native:privatedns:VirtualNetworkLink`. */

import { conflict, badRequest } from "../armError";
import type { ArmType } from "../armType";
import { resolveReference, referredId } from "../network/references";
import { VIRTUAL_NETWORK } from "../network/virtualNetwork";
import { keyOf, parentOf, sameId } from "../resourceId";
import {
    computed,
    globalLocation,
    networkName,
    oneOf,
    resourceGroupName,
    SPEC,
    systemData,
    tags,
} from "../rules";
import { refuseOtherThanGlobal, VIRTUAL_NETWORK_LINK, ZONE_NAME } from "./privateZone";

export const virtualNetworkLink: ArmType = {
    table: {
        token: VIRTUAL_NETWORK_LINK,
        properties: {
            location: globalLocation,
            privateZoneName: {
                type: "string",
                required: true,
                createOnly: true,
                pattern: ZONE_NAME,
                source: SPEC.privateDns,
            },
            registrationEnabled: { type: "boolean", source: SPEC.privateDns },
            resolutionPolicy: oneOf(["Default", "NxDomainRedirect"], SPEC.privateDns),
            resourceGroupName,
            tags,
            virtualNetwork: {
                type: "object",
                required: true,
                properties: { id: { type: "string", required: true, source: SPEC.privateDns } },
                source: SPEC.privateDns,
            },
            virtualNetworkLinkName: networkName(),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            name: computed("string"),
            provisioningState: computed("string"),
            systemData,
            type: computed("string"),
            virtualNetworkLinkState: computed("string"),
        },
    },
    armType: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    apiVersion: "2024-06-01",
    naming: "copy",
    put({ azure, id, inputs, existing }) {
        refuseOtherThanGlobal(inputs.location, "Microsoft.Network/privateDnsZones/virtualNetworkLinks");
        const network = resolveReference(azure, id, inputs.virtualNetwork, VIRTUAL_NETWORK);
        if (existing && !sameId(referredId(existing.properties.virtualNetwork), network.id)) {
            throw badRequest(
                "BadRequest",
                `The virtual network of link ${id} cannot be changed. Delete the link and make another.`,
            );
        }
        const rival = azure.store
            .below(parentOf(id)!, VIRTUAL_NETWORK_LINK)
            .find(
                (other) =>
                    keyOf(other.id) !== keyOf(id) &&
                    sameId(referredId(other.properties.virtualNetwork), network.id),
            );
        if (rival) {
            throw conflict(
                "Conflict",
                `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network ${network.id}, which ${rival.id} links already.`,
            );
        }
        return {
            location: "global",
            registrationEnabled: inputs.registrationEnabled ?? false,
            resolutionPolicy: inputs.resolutionPolicy,
            tags: inputs.tags,
            virtualNetwork: { id: network.id },
        };
    },
    view: () => ({ virtualNetworkLinkState: "Completed" }),
};
