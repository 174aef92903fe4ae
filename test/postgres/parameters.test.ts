import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { configurationFile } from "../../emulator/postgres/parameters";
import { ADA } from "./testTenant";
import { nameOf, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
});
after(() => t?.stop());

describe("parameters", () => {
    it("a changed value counts at once, or after a restart", async () => {
        assert.deepEqual(await t.server.setParameter("log_statement", "ddl"), {
            value: "ddl",
            pendingRestart: false,
        });
        const admin = await t.as(ADA);
        assert.equal((await admin.query("show log_statement")).rows[0].log_statement, "ddl");
        await admin.end();
        assert.deepEqual(await t.server.setParameter("max_connections", "60"), {
            value: "60",
            pendingRestart: true,
        });
        await t.server.restart();
        assert.deepEqual(await t.server.getParameter("max_connections"), {
            value: "60",
            pendingRestart: false,
        });
    });

    it("Azure's own are kept", async () => {
        await t.server.setParameter("azure.extensions", "pg_trgm,'x\\y");
        assert.equal(
            (await t.server.superuserQuery("show azure.extensions"))[0]!["azure.extensions"],
            "pg_trgm,'x\\y",
        );
        assert.equal((await t.server.getParameter("require_secure_transport")).value, "on");
        assert.equal((await t.server.getParameter("pgaadauth.enable_group_sync")).value, "off");
    });

    it("wrong names and values are refused, and nothing is changed", async () => {
        for (const [name, value] of [
            ["log_statement", "some"],
            ["max_connections", "many"],
            ["max_connections", "0"],
            ["autovacuum", "perhaps"],
            ["work_mem", "4MB"],
            ["server_version", "99"],
            ["listen_addresses", "*"],
            ["archive_command", "touch archived"],
            ["pgaadauth.enable_group_sync", "sometimes"],
            ["work_mem", "4\nport = 1"],
        ] as const) {
            await assert.rejects(t.server.setParameter(name, value), { code: "InvalidParameterValue" }, name);
        }
        await assert.rejects(t.server.setParameter("no_such", "1"), { code: "ServerParameterNotFound" });
        await assert.rejects(t.server.getParameter("no_such"), { code: "ServerParameterNotFound" });
    });

    it("a value cannot leave its quotes", () => {
        assert.equal(configurationFile({ a: "it's \\ all" }).split("\n")[1], "a = 'it''s \\\\ all'");
    });
});
