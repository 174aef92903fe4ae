import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { accessDiff } from "../../plan/access/accessDiff";
import { resourceChanges } from "../../plan/compare/resourceChanges";
import { changeWarnings } from "../../plan/compare/warnings";
import type { Plan } from "../../plan/planDocument";
import { quoted, render } from "../../plan/phrase";
import { planOf, type StackConfiguration } from "./plans";

const GUEST = "a1000000-0000-4000-8000-0000000000ff";
const linesOf = (one: Plan, other: Plan) =>
    accessDiff(one.resources, other.resources).map(
        (change) => `${change.topic} ${change.effect} ${render(change.sentence, quoted)}`,
    );

/** What the profile readonly is, in words. */
const READONLY =
    "CONNECT on the database; USAGE on the schema 'public'; SELECT on all sequences of the schema 'public'; SELECT on all tables of the schema 'public'; EXECUTE on functions made later in every schema; USAGE on schemas made later; SELECT on sequences made later in every schema; SELECT on tables made later in every schema";

type Case = [title: string, change: (config: StackConfiguration) => void, lines: string[]];

/** What is done to the scenario's stack, and every line of the access diff that follows from it. */
const CLUSTER_CASES: Case[] = [
    ["nothing", () => {}, []],
    [
        "F44: an administrator comes, another becomes an ordinary role",
        (c) => {
            c.administrators[1] = {
                principalName: "olga@contoso.onmicrosoft.com",
                objectId: GUEST,
                principalType: "User",
            };
            c.principals.push({
                name: "ada@contoso.onmicrosoft.com",
                principalType: "User",
                objectId: "a1000000-0000-4000-8000-000000000001",
            });
        },
        [
            "administrators gains 'olga@contoso.onmicrosoft.com' (user) becomes an administrator of the server 'cosmos-local': it has the rights of the built-in role citus.",
            "administrators loses 'ada@contoso.onmicrosoft.com' (user) is no administrator of the server 'cosmos-local' any more.",
        ],
    ],
    [
        "F52: roles come and go with the privileges that they are granted themselves, which are no profile's",
        (c) => {
            c.principals[2].access = "readonly";
            c.principals.splice(1, 1);
            c.nativeRoles[0].access = undefined;
            c.nativeRoles.push({ name: "exports" });
            c.nativeRolePasswords.exports = "Stands-1n-for-a-secret";
        },
        [
            "signIn gains 'exports' (role with a password) may sign in.",
            "signIn loses 'orders-api' (application or managed identity) may no longer sign in; its role is removed.",
            `privileges gains 'kim@contoso.onmicrosoft.com' (user) gains on the database 'citus': ${READONLY}.`,
            "privileges loses 'orders-api' (application or managed identity) loses on the database 'citus': CONNECT, TEMPORARY on the database; USAGE on the schema 'public'; SELECT, USAGE on all sequences of the schema 'public'; DELETE, INSERT, SELECT, UPDATE on all tables of the schema 'public'; EXECUTE on functions made later in every schema; USAGE on schemas made later; SELECT, USAGE on sequences made later in every schema; DELETE, INSERT, SELECT, UPDATE on tables made later in every schema.",
            `privileges loses 'reports' (role with a password) loses on the database 'citus': ${READONLY}.`,
        ],
    ],
    [
        "F43, F9: passwords, public access of coordinator and workers, firewall rules",
        (c) => {
            c.cosmosCluster.authMode = "EntraOnly";
            c.nativeRoles = [];
            c.nativeRolePasswords = {};
            c.cosmosCluster.coordinator.publicNetworkAccess = false;
            c.cosmosCluster.workers.publicNetworkAccess = true;
            c.cosmosCluster.firewallRules = [
                { name: "azure", startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" },
            ];
        },
        [
            "signIn loses 'reports' (role with a password) may no longer sign in; its role is removed.",
            `privileges loses 'reports' (role with a password) loses on the database 'citus': ${READONLY}.`,
            "network gains Each worker of the server 'cosmos-local' is reached from the internet, by the addresses of its firewall rules.",
            "network gains The firewall rule 'azure' opens the server 'cosmos-local' to everything that runs in Azure, other customers' resources too (0.0.0.0).",
            "network loses The firewall rule 'office' is removed: '203.0.113.0' to '203.0.113.31' (32 addresses) no longer reaches the server 'cosmos-local' by it.",
            "network loses The server 'cosmos-local' is no longer reached from the internet.",
            "server loses The server 'cosmos-local' no longer accepts passwords.",
        ],
    ],
];

describe("the access diff of a cluster", { concurrency: 1 }, () => {
    let base: Plan;
    before(async () => void (base = await planOf("cosmos")));

    for (const [title, change, lines] of CLUSTER_CASES)
        test(title, async () => assert.deepEqual(linesOf(base, await planOf("cosmos", change)), lines));

    test("a new one: its administrators, roles, database and how it is reached", () => {
        const lines = linesOf({ ...base, resources: [] }, base);
        for (const line of [
            "administrators gains 'deployer' (application or managed identity) becomes an administrator of the server 'cosmos-local': it has the rights of the built-in role citus.",
            "signIn gains 'reports' (role with a password) may sign in.",
            "privileges changes The database 'citus' is new; beside administrators only these may connect: 'orders-api', 'reports', 'sam@contoso.onmicrosoft.com'.",
            "network gains The server 'cosmos-local' is reached from the internet, by the addresses of its firewall rules.",
            "server changes The server 'cosmos-local' is new: it accepts Microsoft Entra tokens and passwords.",
        ])
            assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
        assert.ok(lines.every((line) => !/ loses |The profile/.test(line)));
    });

    test("a cluster that is replaced or removed is a warning: its data goes", async () => {
        const warnings = async (other: Plan) =>
            changeWarnings(await resourceChanges(base, other), base).map((w) => render(w, quoted));
        const renamed = await planOf("cosmos", (c) => (c.cosmosCluster.name = "cosmos-other"));
        const [replaced] = await warnings(renamed);
        assert.match(
            replaced!,
            /^The cluster 'cosmos-local' is replaced, because of 'clusterName': .* with all its data\. Everything that belongs/,
        );
        assert.deepEqual(await warnings({ ...base, resources: [] }), [
            "The cluster 'cosmos-local' is removed, with all its data.",
        ]);
    });
});

describe("the access diff of a Single Server", { concurrency: 1 }, () => {
    test("F23: its one administrator is another", async () => {
        const base = await planOf("single-server");
        const other = await planOf("single-server", (c) => {
            c.administrator = {
                principalName: "ada@contoso.onmicrosoft.com",
                objectId: "a1000000-0000-4000-8000-000000000001",
                principalType: "User",
            };
        });
        assert.deepEqual(linesOf(base, other), [
            "administrators gains 'ada@contoso.onmicrosoft.com' (identity) becomes an administrator of the server 'pg-old-local': it may make roles of other identities, and sign in to every database.",
            "administrators loses 'Legacy DB Admins' (identity) is no administrator of the server 'pg-old-local' any more.",
        ]);
    });
});
