/** `azure-native:network:NetworkSecurityGroup`. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import { badRequest } from "../armError";
import type { ArmType, Azure } from "../armType";
import { normalizeLocation } from "../locations";
import type { StoredResource } from "../resourceStore";
import { computed, location, networkName, resourceGroupName, SPEC, tags, uselessInput } from "../rules";
import { keptLocation, knownElements, subnetsReferring } from "./references";
import { checkSecurityRule, SECURITY_RULE, securityRuleProperties } from "./securityRule";

export const NETWORK_SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup";
const SOURCE = `${SPEC.network} networkSecurityGroup.json`;

export const networkSecurityGroup: ArmType = {
    table: {
        token: NETWORK_SECURITY_GROUP,
        properties: {
            flushConnection: { type: "boolean", source: SOURCE },
            id: uselessInput,
            location,
            networkSecurityGroupName: networkName(),
            resourceGroupName,
            securityRules: {
                type: "array",
                items: {
                    type: "object",
                    properties: {
                        ...securityRuleProperties,
                        name: networkName({ required: true, createOnly: false }),
                    },
                },
                source: SOURCE,
            },
            tags,
            azureApiVersion: computed("string"),
            defaultSecurityRules: computed("array"),
            etag: computed("string"),
            flowLogs: computed("array"),
            name: computed("string"),
            networkInterfaces: computed("array"),
            provisioningState: computed("string"),
            resourceGuid: computed("string"),
            subnets: computed("array"),
            type: computed("string"),
        },
        check: checkInlineRules,
    },
    armType: "Microsoft.Network/networkSecurityGroups",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    apiVersion: "2024-05-01",
    naming: "random",
    inline: { property: "securityRules", token: SECURITY_RULE },
    put: ({ id, inputs, existing }) => ({
        location: keptLocation(inputs, existing, id, normalizeLocation),
        tags: inputs.tags,
        flushConnection: inputs.flushConnection ?? false,
    }),
    remove({ azure, resource, withGroup }) {
        const users = subnetsReferring(azure, "networkSecurityGroup", resource.id);
        if (users.length === 0 || withGroup) return;
        throw badRequest(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            `Network security group ${resource.id} cannot be deleted because it is in use by the following resources: ${users.map((user) => user.id).join(", ")}. In order to delete the Network security group, remove the association with the resource(s).`,
        );
    },
    view: (azure, resource) => ({
        defaultSecurityRules: defaultRules(resource),
        flowLogs: [],
        networkInterfaces: [],
        subnets: subnetReferences(azure, resource),
    }),
};

function checkInlineRules(inputs: PropertyMap): CheckFailure[] {
    return knownElements(inputs.securityRules).flatMap(([index, rule], _, rules) => {
        const path = `securityRules[${index}]`;
        const [, rival] = rules.find(([other, before]) => other < index && clash(before, rule)) ?? [];
        const reason = `'${path}' has the priority ${String(rule.priority)} of '${String(rival?.name)}' in the same direction; Azure answers SecurityRuleConflict. Choose another.`;
        return [
            ...checkSecurityRule(rule, path),
            ...(rival ? [{ property: `${path}.priority`, reason }] : []),
        ];
    });
}

function clash(a: PropertyMap, b: PropertyMap): boolean {
    return a.priority !== UNKNOWN && a.priority === b.priority && a.direction === b.direction;
}

function subnetReferences(azure: Azure, resource: StoredResource): { id: string }[] {
    return subnetsReferring(azure, "networkSecurityGroup", resource.id).map(({ id }) => ({ id }));
}

function defaultRules(resource: StoredResource): PropertyMap[] {
    const rows: [string, number, string, string, string, string][] = [
        ["AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"],
        ["AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"],
        ["DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"],
        ["AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"],
        ["AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"],
        ["DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"],
    ];
    return rows.map(([name, priority, direction, access, source, destination]) => ({
        id: `${resource.id}/defaultSecurityRules/${name}`,
        name,
        type: "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
        priority,
        direction,
        access,
        protocol: "*",
        sourceAddressPrefix: source,
        sourcePortRange: "*",
        destinationAddressPrefix: destination,
        destinationPortRange: "*",
        provisioningState: "Succeeded",
    }));
}
