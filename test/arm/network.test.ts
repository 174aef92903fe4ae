import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { GROUP_NAME, IN_GROUP, TestAzure, armError, rule } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

const NET = "network:VirtualNetwork";
const vnetId = (): string => azure.id(NET, { virtualNetworkName: "vnet" });
const subnets = (): string[] =>
    azure.api.list("azure-native:network:Subnet", vnetId()).map((view) => view.name);

describe("virtual networks and subnets", () => {
    beforeEach(() => azure.network());

    test("a subnet lies within its network and overlaps no other", async () => {
        await azure.subnet();
        await assert.rejects(
            azure.subnet({ subnetName: "far", addressPrefix: "10.1.0.0/24" }),
            armError("NetcfgSubnetRangeOutsideVnet"),
        );
        await assert.rejects(
            azure.subnet({ subnetName: "wide", addressPrefix: "10.0.0.0/15" }),
            armError("NetcfgSubnetRangeOutsideVnet"),
        );
        await assert.rejects(
            azure.subnet({ subnetName: "same", addressPrefix: "10.0.0.0/23" }),
            armError("NetcfgSubnetRangesOverlap", /postgres/),
        );
        await assert.rejects(
            azure.subnet({ subnetName: "tiny", addressPrefix: "10.0.2.0/30" }),
            armError("NetcfgSubnetRangeTooSmall"),
        );
        await azure.subnet({ addressPrefix: "10.0.3.0/24" });
        assert.deepEqual(subnets(), ["postgres"]);
    });

    test("an update of the network without subnets keeps those that were made alone", async () => {
        await azure.subnet();
        const { outputs } = await azure.network({ tags: { team: "data" } });
        assert.deepEqual(subnets(), ["postgres"]);
        assert.equal((outputs.subnets as unknown[]).length, 1);
    });

    test("the subnets that a network lists are its only ones", async () => {
        await azure.subnet();
        const one = { name: "one", addressPrefix: "10.0.8.0/24" };
        await azure.network({ subnets: [one, { name: "two", addressPrefix: "10.0.9.0/24" }] });
        assert.deepEqual(subnets().sort(), ["one", "two"]);
        await azure.network({ subnets: [] });
        assert.deepEqual(subnets(), []);
    });

    test("a list of subnets that does not fit changes nothing", async () => {
        await azure.subnet();
        const overlapping = [
            { name: "one", addressPrefix: "10.0.8.0/24" },
            { name: "two", addressPrefix: "10.0.8.0/25" },
        ];
        await assert.rejects(
            azure.network({ subnets: overlapping, tags: { lost: "yes" } }),
            armError("NetcfgSubnetRangesOverlap"),
        );
        assert.deepEqual(subnets(), ["postgres"]);
        assert.equal(azure.api.get(vnetId()).outputs.tags, undefined);
    });

    test("a network cannot shrink away from its subnets, and its own ranges do not overlap", async () => {
        await azure.subnet();
        const space = (...addressPrefixes: string[]) => ({ addressSpace: { addressPrefixes } });
        await assert.rejects(azure.network(space("10.2.0.0/16")), armError("NetcfgSubnetRangeOutsideVnet"));
        await assert.rejects(
            azure.network(space("10.0.0.0/16", "10.0.4.0/24")),
            armError("AddressPrefixesOverlap"),
        );
        await azure.network(space("10.0.0.0/16", "10.2.0.0/16"));
    });

    test("references must exist", async () => {
        const nowhere = { id: azure.id("network:RouteTable", { routeTableName: "nowhere" }) };
        await assert.rejects(
            azure.subnet({ routeTable: nowhere }),
            armError("InvalidResourceReference", /nowhere/),
        );
        await assert.rejects(
            azure.subnet({ networkSecurityGroup: { id: vnetId() } }),
            armError("InvalidResourceReference"),
        );
    });

    test("a location cannot change in place", async () => {
        await azure.nsg();
        const moved = azure.put("network:NetworkSecurityGroup", {
            ...GROUP_NAME,
            networkSecurityGroupName: "nsg",
            location: "northeurope",
        });
        await assert.rejects(moved, armError("InvalidResourceLocation", /westeurope/));
        await azure.put("network:NetworkSecurityGroup", {
            ...GROUP_NAME,
            networkSecurityGroupName: "nsg",
            location: "West Europe",
        });
    });
});

