/** What lies around a server, asked anew at every sign-in and every administrator: firewall and network rules. */

import type { Surroundings } from "../../postgres/serverTypes";
import { parseAddress } from "../addresses";
import type { Azure } from "../armType";
import { entraUnreachable, type Route, type SubnetNetwork } from "../networkEvaluation";
import { ROUTE } from "../network/route";
import { SECURITY_RULE, toEvaluated } from "../network/securityRule";
import { attached, prefixesOf } from "../network/subnet";
import { parentOf } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import { FIREWALL_RULE, networkOf } from "./serverChild";

export interface AddressRange {
    name: string;
    startIpAddress: string;
    endIpAddress: string;
}

/**
 * Why an address may not connect to a public server; `undefined` where it may. The rule 0.0.0.0 to 0.0.0.0 lets
 * Azure's own services in, of which there is none here.
 */
export function refusalByFirewall(
    address: string,
    publicNetworkAccess: string,
    rules: readonly AddressRange[],
): string | undefined {
    if (publicNetworkAccess !== "Enabled") return "public network access is Disabled";
    const value = parseAddress(address.replace(/^::ffff:/, ""));
    const inside = rules.some(
        (rule) =>
            value !== undefined &&
            parseAddress(rule.startIpAddress)! <= value &&
            value <= parseAddress(rule.endIpAddress)!,
    );
    return inside ? undefined : `no firewall rule of the server allows ${address}`;
}

export function surroundingsOf(azure: Azure, serverId: string): Surroundings {
    return {
        refusalOfAddress(address) {
            const server = azure.store.get(serverId);
            if (!server) return undefined;
            const network = networkOf(server);
            // Whoever reaches a private server is in its network.
            if (network.delegatedSubnetResourceId) return undefined;
            const rules = azure.store
                .below(serverId, FIREWALL_RULE)
                .map((rule) => ({ name: rule.name, ...rule.properties }) as unknown as AddressRange);
            return refusalByFirewall(address, network.publicNetworkAccess ?? "Enabled", rules);
        },
        entraUnreachable() {
            const server = azure.store.get(serverId);
            const subnet = server && azure.store.get(networkOf(server).delegatedSubnetResourceId ?? "");
            // Public access needs no network rule (F9).
            return subnet && entraUnreachable(networkAround(azure, subnet));
        },
    };
}

/** A subnet with its group and its table, as the evaluation takes them. */
export function networkAround(azure: Azure, subnet: StoredResource): SubnetNetwork {
    const group = attached(azure, subnet, "networkSecurityGroup");
    const table = attached(azure, subnet, "routeTable");
    const network = azure.store.get(parentOf(subnet.id)!);
    const space = network?.properties.addressSpace as { addressPrefixes: string[] } | undefined;
    return {
        addressPrefixes: prefixesOf(subnet.properties),
        networkPrefixes: space?.addressPrefixes ?? [],
        securityGroup: group && {
            name: group.name,
            rules: azure.store
                .below(group.id, SECURITY_RULE)
                .map((rule) => toEvaluated(rule.name, rule.properties)),
        },
        routeTable: table && {
            name: table.name,
            routes: azure.store
                .below(table.id, ROUTE)
                .map((route) => ({ name: route.name, ...route.properties }) as unknown as Route),
        },
    };
}
