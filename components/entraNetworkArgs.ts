import * as pulumi from "@pulumi/pulumi";
import { Cloud } from "./clouds";

/** Rules for a network that is there already. At least one of the group and the table, or a firewall policy. */
export interface ExistingNetworkArgs {
    /** Resource group of the network security group and the route table. Default: resourceGroupName. */
    resourceGroupName?: pulumi.Input<string>;
    /** Network security group of the server's subnet; it is given the outbound and inbound rules. Default: none. */
    networkSecurityGroupName?: pulumi.Input<string>;
    /** Route table of the server's subnet; it is given the routes. Default: none. */
    routeTableName?: pulumi.Input<string>;
    /** The subnet's network, for instance 10.20.1.0/24. Default: the rules speak of the whole virtual network. */
    subnetAddressPrefix?: pulumi.Input<string>;
    /** Resource id of the delegated subnet, handed through once the rules are there. Default: none. */
    subnetId?: pulumi.Input<string>;
    /** Resource id of the private DNS zone, handed through. Default: none. */
    privateDnsZoneId?: pulumi.Input<string>;
    /** Resource id of the virtual network, handed through. Default: none. */
    virtualNetworkId?: pulumi.Input<string>;
}

/** An Azure Firewall in the way of the server, which is given a rule for Microsoft Entra (F12). */
export interface EntraFirewallArgs {
    /** Name of the existing firewall policy. */
    policyName: pulumi.Input<string>;
    /** Resource group of the policy. Default: resourceGroupName. */
    resourceGroupName?: pulumi.Input<string>;
    /** Of the rule collection group, 100 to 65000; 100 is served first. Default: 200. */
    priority?: number;
    /** Networks that the rule lets out. Default: the subnet's. */
    sourceAddresses?: pulumi.Input<string>[];
}

export interface EntraNetworkArgs {
    /** Resource group of what is made. */
    resourceGroupName: pulumi.Input<string>;
    /** Azure region of what is made. Default: the resource group's. */
    location?: pulumi.Input<string>;
    /** Which Azure cloud the network is in. Default: Public. */
    cloud?: Cloud;
    /** Name of the server to come, which the private DNS zone must not have (F75). Default: not compared. */
    serverName?: pulumi.Input<string>;
    /** Network of the virtual network to be made, for instance 10.20.0.0/16. Default: none; needed without existing. */
    addressSpace?: pulumi.Input<string>;
    /**
     * Network of the delegated subnet to be made, /28 or larger (F74). Azure refuses a change while the server is in it.
     * Default: none; needed without existing.
     */
    subnetAddressPrefix?: pulumi.Input<string>;
    /**
     * Name of the private DNS zone to be made. Changing this replaces the zone, and a server that
     * uses it. Default: the component's name and .private.postgres.database.azure.com.
     */
    privateDnsZoneName?: pulumi.Input<string>;
    /** Addresses of own DNS servers, which must resolve Microsoft Entra's names (F76). Default: Azure's DNS. */
    dnsServers?: pulumi.Input<string>[];
    /** Whether a route table is made, with the route for Microsoft Entra (F11). Default: true. */
    routeTable?: boolean;
    /** Denies every outbound traffic but what a server needs (F10). Default: false. */
    denyOtherOutbound?: boolean;
    /** Priority of the first security rule; up to five more follow one by one. Default: 100. */
    rulePriorityBase?: number;
    /** Only rules, for a network that is there already; then nothing else is made. Default: a network is made. */
    existing?: ExistingNetworkArgs;
    /** An Azure Firewall in the way, which is given a rule for Microsoft Entra (F12). Default: none. */
    firewall?: EntraFirewallArgs;
    /** Tags of what is made. Default: none. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
