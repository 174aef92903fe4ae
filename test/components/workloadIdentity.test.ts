import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Cloud, WorkloadIdentity, type WorkloadIdentityArgs } from "../../components/index";
import { checkFound, checkNoClientId, ownPrincipalId } from "../../components/workloadIdentityChecks";
import { record, type RecorderOptions } from "./recorder";
import { refused, testRefusals, type Case } from "./refusals";
import { GROUP } from "./serverArgs";

const RG = "/subscriptions/s/resourceGroups/rg-workloads/providers";
const IDENTITY = `${RG}/Microsoft.ManagedIdentity/userAssignedIdentities/orders-api`;
const MACHINE = `${RG}/Microsoft.Compute/virtualMachines/vm-batch`;
const PRINCIPAL_ID = "77777777-7777-4777-8777-777777777777";
const CLIENT_ID = "88888888-8888-4888-8888-888888888888";
const GET_IDENTITY = "azure-native:managedidentity:getUserAssignedIdentity";
const GET_MACHINE = "azure-native:compute:getVirtualMachine";
const HOST = "pg-test.postgres.database.azure.com";

const make = (args: WorkloadIdentityArgs, options?: RecorderOptions) =>
    record(() => new WorkloadIdentity("worker", args), options);
const create = { resourceGroupName: "rg" };
const found = { id: IDENTITY, name: "orders-api", principalId: PRINCIPAL_ID, clientId: CLIENT_ID };
const machine = (identity?: object, id = MACHINE) => ({ id, name: "vm-batch", identity });

describe("WorkloadIdentity", () => {
    test("F35, F65: makes a user-assigned identity; its principal is the service principal's object id", async () => {
        const { one, result, value } = await make({ create: { ...create, tags: { team: "data" } } });
        const { inputs, name, parent } = one("UserAssignedIdentity");
        assert.deepEqual([name, parent], ["worker-identity", one("WorkloadIdentity").urn]);
        assert.deepEqual(inputs, { resourceGroupName: "rg", resourceName: "worker", tags: { team: "data" } });
        assert.equal(await value(result.principalId), PRINCIPAL_ID);
        assert.equal(await value(result.clientId), CLIENT_ID);
        assert.equal(await value(result.principalName), "worker");
        assert.equal(await value(result.principalType), "ServicePrincipal");
        const resourceId = await value(result.resourceId);
        assert.deepEqual(await value(result.vmIdentity), {
            type: "UserAssigned",
            userAssignedIdentities: [resourceId],
        });
    });

    test("looks an existing one up by its resource id, and makes nothing", async () => {
        const { result, value, recorder, all } = await make(
            { existing: { userAssignedIdentityId: pulumi.output(IDENTITY) } },
            { calls: { [GET_IDENTITY]: () => found } },
        );
        assert.deepEqual(
            [
                await value(result.principalId),
                await value(result.principalName),
                await value(result.clientId),
            ],
            [PRINCIPAL_ID, "orders-api", CLIENT_ID],
        );
        assert.deepEqual(recorder.calls, [
            {
                token: GET_IDENTITY,
                inputs: { resourceGroupName: "rg-workloads", resourceName: "orders-api" },
            },
        ]);
        assert.deepEqual(all("UserAssignedIdentity"), []);
    });

    test("F38: takes a machine's own identity, which is called like the machine and needs no client id", async () => {
        const { result, value, all } = await make(
            { existing: { virtualMachineId: MACHINE }, connection: { host: HOST } },
            {
                calls: {
                    [GET_MACHINE]: () => machine({ type: "SystemAssigned", principalId: PRINCIPAL_ID }),
                },
            },
        );
        assert.equal(await value(result.principalId), PRINCIPAL_ID);
        assert.equal(await value(result.principalName), "vm-batch");
        assert.deepEqual([await value(result.clientId), await value(result.resourceId)], ["", ""]);
        assert.ok(!(await value(result.metadataRequest)).includes("client_id"));
        assert.equal((await value(result.environment))["AZURE_CLIENT_ID"], undefined);
        assert.match((await value(result.clients))["psycopg"]!, /user=vm-batch /);
        assert.deepEqual((await value(result.vmIdentity)).type, "SystemAssigned");
        assert.deepEqual(all("VirtualMachine"), []);
    });

    test("F21: becomes a member of groups, and is put on machines of others, each under the name that was chosen", async () => {
        const { one, result, value } = await make({
            create,
            groups: { readers: GROUP },
            attachTo: { batch: MACHINE },
            cloud: Cloud.China,
        });
        const member = one("GroupMember");
        assert.deepEqual([member.name, member.parent], ["worker-in-readers", one("WorkloadIdentity").urn]);
        assert.deepEqual(member.inputs, { groupObjectId: GROUP, memberObjectId: PRINCIPAL_ID });
        const attached = one("VirtualMachineIdentity");
        assert.deepEqual([attached.name, attached.parent], ["worker-on-batch", one("WorkloadIdentity").urn]);
        const identityId = await value(result.resourceId);
        assert.deepEqual(attached.inputs, { virtualMachineId: MACHINE, identityId, cloud: "China" });
    });

    test("F37, F39: says how the workload signs in, as itself or under a group's name (F20)", async () => {
        const connection = { host: pulumi.output(HOST), user: "Prod DB Readonly", database: "orders" };
        const { result, value } = await make({ create, connection });
        assert.equal(
            await value(result.metadataRequest),
            `http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://ossrdbms-aad.database.windows.net&client_id=${CLIENT_ID}`,
        );
        assert.deepEqual(await value(result.environment), {
            AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
            AZURE_CLIENT_ID: CLIENT_ID,
            POSTGRES_SCOPE: "https://ossrdbms-aad.database.windows.net/.default",
        });
        const clients = await value(result.clients);
        assert.deepEqual(Object.keys(clients), ["psql", "nodePostgres", "psycopg", "jdbc", "npgsql"]);
        assert.match(clients["psycopg"]!, /user='Prod DB Readonly' sslmode=verify-full/);
        assert.match(
            clients["jdbc"]!,
            new RegExp(`&azure.managedIdentityEnabled=true&azure.clientId=${CLIENT_ID}$`),
        );
    });

    test("F14: in another cloud the token is for that cloud, also for JDBC's plug-in", async () => {
        const host = "pg-test.postgres.database.usgovcloudapi.net";
        const { result, value } = await make({ create, cloud: Cloud.UsGovernment, connection: { host } });
        const audience = "https://ossrdbms-aad.database.usgovcloudapi.net";
        assert.match(await value(result.metadataRequest), new RegExp(`&resource=${audience}&`));
        assert.equal((await value(result.environment))["POSTGRES_SCOPE"], `${audience}/.default`);
        const jdbc = new URL((await value(result.clients))["jdbc"]!.replace("jdbc:", ""));
        assert.equal(jdbc.searchParams.get("azure.scopes"), `${audience}/.default`);
        assert.equal(jdbc.searchParams.get("azure.authorityHost"), "https://login.microsoftonline.us");
    });

    test("without a connection nothing says how to connect", async () => {
        const { result, value } = await make({ create });
        assert.deepEqual(await value(result.clients), {});
    });
});

