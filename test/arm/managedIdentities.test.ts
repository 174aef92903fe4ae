import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PropertyMap, ResourceRef } from "../../components/provider/resourceProvider";
import { azureNativeProvider } from "../../emulator/providers/azureNative";
import { armError, GROUP_NAME, IN_GROUP, TENANT, TestAzure } from "./support";

const IDENTITY = "managedidentity:UserAssignedIdentity";
const MACHINE = "compute:VirtualMachine";

const refused = (work: Promise<unknown>, code: string) => assert.rejects(work, armError(code));

async function start(): Promise<TestAzure> {
    const azure = new TestAzure();
    await azure.group();
    return azure;
}

const identity = (azure: TestAzure, resourceName = "orders-api") =>
    azure.put(IDENTITY, { ...IN_GROUP, resourceName });

const machine = (azure: TestAzure, given: PropertyMap | undefined, vmName = "vm-orders") =>
    azure.put(MACHINE, { ...IN_GROUP, vmName, identity: given });

describe("user-assigned identities", () => {
    test("F35, F65: a service principal stands in the tenant, under the identity's name, with two ids", async () => {
        const azure = await start();
        const { outputs } = await identity(azure);
        const found = azure.directory.get(String(outputs.principalId))!;
        assert.deepEqual(
            [found.displayName, found.principalType, found.managedIdentity, found.appId],
            ["orders-api", "ServicePrincipal", "UserAssigned", outputs.clientId],
        );
        assert.notEqual(outputs.principalId, outputs.clientId);
        assert.equal(outputs.tenantId, TENANT);
    });

    test("a second write keeps both ids; F33: one that is made again has new ones", async () => {
        const azure = await start();
        const { id, outputs: first } = await identity(azure);
        const { outputs: second } = await azure.put(IDENTITY, {
            ...IN_GROUP,
            resourceName: "orders-api",
            tags: { team: "data" },
        });
        assert.deepEqual([second.principalId, second.clientId], [first.principalId, first.clientId]);
        await azure.api.delete(id);
        assert.equal(azure.directory.get(String(first.principalId)), undefined);
        const { outputs: again } = await identity(azure);
        assert.notEqual(again.principalId, first.principalId);
    });

    test("it goes with its resource group, and cannot move to another region", async () => {
        const azure = await start();
        const { outputs } = await identity(azure);
        const moved = azure.put(IDENTITY, { ...GROUP_NAME, resourceName: "orders-api", location: "eastus" });
        await refused(moved, "InvalidResourceLocation");
        await azure.api.delete(azure.id("resources:ResourceGroup", {}));
        assert.equal(azure.directory.get(String(outputs.principalId)), undefined);
    });
});

describe("identities of virtual machines", () => {
    test("F38: its own one is called like the machine, and ends with it or when it is switched off", async () => {
        const azure = await start();
        const own = (view: { outputs: PropertyMap }) =>
            String((view.outputs.identity as PropertyMap | undefined)?.principalId ?? "");
        const first = own(await machine(azure, { type: "SystemAssigned" }));
        assert.deepEqual(
            [azure.directory.get(first)?.displayName, azure.directory.get(first)?.managedIdentity],
            ["vm-orders", "SystemAssigned"],
        );
        assert.equal(own(await machine(azure, { type: "SystemAssigned" })), first);
        await machine(azure, { type: "None" });
        assert.equal(azure.directory.get(first), undefined);
        const second = own(await machine(azure, { type: "SystemAssigned" }));
        assert.notEqual(second, first);
        await azure.api.delete(azure.id(MACHINE, { vmName: "vm-orders" }));
        assert.equal(azure.directory.get(second), undefined);
    });

    test("F35: attached ones show with their ids, beside its own", async () => {
        const azure = await start();
        const { id, outputs } = await identity(azure);
        const view = await machine(azure, {
            type: "SystemAssigned, UserAssigned",
            userAssignedIdentities: [id.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions")],
        });
        const shown = view.outputs.identity as { principalId: string; userAssignedIdentities: PropertyMap };
        assert.ok(azure.directory.get(shown.principalId));
        assert.deepEqual(shown.userAssignedIdentities, {
            [id]: { principalId: outputs.principalId, clientId: outputs.clientId },
        });
    });

    test("wrong ones are refused", async () => {
        const azure = await start();
        const { id } = await identity(azure);
        const missing = `${id}-missing`;
        await refused(
            machine(azure, { type: "UserAssigned", userAssignedIdentities: [missing] }),
            "FailedIdentityOperation",
        );
        await refused(machine(azure, { type: "UserAssigned" }), "InvalidIdentityTypeOrIds");
        await refused(
            machine(azure, { type: "SystemAssigned", userAssignedIdentities: [id] }),
            "InvalidIdentityTypeOrIds",
        );
        await refused(
            azure.put(MACHINE, { ...IN_GROUP, vmName: "vm", osProfile: { adminPassword: "x" } }),
            "InvalidParameterValue",
        );
    });

    test("a refresh finds no change in the attached ones, and one that somebody attached", async () => {
        const azure = await start();
        const { id } = await identity(azure);
        const { id: other } = await identity(azure, "reporting-job");
        const provider = azureNativeProvider(azure.api);
        const ref: ResourceRef = {
            urn: "u",
            stack: "local",
            project: "p",
            type: `azure-native:${MACHINE}`,
            name: "vm",
        };
        const inputs: PropertyMap = {
            ...IN_GROUP,
            vmName: "vm-orders",
            identity: { type: "UserAssigned", userAssignedIdentities: [id] },
        };
        const made = await provider.create(ref, inputs, {});
        const same = await provider.read(ref, made.id, inputs, made.properties, {});
        assert.deepEqual(same?.inputs, inputs);
        await machine(azure, { type: "UserAssigned", userAssignedIdentities: [id, other] });
        const changed = await provider.read(ref, made.id, inputs, made.properties, {});
        assert.deepEqual(changed?.inputs.identity, {
            type: "UserAssigned",
            userAssignedIdentities: [id, other],
        });
        const imported = await provider.read(ref, made.id, {}, {}, {});
        assert.deepEqual((imported?.inputs.identity as PropertyMap).userAssignedIdentities, [id, other]);
    });
});
