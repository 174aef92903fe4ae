/** `azure-native:network:SecurityRule`, and the rules that stand in a network security group. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule } from "../../providers/propertyTable";
import { parseCidr } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import type { SecurityRule } from "../networkEvaluation";
import { keyOf, parentOf } from "../resourceId";
import { computed, networkName, notHere, oneOf, resourceGroupName, SPEC, uselessInput } from "../rules";
import { isRuleTag } from "../serviceTags";

export const SECURITY_RULE = "azure-native:network:SecurityRule";
const SOURCE = `${SPEC.network} networkSecurityGroup.json`;

const addressPrefix: PropertyRule = { type: "string", refuse: refuseAddress, source: SOURCE };
const portRange: PropertyRule = { type: "string", refuse: refusePorts, source: SOURCE };
const list = (items: PropertyRule): PropertyRule => ({ type: "array", items, source: SOURCE });
const groups = notHere(
    "array",
    "application security groups (Azure takes none for a PostgreSQL subnet either)",
);

/** Of a rule alone and of one in its group. */
export const securityRuleProperties: Record<string, PropertyRule> = {
    access: oneOf(["Allow", "Deny"], SOURCE, { required: true }),
    description: { type: "string", maxBytes: 140, source: SOURCE },
    destinationAddressPrefix: addressPrefix,
    destinationAddressPrefixes: list(addressPrefix),
    destinationApplicationSecurityGroups: groups,
    destinationPortRange: portRange,
    destinationPortRanges: list(portRange),
    direction: oneOf(["Inbound", "Outbound"], SOURCE, { required: true }),
    priority: { type: "integer", required: true, minimum: 100, maximum: 4096, source: SOURCE },
    protocol: oneOf(["Tcp", "Udp", "Icmp", "Esp", "*", "Ah"], SOURCE, { required: true }),
    sourceAddressPrefix: addressPrefix,
    sourceAddressPrefixes: list(addressPrefix),
    sourceApplicationSecurityGroups: groups,
    sourcePortRange: portRange,
    sourcePortRanges: list(portRange),
};

export const securityRule: ArmType = {
    table: {
        token: SECURITY_RULE,
        properties: {
            ...securityRuleProperties,
            id: uselessInput,
            name: { ...networkName(), createOnly: false },
            type: { ...uselessInput, alsoComputed: true },
            networkSecurityGroupName: networkName({ required: true }),
            resourceGroupName,
            securityRuleName: networkName(),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            provisioningState: computed("string"),
        },
        check: checkSecurityRule,
    },
    armType: "Microsoft.Network/networkSecurityGroups/securityRules",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
    apiVersion: "2024-05-01",
    naming: "copy",
    put({ azure, id, inputs }) {
        const rival = azure.store
            .below(parentOf(id)!, SECURITY_RULE)
            .find(
                (other) =>
                    keyOf(other.id) !== keyOf(id) &&
                    other.properties.priority === inputs.priority &&
                    other.properties.direction === inputs.direction,
            );
        if (rival) {
            throw badRequest(
                "SecurityRuleConflict",
                `Security rule ${id.slice(id.lastIndexOf("/") + 1)} conflicts with rule ${rival.name}. Rules cannot have the same Priority and Direction.`,
            );
        }
        const kept = Object.keys(securityRuleProperties).map((name) => [name, inputs[name]]);
        return {
            destinationAddressPrefixes: [],
            destinationPortRanges: [],
            sourceAddressPrefixes: [],
            sourcePortRanges: [],
            ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
        } as PropertyMap;
    },
};

/** Each of the four sides is given once: as one value or as a list. */
export function checkSecurityRule(inputs: PropertyMap, path = ""): CheckFailure[] {
    const at = (name: string): string => (path ? `${path}.${name}` : name);
    return [
        ["sourceAddressPrefix", "sourceAddressPrefixes"],
        ["sourcePortRange", "sourcePortRanges"],
        ["destinationAddressPrefix", "destinationAddressPrefixes"],
        ["destinationPortRange", "destinationPortRanges"],
    ].flatMap(([one, many]) => {
        const [single, several] = [inputs[one!] !== undefined, !isEmpty(inputs[many!])];
        if (single !== several || [inputs[one!], inputs[many!]].includes(UNKNOWN)) return [];
        const reason = single
            ? `'${at(one!)}' and '${at(many!)}' are both given; Azure takes one of them. Leave one out.`
            : `'${at(one!)}' is missing; Azure needs it or '${at(many!)}'. Add one, for instance "*".`;
        return [{ property: at(one!), reason }];
    });
}

/** A stored rule in the form that the evaluation takes. */
export function toEvaluated(name: string, rule: Readonly<PropertyMap>): SecurityRule {
    const either = (one: string, many: string): string[] =>
        rule[one] === undefined ? ((rule[many] as string[] | undefined) ?? []) : [rule[one] as string];
    return {
        name,
        priority: rule.priority as number,
        direction: rule.direction as string,
        access: rule.access as string,
        protocol: rule.protocol as string,
        sources: either("sourceAddressPrefix", "sourceAddressPrefixes"),
        sourcePorts: either("sourcePortRange", "sourcePortRanges"),
        destinations: either("destinationAddressPrefix", "destinationAddressPrefixes"),
        destinationPorts: either("destinationPortRange", "destinationPortRanges"),
    };
}

function refuseAddress(value: unknown): string | undefined {
    const text = value as string;
    if (text === "*" || isRuleTag(text) || parseCidr(text)) return undefined;
    return "it is no IPv4 address or range, no '*' and no service tag that Azure knows (exact letter case).";
}

function refusePorts(value: unknown): string | undefined {
    const text = value as string;
    if (text === "*") return undefined;
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    if (first !== undefined && Number(last) <= 65535 && Number(first) <= Number(last)) return undefined;
    return "a port range is '*', a port from 0 to 65535, or two of them as in '8000-8100'.";
}

function isEmpty(value: unknown): boolean {
    return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
