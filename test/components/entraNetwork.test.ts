import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EntraNetwork, FlexibleServer, type EntraNetworkArgs } from "../../components/index";
import { record } from "./recorder";
import { rulesOf } from "./networkSupport";
import { serverArgs, zoneId } from "./serverArgs";

const OWN: EntraNetworkArgs = {
    resourceGroupName: "rg",
    location: "westeurope",
    serverName: "pg-test",
    addressSpace: "10.20.0.0/16",
    subnetAddressPrefix: "10.20.1.0/24",
};

const make = (args: EntraNetworkArgs) => record(() => new EntraNetwork("net", args));

/** The network as most tests want it, made once. */
let made: ReturnType<typeof make> | undefined;
const plain = () => (made ??= make(OWN));

describe("a network of its own", () => {
    test("F10: outbound to AzureActiveDirectory and Storage, 5432 within the subnet", async () => {
        assert.deepEqual(rulesOf(await plain()), [
            [
                "net-entra-out",
                100,
                "Outbound",
                "Allow",
                "Tcp",
                "VirtualNetwork",
                "AzureActiveDirectory",
                "443",
            ],
            ["net-storage-out", 101, "Outbound", "Allow", "Tcp", "VirtualNetwork", "Storage", "443"],
            ["net-postgres-out", 102, "Outbound", "Allow", "Tcp", "10.20.1.0/24", "10.20.1.0/24", "5432"],
            ["net-postgres-in", 103, "Inbound", "Allow", "Tcp", "10.20.1.0/24", "10.20.1.0/24", "5432"],
        ]);
    });

    test("F10, F76: denyOtherOutbound comes last and keeps own DNS servers reachable", async () => {
        const recording = await make({
            ...OWN,
            denyOtherOutbound: true,
            dnsServers: ["10.20.0.4", "10.20.0.5"],
        });
        assert.deepEqual(rulesOf(recording).slice(4), [
            [
                "net-dns-out",
                104,
                "Outbound",
                "Allow",
                "*",
                "VirtualNetwork",
                ["10.20.0.4", "10.20.0.5"],
                "53",
            ],
            ["net-deny-out", 4096, "Outbound", "Deny", "*", "*", "*", "*"],
        ]);
        const { inputs } = recording.one("VirtualNetwork");
        assert.deepEqual(inputs["dhcpOptions"], { dnsServers: ["10.20.0.4", "10.20.0.5"] });
    });

    test("F11: AzureActiveDirectory to the internet, the own range within the network", async () => {
        const { all } = await plain();
        const routes = all("Route").map(({ inputs: i }) => [
            i["routeName"],
            i["addressPrefix"],
            i["nextHopType"],
        ]);
        assert.deepEqual(routes, [
            ["net-entra", "AzureActiveDirectory", "Internet"],
            ["net-subnet", "10.20.1.0/24", "VnetLocal"],
        ]);
    });

    test("F74: the subnet is delegated and has the group and the table", async () => {
        const { one } = await plain();
        assert.deepEqual(one("Subnet").inputs, {
            resourceGroupName: "rg",
            virtualNetworkName: "net-vnet",
            subnetName: "postgres",
            addressPrefix: "10.20.1.0/24",
            delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
            serviceEndpoints: [{ service: "Microsoft.Storage" }],
            networkSecurityGroup: { id: "/azure/net-nsg" },
            routeTable: { id: "/azure/net-routes" },
            privateEndpointNetworkPolicies: "Disabled",
            privateLinkServiceNetworkPolicies: "Enabled",
        });
    });

    test("E13: the subnet comes after its rules and routes, and goes before them", async () => {
        const { one, all } = await plain();
        for (const r of [...all("SecurityRule"), ...all("Route")])
            assert.ok(one("Subnet").dependencies.includes(r.urn), r.name);
    });

    test("nothing stands inline in its parent, where it would fight with a resource of its own", async () => {
        const { one } = await plain();
        assert.equal("subnets" in one("VirtualNetwork").inputs, false);
        assert.equal("securityRules" in one("NetworkSecurityGroup").inputs, false);
        assert.equal("routes" in one("RouteTable").inputs, false);
    });

    test("F75: the zone is not called like the server, and is linked to the network", async () => {
        const { one } = await plain();
        assert.equal(one("PrivateZone").inputs["privateZoneName"], "net.private.postgres.database.azure.com");
        const { inputs } = one("VirtualNetworkLink");
        assert.deepEqual(inputs["virtualNetwork"], { id: "/azure/net-vnet" });
        assert.equal(inputs["privateZoneName"], "net.private.postgres.database.azure.com");
        assert.equal(inputs["registrationEnabled"], false);
    });

    test("F75: in another cloud the zone has that cloud's suffix", async () => {
        const { one } = await make({ ...OWN, cloud: "China" as never });
        assert.equal(
            one("PrivateZone").inputs["privateZoneName"],
            "net.private.postgres.database.chinacloudapi.cn",
        );
    });

    test("without a route table the subnet has none", async () => {
        const { all, one, result, value } = await make({ ...OWN, routeTable: false });
        assert.deepEqual([all("RouteTable"), all("Route")], [[], []]);
        assert.equal("routeTable" in one("Subnet").inputs, false);
        assert.equal(await value(result.routeTableId), "");
    });

    test("F12: the firewall's rule lets HTTP and HTTPS reach the tag only", async () => {
        const { one } = await make({ ...OWN, firewall: { policyName: "fw", resourceGroupName: "hub" } });
        assert.deepEqual(one("FirewallPolicyRuleCollectionGroup").inputs, {
            resourceGroupName: "hub",
            firewallPolicyName: "fw",
            ruleCollectionGroupName: "net-entra",
            priority: 200,
            ruleCollections: [
                {
                    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
                    name: "net-entra",
                    priority: 200,
                    action: { type: "Allow" },
                    rules: [
                        {
                            ruleType: "NetworkRule",
                            name: "net-entra",
                            ipProtocols: ["TCP"],
                            sourceAddresses: ["10.20.1.0/24"],
                            destinationAddresses: ["AzureActiveDirectory"],
                            destinationPorts: ["80", "443"],
                        },
                    ],
                },
            ],
        });
    });

    test("outputs are the ids", async () => {
        const { result, value } = await plain();
        const ids = [
            result.subnetId,
            result.privateDnsZoneId,
            result.virtualNetworkId,
            result.networkSecurityGroupId,
            result.routeTableId,
        ];
        assert.deepEqual(await Promise.all(ids.map((id) => value(id))), [
            "/azure/net-subnet",
            zoneId("net.private.postgres.database.azure.com"),
            "/azure/net-vnet",
            "/azure/net-nsg",
            "/azure/net-routes",
        ]);
    });

    test("A3: every child is the component's, by parent and by name", async () => {
        const recording = await make({ ...OWN, firewall: { policyName: "fw" } });
        const component = recording.one("EntraNetwork");
        for (const r of recording.registrations.filter((other) => other !== component)) {
            assert.equal(r.parent, component.urn, r.name);
            assert.ok(r.name.startsWith("net-"), r.name);
        }
    });

    test("a group and a table take one change at a time", async () => {
        const { all } = await make({ ...OWN, denyOtherOutbound: true });
        for (const chain of [all("SecurityRule"), all("Route")])
            for (const [i, link] of chain.entries())
                if (i > 0) assert.ok(link.dependencies.includes(chain[i - 1]!.urn), link.name);
    });
});

