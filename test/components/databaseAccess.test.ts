import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, test } from "node:test";
import { Cloud, DatabaseAccess, type DatabaseAccessArgs } from "../../components/index";
import { record, type Registration } from "./recorder";

const ARGS: DatabaseAccessArgs = {
    host: "pg-a.postgres.database.azure.com",
    user: "deployer",
    tenantId: "10000000-0000-4000-8000-000000000001",
    database: "orders",
};
const AUDITOR = { name: "auditor", privileges: [{ schema: "ledger", tables: ["SELECT"] }] };
const WIDE = { ...ARGS, schemas: ["public", "ledger"], profiles: [AUDITOR], objectOwners: ["old-app"] };

const [ROLE, GRANT, SCHEMA, DEFAULT] = [
    "postgresql:index/role:Role",
    "postgresql:index/grant:Grant",
    "postgresql:index/schema:Schema",
    "postgresql:index/defaultPrivileges:DefaultPrivileges",
];

class Child extends pulumi.CustomResource {
    constructor(parent: pulumi.Resource) {
        super("azure-native:dbforpostgresql:Database", "database", { databaseName: "orders" }, { parent });
    }
}

/** A component that stands for the server, with the access given to it as the program does. */
function make(args: DatabaseAccessArgs, options = {}) {
    return record(() => {
        const server = new pulumi.ComponentResource("test:index:Server", "server");
        new Child(server);
        return new DatabaseAccess("access", args, { dependsOn: [server], deletedWith: server });
    }, options);
}

const granted = (all: Registration[]) =>
    Object.fromEntries(
        all.map((r) => [r.name.replace("access-", ""), [r.inputs["role"], r.inputs["privileges"]]]),
    );

