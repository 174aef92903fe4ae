import * as pulumi from "@pulumi/pulumi";
import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import { checkDelegatedSubnet } from "./cidr";
import { checkPrivateDnsZone } from "./dnsZone";
import type { EntraNetworkArgs, ExistingNetworkArgs } from "./entraNetworkArgs";
import { checkEntraNetwork, zoneName } from "./entraNetworkChecks";
import {
    addFirewallRule,
    addRoutes,
    addSecurityRules,
    existingGroupChecked,
    existingTableChecked,
    type RulesContext,
} from "./entraNetworkRules";
import { withFormerNames } from "./formerNames";
import { isPlain, readyAfter } from "./inputs";

/** What the component hands out; the parts that are neither made nor named stay undefined. */
interface NetworkParts {
    subnetId?: pulumi.Input<string>;
    privateDnsZoneId?: pulumi.Input<string>;
    virtualNetworkId?: pulumi.Input<string>;
    networkSecurityGroupId?: pulumi.Input<string>;
    routeTableId?: pulumi.Input<string>;
    /** What must be there before a server is made. */
    rules: pulumi.Resource[];
}

/**
 * The network of a private server that accepts Microsoft Entra tokens: virtual network, delegated subnet, network security
 * group with outbound 443 to the service tag AzureActiveDirectory and to Storage and 5432 within the subnet (F10), route
 * table with AzureActiveDirectory to the internet and the subnet's own range within the network (F11), private DNS zone
 * and link (F75). Or only those rules and routes, onto a group and a table that are there already; then a preview reads
 * them and fails where a rule in the way would make the new ones useless. Optionally the rule of an Azure Firewall (F12).
 *
 * Whatever uses an output of this component, or depends on it, waits until the rules are in place.
 */
export class EntraNetwork extends pulumi.ComponentResource {
    /** Resource id of the delegated subnet; empty where none was made or named. */
    public readonly subnetId: pulumi.Output<string>;
    /** Resource id of the private DNS zone, linked to the network; empty where none was made or named. */
    public readonly privateDnsZoneId: pulumi.Output<string>;
    /** Resource id of the virtual network; empty where none was made or named. */
    public readonly virtualNetworkId: pulumi.Output<string>;
    /** Resource id of the network security group; empty where there is none. */
    public readonly networkSecurityGroupId: pulumi.Output<string>;
    /** Resource id of the route table; empty where there is none. */
    public readonly routeTableId: pulumi.Output<string>;

    constructor(name: string, args: EntraNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        checkEntraNetwork(name, args);
        super(
            "azure-postgres-entra:index:EntraNetwork",
            name,
            {},
            withFormerNames("EntraNetwork", name, opts),
        );
        const parts = args.existing
            ? rulesOnly(name, args, args.existing, this)
            : ownNetwork(name, args, this);
        const ready = (id: pulumi.Input<string> | undefined) => readyAfter(id ?? "", parts.rules);
        this.subnetId = ready(parts.subnetId);
        this.privateDnsZoneId = ready(parts.privateDnsZoneId);
        this.virtualNetworkId = ready(parts.virtualNetworkId);
        this.networkSecurityGroupId = ready(parts.networkSecurityGroupId);
        this.routeTableId = ready(parts.routeTableId);
        this.registerOutputs({
            subnetId: this.subnetId,
            privateDnsZoneId: this.privateDnsZoneId,
            virtualNetworkId: this.virtualNetworkId,
            networkSecurityGroupId: this.networkSecurityGroupId,
            routeTableId: this.routeTableId,
        });
    }
}

