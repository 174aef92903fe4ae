import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EntraNetwork, type EntraNetworkArgs } from "../../components/index";
import { rulesOf } from "./networkSupport";
import { record, type RecorderOptions } from "./recorder";
import { SUBNET_ID, zoneId } from "./serverArgs";

const make = (args: EntraNetworkArgs, options?: RecorderOptions) =>
    record(() => new EntraNetwork("net", args), options);

const NSG = "azure-native:network:getNetworkSecurityGroup";
const TABLE = "azure-native:network:getRouteTable";

const deny = {
    name: "deny-internet",
    priority: 200,
    direction: "Outbound",
    access: "Deny",
    protocol: "*",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "Internet",
    destinationPortRange: "*",
};

describe("rules onto a network that is there already", () => {
    const existing = {
        resourceGroupName: "hub",
        networkSecurityGroupName: "nsg",
        routeTableName: "rt",
        subnetAddressPrefix: "10.0.1.0/24",
        subnetId: SUBNET_ID,
        privateDnsZoneId: zoneId("x.private.postgres.database.azure.com"),
    };
    const calls = {
        [NSG]: () => ({ name: "nsg", id: "/azure/nsg", securityRules: [deny] }),
        [TABLE]: () => ({ name: "rt", id: "/azure/rt", routes: [] }),
    };
    const args: EntraNetworkArgs = { resourceGroupName: "rg", existing };

    test("only rules and routes are made, in the network's own resource group", async () => {
        const { registrations, recorder } = await make(args, { calls });
        assert.deepEqual(registrations.map((r) => r.type.split(":").at(-1)).sort(), [
            "EntraNetwork",
            ...Array(2).fill("Route"),
            ...Array(4).fill("SecurityRule"),
        ]);
        for (const { inputs } of registrations.slice(1)) assert.equal(inputs["resourceGroupName"], "hub");
        assert.deepEqual(
            recorder.calls.map(({ token, inputs }) => [token, inputs]),
            [
                [NSG, { resourceGroupName: "hub", networkSecurityGroupName: "nsg" }],
                [TABLE, { resourceGroupName: "hub", routeTableName: "rt" }],
            ],
        );
    });

    test("the subnet's id is handed through, known in a preview, once the rules are there", async () => {
        const { result, value, all } = await make(args, { calls, preview: true });
        assert.equal(await value(result.subnetId), SUBNET_ID);
        assert.equal(await value(result.networkSecurityGroupId), "/azure/nsg");
        assert.equal(await value(result.routeTableId), "/azure/rt");
        const internal = result.subnetId as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
        const waits = [...(await internal.allResources())].map((r) => value(r.urn));
        for (const r of [...all("SecurityRule"), ...all("Route")])
            assert.ok((await Promise.all(waits)).includes(r.urn), r.name);
    });

    test("only the group, or only the table", async () => {
        const group = await make({ ...args, existing: { networkSecurityGroupName: "nsg" } }, { calls });
        assert.deepEqual([group.all("SecurityRule").length, group.all("Route").length], [4, 0]);
        const table = await make({ ...args, existing: { routeTableName: "rt" } }, { calls });
        assert.deepEqual([table.all("SecurityRule").length, table.all("Route").length], [0, 1]);
    });

    test("without the subnet's range the rules speak of the virtual network", async () => {
        const recording = await make({ ...args, existing: { networkSecurityGroupName: "nsg" } }, { calls });
        const ends = rulesOf(recording).map((r) => [r[5], r[6]]);
        assert.deepEqual(ends.slice(2), [
            ["VirtualNetwork", "VirtualNetwork"],
            ["VirtualNetwork", "VirtualNetwork"],
        ]);
    });

    test("the priority base is the first rule's priority", async () => {
        const recording = await make({ ...args, rulePriorityBase: 150 }, { calls });
        assert.deepEqual(
            rulesOf(recording).map((r) => r[1]),
            [150, 151, 152, 153],
        );
    });
});
