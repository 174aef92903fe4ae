import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { environmentOf, refuseOtherStacks, withConfigFile, withStack } from "../../rehearsal/localPulumi";

describe("npm run local -- …", () => {
    const others = [
        ["up", "--stack", "prod"],
        ["up", "--stack=prod"],
        ["up", "-s", "prod"],
        ["up", "-sprod"],
        ["up", "-s=prod"],
        ["stack", "select", "prod"],
        ["stack", "rm", "prod"],
    ];
    for (const args of others)
        test(`refuses another stack: ${args.join(" ")}`, () =>
            assert.throws(
                () => refuseOtherStacks(args),
                /stack prod: the local Azure serves the stack 'local' alone/,
            ));

    for (const args of [
        ["up", "--yes"],
        ["up", "--skip-preview"],
        ["stack", "export"],
        ["up", "-s", "local"],
        ["config", "set", "x", "prod"],
    ])
        test(`lets through: ${args.join(" ")}`, () => refuseOtherStacks(args));

    test("the stack is named where none is, before what is not the CLI's own", () => {
        assert.deepEqual(withStack(["up", "--yes"]), ["up", "--stack", "local", "--yes"]);
        assert.deepEqual(withStack(["config", "set", "--", "-x"]), [
            "config",
            "--stack",
            "local",
            "set",
            "--",
            "-x",
        ]);
        assert.deepEqual(withStack(["up", "-s", "local"]), ["up", "-s", "local"]);
        assert.deepEqual(withStack(["version"]), ["version"]);
    });

    test("another scenario's configuration is named where the command reads one and names none itself", () => {
        const file = "rehearsal/scenarios/Pulumi.other.yaml";
        assert.deepEqual(withConfigFile(["up", "--yes"], file), ["up", "--config-file", file, "--yes"]);
        for (const args of [
            ["up", "--config-file", "x.yaml"],
            ["up", "--config-file=x.yaml"],
            ["stack", "export"],
        ])
            assert.deepEqual(withConfigFile(args, file), args);
        assert.deepEqual(withConfigFile(["up"], "Pulumi.local.yaml"), ["up"]);
    });

    test("no credential of a real cloud reaches the CLI, and no proxy stands before the local Azure", () => {
        const real = {
            ARM_CLIENT_SECRET: "x",
            AZURE_CLIENT_ID: "x",
            IDENTITY_ENDPOINT: "http://real",
            PGPASSWORD: "x",
            HTTP_PROXY: "p",
            PATH: "p",
        };
        const local = {
            projectFolder: "/p",
            project: "p",
            stackFile: "Pulumi.local.yaml",
            stateFolder: "/s",
            debugProviders: "azuread:1",
        };
        const environment = {
            IDENTITY_ENDPOINT: undefined,
            NO_PROXY: "127.0.0.1",
            AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:1",
        };
        const seen = environmentOf({ ...local, environment }, real);
        assert.deepEqual(
            Object.keys(seen).filter((name) => /^(ARM|AZURE|IDENTITY|PGPASSWORD)/.test(name)),
            ["AZURE_POD_IDENTITY_AUTHORITY_HOST"],
        );
        assert.equal(seen.NO_PROXY, "127.0.0.1");
        assert.equal(seen.PATH, "p");
    });
});
