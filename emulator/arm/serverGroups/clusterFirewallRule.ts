/** `azure-native:dbforpostgresql:ServerGroupFirewallRule`: addresses that may connect to a cluster. */

import { firewallRule } from "../dbforpostgresql/firewallRule";
import type { ArmType } from "../armType";
import { computed, resourceGroupName, SPEC } from "../rules";
import {
    CLUSTER_API_VERSION,
    CLUSTER_FIREWALL_RULE,
    CLUSTER_PATH,
    clusterOf,
    parentClusterName,
} from "./clusterChild";

const ofServer = firewallRule.table;
const { endIpAddress, startIpAddress, azureApiVersion, name, systemData, type } =
    ofServer.properties as Record<string, NonNullable<(typeof ofServer.properties)[string]>>;

export const clusterFirewallRule: ArmType = {
    table: {
        token: CLUSTER_FIREWALL_RULE,
        properties: {
            clusterName: parentClusterName,
            endIpAddress: { ...endIpAddress!, source: SPEC.clusters },
            firewallRuleName: {
                type: "string",
                createOnly: true,
                pattern: /^[\w.-]{1,128}$/,
                patternText: "of 1 to 128 letters, digits, '.', '-' and '_'",
                source: SPEC.clusters,
            },
            resourceGroupName,
            startIpAddress: { ...startIpAddress!, source: SPEC.clusters },
            azureApiVersion: azureApiVersion!,
            name: name!,
            provisioningState: computed("string"),
            systemData: systemData!,
            type: type!,
        },
        check: ofServer.check,
    },
    armType: "Microsoft.DBforPostgreSQL/serverGroupsv2/firewallRules",
    path: `${CLUSTER_PATH}/firewallRules/{firewallRuleName}`,
    apiVersion: CLUSTER_API_VERSION,
    naming: "copy",
    put({ azure, id, inputs }) {
        clusterOf(azure, id);
        return { startIpAddress: inputs.startIpAddress, endIpAddress: inputs.endIpAddress };
    },
};
