/** `azure-native:network:Subnet`, and the subnets that stand in a virtual network. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule } from "../../providers/propertyTable";
import { contains, overlap, parseCidr, type Cidr } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType, Azure } from "../armType";
import { keyOf, lastName, parentOf } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import { computed, networkName, notHere, oneOf, resourceGroupName, SPEC, uselessInput } from "../rules";
import { NETWORK_SECURITY_GROUP } from "./networkSecurityGroup";
import { referredId, resolveReference, serversIn, SUBNET } from "./references";
import { ROUTE_TABLE } from "./routeTable";

const SOURCE = `${SPEC.network} virtualNetwork.json`;

export const cidr: PropertyRule = {
    type: "string",
    refuse: (value) => {
        const range = parseCidr(value as string);
        if (range?.aligned && (value as string).includes("/")) return undefined;
        return range
            ? "bits of the host part are set (or no '/'). Use the first address of the range."
            : "it is no IPv4 range, as in '10.0.0.0/16'.";
    },
    source: SOURCE,
};

const reference: PropertyRule = {
    type: "object",
    properties: { id: { type: "string", required: true, source: SOURCE } },
    source: SOURCE,
};

/** Of a subnet alone and of one in its network. */
export const subnetProperties: Record<string, PropertyRule> = {
    addressPrefix: { ...cidr, alsoComputed: true },
    addressPrefixes: { type: "array", items: cidr, source: SOURCE },
    applicationGatewayIPConfigurations: notHere("array", "application gateways"),
    defaultOutboundAccess: { type: "boolean", source: SOURCE },
    delegations: {
        type: "array",
        items: {
            type: "object",
            properties: {
                name: { type: "string", required: true, source: SOURCE },
                serviceName: { type: "string", required: true, pattern: /^[\w.]+\/[\w./]+$/, source: SOURCE },
            },
        },
        source: SOURCE,
    },
    ipAllocations: notHere("array", "IP allocations"),
    ipamPoolPrefixAllocations: notHere("array", "IPAM pools"),
    natGateway: notHere("object", "NAT gateways"),
    networkSecurityGroup: reference,
    privateEndpointNetworkPolicies: oneOf(
        ["Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"],
        SOURCE,
    ),
    privateLinkServiceNetworkPolicies: oneOf(["Enabled", "Disabled"], SOURCE),
    routeTable: reference,
    serviceEndpointPolicies: notHere("array", "service endpoint policies"),
    serviceEndpoints: {
        type: "array",
        items: {
            type: "object",
            properties: {
                locations: { type: "array", items: { type: "string" }, source: SOURCE },
                service: {
                    type: "string",
                    required: true,
                    pattern: /^Microsoft\.\w+(\.\w+)?$/,
                    source: SOURCE,
                },
            },
        },
        source: SOURCE,
    },
    sharingScope: notHere("string", "shared subnets"),
};

