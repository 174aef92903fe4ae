import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { check, checkProgram, none, one, type Change } from "./judge";

describe("a private server's network is judged by the policy", { concurrency: 1 }, () => {
    test("entra-traffic-let-through, F8, F10: kept by prod and local; a public server needs nothing (F9)", async () => {
        for (const stack of ["prod", "local", "dev"]) none(await check("entra-traffic-let-through", stack));
    });

    test("entra-traffic-let-through, F10: violated where an earlier rule denies, kept where it comes later", async () => {
        const denying = (priority: number) => () =>
            privateServer({ rules: [{ name: "deny-internet", priority, access: "Deny", to: "Internet" }] });
        one(
            await checkProgram("entra-traffic-let-through", denying(90 + 10)),
            /'deny-internet' \(priority 100\) of the network security group 'nsg' denies outbound 443 to AzureActiveDirectory/,
            /Add a rule before it/,
        );
        const withOwn = (priority: number) => () =>
            privateServer({
                rules: [
                    { name: "deny-internet", priority: 200, access: "Deny", to: "Internet" },
                    { name: "entra", priority, access: "Allow", to: "AzureActiveDirectory" },
                ],
            });
        none(await checkProgram("entra-traffic-let-through", withOwn(199)));
        one(
            await checkProgram("entra-traffic-let-through", withOwn(201)),
            /'deny-internet' \(priority 200\)/,
        );
        // The default rules let traffic out: no rule of one's own is needed.
        none(await checkProgram("entra-traffic-let-through", () => privateServer({ rules: [] })));
        none(await checkProgram("entra-traffic-let-through", () => privateServer({})));
    });

    test("entra-traffic-let-through: rules in the group itself count as well", async () => {
        const inline = () =>
            privateServer({
                rules: [],
                inline: [{ name: "deny-all", priority: 300, access: "Deny", to: "*" }],
            });
        one(await checkProgram("entra-traffic-let-through", inline), /'deny-all' \(priority 300\)/);
    });

    test("entra-route, F11: kept by prod; violated by a table without the route, or with one that leads elsewhere", async () => {
        none(await check("entra-route", "prod"));
        none(await check("entra-route", "prod", (c) => (c.network.own.routeTable = false)));
        one(
            await checkProgram("entra-route", () => privateServer({ routes: [] })),
            /route table 'routes' .* has no route for AzureActiveDirectory/,
        );
        const route = (nextHopType: string) => () =>
            privateServer({ routes: [{ name: "entra", to: "AzureActiveDirectory", nextHopType }] });
        none(await checkProgram("entra-route", route("Internet")));
        one(
            await checkProgram("entra-route", route("VirtualAppliance")),
            /the route 'entra' \(AzureActiveDirectory to VirtualAppliance\)/,
        );
    });

    test("F10, F11: an existing subnet is not judged, and that is said", async () => {
        const existing: Change = (c) => {
            const network = "/subscriptions/s/resourceGroups/rg-network/providers/Microsoft.Network";
            c.network = {
                access: "Private",
                existing: {
                    subnetId: `${network}/virtualNetworks/v/subnets/postgres`,
                    privateDnsZoneId: `${network}/privateDnsZones/contoso.private.postgres.database.azure.com`,
                },
            };
        };
        for (const rule of ["entra-traffic-let-through", "entra-route"]) {
            const { violations, undecided } = await check(rule, "prod", existing);
            assert.deepEqual(violations, []);
            assert.match(undecided[0]!.message, /is not of this stack and is not judged here/);
        }
    });
});

interface TestRule {
    name: string;
    priority: number;
    access: "Allow" | "Deny";
    to: string;
}

/** A private server whose network is what a test wants it to be. */
function privateServer(parts: {
    rules?: TestRule[];
    inline?: TestRule[];
    routes?: { name: string; to: string; nextHopType: string }[];
}): void {
    const resourceGroupName = "rg";
    const ruleArgs = ({ access, to, priority }: TestRule) => ({
        priority,
        access,
        direction: "Outbound",
        protocol: "*",
        sourceAddressPrefix: "*",
        sourcePortRange: "*",
        destinationAddressPrefix: to,
        destinationPortRange: "*",
    });
    const group =
        parts.rules &&
        new network.NetworkSecurityGroup("nsg", {
            resourceGroupName,
            networkSecurityGroupName: "nsg",
            securityRules: parts.inline?.map((rule) => ({ name: rule.name, ...ruleArgs(rule) })),
        });
    for (const rule of parts.rules ?? [])
        new network.SecurityRule(rule.name, {
            resourceGroupName,
            networkSecurityGroupName: "nsg",
            securityRuleName: rule.name,
            ...ruleArgs(rule),
        });
    const table =
        parts.routes && new network.RouteTable("routes", { resourceGroupName, routeTableName: "routes" });
    for (const { name, to, nextHopType } of parts.routes ?? [])
        new network.Route(name, {
            resourceGroupName,
            routeTableName: "routes",
            routeName: name,
            addressPrefix: to,
            nextHopType,
        });
    const subnet = new network.Subnet("subnet", {
        resourceGroupName,
        virtualNetworkName: "vnet",
        addressPrefix: "10.0.1.0/24",
        networkSecurityGroup: group && { id: group.id },
        routeTable: table && { id: table.id },
    });
    new dbforpostgresql.Server("server", {
        resourceGroupName,
        serverName: "pg-private",
        network: { delegatedSubnetResourceId: pulumi.output(subnet.id) },
    });
}
