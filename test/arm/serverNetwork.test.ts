import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { GROUP_NAME, TestAzure, armError, rule } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

const refused = (inputs: PropertyMap, text: RegExp) =>
    assert.rejects(azure.server(inputs), armError("InvalidParameterValue", text));

describe("F74, F75: a server in a virtual network", () => {
    const subnetId = () => azure.id("network:Subnet", { virtualNetworkName: "vnet", subnetName: "postgres" });
    let zoneId: string;
    beforeEach(async () => {
        await azure.network();
        await azure.subnet();
        zoneId = (await azure.zone()).id;
    });
    const inside = (more: PropertyMap = {}) => ({
        network: { delegatedSubnetResourceId: subnetId(), privateDnsZoneArmResourceId: zoneId, ...more },
    });

    test("its host name is the public one, its public access Disabled", async () => {
        const { outputs } = await azure.server(inside());
        assert.equal(outputs.fullyQualifiedDomainName, "pg-test.postgres.database.azure.com");
        assert.equal((outputs.network as PropertyMap).publicNetworkAccess, "Disabled");
    });

    test("public access together with a subnet is a conflict", () =>
        assert.rejects(
            azure.server(inside({ publicNetworkAccess: "Enabled" })),
            armError("ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration"),
        ));

    test("the subnet must exist, be delegated and be /28 or larger", async () => {
        await assert.rejects(
            azure.server(inside({ delegatedSubnetResourceId: `${subnetId()}x` })),
            armError("ResourceNotFound"),
        );
        await azure.subnet({ delegations: [] });
        await refused(inside(), /delegated to Microsoft\.DBforPostgreSQL\/flexibleServers/);
        await azure.subnet({ delegations: [{ name: "web", serviceName: "Microsoft.Web/serverFarms" }] });
        await refused(inside(), /delegated/);
        await azure.subnet({ addressPrefix: "10.0.1.0/29" });
        await refused(inside(), /\/29.*\/28/);
    });

    test("a zone is needed, must exist, end in the suffix, differ from the server's name and be linked", async () => {
        await refused(
            inside({ privateDnsZoneArmResourceId: undefined }),
            /privateDnsZoneArmResourceId' is missing/,
        );
        await assert.rejects(
            azure.server(inside({ privateDnsZoneArmResourceId: `${zoneId}x` })),
            armError("ResourceNotFound"),
        );
        for (const [name, linked, text] of [
            ["postgres.example.com", true, /must end with/],
            ["pg-test.postgres.database.azure.com", true, /named like the server/],
            ["unlinked.postgres.database.azure.com", false, /not linked/],
        ] as const) {
            const zone = await azure.zone(name, linked);
            await refused(inside({ privateDnsZoneArmResourceId: zone.id }), text);
        }
    });

    test("a zone without a subnet is refused", () =>
        refused(
            { network: { privateDnsZoneArmResourceId: zoneId } },
            /delegatedSubnetResourceId' is missing/,
        ));

    test("server and network are in one region", () =>
        refused({ ...inside(), location: "northeurope" }, /location/));

    test("neither the subnet nor the kind of access changes later; the zone may", async () => {
        await azure.server(inside());
        await azure.subnet({ subnetName: "second", addressPrefix: "10.0.2.0/24" });
        await refused(
            inside({ delegatedSubnetResourceId: subnetId().replace(/postgres$/, "second") }),
            /delegatedSubnetResourceId.*F74/,
        );
        await assert.rejects(
            azure.server({ network: { publicNetworkAccess: "Enabled" } }),
            armError("ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration"),
        );
        const { outputs } = await azure.server({ network: { publicNetworkAccess: "Disabled" } });
        assert.equal((outputs.network as PropertyMap).delegatedSubnetResourceId, subnetId());
        const zone = await azure.zone("second.postgres.database.azure.com");
        await azure.server(inside({ privateDnsZoneArmResourceId: zone.id }));
        await azure.server({ ...inside(), tags: { team: "data" } });

        await azure.server({ serverName: "pg-public" });
        await refused({ ...inside(), serverName: "pg-public" }, /F74/);
    });
});

describe("surroundings of the engine", () => {
    const around = () => azure.engine.surroundings.get("pg-test")!;
    const firewall = (name: string, startIpAddress: string, endIpAddress = startIpAddress) =>
        azure.put("dbforpostgresql:FirewallRule", {
            ...GROUP_NAME,
            serverName: "pg-test",
            firewallRuleName: name,
            startIpAddress,
            endIpAddress,
        });

    test("F9: a public server lets in what a firewall rule allows, at once", async () => {
        await azure.server();
        assert.match(around().refusalOfAddress("203.0.113.25")!, /no firewall rule/);
        const office = await firewall("office", "203.0.113.0", "203.0.113.255");
        assert.equal(around().refusalOfAddress("203.0.113.25"), undefined);
        assert.equal(around().refusalOfAddress("::ffff:203.0.113.255"), undefined);
        assert.match(around().refusalOfAddress("203.0.114.0")!, /203\.0\.114\.0/);
        await azure.api.delete(office.id);
        assert.match(around().refusalOfAddress("203.0.113.25")!, /no firewall rule/);
    });

    test("the rule for Azure's own services lets nobody else in; public access may be Disabled", async () => {
        await azure.server();
        await firewall("azure", "0.0.0.0");
        assert.match(around().refusalOfAddress("203.0.113.25")!, /no firewall rule/);
        await azure.server({ network: { publicNetworkAccess: "Disabled" } });
        assert.match(around().refusalOfAddress("0.0.0.0")!, /Disabled/);
    });

    test("F9: a public server reaches Microsoft Entra ID without any rule", async () => {
        await azure.server();
        assert.equal(around().entraUnreachable(), undefined);
    });

    test("F8, F10, F11: a private server reaches it as its subnet's group and table say, at every moment", async () => {
        const nsg = await azure.nsg([rule("deny", 4000, { access: "Deny", protocol: "*" })]);
        const table = await azure.routeTable();
        await azure.privateServer({ networkSecurityGroup: { id: nsg.id }, routeTable: { id: table.id } });
        assert.equal(around().refusalOfAddress("203.0.113.25"), undefined);
        assert.match(around().entraUnreachable()!, /'deny'.*F10/);
        const alone = { ...GROUP_NAME, networkSecurityGroupName: "nsg", securityRuleName: "entra" };
        await azure.put("network:SecurityRule", {
            ...rule("entra", 100, {
                destinationAddressPrefix: "AzureActiveDirectory",
                destinationPortRange: "443",
            }),
            ...alone,
        });
        assert.equal(around().entraUnreachable(), undefined);
        const route = (routeName: string, addressPrefix: string, more: PropertyMap) =>
            azure.put("network:Route", {
                ...GROUP_NAME,
                routeTableName: "routes",
                routeName,
                addressPrefix,
                ...more,
            });
        await route("default", "0.0.0.0/0", {
            nextHopType: "VirtualAppliance",
            nextHopIpAddress: "10.9.0.4",
        });
        assert.match(around().entraUnreachable()!, /'default'.*F11/);
        await route("entra", "AzureActiveDirectory", { nextHopType: "Internet" });
        assert.equal(around().entraUnreachable(), undefined);
    });
});
