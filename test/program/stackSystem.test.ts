import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configOf } from "../../rehearsal/stackFile";
import { scenarioNamed } from "../../rehearsal/scenarios/table";
import { parseStack, systemOf } from "../../stackSystem";
import { checkSystem } from "../../stackSystemChecks";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const cosmos = configOf(scenarioNamed("cosmos").stackFile);
const cluster = JSON.parse(cosmos[`${PROJECT}:cosmosCluster`]!);

describe("a stack describes one database system", () => {
    test("the key that is given says which", () => {
        assert.equal(systemOf(PROJECT, stackYaml("local")), "server");
        assert.equal(systemOf(PROJECT, cosmos), "cosmosCluster");
    });

    for (const [what, raw] of [
        ["none", changed(cosmos, { cosmosCluster: undefined })],
        ["two", changed(cosmos, { server: { name: "pg" } })],
    ] as const)
        test(`${what} of them is refused`, () =>
            assert.throws(
                () => parseStack(PROJECT, raw),
                /server \| cosmosCluster.*exactly one database system/,
            ));

    test("keys of the other system are refused by name", () => {
        assert.throws(
            () => parseStack(PROJECT, changed(cosmos, { network: { access: "Public" } })),
            /:network: unknown key; allowed here: cloud, location, .*cosmosCluster/,
        );
    });
});

describe("a mistake in a cluster's configuration names the key and the fix", () => {
    const cases: [string, Record<string, unknown>, RegExp][] = [
        [
            "no password for citus",
            { citusPassword: undefined },
            /citusPassword: not given; .*pulumi config set --secret/,
        ],
        [
            "a native role without a password",
            { nativeRolePasswords: {} },
            /nativeRolePasswords\.reports: not given; .*--secret --path/,
        ],
        [
            "a password of nobody",
            { nativeRolePasswords: { reports: "x", other: "y" } },
            /nativeRolePasswords\.other: there is no such role/,
        ],
        [
            "an unknown profile",
            { nativeRoles: [{ name: "reports", access: "owner" }] },
            /nativeRoles\[0\]\.access: given "owner"; allowed: readonly, readwrite/,
        ],
        [
            "a stranger who gives the privileges",
            { signInAs: "nobody" },
            /signInAs: given "nobody"; it must be one of/,
        ],
        ["nobody to give them", { signInAs: undefined }, /signInAs: not given; say which administrator/],
        ["another cloud", { cloud: "China" }, /cloud: given "China"; allowed: Public, Local/],
        ["a placeholder", { tenantId: "00000000-0000-0000-0000-000000000001" }, /a placeholder/],
    ];
    for (const [what, change, message] of cases)
        test(what, () => assert.throws(() => parseStack(PROJECT, changed(cosmos, change)), message));

    test("no message holds a password", () => {
        const secret = { reports: 7, other: "Secret-Text-1" };
        assert.throws(
            () => parseStack(PROJECT, changed(cosmos, { nativeRolePasswords: secret, citusPassword: "" })),
            (error: Error) => {
                assert.doesNotMatch(error.message, /Secret-Text-1|given 7/);
                return true;
            },
        );
    });

    test("unknown keys within keys are refused with what is allowed there", () => {
        const coordinator = { cosmosCluster: { ...cluster, coordinator: { vCpus: 4 } } };
        assert.throws(
            () => parseStack(PROJECT, changed(cosmos, coordinator)),
            /cosmosCluster\.coordinator\.vCpus: unknown key; allowed here: .*vCores/,
        );
    });

    test("F80: what the components refuse is refused before anything is registered", () => {
        const group = [
            { name: "DB Admins", principalType: "Group", objectId: "b1000000-0000-4000-8000-000000000001" },
        ];
        const stack = parseStack(PROJECT, changed(cosmos, { principals: group }));
        assert.throws(
            () => checkSystem(stack),
            /ValidationError: principals\[0\]\.principalType is "Group".*does not support groups/,
        );
        const entraOnly = { cosmosCluster: { ...cluster, authMode: "EntraOnly" } };
        assert.throws(
            () => checkSystem(parseStack(PROJECT, changed(cosmos, entraOnly))),
            /nativeRoles is \["reports"\].*lets nobody in by password/,
        );
        checkSystem(parseStack(PROJECT, cosmos));
    });
});
