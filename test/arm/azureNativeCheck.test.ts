import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { UNKNOWN, type PropertyMap, type ResourceProvider } from "../../components/provider/resourceProvider";
import { providerOf, ref } from "./azureNativeSupport";
import {
    ADA,
    GROUP_NAME,
    OF_SERVER,
    PASSWORD_MODE,
    ROBOT,
    SERVER_INPUTS,
    SUBSCRIPTION,
    TENANT,
    TestAzure,
} from "./support";

let azure: TestAzure;
let provider: ResourceProvider;
beforeEach(() => {
    azure = new TestAzure();
    provider = providerOf(azure);
});

const GROUP_TYPE = "resources:ResourceGroup";

const reasons = async (type: string, inputs: PropertyMap): Promise<string> =>
    (await provider.check(ref(type), undefined, inputs)).failures.map((f) => f.reason).join("\n");

describe("check", () => {
    test("unknown types and properties are refused by name", async () => {
        await assert.rejects(
            provider.check(ref("storage:StorageAccount"), undefined, {}),
            /no resource type 'azure-native:storage:StorageAccount'/,
        );
        assert.match(
            await reasons("network:Subnet", {
                ...GROUP_NAME,
                virtualNetworkName: "v",
                addressPrefix: "10.0.0.0/24",
                adressPrefixes: [],
            }),
            /'adressPrefixes' is not a property .* Did you mean 'addressPrefixes'/,
        );
    });

    test("a missing name: with eight random digits, after the logical name for children, kept afterwards", async () => {
        const { inputs } = await provider.check(ref(GROUP_TYPE), undefined, { location: "westeurope" });
        assert.match(inputs.resourceGroupName as string, /^one[0-9a-f]{8}$/);
        const again = await provider.check(ref(GROUP_TYPE), inputs, { location: "westeurope" });
        assert.deepEqual(again.inputs, inputs);
        const other = await provider.check(ref(GROUP_TYPE), undefined, { location: "westeurope" });
        assert.notEqual(other.inputs.resourceGroupName, inputs.resourceGroupName);
        const database = await provider.check(ref("dbforpostgresql:Database"), undefined, OF_SERVER);
        assert.equal(database.inputs.databaseName, "one");
    });

    test("trap 2: an administrator without object id gets no made-up one", async () => {
        assert.match(
            await reasons("dbforpostgresql:AdministratorsMicrosoftEntra", OF_SERVER),
            /'objectId' is missing/,
        );
    });

    test("a missing location: the provider's, else that of the resource group", async () => {
        const nsg = { ...GROUP_NAME, networkSecurityGroupName: "nsg" };
        const located = async () =>
            (await provider.check(ref("network:NetworkSecurityGroup"), undefined, nsg)).inputs.location;
        assert.equal(await located(), undefined);
        await azure.group("rg", "northeurope");
        assert.equal(await located(), "northeurope");
        await provider.configure!({ location: "westeurope" });
        assert.equal(await located(), "westeurope");
    });

    test("values that a preview does not know pass", async () => {
        assert.equal(
            await reasons("network:Subnet", {
                resourceGroupName: UNKNOWN,
                virtualNetworkName: UNKNOWN,
                addressPrefix: UNKNOWN,
            }),
            "",
        );
    });

    test("another subscription in the configuration is refused", () =>
        assert.rejects(provider.configure!({ subscriptionId: TENANT }), new RegExp(SUBSCRIPTION)));
});