describe("E13: the rules are there before the server", () => {
    test("a server that uses the outputs waits for rules, routes, the subnet, the link and the firewall", async () => {
        const recording = await record(() => {
            const net = new EntraNetwork("net", { ...OWN, firewall: { policyName: "fw" } });
            const network = { delegatedSubnetId: net.subnetId, privateDnsZoneId: net.privateDnsZoneId };
            return new FlexibleServer("pg", serverArgs({ network }));
        });
        const { one, all } = recording;
        const waits = new Set(one("Server").dependencies);
        const needed = [
            "SecurityRule",
            "Route",
            "Subnet",
            "VirtualNetworkLink",
            "FirewallPolicyRuleCollectionGroup",
        ];
        for (const r of needed.flatMap((type) => all(type))) assert.ok(waits.has(r.urn), r.name);
        assert.equal(
            (one("Server").inputs["network"] as { delegatedSubnetResourceId: string })
                .delegatedSubnetResourceId,
            "/azure/net-subnet",
        );
    });

    test("what depends on the component waits for all of it", async () => {
        const recording = await record(() => {
            const net = new EntraNetwork("net", OWN);
            return new FlexibleServer("pg", serverArgs(), { dependsOn: net });
        });
        const waits = new Set(recording.one("FlexibleServer").dependencies);
        for (const type of ["SecurityRule", "Route", "VirtualNetworkLink"])
            for (const r of recording.all(type)) assert.ok(waits.has(r.urn), r.name);
    });
});
