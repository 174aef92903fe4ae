import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { PARAMETERS, refuseParameterValue } from "../../emulator/arm/dbforpostgresql/parameters";
import { OF_SERVER, TestAzure, armError } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

describe("server parameters", () => {
    beforeEach(() => azure.server());

    test("a parameter is applied, and its deletion sets it back (azure-native#3752)", async () => {
        const { id, outputs } = await azure.configuration("log_min_duration_statement", "250");
        assert.equal(outputs.value, "250");
        assert.deepEqual(
            [outputs.source, outputs.dataType, outputs.defaultValue, outputs.isDynamicConfig],
            ["user-override", "Integer", "-1", true],
        );
        await azure.api.delete(id);
        assert.deepEqual(azure.engine.calls.slice(1), [
            "pg-test: log_min_duration_statement = 250",
            "pg-test: log_min_duration_statement = -1",
        ]);
        assert.equal(azure.api.get(id).outputs.value, "-1");
    });

    test("it is there before anybody made it", () => {
        const id = azure.id("dbforpostgresql:Configuration", {
            ...OF_SERVER,
            configurationName: "max_connections",
        });
        assert.deepEqual(
            [azure.api.get(id).outputs.value, azure.api.get(id).outputs.source],
            ["859", "system-default"],
        );
        assert.throws(() => azure.api.get(`${id}x`), armError("ResourceNotFound"));
    });

    test("one that waits for a restart says so, and Azure's own are kept but not applied", async () => {
        const { outputs } = await azure.configuration("max_connections", "100");
        assert.deepEqual([outputs.isConfigPendingRestart, outputs.isDynamicConfig], [true, false]);
        await azure.configuration("azure.extensions", "PGCRYPTO,vector");
        assert.equal(azure.engine.calls.length, 1);
        await azure.configuration("pgaadauth.enable_group_sync", "ON");
        assert.equal(azure.engine.calls.at(-1), "pg-test: pgaadauth.enable_group_sync = ON");
    });

    const wrong: [string, string, RegExp][] = [
        ["log_conections", "on", /no server parameter.*Did you mean 'log_connections'/],
        ["max_connections", "24", /from 25 to 5000/],
        ["max_connections", "5001", /from 25 to 5000/],
        ["max_connections", "1e3", /number/],
        ["log_connections", "yes", /on, off/],
        ["log_statement", "DDL", /none, ddl, mod, all/],
        ["azure.extensions", "pgcrypto,evil", /'evil'/],
        ["shared_preload_libraries", "evil", /'evil'/],
        ["random_page_cost", "-1", /number/],
        ["log_min_duration_statement", "-2", /number/],
        ["password_encryption", "plain", /md5, scram-sha-256/],
        ["TimeZone", "Mars; drop", /match/],
        ["server_version", "16", /read-only/],
        ["ssl", "off", /read-only/],
    ];
    for (const [name, value, text] of wrong) {
        test(`${name} = ${value} is refused`, () =>
            assert.rejects(azure.configuration(name, value), armError("InvalidParameterValue", text)));
    }

    test("source and value must both be set", async () => {
        await assert.rejects(
            azure.configuration("log_connections", "on", { source: undefined }),
            armError("InvalidParameterValue", /'source' is missing/),
        );
        await assert.rejects(
            azure.configuration("log_connections", "on", { value: undefined }),
            armError("InvalidParameterValue", /'value' is missing/),
        );
    });

    for (const [name, parameter] of Object.entries(PARAMETERS).filter(([, p]) => !p.readOnly)) {
        test(`the default of ${name} is one of its own values`, () =>
            assert.equal(refuseParameterValue(name, parameter.default), undefined));
    }
});

describe("databases", () => {
    beforeEach(() => azure.server());

    test("made with what is given or Azure's defaults; dropped when deleted", async () => {
        await azure.database("app");
        const { id } = await azure.database("legacy", { charset: "LATIN1", collation: "C" });
        await azure.api.delete(id);
        assert.deepEqual(azure.engine.calls.slice(1), [
            "pg-test: database app UTF8 en_US.utf8",
            "pg-test: database legacy LATIN1 C",
            "pg-test: no database legacy",
        ]);
    });

    test("neither charset nor collation changes later", async () => {
        await azure.database("app");
        await assert.rejects(
            azure.database("app", { collation: "C" }),
            armError("InvalidParameterValue", /collation/),
        );
        await assert.rejects(
            azure.database("app", { charset: "LATIN1" }),
            armError("InvalidParameterValue", /charset/),
        );
        await azure.database("app", { charset: "utf8" });
        assert.equal(azure.engine.calls.length, 2);
    });

    for (const name of ["postgres", "azure_sys", "template1", "1st", "a b", "a".repeat(64), "dé"]) {
        test(`the name '${name}' is refused`, () =>
            assert.rejects(azure.database(name), armError("InvalidParameterValue", /databaseName/)));
    }

    test("a name of 63 characters is taken", async () => {
        assert.equal((await azure.database("a".repeat(63))).name.length, 63);
    });
});

describe("firewall rules", () => {
    test("start before end, IPv4 only", async () => {
        await azure.server();
        await azure.firewall();
        await azure.firewall({ endIpAddress: "203.0.113.0" });
        for (const [inputs, text] of [
            [{ startIpAddress: "203.0.114.0" }, /comes before 'startIpAddress'/],
            [{ startIpAddress: "::1" }, /IPv4/],
            [{ endIpAddress: "203.0.113.256" }, /IPv4/],
            [{ endIpAddress: undefined }, /missing/],
            [{ firewallRuleName: "-x" }, /firewallRuleName/],
        ] as const) {
            await assert.rejects(azure.firewall(inputs), armError("InvalidParameterValue", text));
        }
    });

    test("F74: a server in a virtual network has none", async () => {
        await azure.privateServer();
        await assert.rejects(azure.firewall(), armError("FirewallRulesNotSupportedForVirtualNetworkServer"));
    });
});
