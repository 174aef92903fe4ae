import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PrincipalEntryArgs } from "../../components/index";
import { parseStackConfig, type StackConfig } from "../../stackConfig";
import { firstDatabase, managedDatabases, profilesIn } from "../../stackConfigAccess";
import { checkStack, databaseAccessArgs, principalSetArgs } from "../../stackResources";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const local = stackYaml("local");
const principals = JSON.parse(local[`${PROJECT}:principals`]!);
const config = parseStackConfig(PROJECT, local);
const entries = principalSetArgs(config, "host").principals as Record<string, PrincipalEntryArgs>;
const principal = (name: string) => config.principals.find((p) => p.name === name)!;

function withChanges(changes: Record<string, unknown>): StackConfig {
    return parseStackConfig(PROJECT, changed(local, changes));
}

describe("access of the stack's configuration", () => {
    test("a profile is a membership in its role, in the principal's memberOf beside its own", () => {
        const group = entries["Prod DB Readonly"]!;
        assert.deepEqual(group.memberOf, ["orders_readonly", "analytics_readonly"]);
        assert.deepEqual(group.settings, [{ name: "statement_timeout", value: "30s" }]);
        assert.equal("access" in group, false);
        const job = entries["reporting-job"]!;
        assert.deepEqual(job.memberOf, ["Prod DB Readonly"]);
    });

    test("an owner acts as the profile's role, in that database alone", () => {
        const kim = entries["kim@contoso.onmicrosoft.com"]!;
        assert.deepEqual(kim.memberOf, ["orders_owner", "analytics_readwrite"]);
        assert.deepEqual(kim.settings, [{ name: "role", value: "orders_owner", database: "orders" }]);
    });

    test("F58: who is a member of a group has the group's profiles", () => {
        assert.deepEqual(profilesIn(config, principal("reporting-job"), "orders"), ["readonly"]);
        assert.deepEqual(profilesIn(config, principal("reporting-job"), "billing"), []);
        assert.equal(firstDatabase(config, principal("reporting-job")), "orders");
        assert.equal(firstDatabase(config, { ...principal("reporting-job"), memberOf: [] }), "postgres");
    });

    test("a database's schemas and profiles become the component's", () => {
        const billing = config.databases.find((d) => d.name === "billing")!;
        const args = databaseAccessArgs(config, billing, { host: "h", tenantId: "t" });
        assert.deepEqual(args.schemas, ["public", "ledger"]);
        assert.deepEqual(args.profiles, [
            { name: "auditor", privileges: [{ schema: "ledger", tables: ["SELECT"] }] },
        ]);
        assert.equal(args.user, "deployer");
        assert.equal(args.port, undefined);
    });

    test("F71: a database whose privileges are not managed has no profiles, and nobody can be given one", () => {
        const databases = [
            { name: "orders" },
            { name: "analytics" },
            { name: "legacy", managePrivileges: false },
        ];
        const people = (access: object) => [{ ...principals[0], access }];
        const free = withChanges({ databases, principals: people({ orders: "owner" }) });
        assert.deepEqual(
            managedDatabases(free).map((d) => d.name),
            ["orders", "analytics"],
        );
        checkStack(free);
        assert.throws(
            () => withChanges({ databases, principals: people({ legacy: "owner" }) }),
            /principals\[0\]\.access\.legacy: given "owner"; the database has no profiles, as its managePrivileges is false/,
        );
    });

    test("through a tunnel the port is the address's", () => {
        const tunnel = withChanges({
            hostAddresses: { "pg-local.postgres.database.azure.com": "127.0.0.1:6432" },
        });
        const args = databaseAccessArgs(tunnel, tunnel.databases[0]!, { host: "h", tenantId: "t" });
        assert.equal(args.port, 6432);
    });

    const refusals: [string, Record<string, unknown>, RegExp][] = [
        [
            "F78: a database whose profile roles' names would be too long",
            { databases: [{ name: "d".repeat(54) }], principals: principals.slice(4, 5).map(withoutAccess) },
            /^databases\[0\]\.database is .*_readwrite'.*64/,
        ],
        [
            "a principal named like a profile role",
            { principals: [{ ...principals[2], name: "orders_readonly" }] },
            /^principals\[0\]\.name is "orders_readonly": databases\[0\], profile readonly, has a role of this name/,
        ],
        [
            "an administrator named like a profile role",
            { adminGroup: { displayName: "orders_owner" } },
            /^adminGroup\.displayName is "orders_owner"/,
        ],
        [
            "a profile on a schema that the database does not list",
            {
                databases: [{ name: "orders", profiles: { audit: [{ schema: "x" }] } }],
                principals: [withoutAccess(principals[0])],
            },
            /^databases\[0\]\.profiles\[0\]\.privileges\[0\]\.schema is "x"/,
        ],
    ];
    for (const [title, changes, message] of refusals)
        test(`refused before anything is made: ${title}`, () => {
            assert.throws(() => checkStack(withChanges(changes)), { message });
        });

    test("without principals a database's name may be as long as Azure lets it", () => {
        checkStack(withChanges({ databases: [{ name: "d".repeat(63) }], principals: [] }));
    });
});

function withoutAccess(given: { access?: object; settings?: object[] }): object {
    return { ...given, access: {}, settings: [] };
}
