/** `azure-native:network:FirewallPolicyRuleCollectionGroup` (F12). Its policy must be there already (`seed`). */

import type { CheckFailure, PropertyMap } from "../../../components/provider/resourceProvider";
import { UNKNOWN } from "../../../components/provider/resourceProvider";
import type { PropertyRule } from "../../providers/propertyTable";
import { parseCidr } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { keyOf, parentOf } from "../resourceId";
import { computed, networkName, notHere, oneOf, resourceGroupName, SPEC, uselessInput } from "../rules";
import { isRuleTag } from "../serviceTags";
import { knownElements } from "./references";

export const RULE_COLLECTION_GROUP = "azure-native:network:FirewallPolicyRuleCollectionGroup";
const SOURCE = `${SPEC.network} firewallPolicy.json`;

const priority: PropertyRule = { type: "integer", minimum: 100, maximum: 65000, source: SOURCE };
const addresses: PropertyRule = {
    type: "array",
    items: {
        type: "string",
        refuse: (value) => {
            const text = value as string;
            if (text === "*" || parseCidr(text) || isRuleTag(text)) return undefined;
            return "it is no IPv4 address or range, no '*' and no service tag that Azure knows.";
        },
    },
    source: SOURCE,
};
const strings: PropertyRule = { type: "array", items: { type: "string" }, source: SOURCE };

/** Of application rules and of network rules; which belong to which says `checkRules`. */
const firewallRule: Record<string, PropertyRule> = {
    description: { type: "string", source: SOURCE },
    destinationAddresses: addresses,
    destinationFqdns: strings,
    destinationIpGroups: notHere("array", "IP groups"),
    destinationPorts: {
        type: "array",
        items: { type: "string", pattern: /^(\*|\d{1,5}(-\d{1,5})?)$/, source: SOURCE },
        source: SOURCE,
    },
    fqdnTags: strings,
    httpHeadersToInsert: notHere("array", "header insertion"),
    ipProtocols: { type: "array", items: oneOf(["TCP", "UDP", "Any", "ICMP"], SOURCE), source: SOURCE },
    name: { type: "string", required: true, source: SOURCE },
    protocols: {
        type: "array",
        items: {
            type: "object",
            properties: {
                port: { type: "integer", minimum: 0, maximum: 64000, source: SOURCE },
                protocolType: oneOf(["Http", "Https"], SOURCE, { required: true }),
            },
        },
        source: SOURCE,
    },
    ruleType: oneOf(["ApplicationRule", "NetworkRule"], SOURCE, { required: true }),
    sourceAddresses: addresses,
    sourceIpGroups: notHere("array", "IP groups"),
    targetFqdns: strings,
    targetUrls: notHere("array", "TLS inspection"),
    terminateTLS: notHere("boolean", "TLS inspection"),
    webCategories: notHere("array", "web categories"),
};

const APPLICATION_ONLY = ["fqdnTags", "protocols", "targetFqdns"];
const NETWORK_ONLY = ["destinationFqdns", "destinationPorts", "ipProtocols"];

export const ruleCollectionGroup: ArmType = {
    table: {
        token: RULE_COLLECTION_GROUP,
        properties: {
            firewallPolicyName: networkName({ required: true }),
            id: uselessInput,
            name: { ...networkName(), createOnly: false },
            priority: { ...priority, required: true },
            resourceGroupName,
            ruleCollectionGroupName: networkName(),
            ruleCollections: {
                type: "array",
                items: {
                    type: "object",
                    properties: {
                        action: {
                            type: "object",
                            required: true,
                            properties: { type: oneOf(["Allow", "Deny"], SOURCE, { required: true }) },
                        },
                        name: networkName({ required: true, createOnly: false }),
                        priority: { ...priority, required: true },
                        ruleCollectionType: oneOf(["FirewallPolicyFilterRuleCollection"], SOURCE, {
                            required: true,
                        }),
                        rules: {
                            type: "array",
                            items: { type: "object", properties: firewallRule },
                            source: SOURCE,
                        },
                    },
                },
                source: SOURCE,
            },
            azureApiVersion: computed("string"),
            etag: computed("string"),
            provisioningState: computed("string"),
            size: computed("string"),
            type: computed("string"),
        },
        check: (inputs) =>
            knownElements(inputs.ruleCollections).flatMap(([index, collection]) =>
                checkRules(collection, `ruleCollections[${index}]`),
            ),
    },
    armType: "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/firewallPolicies/{firewallPolicyName}/ruleCollectionGroups/{ruleCollectionGroupName}",
    apiVersion: "2024-05-01",
    naming: "copy",
    put({ azure, id, inputs }) {
        const rival = azure.store
            .below(parentOf(id)!, RULE_COLLECTION_GROUP)
            .find((other) => keyOf(other.id) !== keyOf(id) && other.properties.priority === inputs.priority);
        if (rival) {
            throw badRequest(
                "FirewallPolicyRuleCollectionGroupPriorityConflict",
                `Priority ${String(inputs.priority)} is that of rule collection group ${rival.name} already.`,
            );
        }
        return { priority: inputs.priority, ruleCollections: inputs.ruleCollections ?? [] };
    },
    view: (_, { properties }) => ({ size: `${JSON.stringify(properties).length / 1e6} MB` }),
};

function checkRules(collection: PropertyMap, path: string): CheckFailure[] {
    return knownElements(collection.rules).flatMap(([index, rule]) => {
        if (rule.ruleType === UNKNOWN) return [];
        const foreign = rule.ruleType === "NetworkRule" ? APPLICATION_ONLY : NETWORK_ONLY;
        const needed = rule.ruleType === "NetworkRule" ? NETWORK_ONLY.slice(1) : ["protocols"];
        const at = (name: string): string => `${path}.rules[${index}].${name}`;
        return [
            ...foreign
                .filter((name) => rule[name] !== undefined && rule[name] !== UNKNOWN)
                .map((name) => ({
                    property: at(name),
                    reason: `'${at(name)}' is no property of a ${String(rule.ruleType)}. Leave it out.`,
                })),
            ...needed
                .filter((name) => rule[name] === undefined)
                .map((name) => ({
                    property: at(name),
                    reason: `'${at(name)}' is missing; a ${String(rule.ruleType)} needs it. Add it.`,
                })),
        ];
    });
}
