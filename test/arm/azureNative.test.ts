import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { type PropertyMap, type ResourceProvider } from "../../components/provider/resourceProvider";
import { providerOf, ref } from "./azureNativeSupport";
import {
    GROUP_NAME,
    IN_GROUP,
    OF_SERVER,
    PASSWORD_MODE,
    SERVER_INPUTS,
    SUBSCRIPTION,
    TestAzure,
} from "./support";

let azure: TestAzure;
let provider: ResourceProvider;
beforeEach(() => {
    azure = new TestAzure();
    provider = providerOf(azure);
});

const GROUP_TYPE = "resources:ResourceGroup";

/** Check, then create, as the engine does. */
async function create(type: string, inputs: PropertyMap, name = "one") {
    const checked = await provider.check(ref(type, name), undefined, inputs);
    assert.deepEqual(checked.failures, []);
    return { inputs: checked.inputs, ...(await provider.create(ref(type, name), checked.inputs, {})) };
}

describe("create, read, update, delete", () => {
    test("a preview touches nothing and leaves out what it cannot know", async () => {
        const { inputs } = await provider.check(ref(GROUP_TYPE), undefined, { location: "westeurope" });
        const { id, properties } = await provider.create(ref(GROUP_TYPE), inputs, { preview: true });
        assert.deepEqual([id, Object.keys(properties).sort()], ["", ["location", "resourceGroupName"]]);
        assert.deepEqual(azure.api.azure.store.all(), []);
    });

    test("ids and outputs as azure-native has them", async () => {
        await create(GROUP_TYPE, { ...GROUP_NAME, location: "West Europe" });
        const { id, properties } = await create("network:NetworkSecurityGroup", GROUP_NAME, "nsg");
        assert.match(
            id,
            new RegExp(
                `^/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg[0-9a-f]{8}$`,
            ),
        );
        const {
            name,
            type,
            location,
            azureApiVersion,
            provisioningState,
            securityRules,
            defaultSecurityRules,
        } = properties;
        assert.equal(name, id.split("/").at(-1));
        assert.deepEqual(
            [type, location, azureApiVersion, provisioningState, securityRules],
            ["Microsoft.Network/networkSecurityGroups", "westeurope", "2024-05-01", "Succeeded", []],
        );
        assert.equal((defaultSecurityRules as unknown[]).length, 6);
    });

    test("what exists already is not created a second time; a server parameter always exists", async () => {
        await create(GROUP_TYPE, IN_GROUP);
        const { inputs } = await provider.check(ref(GROUP_TYPE), undefined, IN_GROUP);
        await assert.rejects(
            provider.create(ref(GROUP_TYPE), inputs, {}),
            /cannot create already existing resource '\/subscriptions\/.*\/rg'/,
        );
        await azure.server();
        await create("dbforpostgresql:Configuration", {
            ...OF_SERVER,
            configurationName: "log_statement",
            value: "ddl",
            source: "user-override",
        });
    });

    test("errors carry status and code, which error hooks look for", async () => {
        const { inputs } = await provider.check(ref("dbforpostgresql:Database", "app"), undefined, OF_SERVER);
        await assert.rejects(
            provider.create(ref("dbforpostgresql:Database"), inputs, {}),
            /^Error: Status=404 Code="ResourceGroupNotFound" Message="Resource group 'rg'/,
        );
        await azure.group();
        await azure.server();
        azure.faults.add({ kind: "ServerIsBusy" });
        await assert.rejects(
            provider.create(ref("dbforpostgresql:Database"), inputs, {}),
            /Status=409 Code="ServerIsBusy"/,
        );
    });

    test("throttled requests are tried again three times, refused and failed ones never", async () => {
        azure.faults.add({ kind: "Throttled", times: 3, milliseconds: 1 });
        await create(GROUP_TYPE, IN_GROUP);
        azure.faults.add({ kind: "Throttled", times: 4, milliseconds: 1 });
        await assert.rejects(create("network:RouteTable", IN_GROUP), /Status=429/);
        azure.faults.add({ kind: "OperationFailed" });
        await assert.rejects(
            create("network:RouteTable", IN_GROUP),
            /Status=500 Code="InternalServerError" Message="The long-running operation has failed/,
        );
        await create("network:RouteTable", IN_GROUP);
    });

    test("an update keeps the id; children that stand alone do not show in their parent's state", async () => {
        await azure.group();
        const vnet = await create("network:VirtualNetwork", {
            ...IN_GROUP,
            virtualNetworkName: "vnet",
            addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        });
        await azure.subnet();
        const news = { ...vnet.inputs, tags: { team: "data" } };
        const state = await provider.update(
            ref("network:VirtualNetwork"),
            vnet.id,
            vnet.properties,
            vnet.inputs,
            news,
            {},
        );
        assert.deepEqual([state.tags, state.subnets], [{ team: "data" }, []]);
        assert.equal(azure.api.list("azure-native:network:Subnet").length, 1);
        const read = await provider.read(ref("network:VirtualNetwork"), vnet.id, news, state, {});
        assert.deepEqual([read!.inputs, read!.properties.subnets], [news, []]);
    });

    test("what Azure refuses to change is refused when the update runs", async () => {
        await azure.group();
        await azure.server();
        const db = await create("dbforpostgresql:Database", { ...OF_SERVER, databaseName: "app" });
        const news = { ...db.inputs, collation: "C" };
        await assert.rejects(
            provider.update(ref("dbforpostgresql:Database"), db.id, db.properties, db.inputs, news, {}),
            /Code="InvalidParameterValue".*collation/,
        );
        const preview = await provider.update(
            ref("dbforpostgresql:Database"),
            db.id,
            db.properties,
            db.inputs,
            news,
            { preview: true },
        );
        assert.equal(preview.collation, "C");
    });

    test("a refresh finds no change where there is none, what changed, and what is gone", async () => {
        await azure.group();
        await azure.server();
        const rule = await create("dbforpostgresql:FirewallRule", {
            ...OF_SERVER,
            firewallRuleName: "r",
            startIpAddress: "203.0.113.0",
            endIpAddress: "203.0.113.9",
        });
        const read = () =>
            provider.read(ref("dbforpostgresql:FirewallRule"), rule.id, rule.inputs, rule.properties, {});
        assert.deepEqual((await read())!.inputs, rule.inputs);
        await azure.api.patch(rule.id, { endIpAddress: "203.0.113.255" });
        assert.deepEqual((await read())!.inputs, { ...rule.inputs, endIpAddress: "203.0.113.255" });
        await azure.api.delete(rule.id);
        assert.equal(await read(), undefined);
        await provider.delete(ref("dbforpostgresql:FirewallRule"), rule.id, {}, {}, {});
    });

    test("a refresh of a server leaves its password alone", async () => {
        await azure.group();
        const server = await create("dbforpostgresql:Server", { ...SERVER_INPUTS, ...PASSWORD_MODE });
        const read = await provider.read(
            ref("dbforpostgresql:Server"),
            server.id,
            server.inputs,
            server.properties,
            {},
        );
        assert.deepEqual(read!.inputs, server.inputs);
        assert.ok(!JSON.stringify(read!.properties).includes("Horse"));
    });

    test("an import gives inputs that the table takes and that change nothing", async () => {
        await azure.group();
        const nsg = await azure.nsg([
            {
                name: "r",
                priority: 100,
                direction: "Outbound",
                access: "Allow",
                protocol: "*",
                sourceAddressPrefix: "*",
                sourcePortRange: "*",
                destinationAddressPrefix: "*",
                destinationPortRange: "*",
            },
        ]);
        await azure.network();
        const subnet = await azure.subnet({ networkSecurityGroup: { id: nsg.id } });
        const server = await azure.server();
        for (const [type, id] of [
            ["network:NetworkSecurityGroup", nsg.id],
            ["network:SecurityRule", `${nsg.id}/securityRules/r`],
            ["network:Subnet", subnet.id],
            ["dbforpostgresql:Server", server.id],
        ] as const) {
            const { inputs, properties } = (await provider.read(ref(type), id, {}, {}, {}))!;
            const checked = await provider.check(ref(type), inputs, inputs);
            assert.deepEqual(checked.failures, [], type);
            assert.deepEqual(
                (await provider.diff(ref(type), id, properties, inputs, checked.inputs)).detailedDiff,
                {},
                type,
            );
            await azure.api.put(id, inputs);
        }
        await assert.rejects(
            provider.read(ref("network:Subnet"), nsg.id, {}, {}, {}),
            /no id of the type azure-native:network:Subnet/,
        );
        assert.equal(await provider.read(ref("network:Subnet"), `${subnet.id}x`, {}, {}, {}), undefined);
    });
});
