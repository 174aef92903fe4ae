import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { fromArm, toArm } from "../../emulator/arm/armShape";
import { formatId, matchId, parentOf } from "../../emulator/arm/resourceId";
import { ResourceApi, type ProgressEvent } from "../../emulator/arm/resourceApi";
import {
    ADA,
    GROUP_NAME,
    IN_GROUP,
    OF_SERVER,
    PASSWORD_MODE,
    RecordingEngine,
    SUBSCRIPTION,
    TENANT,
    TestAzure,
    armError,
    rule,
    testDirectory,
} from "./support";

let azure: TestAzure;
beforeEach(() => {
    azure = new TestAzure();
});

describe("resource ids", () => {
    test("are compared without regard to case and keep that of their creation", async () => {
        await azure.group("Rg-One");
        const { id } = await azure.put("network:VirtualNetwork", {
            resourceGroupName: "RG-ONE",
            virtualNetworkName: "Net",
            location: "westeurope",
            addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        });
        assert.equal(azure.api.get(id.toUpperCase().replace(/^\/SUB/, "/sub")).id, id);
        assert.equal(
            (await azure.api.put(id.toLowerCase(), { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } }))
                .id,
            id,
        );
        assert.equal(azure.api.list("azure-native:network:VirtualNetwork").length, 1);
    });

    test("parents: of a rule its group, of that the resource group, of that nothing", () => {
        const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
        const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
        assert.deepEqual(
            [parentOf(`${nsg}/securityRules/r`), parentOf(nsg), parentOf(group)],
            [nsg, group, undefined],
        );
    });

    test("a name that would change the path is refused; an id of another form is no match", () => {
        for (const name of ["a/b", "", "..", "a?b", "a#b", undefined, 7]) {
            assert.throws(
                () => formatId("/x/{name}", SUBSCRIPTION, { name }),
                armError("InvalidResourceName"),
                String(name),
            );
        }
        assert.equal(matchId("/x/{name}", "/x/"), undefined);
        assert.equal(matchId("/x/{name}", "/x/a/b"), undefined);
        assert.deepEqual(matchId("/x/{name}", "/X/a"), { name: "a" });
    });

    test("unknown types and another subscription are refused by name", async () => {
        const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Sql/servers/s`;
        await assert.rejects(azure.api.put(id, {}), armError("InvalidResourceType", /Microsoft\.Sql/));
        assert.throws(() => azure.api.get(id.replace(SUBSCRIPTION, TENANT)), armError("InvalidResourceType"));
        const group = `/subscriptions/${TENANT}/resourceGroups/rg`;
        await assert.rejects(
            azure.api.put(group, { location: "westeurope" }),
            armError("SubscriptionNotFound"),
        );
    });

    test("the names in the id count, whatever the body says", async () => {
        const { name } = await azure.api.put(azure.id("resources:ResourceGroup", GROUP_NAME), {
            location: "westeurope",
            resourceGroupName: "other",
        });
        assert.equal(name, "rg");
    });
});

describe("parents and children", () => {
    test("what is missing is named: the group, the parent, the resource itself", async () => {
        await assert.rejects(azure.network(), armError("ResourceGroupNotFound", /'rg' could not be found/));
        const groupId = azure.id("resources:ResourceGroup", GROUP_NAME);
        assert.throws(() => azure.api.get(groupId), armError("ResourceGroupNotFound"));
        await azure.group();
        await assert.rejects(
            azure.subnet(),
            armError("ParentResourceNotFound", /virtualNetworks\/subnets.*vnet/),
        );
        assert.throws(
            () => azure.api.get(azure.id("network:VirtualNetwork", { virtualNetworkName: "v" })),
            armError("ResourceNotFound", /virtualNetworks\/v' under resource group 'rg'/),
        );
    });

    test("a resource group goes with everything in it, servers with their data; others stay", async () => {
        await azure.privateServer();
        await azure.administrator();
        await azure.group("other");
        assert.equal(await azure.api.delete(azure.id("resources:ResourceGroup", GROUP_NAME)), true);
        assert.deepEqual(
            azure.api.azure.store.all().map((r) => r.name),
            ["other"],
        );
        assert.equal(azure.engine.calls.at(-1), "remove pg-test");
        assert.equal(azure.engine.calls.filter((call) => call.startsWith("pg-test: no")).length, 0);
    });

    test("a server goes with its children, and its name is free again", async () => {
        await azure.group();
        const { id } = await azure.server();
        await azure.administrator();
        await azure.put("dbforpostgresql:Database", { ...OF_SERVER, databaseName: "app" });
        await azure.api.delete(id);
        assert.deepEqual(
            azure.api.azure.store.all().map((r) => r.name),
            ["rg"],
        );
        await azure.server();
        assert.deepEqual(azure.api.list("azure-native:dbforpostgresql:Database", id), []);
    });

    test("deleting what is not there is no error", async () => {
        assert.equal(await azure.api.delete(azure.id("dbforpostgresql:Server", OF_SERVER)), false);
    });

    test("the location of a group is for good", async () => {
        await azure.group();
        await assert.rejects(
            azure.group("rg", "northeurope"),
            armError("InvalidResourceGroupLocation", /'westeurope'/),
        );
        await assert.rejects(
            azure.put("resources:ResourceGroup", { resourceGroupName: "new" }),
            armError("LocationRequired"),
        );
    });
});

test("patch changes what it names and keeps the rest", async () => {
    await azure.group();
    const { id } = await azure.server({
        tags: { team: "data" },
        storage: { storageSizeGB: 128, autoGrow: "Enabled" },
    });
    const { outputs } = await azure.api.patch(id, { storage: { storageSizeGB: 256 } });
    assert.deepEqual(outputs.tags, { team: "data" });
    assert.deepEqual(outputs.storage, { autoGrow: "Enabled", storageSizeGB: 256, type: "Premium_LRS" });
    await assert.rejects(azure.api.patch(`${id}x`, {}), armError("ResourceNotFound"));
});

test("progress: the beginning and the end of every write, with its error", async () => {
    const events: ProgressEvent[] = [];
    const stop = azure.api.onProgress((event) => events.push(event));
    await azure.group();
    await assert.rejects(azure.subnet(), armError("ParentResourceNotFound"));
    stop();
    await azure.api.delete(azure.id("resources:ResourceGroup", GROUP_NAME));
    assert.deepEqual(
        events.map((e) => `${e.verb} ${e.phase}`),
        ["put started", "put finished", "put started", "put failed"],
    );
    assert.ok(events[1]!.milliseconds! >= 0);
    assert.match(String(events[3]!.error), /ParentResourceNotFound/);
});

describe("the form of the REST API", () => {
    test("of a server: location, sku, tags and systemData stand beside properties", async () => {
        await azure.group();
        const body = toArm(await azure.server({ tags: { team: "data" } }));
        assert.deepEqual(Object.keys(body).sort(), [
            "id",
            "location",
            "name",
            "properties",
            "sku",
            "systemData",
            "tags",
            "type",
        ]);
        const properties = body.properties as PropertyMap;
        assert.equal(properties.fullyQualifiedDomainName, "pg-test.postgres.database.azure.com");
        assert.equal(properties.azureApiVersion, undefined);
    });

    test("of a network: subnets and their delegations have properties of their own; back again it is the same", async () => {
        await azure.group();
        await azure.network();
        await azure.subnet();
        const view = azure.api.get(azure.id("network:VirtualNetwork", { virtualNetworkName: "vnet" }));
        const body = toArm(view) as { properties: { subnets: { name: string; properties: PropertyMap }[] } };
        const [subnet] = body.properties.subnets;
        assert.equal(subnet!.properties.addressPrefix, "10.0.1.0/28");
        const delegations = [
            { name: "postgres", properties: { serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" } },
        ];
        assert.deepEqual(subnet!.properties.delegations, delegations);
        const { azureApiVersion: _version, name: _name, type: _type, ...flat } = view.outputs;
        assert.deepEqual(fromArm(body), flat);
        assert.equal((toArm(await azure.group()).properties as PropertyMap).provisioningState, "Succeeded");
    });

    test("of an error", async () => {
        const error = await azure.network().catch((e: unknown) => e);
        assert.deepEqual(JSON.parse(JSON.stringify(error)), {
            error: { code: "ResourceGroupNotFound", message: "Resource group 'rg' could not be found." },
        });
    });
});

describe("the state file", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "arm-state-"));
    after(() => rmSync(folder, { recursive: true }));

    test("holds everything for a new start, for the owner alone, and never a password", async () => {
        const file = path.join(folder, "state.json");
        const first = new TestAzure({ stateFile: file });
        await first.group();
        await first.nsg([rule("entra", 100)]);
        await first.server({
            ...PASSWORD_MODE,
            authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: TENANT },
        });
        await first.administrator();
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.ok(!readFileSync(file, "utf8").includes("Horse"));
        assert.deepEqual(readdirSync(folder), ["state.json"]);

        const second = new TestAzure({ stateFile: file });
        await second.api.open();
        assert.deepEqual(
            second.api.list("azure-native:network:SecurityRule"),
            first.api.list("azure-native:network:SecurityRule"),
        );
        assert.deepEqual(second.engine.calls, ["open pg-test"]);
        const spec = second.engine.specs.get("pg-test")!;
        assert.deepEqual(
            [spec.passwordEnabled, spec.administratorLogin, spec.administratorLoginPassword],
            [true, "pgadmin", undefined],
        );
        assert.match(
            second.engine.surroundings.get("pg-test")!.refusalOfAddress("203.0.113.25")!,
            /no firewall rule/,
        );
        await second.api.delete(
            second.id("dbforpostgresql:AdministratorsMicrosoftEntra", { ...OF_SERVER, objectId: ADA }),
        );
        assert.equal(
            new TestAzure({ stateFile: file }).api.list(
                "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
            ).length,
            0,
        );
    });

    test("a refused write leaves it as it was", async () => {
        const file = path.join(folder, "refused.json");
        const first = new TestAzure({ stateFile: file });
        await first.group();
        const before = readFileSync(file, "utf8");
        await assert.rejects(first.subnet(), armError("ParentResourceNotFound"));
        await assert.rejects(
            first.network({ subnets: [{ name: "s", addressPrefix: "10.9.0.0/24" }] }),
            armError("NetcfgSubnetRangeOutsideVnet"),
        );
        assert.equal(readFileSync(file, "utf8"), before);
        assert.equal(first.api.list("azure-native:network:VirtualNetwork").length, 0);
    });

    test("of another subscription or tenant, or no state at all: said before anything happens", async () => {
        const file = path.join(folder, "foreign.json");
        await new TestAzure({ stateFile: file }).group();
        const options = { directory: testDirectory(), servers: new RecordingEngine(), stateFile: file };
        assert.throws(() => new ResourceApi({ ...options, subscriptionId: ADA }), /belongs to subscription/);
        for (const text of ["{", "{}", "[]", '{"format":2,"resources":[]}']) {
            writeFileSync(file, text);
            assert.throws(
                () => new ResourceApi({ ...options, subscriptionId: SUBSCRIPTION }),
                /no state of a local Azure/,
                text,
            );
        }
        assert.equal(IN_GROUP.location, "westeurope");
    });
});