function ownNetwork(name: string, args: EntraNetworkArgs, parent: pulumi.Resource): NetworkParts {
    const { resourceGroupName, location, tags } = args;
    const common = { resourceGroupName, location, tags };
    // Names in paths are plain text with a dependency: an output of a resource may be unknown in the preview of a change.
    const group = new network.NetworkSecurityGroup(
        `${name}-nsg`,
        { ...common, networkSecurityGroupName: `${name}-nsg` },
        { parent },
    );
    const subnetPrefix = checkedSubnet(args);
    const context: RulesContext = { name, args, parent, resourceGroupName, subnetPrefix };
    const rules = addSecurityRules(context, readyAfter(`${name}-nsg`, [group]));
    const table = args.routeTable === false ? undefined : ownRouteTable(context, common);
    const needed = [...rules, ...(table?.routes ?? [])];
    const virtualNetwork = new network.VirtualNetwork(
        `${name}-vnet`,
        {
            ...common,
            virtualNetworkName: `${name}-vnet`,
            addressSpace: { addressPrefixes: [args.addressSpace!] },
            ...(args.dnsServers?.length ? { dhcpOptions: { dnsServers: args.dnsServers } } : {}),
        },
        { parent },
    );
    const subnet = new network.Subnet(
        `${name}-subnet`,
        {
            resourceGroupName,
            virtualNetworkName: readyAfter(`${name}-vnet`, [virtualNetwork]),
            subnetName: "postgres",
            addressPrefix: subnetPrefix,
            delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
            // Highly available servers archive their logs to Storage.
            serviceEndpoints: [{ service: "Microsoft.Storage" }],
            networkSecurityGroup: { id: group.id },
            ...(table ? { routeTable: { id: table.id } } : {}),
        },
        { parent, dependsOn: needed },
    );
    const { zone, link } = dnsZone(name, args, virtualNetwork, parent);
    return {
        subnetId: subnet.id,
        privateDnsZoneId: zone.id,
        virtualNetworkId: virtualNetwork.id,
        networkSecurityGroupId: group.id,
        routeTableId: table?.id,
        rules: [...needed, link, ...addFirewallRule(context)],
    };
}

type Common = Pick<EntraNetworkArgs, "resourceGroupName" | "location" | "tags">;

function ownRouteTable(context: RulesContext, common: Common) {
    const { name, parent } = context;
    const table = new network.RouteTable(
        `${name}-routes`,
        { ...common, routeTableName: `${name}-routes` },
        { parent },
    );
    return { id: table.id, routes: addRoutes(context, readyAfter(`${name}-routes`, [table])) };
}

/** F75: a link is part of it, though Azure makes a server without one, which then nobody finds. */
function dnsZone(
    name: string,
    args: EntraNetworkArgs,
    virtualNetwork: network.VirtualNetwork,
    parent: pulumi.Resource,
) {
    const { resourceGroupName, tags } = args;
    const privateZoneName = checkedZoneName(name, args);
    const zone = new privatedns.PrivateZone(
        `${name}-zone`,
        { resourceGroupName, tags, location: "global", privateZoneName },
        { parent },
    );
    const link = new privatedns.VirtualNetworkLink(
        `${name}-zone-link`,
        {
            resourceGroupName,
            tags,
            location: "global",
            privateZoneName: readyAfter(privateZoneName, [zone]),
            virtualNetworkLinkName: `${name}-link`,
            registrationEnabled: false,
            virtualNetwork: { id: virtualNetwork.id },
        },
        { parent },
    );
    return { zone, link };
}

function checkedZoneName(name: string, args: EntraNetworkArgs): pulumi.Input<string> {
    const { serverName, cloud } = args;
    const given = zoneName(name, args);
    if (isPlain(given) && isPlain(serverName)) return given;
    return pulumi.all([given, serverName]).apply(([zone, server]) => {
        checkPrivateDnsZone("privateDnsZoneName", zone, server, cloud);
        return zone;
    });
}

function checkedSubnet(args: EntraNetworkArgs): pulumi.Input<string> {
    const { addressSpace, subnetAddressPrefix } = args;
    if (isPlain(addressSpace) && isPlain(subnetAddressPrefix)) return subnetAddressPrefix!;
    return pulumi.all([subnetAddressPrefix!, addressSpace!]).apply(([subnet, space]) => {
        checkDelegatedSubnet("subnetAddressPrefix", subnet, space);
        return subnet;
    });
}

function rulesOnly(
    name: string,
    args: EntraNetworkArgs,
    existing: ExistingNetworkArgs,
    parent: pulumi.Resource,
): NetworkParts {
    const resourceGroupName = existing.resourceGroupName ?? args.resourceGroupName;
    const subnetPrefix = existing.subnetAddressPrefix;
    const context: RulesContext = { name, args, parent, resourceGroupName, subnetPrefix };
    const group = existingGroupChecked(context, existing.networkSecurityGroupName);
    const table = existingTableChecked(context, existing.routeTableName);
    return {
        subnetId: existing.subnetId,
        privateDnsZoneId: existing.privateDnsZoneId,
        virtualNetworkId: existing.virtualNetworkId,
        networkSecurityGroupId: group?.id,
        routeTableId: table?.id,
        rules: [
            ...(group ? addSecurityRules(context, group.name) : []),
            ...(table ? addRoutes(context, table.name) : []),
            ...addFirewallRule(context),
        ],
    };
}
