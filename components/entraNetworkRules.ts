import * as pulumi from "@pulumi/pulumi";
import * as network from "@pulumi/azure-native/network";
import type { EntraNetworkArgs } from "./entraNetworkArgs";
import { checkRoutes, checkSecurityRules, readSecurityRule } from "./networkConflicts";
import { firewallRuleCollection, routes, securityRules } from "./networkRules";
import type { TableRoute } from "./routeEvaluation";
import type { SecurityRule } from "./securityRuleEvaluation";

/** The rules and routes as resources of their own, so that none fights with what somebody wrote inline. */

export interface RulesContext {
    /** Name of the component, put before the names of everything. */
    name: string;
    args: EntraNetworkArgs;
    parent: pulumi.Resource;
    /** Of the network security group and the route table. */
    resourceGroupName: pulumi.Input<string>;
    /** The server's subnet in CIDR notation, where it is known. */
    subnetPrefix?: pulumi.Input<string>;
}

const FIRST_PRIORITY = 100;

function rulesWith(context: RulesContext, subnet: string | undefined, dnsServers: string[]): SecurityRule[] {
    const { name, args } = context;
    return securityRules({
        prefix: name,
        priorityBase: args.rulePriorityBase ?? FIRST_PRIORITY,
        subnet,
        denyOtherOutbound: args.denyOtherOutbound,
        dnsServers,
    });
}

/** How many rules there are and what they are called does not depend on addresses, which may be known only later. */
function plannedRules(context: RulesContext): SecurityRule[] {
    const placeholder = (context.args.dnsServers ?? []).map(() => "*");
    return rulesWith(context, undefined, placeholder);
}

/** One after another: a network security group takes one change at a time. */
export function addSecurityRules(context: RulesContext, group: pulumi.Input<string>): pulumi.Resource[] {
    const { resourceGroupName, parent, subnetPrefix } = context;
    const servers = pulumi.all(context.args.dnsServers ?? []);
    const final = pulumi.all([subnetPrefix, servers]).apply(([s, dns]) => rulesWith(context, s, dns));
    const made: pulumi.Resource[] = [];
    for (const [i, planned] of plannedRules(context).entries()) {
        const addresses = final.apply((rules) => rules[i]!);
        const rule = new network.SecurityRule(
            planned.name,
            {
                resourceGroupName,
                networkSecurityGroupName: group,
                securityRuleName: planned.name,
                priority: planned.priority,
                direction: planned.direction,
                access: planned.access,
                protocol: planned.protocol,
                sourceAddressPrefix: addresses.apply((r) => r.sources[0]!),
                sourcePortRange: "*",
                ...destinations(planned, addresses),
                destinationPortRange: planned.destinationPorts[0]!,
            },
            { parent, dependsOn: made.slice(-1) },
        );
        made.push(rule);
    }
    return made;
}

/** The API takes one destination in one property and several in another. */
function destinations(planned: SecurityRule, addresses: pulumi.Output<SecurityRule>) {
    if (planned.destinations.length === 1)
        return { destinationAddressPrefix: addresses.apply((r) => r.destinations[0]!) };
    return { destinationAddressPrefixes: addresses.apply((r) => r.destinations) };
}

export function addRoutes(context: RulesContext, table: pulumi.Input<string>): pulumi.Resource[] {
    const { name, resourceGroupName, parent, subnetPrefix } = context;
    const made: pulumi.Resource[] = [];
    for (const planned of routes(name, subnetPrefix === undefined ? undefined : "(subnet)")) {
        const addressPrefix = planned.nextHopType === "VnetLocal" ? subnetPrefix! : planned.addressPrefix;
        const route = new network.Route(
            planned.name,
            {
                resourceGroupName,
                routeTableName: table,
                routeName: planned.name,
                addressPrefix,
                nextHopType: planned.nextHopType,
            },
            { parent, dependsOn: made.slice(-1) },
        );
        made.push(route);
    }
    return made;
}

/** F12, where a firewall policy is named. */
export function addFirewallRule(context: RulesContext): pulumi.Resource[] {
    const { name, args, parent } = context;
    const { firewall } = args;
    if (!firewall) return [];
    const priority = firewall.priority ?? 200;
    const sources = firewall.sourceAddresses ?? [context.subnetPrefix!];
    const group = new network.FirewallPolicyRuleCollectionGroup(
        `${name}-firewall-rules`,
        {
            resourceGroupName: firewall.resourceGroupName ?? args.resourceGroupName,
            firewallPolicyName: firewall.policyName,
            ruleCollectionGroupName: `${name}-entra`,
            priority,
            ruleCollections: pulumi
                .all(sources)
                .apply((known) => [firewallRuleCollection(`${name}-entra`, priority, known)]),
        },
        { parent },
    );
    return [group];
}

/** Name and id of something that was read and found fit for the rules. */
export interface CheckedParent {
    name: pulumi.Output<string>;
    id: pulumi.Output<string>;
}

/** Reads the network security group, in previews too, and hands its name out only where the rules would take effect. */
export function existingGroupChecked(
    context: RulesContext,
    groupName: pulumi.Input<string> | undefined,
): CheckedParent | undefined {
    if (groupName === undefined) return undefined;
    const { resourceGroupName, parent, subnetPrefix } = context;
    const group = network.getNetworkSecurityGroupOutput(
        { resourceGroupName, networkSecurityGroupName: groupName },
        { parent },
    );
    const servers = pulumi.all(context.args.dnsServers ?? []);
    const fit = pulumi.all([group, subnetPrefix, servers]).apply(([found, subnet, dns]) => {
        const existing = (found.securityRules ?? []).map(readSecurityRule);
        checkSecurityRules(found.name, existing, rulesWith(context, subnet, dns), subnet);
        return { name: found.name, id: found.id ?? "" };
    });
    return { name: fit.name, id: fit.id };
}

/** The same for a route table. */
export function existingTableChecked(
    context: RulesContext,
    tableName: pulumi.Input<string> | undefined,
): CheckedParent | undefined {
    if (tableName === undefined) return undefined;
    const { name, resourceGroupName, parent, subnetPrefix } = context;
    const table = network.getRouteTableOutput({ resourceGroupName, routeTableName: tableName }, { parent });
    const fit = pulumi.all([table, subnetPrefix]).apply(([found, subnet]) => {
        const existing = (found.routes ?? []).map((r): TableRoute => ({
            name: r.name ?? "(unnamed)",
            addressPrefix: r.addressPrefix ?? "",
            nextHopType: r.nextHopType,
        }));
        checkRoutes(found.name, existing, routes(name, subnet));
        return { name: found.name, id: found.id ?? "" };
    });
    return { name: fit.name, id: fit.id };
}
