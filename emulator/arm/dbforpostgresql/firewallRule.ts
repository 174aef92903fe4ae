/** `azure-native:dbforpostgresql:FirewallRule`: addresses that may connect to a public server (F9). */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule } from "../../providers/propertyTable";
import { parseAddress } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { computed, resourceGroupName, SPEC, systemData } from "../rules";
import {
    API_VERSION,
    FIREWALL_RULE,
    networkOf,
    parentServerName,
    SERVER_PATH,
    serverOf,
} from "./serverChild";

const address: PropertyRule = {
    type: "string",
    required: true,
    refuse: (value) => (parseAddress(value as string) === undefined ? "it is no IPv4 address." : undefined),
    source: SPEC.postgresql,
};

export const firewallRule: ArmType = {
    table: {
        token: FIREWALL_RULE,
        properties: {
            endIpAddress: address,
            firewallRuleName: {
                type: "string",
                createOnly: true,
                pattern: /^[a-zA-Z0-9][-_a-zA-Z0-9]{0,79}(?<!-)$/,
                patternText:
                    "of 1 to 80 letters, digits, '-' and '_', beginning with a letter or digit, not ending in '-'",
                source: SPEC.postgresql,
            },
            resourceGroupName,
            serverName: parentServerName,
            startIpAddress: address,
            azureApiVersion: computed("string"),
            name: computed("string"),
            systemData,
            type: computed("string"),
        },
        check: checkOrder,
    },
    armType: "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
    path: `${SERVER_PATH}/firewallRules/{firewallRuleName}`,
    apiVersion: API_VERSION,
    naming: "copy",
    put({ azure, id, inputs }) {
        if (networkOf(serverOf(azure, id)).delegatedSubnetResourceId) {
            throw badRequest(
                "FirewallRulesNotSupportedForVirtualNetworkServer",
                "Firewall rules cannot be created for a server that is integrated into a virtual network (F74). Use network security rules.",
            );
        }
        return { startIpAddress: inputs.startIpAddress, endIpAddress: inputs.endIpAddress };
    },
};

function checkOrder(inputs: PropertyMap): CheckFailure[] {
    const { startIpAddress: start, endIpAddress: end } = inputs as Record<string, string>;
    if (start === UNKNOWN || end === UNKNOWN || parseAddress(start!)! <= parseAddress(end!)!) return [];
    const reason = `'endIpAddress' is ${end}, which comes before 'startIpAddress' ${start}. Exchange them.`;
    return [{ property: "endIpAddress", reason }];
}
