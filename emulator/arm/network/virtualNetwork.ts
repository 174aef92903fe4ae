/** `azure-native:network:VirtualNetwork`. */

import type { CheckFailure, PropertyMap } from "../../../components/provider/resourceProvider";
import { contains, overlap } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { normalizeLocation } from "../locations";
import {
    computed,
    location,
    networkName,
    notHere,
    oneOf,
    resourceGroupName,
    SPEC,
    tags,
    uselessInput,
} from "../rules";
import { keptLocation, knownElements, SUBNET } from "./references";
import { checkSubnet, cidr, cidrs, prefixesOf, subnet, subnetProperties } from "./subnet";

export const VIRTUAL_NETWORK = "azure-native:network:VirtualNetwork";
const SOURCE = `${SPEC.network} virtualNetwork.json`;

export const virtualNetwork: ArmType = {
    table: {
        token: VIRTUAL_NETWORK,
        properties: {
            addressSpace: {
                type: "object",
                required: true,
                properties: {
                    addressPrefixes: {
                        type: "array",
                        required: true,
                        minItems: 1,
                        items: cidr,
                        source: SOURCE,
                    },
                    ipamPoolPrefixAllocations: notHere("array", "IPAM pools"),
                },
                source: SOURCE,
            },
            bgpCommunities: notHere("object", "BGP communities"),
            ddosProtectionPlan: notHere("object", "DDoS protection plans"),
            dhcpOptions: {
                type: "object",
                properties: { dnsServers: { type: "array", items: { type: "string" }, source: SOURCE } },
                source: SOURCE,
            },
            enableDdosProtection: { type: "boolean", refuse: mustBeFalse, source: SOURCE },
            enableVmProtection: { type: "boolean", source: SOURCE },
            encryption: {
                type: "object",
                properties: {
                    enabled: { type: "boolean", required: true, source: SOURCE },
                    enforcement: oneOf(["DropUnencrypted", "AllowUnencrypted"], SOURCE),
                },
                source: SOURCE,
            },
            extendedLocation: notHere("object", "edge zones"),
            flowTimeoutInMinutes: { type: "integer", minimum: 4, maximum: 30, source: SOURCE },
            id: uselessInput,
            ipAllocations: notHere("array", "IP allocations"),
            location: { ...location, createOnly: true, source: "azure-native force-new list" },
            privateEndpointVNetPolicies: oneOf(["Disabled", "Basic"], SOURCE),
            resourceGroupName,
            subnets: {
                type: "array",
                items: {
                    type: "object",
                    properties: {
                        ...subnetProperties,
                        name: networkName({ required: true, createOnly: false }),
                    },
                },
                source: SOURCE,
            },
            tags,
            virtualNetworkName: networkName({ pattern: /^[A-Za-z0-9][\w.-]{0,62}\w$/ }),
            virtualNetworkPeerings: notHere("array", "peerings"),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            flowLogs: computed("array"),
            name: computed("string"),
            provisioningState: computed("string"),
            resourceGuid: computed("string"),
            type: computed("string"),
        },
        check: (inputs) =>
            knownElements(inputs.subnets).flatMap(([index, inline]): CheckFailure[] =>
                checkSubnet(inline, `subnets[${index}]`),
            ),
    },
    armType: "Microsoft.Network/virtualNetworks",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    apiVersion: "2024-05-01",
    naming: "random",
    inline: { property: "subnets", token: SUBNET },
    put({ azure, id, inputs, existing }) {
        const prefixes = (inputs.addressSpace as { addressPrefixes: string[] }).addressPrefixes;
        const space = cidrs(prefixes);
        if (space.some((range, index) => space.slice(0, index).some((other) => overlap(other, range)))) {
            throw badRequest(
                "AddressPrefixesOverlap",
                `The address prefixes ${prefixes.join(", ")} of virtual network ${id} overlap each other.`,
            );
        }
        const lost = azure.store
            .below(id, SUBNET)
            .find(
                (one) => !cidrs(prefixesOf(one.properties)).every((p) => space.some((s) => contains(s, p))),
            );
        if (lost && inputs.subnets === undefined) {
            throw badRequest(
                "NetcfgSubnetRangeOutsideVnet",
                `Subnet '${lost.name}' is not valid because its IP address range is outside the IP address range of virtual network '${id.slice(id.lastIndexOf("/") + 1)}'.`,
            );
        }
        const plain = ["dhcpOptions", "encryption", "flowTimeoutInMinutes", "tags", "enableVmProtection"];
        return {
            addressSpace: inputs.addressSpace,
            enableDdosProtection: false,
            location: keptLocation(inputs, existing, id, normalizeLocation),
            privateEndpointVNetPolicies: inputs.privateEndpointVNetPolicies ?? "Disabled",
            ...(Object.fromEntries(plain.map((name) => [name, inputs[name]])) as PropertyMap),
        };
    },
    async remove(call) {
        for (const child of call.azure.store.below(call.resource.id, SUBNET)) {
            await subnet.remove!({ ...call, resource: child });
        }
    },
    view: () => ({ flowLogs: [], virtualNetworkPeerings: [] }),
};

function mustBeFalse(value: unknown): string | undefined {
    return value
        ? "the local Azure has no DDoS protection plans, which it needs. Leave it out here."
        : undefined;
}