describe("diff", () => {
    const diff = (type: string, olds: PropertyMap, news: PropertyMap) =>
        provider.diff(ref(type), "id", {}, olds, news);

    test("create-only properties replace, the others update, and nothing is nothing", async () => {
        const server = { ...SERVER_INPUTS, ...PASSWORD_MODE };
        assert.deepEqual((await diff("dbforpostgresql:Server", server, server)).detailedDiff, {});
        const changed = {
            ...server,
            administratorLogin: "other",
            administratorLoginPassword: "Another-Horse-8",
            version: "18",
        };
        assert.deepEqual((await diff("dbforpostgresql:Server", server, changed)).detailedDiff, {
            administratorLogin: "update-replace",
            administratorLoginPassword: "update",
            version: "update",
        });
    });

    test("E8: neither the mode nor the password replaces a server; taking the login away does", async () => {
        const server = { ...SERVER_INPUTS, ...PASSWORD_MODE };
        const { administratorLogin: _, ...without } = server;
        assert.deepEqual((await diff("dbforpostgresql:Server", server, without)).detailedDiff, {
            administratorLogin: "delete-replace",
        });
        const entra = { ...server, authConfig: SERVER_INPUTS.authConfig };
        for (const kind of Object.values((await diff("dbforpostgresql:Server", server, entra)).detailedDiff))
            assert.equal(kind, "update");
    });

    test("of an administrator only the object id replaces (path parameter)", async () => {
        const ada = {
            ...OF_SERVER,
            objectId: ADA,
            principalName: "ada@example.com",
            principalType: "User",
            tenantId: TENANT,
        };
        const { detailedDiff } = await diff("dbforpostgresql:AdministratorsMicrosoftEntra", ada, {
            ...ada,
            objectId: ROBOT,
            principalName: "x",
            principalType: "Group",
        });
        assert.deepEqual(detailedDiff, {
            objectId: "update-replace",
            principalName: "update",
            principalType: "update",
        });
    });

    test("a location in other words is the same", async () => {
        const group = { ...GROUP_NAME, location: "westeurope" };
        assert.deepEqual(
            (await diff(GROUP_TYPE, group, { ...group, location: "West Europe" })).detailedDiff,
            {},
        );
        assert.deepEqual(
            (await diff(GROUP_TYPE, group, { ...group, location: "North Europe" })).detailedDiff,
            { location: "update-replace" },
        );
    });

    test("a fixed name is deleted before it is made anew, a random one is not", async () => {
        const moved = { ...GROUP_NAME, location: "northeurope" };
        assert.equal(
            (await diff(GROUP_TYPE, { ...GROUP_NAME, location: "westeurope" }, moved)).deleteBeforeReplace,
            true,
        );
        const named = (await provider.check(ref(GROUP_TYPE), undefined, { location: "northeurope" })).inputs;
        assert.equal(
            (await diff(GROUP_TYPE, { ...named, location: "westeurope" }, named)).deleteBeforeReplace,
            false,
        );
        assert.equal((await diff(GROUP_TYPE, named, named)).deleteBeforeReplace, false);
    });

    test("a parent that is replaced replaces its children", async () => {
        const subnet = {
            ...GROUP_NAME,
            virtualNetworkName: "v",
            subnetName: "s",
            addressPrefix: "10.0.0.0/24",
        };
        assert.deepEqual(
            (await diff("network:Subnet", subnet, { ...subnet, virtualNetworkName: UNKNOWN })).detailedDiff,
            { virtualNetworkName: "update-replace" },
        );
    });
});

describe("functions", () => {
    test("who runs the deployment, and the zone suffix", async () => {
        assert.deepEqual(await provider.invoke!("azure-native:authorization:getClientConfig", {}), {
            objectId: ROBOT,
            clientId: ADA,
            subscriptionId: SUBSCRIPTION,
            tenantId: TENANT,
        });
        assert.deepEqual(await provider.invoke!("azure-native:dbforpostgresql:getPrivateDnsZoneSuffix", {}), {
            value: "postgres.database.azure.com",
        });
    });

    test("look-ups of what is there, with its id", async () => {
        await azure.group();
        const nsg = await azure.nsg();
        const table = await azure.routeTable();
        await azure.network();
        const subnet = await azure.subnet();
        const server = await azure.server();
        const found = async (name: string, args: PropertyMap) =>
            (await provider.invoke!(`azure-native:${name}`, { ...GROUP_NAME, ...args })).id;
        assert.equal(
            await found("network:getNetworkSecurityGroup", { networkSecurityGroupName: "nsg" }),
            nsg.id,
        );
        assert.equal(await found("network:getRouteTable", { routeTableName: "routes" }), table.id);
        assert.equal(
            await found("network:getSubnet", { virtualNetworkName: "vnet", subnetName: "postgres" }),
            subnet.id,
        );
        assert.equal(
            await found("network:getVirtualNetwork", { virtualNetworkName: "vnet" }),
            subnet.id.replace(/\/subnets.*/, ""),
        );
        assert.equal(await found("dbforpostgresql:getServer", { serverName: "pg-test" }), server.id);
        assert.match((await found("resources:getResourceGroup", {})) as string, /\/resourceGroups\/rg$/);
    });

    test("what is missing or unknown is named", async () => {
        await assert.rejects(
            provider.invoke!("azure-native:storage:listKeys", {}),
            /no function 'azure-native:storage:listKeys'/,
        );
        await assert.rejects(
            provider.invoke!("azure-native:network:getSubnet", GROUP_NAME),
            /'subnetName' is missing/,
        );
        await assert.rejects(
            provider.invoke!("azure-native:dbforpostgresql:getServer", OF_SERVER),
            /Code="ResourceNotFound"/,
        );
    });
});

test("the schema holds every type and function", async () => {
    const schema = JSON.parse(await provider.getSchema()) as Record<
        string,
        Record<string, { requiredInputs?: string[] }>
    >;
    assert.equal(Object.keys(schema.resources!).length, 22);
    assert.equal(Object.keys(schema.functions!).length, 11);
    assert.deepEqual(schema.resources!["azure-native:dbforpostgresql:FirewallRule"]!.requiredInputs, [
        "endIpAddress",
        "resourceGroupName",
        "serverName",
        "startIpAddress",
    ]);
});