export const subnet: ArmType = {
    table: {
        token: SUBNET,
        properties: {
            ...subnetProperties,
            id: uselessInput,
            name: { ...networkName(), createOnly: false },
            type: { ...uselessInput, alsoComputed: true },
            resourceGroupName,
            subnetName: networkName(),
            virtualNetworkName: networkName({ required: true }),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            ipConfigurationProfiles: computed("array"),
            ipConfigurations: computed("array"),
            privateEndpoints: computed("array"),
            provisioningState: computed("string"),
            purpose: computed("string"),
            resourceNavigationLinks: computed("array"),
            serviceAssociationLinks: computed("array"),
        },
        check: checkSubnet,
    },
    armType: "Microsoft.Network/virtualNetworks/subnets",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    apiVersion: "2024-05-01",
    naming: "copy",
    put({ azure, id, inputs, existing }) {
        refusePrefixes(azure, id, inputs);
        if (inputs.networkSecurityGroup !== undefined) {
            resolveReference(azure, id, inputs.networkSecurityGroup, NETWORK_SECURITY_GROUP);
        }
        if (inputs.routeTable !== undefined) resolveReference(azure, id, inputs.routeTable, ROUTE_TABLE);
        if (existing) refuseChangeInUse(azure, existing, inputs);
        const kept = Object.keys(subnetProperties).map((name) => [name, inputs[name]]);
        return {
            privateEndpointNetworkPolicies: "Disabled",
            privateLinkServiceNetworkPolicies: "Enabled",
            ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
            delegations: inputs.delegations ?? [],
            serviceEndpoints: inputs.serviceEndpoints ?? [],
        } as PropertyMap;
    },
    remove({ azure, resource, withGroup }) {
        const [user] = serversIn(azure, resource.id);
        if (!user || withGroup) return;
        throw badRequest(
            "InUseSubnetCannotBeDeleted",
            `Subnet ${resource.name} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
        );
    },
    view: () => ({
        ipConfigurationProfiles: [],
        ipConfigurations: [],
        privateEndpoints: [],
        purpose: "",
        resourceNavigationLinks: [],
        serviceAssociationLinks: [],
    }),
};

/** A subnet has one prefix or a list of them. */
export function checkSubnet(inputs: PropertyMap, path = ""): CheckFailure[] {
    const at = path ? `${path}.addressPrefix` : "addressPrefix";
    const [single, several] = [inputs.addressPrefix, inputs.addressPrefixes];
    const listed = Array.isArray(several) && several.length > 0;
    if ((single !== undefined) !== listed || [single, several].includes(UNKNOWN)) return [];
    const reason = listed
        ? `'${at}' and '${at}es' are both given; Azure takes one of them. Leave one out.`
        : `'${at}' is missing; a subnet needs it or '${at}es'. Add one, for instance "10.0.1.0/24".`;
    return [{ property: at, reason }];
}

export function prefixesOf(subnet: Readonly<PropertyMap>): string[] {
    const single = subnet.addressPrefix as string | undefined;
    return single === undefined ? ((subnet.addressPrefixes as string[] | undefined) ?? []) : [single];
}

export function cidrs(texts: string[]): Cidr[] {
    return texts.map(parseCidr).filter((range) => range !== undefined);
}

function refusePrefixes(azure: Azure, id: string, inputs: PropertyMap): void {
    const network = azure.store.get(parentOf(id)!)!;
    const space = cidrs((network.properties.addressSpace as { addressPrefixes: string[] }).addressPrefixes);
    const siblings = azure.store.below(network.id, SUBNET).filter((other) => keyOf(other.id) !== keyOf(id));
    for (const prefix of cidrs(prefixesOf(inputs))) {
        if (prefix.length > 29) {
            throw badRequest(
                "NetcfgSubnetRangeTooSmall",
                `Subnet '${lastName(id)}' with the prefix ${prefix.text} is too small: Azure takes five addresses of each, and /29 is the smallest.`,
            );
        }
        if (!space.some((range) => contains(range, prefix))) {
            throw badRequest(
                "NetcfgSubnetRangeOutsideVnet",
                `Subnet '${lastName(id)}' is not valid because its IP address range is outside the IP address range of virtual network '${network.name}'.`,
            );
        }
        const rival = siblings.find((other) =>
            cidrs(prefixesOf(other.properties)).some((r) => overlap(r, prefix)),
        );
        if (rival) {
            throw badRequest(
                "NetcfgSubnetRangesOverlap",
                `Subnet '${lastName(id)}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network.name}' (${rival.name}).`,
            );
        }
    }
}

/** What a server sits in keeps its range and its delegation. */
function refuseChangeInUse(azure: Azure, existing: StoredResource, inputs: PropertyMap): void {
    const [user] = serversIn(azure, existing.id);
    if (!user) return;
    const [before, after] = [existing.properties, inputs];
    if (prefixesOf(before).join() !== prefixesOf(after).join()) {
        throw badRequest(
            "InUsePrefixCannotBeDeleted",
            `IpPrefix ${prefixesOf(before).join(", ")} on Subnet ${existing.name} has active allocations (${user.id}) and cannot be deleted.`,
        );
    }
    if (services(before) !== services(after)) {
        throw badRequest(
            "SubnetMissingRequiredDelegation",
            `Subnet ${existing.id} requires the delegation [${services(before)}] to reference service association link: ${user.id} uses it.`,
        );
    }
}

function services(subnet: Readonly<PropertyMap>): string {
    const delegations = (subnet.delegations ?? []) as { serviceName: string }[];
    return delegations.map((delegation) => delegation.serviceName).join(", ");
}

/** The subnet's group or table, where it has one. */
export function attached(azure: Azure, subnet: StoredResource, property: string): StoredResource | undefined {
    const id = referredId(subnet.properties[property]);
    return id === undefined ? undefined : azure.store.get(id);
}
