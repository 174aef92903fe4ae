/** Every resource type of the local Azure. A type that is not here is refused by name. */

import type { ArmType } from "./armType";
import { administratorsMicrosoftEntra } from "./dbforpostgresql/administratorsMicrosoftEntra";
import { virtualMachine } from "./compute/virtualMachine";
import { configuration } from "./dbforpostgresql/configuration";
import { database } from "./dbforpostgresql/database";
import { firewallRule } from "./dbforpostgresql/firewallRule";
import { server } from "./dbforpostgresql/server";
import { userAssignedIdentity } from "./managedidentity/userAssignedIdentity";
import { ruleCollectionGroup } from "./network/firewallPolicyRuleCollectionGroup";
import { networkSecurityGroup } from "./network/networkSecurityGroup";
import { route } from "./network/route";
import { routeTable } from "./network/routeTable";
import { securityRule } from "./network/securityRule";
import { subnet } from "./network/subnet";
import { virtualNetwork } from "./network/virtualNetwork";
import { privateZone } from "./privatedns/privateZone";
import { virtualNetworkLink } from "./privatedns/virtualNetworkLink";
import { matchId } from "./resourceId";
import { resourceGroup } from "./resources/resourceGroup";
import { cluster } from "./serverGroups/cluster";
import { clusterFirewallRule } from "./serverGroups/clusterFirewallRule";
import { clusterRole } from "./serverGroups/clusterRole";
import { singleServer, singleServerAdministrator } from "./servers/singleServer";

export const RESOURCE_TYPES: readonly ArmType[] = [
    resourceGroup,
    virtualNetwork,
    subnet,
    networkSecurityGroup,
    securityRule,
    routeTable,
    route,
    ruleCollectionGroup,
    privateZone,
    virtualNetworkLink,
    userAssignedIdentity,
    virtualMachine,
    server,
    configuration,
    firewallRule,
    administratorsMicrosoftEntra,
    database,
    cluster,
    clusterFirewallRule,
    clusterRole,
    singleServerAdministrator,
];

/** What is there and can be referred to, but not made any more. */
const LEGACY_TYPES: readonly ArmType[] = [singleServer];

/** In the order in which they are started again. */
export const ALL_TYPES: readonly ArmType[] = [...RESOURCE_TYPES, ...LEGACY_TYPES];

export function typeOfToken(token: string): ArmType | undefined {
    return ALL_TYPES.find((type) => type.table.token === token);
}

/** The type that a resource id is of, with the names in the id. */
export function typeOfId(id: string): { type: ArmType; names: Record<string, string> } | undefined {
    for (const type of ALL_TYPES) {
        const names = matchId(type.path, id);
        if (names) return { type, names };
    }
    return undefined;
}
