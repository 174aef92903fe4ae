import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { armError, GROUP, OF_SERVER, TENANT, TestAzure } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

describe("E1, E2: one operation at a time on a server", () => {
    /** Holds the engine up until the function is called. */
    function hold(): () => void {
        let release = (): void => {};
        azure.engine.gate = new Promise((resolve) => (release = resolve));
        return release;
    }

    test("while one runs, every other one gets 409 ServerIsBusy, whatever its type", async () => {
        await azure.server();
        const release = hold();
        const first = azure.administrator();
        const busy = armError("ServerIsBusy", /server 'pg-test' is busy/);
        await assert.rejects(
            azure.administrator({ objectId: GROUP, principalName: "Prod DB Admins", principalType: "Group" }),
            busy,
        );
        await assert.rejects(azure.configuration("log_connections", "on"), busy);
        await assert.rejects(azure.database("app"), busy);
        await assert.rejects(azure.firewall(), busy);
        await assert.rejects(azure.server({ tags: {} }), busy);
        const id = azure.id("dbforpostgresql:Server", OF_SERVER);
        await assert.rejects(azure.api.delete(id), busy);
        await assert.rejects(azure.api.delete(id.split("/providers/")[0]!), busy);
        release();
        await first;
        await azure.database("app");
    });

    test("F70: administrators get a code of their own while the server itself is written", async () => {
        const release = hold();
        const creating = azure.server();
        await assert.rejects(
            azure.administrator(),
            armError("AadAuthOperationCannotBePerformedWhenServerIsNotAccessible"),
        );
        await assert.rejects(azure.database("app"), armError("ServerIsBusy"));
        release();
        await creating;
        await azure.administrator();
    });

    test("of two servers with one name, made at once in two groups, one is refused", async () => {
        await azure.group("other");
        const results = await Promise.allSettled([
            azure.server(),
            azure.server({ resourceGroupName: "other" }),
        ]);
        assert.deepEqual(
            results.map((result) => result.status),
            ["fulfilled", "rejected"],
        );
        assert.equal(azure.engine.calls.length, 1);
    });

    test("a failed operation frees the server; another server is free all the time", async () => {
        await azure.server();
        await azure.server({ serverName: "pg-other" });
        azure.engine.failure = new Error("broken");
        const release = hold();
        const failing = azure.database("app");
        const other = azure.put("dbforpostgresql:Database", {
            ...OF_SERVER,
            serverName: "pg-other",
            databaseName: "app",
        });
        release();
        await assert.rejects(failing, /broken/);
        await other;
        await azure.database("app");
    });

    test("networks may be written side by side", async () => {
        await azure.network();
        await Promise.all(
            [1, 2, 3].map((n) => azure.subnet({ subnetName: `s${n}`, addressPrefix: `10.0.${n}.0/24` })),
        );
        assert.equal(azure.api.list("azure-native:network:Subnet").length, 3);
    });
});

describe("faults on demand", () => {
    const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";

    test("busy and not accessible, as often as asked, for the type asked", async () => {
        await azure.server();
        azure.faults.add({ kind: "ServerIsBusy", target: ADMINISTRATOR, times: 2 });
        azure.faults.add({ kind: "ServerNotAccessible", target: ADMINISTRATOR });
        await azure.database("app");
        await assert.rejects(azure.administrator(), armError("ServerIsBusy"));
        await assert.rejects(azure.administrator(), armError("ServerIsBusy"));
        await assert.rejects(
            azure.administrator(),
            armError("AadAuthOperationCannotBePerformedWhenServerIsNotAccessible"),
        );
        await azure.administrator();
    });

    test("a busy server is no matter of networks", async () => {
        azure.faults.add({ kind: "ServerIsBusy" });
        await azure.network();
        await assert.rejects(azure.server(), armError("ServerIsBusy"));
    });

    test("throttled with a Retry-After, failed while it runs, and late", async () => {
        azure.faults.add({ kind: "Throttled", milliseconds: 7 });
        await assert.rejects(
            azure.network(),
            (e: { status: number; retryAfterMilliseconds: number }) =>
                e.status === 429 && e.retryAfterMilliseconds === 7,
        );
        azure.faults.add({ kind: "OperationFailed", target: "azure-native:network:VirtualNetwork" });
        await assert.rejects(
            azure.network(),
            armError("InternalServerError", /long-running operation has failed/),
        );
        azure.faults.add({ kind: "Latency", milliseconds: 1 });
        await azure.network();
        assert.equal(TENANT, azure.directory.tenantId);
    });
});