describe("a WorkloadIdentity that cannot be is refused", () => {
    const cases: Case<WorkloadIdentityArgs>[] = [
        ["neither made nor there", {}, "create", /give exactly one of create and existing/],
        [
            "both",
            { create, existing: { virtualMachineId: MACHINE } },
            "existing",
            /either made or there already/,
        ],
        ["an existing one that is none", { existing: {} }, "existing", /give exactly one of userAssigned/],
        [
            "two existing ones",
            { existing: { userAssignedIdentityId: IDENTITY, virtualMachineId: MACHINE } },
            "existing",
            /\(both given\)/,
        ],
        [
            "a client id for a resource id (F65)",
            { existing: { userAssignedIdentityId: CLIENT_ID } },
            "existing.userAssignedIdentityId",
            /resource id of a user-assigned managed identity .*az identity show/,
        ],
        [
            "a machine where an identity belongs",
            { existing: { userAssignedIdentityId: MACHINE } },
            "existing.userAssignedIdentityId",
            /Microsoft\.ManagedIdentity\/userAssignedIdentities/,
        ],
        [
            "a name that Azure refuses",
            { create: { ...create, identityName: "a b" } },
            "create.identityName",
            /3 to 128 letters, digits/,
        ],
        [
            "a machine's own identity on another machine",
            { existing: { virtualMachineId: MACHINE }, attachTo: { other: MACHINE } },
            "attachTo",
            /that machine's alone/,
        ],
        [
            "a machine's name for its id",
            { create, attachTo: { vm: "vm-batch" } },
            'attachTo["vm"]',
            /az vm show/,
        ],
        [
            "a group's name for its id",
            { create, groups: { g: "DB Admins" } },
            'groups["g"]',
            /an object id is a GUID/,
        ],
        ["a name with a colon", { create, groups: { "a:b": GROUP } }, "groups", /part of resource names/],
    ];
    testRefusals(cases, (args) => new WorkloadIdentity("worker", args));

    test("F38: a machine without an identity of its own, with the command that switches it on", () => {
        const argument = "existing.virtualMachineId";
        for (const identity of [undefined, { principalId: "" }])
            refused(
                () => ownPrincipalId(argument, { id: MACHINE, name: "vm-batch", identity }),
                argument,
                /az vm identity assign --name vm-batch --resource-group rg-workloads/,
            );
        assert.equal(
            ownPrincipalId(argument, {
                id: MACHINE,
                name: "vm-batch",
                identity: { principalId: PRINCIPAL_ID },
            }),
            PRINCIPAL_ID,
        );
    });

    test("an identity of another subscription than Pulumi works in", () => {
        const elsewhere = { id: IDENTITY.replace("/s/", "/t/") };
        refused(
            () => checkFound("existing.userAssignedIdentityId", IDENTITY, elsewhere),
            "existing.userAssignedIdentityId",
            /Pulumi works in another subscription/,
        );
        assert.equal(checkFound("id", IDENTITY.toUpperCase(), found), found);
    });

    test("F65: a client id where an object id belongs", () => {
        const identities = [{ name: "orders-api", principalId: PRINCIPAL_ID, clientId: CLIENT_ID }];
        refused(
            () => checkNoClientId("principals[0].objectId", CLIENT_ID.toUpperCase(), identities),
            "principals[0].objectId",
            /client id of the managed identity 'orders-api'.*use its object id 77777777/,
        );
        checkNoClientId("principals[0].objectId", PRINCIPAL_ID, identities);
        checkNoClientId("principals[0].objectId", "", [{ ...identities[0]!, clientId: "" }]);
    });
});