describe("DatabaseAccess", () => {
    test("F58: a role without LOGIN for each profile, named after the database", async () => {
        const { all, result, value } = await make(ARGS);
        assert.deepEqual(
            all(ROLE).map((r) => [r.name, r.inputs["name"], r.inputs["login"]]),
            [
                ["access-owner", "orders_owner", false],
                ["access-readonly", "orders_readonly", false],
                ["access-readwrite", "orders_readwrite", false],
            ],
        );
        assert.deepEqual(await value(result.roles), {
            readonly: "orders_readonly",
            readwrite: "orders_readwrite",
            owner: "orders_owner",
        });
    });

    test("F52, F79: PUBLIC loses the database and CREATE on public; what each profile is granted, and nothing else", async () => {
        const { all } = await make(ARGS);
        assert.deepEqual(granted(all(GRANT)), {
            "everybody-database": ["public", []],
            "readonly-database": ["orders_readonly", ["CONNECT"]],
            "readwrite-database": ["orders_readwrite", ["CONNECT", "TEMPORARY"]],
            "owner-database": ["orders_owner", ["CONNECT", "TEMPORARY", "CREATE"]],
            "everybody-schema-public": ["public", ["USAGE"]],
            "owner-schema-public": ["orders_owner", ["USAGE", "CREATE"]],
            "readonly-schema-public": ["orders_readonly", ["USAGE"]],
            "readonly-tables-public": ["orders_readonly", ["SELECT"]],
            "readonly-sequences-public": ["orders_readonly", ["SELECT"]],
            "readwrite-schema-public": ["orders_readwrite", ["USAGE"]],
            "readwrite-tables-public": ["orders_readwrite", ["SELECT", "INSERT", "UPDATE", "DELETE"]],
            "readwrite-sequences-public": ["orders_readwrite", ["USAGE", "SELECT"]],
        });
        assert.deepEqual(granted(all(DEFAULT)), {
            "everybody-later-functions": ["public", []],
            "readonly-later-schemas": ["orders_readonly", ["USAGE"]],
            "readonly-later-tables": ["orders_readonly", ["SELECT"]],
            "readonly-later-sequences": ["orders_readonly", ["SELECT"]],
            "readonly-later-functions": ["orders_readonly", ["EXECUTE"]],
            "readwrite-later-schemas": ["orders_readwrite", ["USAGE"]],
            "readwrite-later-tables": ["orders_readwrite", ["SELECT", "INSERT", "UPDATE", "DELETE"]],
            "readwrite-later-sequences": ["orders_readwrite", ["USAGE", "SELECT"]],
            "readwrite-later-functions": ["orders_readwrite", ["EXECUTE"]],
        });
        assert.ok(all(DEFAULT).every((r) => r.inputs["owner"] === "orders_owner"));
    });

    test("E10: every grant names the application's database, and so does the provider", async () => {
        const { one, all } = await make(WIDE);
        assert.equal(one("pulumi:providers:postgresql").inputs["database"], "orders");
        for (const type of [GRANT, SCHEMA, DEFAULT])
            assert.ok(
                all(type).length > 0 && all(type).every((r) => r.inputs["database"] === "orders"),
                type,
            );
    });

    test("E14: an explicit provider, with a token of its own and full checks of the certificate, after the server", async () => {
        const { one, registrations } = await make({ ...ARGS, port: 6432 });
        const provider = one("pulumi:providers:postgresql");
        assert.deepEqual(provider.inputs, {
            host: "pg-a.postgres.database.azure.com",
            port: "6432",
            username: "deployer",
            database: "orders",
            sslmode: "verify-full",
            connectTimeout: "60",
            superuser: "false",
            azureIdentityAuth: "true",
            azureTenantId: "10000000-0000-4000-8000-000000000001",
        });
        assert.deepEqual(provider.dependencies, [one("azure-native:dbforpostgresql:Database").urn]);
        const made = registrations.filter((r) => r.type.startsWith("postgresql:"));
        assert.ok(made.length > 20 && made.every((r) => r.provider.startsWith(`${provider.urn}::`)));
    });

    test("F15, F54: in other clouds the token comes from PGPASSWORD; no password and no token is an input", async () => {
        for (const cloud of [Cloud.China, Cloud.UsGovernment]) {
            const { one } = await make({ ...ARGS, cloud });
            const { inputs } = one("pulumi:providers:postgresql");
            assert.deepEqual(Object.keys(inputs).sort(), [
                "connectTimeout",
                "database",
                "host",
                "port",
                "sslmode",
                "superuser",
                "username",
            ]);
        }
    });

    test("E15: one statement after another; two databases do not wait for each other", async () => {
        const { registrations } = await record(() => {
            new DatabaseAccess("one", ARGS);
            new DatabaseAccess("two", { ...ARGS, database: "billing" });
        });
        const made = registrations.filter((r) => r.type.startsWith("postgresql:"));
        for (const name of ["one-", "two-"]) {
            const chain = made.filter((r) => r.name.startsWith(name));
            chain.slice(1).forEach((r, i) => assert.ok(r.dependencies.includes(chain[i]!.urn), r.name));
            const others = new Set(made.filter((r) => !chain.includes(r)).map((r) => r.urn));
            assert.ok(chain.every((r) => !r.dependencies.some((urn) => others.has(urn))));
        }
    });

    test("E15: the administrator is a member of the owner profile for longer than the other roles are there", async () => {
        const { one, all } = await make(ARGS);
        const { inputs, urn, ignoreChanges } = one("postgresql:index/grantRole:GrantRole");
        assert.deepEqual(inputs, { role: "deployer", grantRole: "orders_owner" });
        assert.deepEqual(ignoreChanges, ["withAdminOption"]);
        const after = all(ROLE).filter((r) => r.dependencies.includes(urn));
        assert.deepEqual(
            after.map((r) => r.name),
            ["access-readonly", "access-readwrite"],
        );
    });

    test("with the server all is gone; a schema that is listed no more stays", async () => {
        const { registrations, one } = await make(WIDE);
        const made = registrations.filter((r) => r.type.startsWith("postgresql:"));
        assert.ok(made.every((r) => r.deletedWith === one("test:index:Server").urn));
        assert.deepEqual(
            made.filter((r) => r.retainOnDelete).map((r) => [r.name, r.inputs["owner"]]),
            [["access-schema-ledger", "orders_owner"]],
        );
    });

    test("a profile of one's own has what it lists, on what is there and on what every owner makes later", async () => {
        const { all } = await make(WIDE);
        const own = (r: Registration) => r.inputs["role"] === "orders_auditor";
        assert.deepEqual(granted(all(GRANT).filter(own)), {
            "auditor-database": ["orders_auditor", ["CONNECT"]],
            "auditor-schema-ledger": ["orders_auditor", ["USAGE"]],
            "auditor-tables-ledger": ["orders_auditor", ["SELECT"]],
        });
        assert.deepEqual(
            all(DEFAULT)
                .filter(own)
                .map((r) => [r.inputs["owner"], r.inputs["schema"], r.inputs["privileges"]]),
            [
                ["orders_owner", "ledger", ["SELECT"]],
                ["old-app", "ledger", ["SELECT"]],
            ],
        );
    });

    test("what is known stays known in a preview of a server that is not there yet", async () => {
        const { result, value, all } = await make(
            { ...ARGS, host: pulumi.unknown as unknown as string },
            { preview: true },
        );
        assert.equal((await value(result.roles))["owner"], "orders_owner");
        assert.equal(all(GRANT).length, 12);
    });

    test("a profile more changes no other resource's inputs or name", async () => {
        const inputs = (all: Registration[]) =>
            new Map(all.filter((r) => r.custom).map((r) => [r.name, JSON.stringify(r.inputs)]));
        const before = inputs((await make({ ...WIDE, profiles: [] })).registrations);
        const after = inputs((await make(WIDE)).registrations);
        for (const [name, json] of before) assert.equal(after.get(name), json, name);
        const added = [...after.keys()].filter((name) => !before.has(name));
        assert.equal(added.length, 6);
        assert.ok(added.every((name) => name.startsWith("access-auditor")));
    });
});