describe("what is in use stays", () => {
    test("a group and a table with a subnet, a subnet with a server", async () => {
        const nsg = await azure.nsg([
            rule("entra", 100, { destinationAddressPrefix: "AzureActiveDirectory" }),
        ]);
        const table = await azure.routeTable();
        await azure.privateServer({ networkSecurityGroup: { id: nsg.id }, routeTable: { id: table.id } });
        const subnetId = azure.id("network:Subnet", { virtualNetworkName: "vnet", subnetName: "postgres" });
        await assert.rejects(
            azure.api.delete(nsg.id),
            armError("InUseNetworkSecurityGroupCannotBeDeleted", /postgres/),
        );
        await assert.rejects(
            azure.api.delete(table.id),
            armError("InUseRouteTableCannotBeDeleted", /postgres/),
        );
        await assert.rejects(azure.api.delete(subnetId), armError("InUseSubnetCannotBeDeleted", /pg-test/));
        await assert.rejects(azure.api.delete(vnetId()), armError("InUseSubnetCannotBeDeleted", /pg-test/));
        await assert.rejects(azure.network({ subnets: [] }), armError("InUseSubnetCannotBeDeleted"));
        await assert.rejects(
            azure.subnet({ addressPrefix: "10.0.1.0/27" }),
            armError("InUsePrefixCannotBeDeleted"),
        );
        await assert.rejects(azure.subnet({ delegations: [] }), armError("SubnetMissingRequiredDelegation"));
        assert.deepEqual(azure.api.get(nsg.id).outputs.subnets, [{ id: subnetId }]);

        await azure.api.delete(azure.id("dbforpostgresql:Server", { serverName: "pg-test" }));
        for (const id of [subnetId, nsg.id, table.id]) assert.equal(await azure.api.delete(id), true);
    });

    test("a private zone with links", async () => {
        await azure.network();
        const zone = await azure.zone();
        await assert.rejects(azure.api.delete(zone.id), armError("CannotDeleteResource", /link/));
        await azure.api.delete(`${zone.id}/virtualNetworkLinks/link`);
        assert.equal(await azure.api.delete(zone.id), true);
    });
});

describe("F75: private zones and links", () => {
    test("their location is global; azure-native's default, the group's, is refused", async () => {
        const zone = { ...IN_GROUP, privateZoneName: "x.postgres.database.azure.com" };
        await assert.rejects(
            azure.put("privatedns:PrivateZone", zone),
            armError("InvalidParameterValue", /'global'/),
        );
        await assert.rejects(
            azure.put("privatedns:PrivateZone", { ...zone, location: undefined }),
            armError("LocationNotAvailableForResourceType"),
        );
        await azure.put("privatedns:PrivateZone", { ...zone, location: "Global" });
    });

    test("a link needs an existing network, which does not change; one link a network", async () => {
        await azure.network();
        const zone = await azure.zone();
        const link = (name: string, network: string) =>
            azure.put("privatedns:VirtualNetworkLink", {
                ...GROUP_NAME,
                privateZoneName: zone.name,
                virtualNetworkLinkName: name,
                location: "global",
                virtualNetwork: { id: network },
            });
        await assert.rejects(link("other", `${vnetId()}x`), armError("InvalidResourceReference"));
        await assert.rejects(link("other", vnetId()), armError("Conflict"));
        await azure.network({
            virtualNetworkName: "second",
            addressSpace: { addressPrefixes: ["10.7.0.0/16"] },
        });
        await assert.rejects(link("link", vnetId().replace(/vnet$/, "second")), armError("BadRequest"));
        assert.equal(azure.api.get(zone.id).outputs.numberOfVirtualNetworkLinks, 1);
    });
});
