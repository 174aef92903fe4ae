import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { parseUrn, UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import { postgresqlProvider, POSTGRESQL_VERSION } from "../../emulator/providers/postgresql";
import { connectOptions } from "../../emulator/providers/postgresqlSession";
import * as tables from "../../emulator/providers/postgresqlTables";
import { checkInputs, type ResourceTable } from "../../emulator/providers/propertyTable";
import { wrongValues } from "./wrongValues";

const provider = () =>
    postgresqlProvider({ connect: () => Promise.reject(new Error("must not connect")), environment: {} });
const urn = (type: string) => parseUrn(`urn:pulumi:local::p::${type}::thing`);

const GRANT = { role: "r", database: "d", schema: "s", objectType: "table", privileges: ["SELECT"] };
const GOOD: [ResourceTable, PropertyMap][] = [
    [tables.ROLE_TABLE, { name: "r" }],
    [tables.SCHEMA_TABLE, { name: "s" }],
    [tables.GRANT_ROLE_TABLE, { role: "a", grantRole: "b" }],
    [tables.GRANT_TABLE, GRANT],
    [tables.DEFAULT_PRIVILEGES_TABLE, { ...GRANT, owner: "o" }],
];

for (const [table, good] of GOOD) {
    describe(table.token, () => {
        it("takes its good sample, and unknown values of a preview", () => {
            assert.deepEqual(checkInputs(table, good), []);
            const unknown = Object.fromEntries(Object.keys(table.properties).map((name) => [name, UNKNOWN]));
            assert.deepEqual(checkInputs(table, unknown), []);
        });

        for (const [name, rule] of Object.entries(table.properties)) {
            for (const { what, value } of wrongValues(rule)) {
                it(`refuses ${name}: ${what}`, () => {
                    const failures = checkInputs(table, { ...good, [name]: value });
                    assert.match(failures.map((failure) => failure.reason).join(), new RegExp(`'${name}`));
                });
            }
        }

        it("has the inputs of the installed SDK", () => {
            const folder = path.dirname(require.resolve("@pulumi/postgresql/package.json"));
            const type = table.token.split(":")[2]!;
            const source = readFileSync(
                path.join(folder, `${type[0]!.toLowerCase()}${type.slice(1)}.d.ts`),
                "utf8",
            );
            const body = source.slice(source.indexOf(`export interface ${type}Args {`)).split("\n}")[0]!;
            const names = [...body.matchAll(/^ {4}(\w+)\??: pulumi\.Input/gm)].map((match) => match[1]!);
            assert.deepEqual(Object.keys(table.properties).sort(), names.sort());
            const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
                version: string;
            };
            assert.equal(version, POSTGRESQL_VERSION);
        });
    });
}

describe("conflicts", () => {
    const refused: [ResourceTable, PropertyMap, RegExp][] = [
        [
            tables.GRANT_TABLE,
            { ...GRANT, objectType: "database" },
            /'schema' cannot be given where 'objectType' is database/,
        ],
        [
            tables.GRANT_TABLE,
            { ...GRANT, schema: undefined },
            /'schema' is missing; 'objectType' table requires it/,
        ],
        [
            tables.GRANT_TABLE,
            { ...GRANT, objectType: "schema", objects: ["x"], privileges: ["USAGE"] },
            /'objects' cannot be given/,
        ],
        [
            tables.GRANT_TABLE,
            { ...GRANT, privileges: ["SELECT", "USAGE"] },
            /'privileges\[1\]' is "USAGE": it cannot be granted on a table/,
        ],
        [tables.GRANT_TABLE, { ...GRANT, privileges: ["select"] }, /allowed are ALL, SELECT, INSERT/],
        [
            tables.GRANT_TABLE,
            { ...GRANT, role: "PUBLIC", withGrantOption: true },
            /cannot be true for the role public/,
        ],
        [tables.GRANT_TABLE, { ...GRANT, columns: ["a"] }, /does not have it\. Grant on the table/],
        [
            tables.GRANT_TABLE,
            { ...GRANT, objectType: "function", objects: ["f(int); drop table x"] },
            /'objects\[0\]'/,
        ],
        [
            tables.DEFAULT_PRIVILEGES_TABLE,
            { ...GRANT, owner: "o", objectType: "schema", privileges: ["USAGE"] },
            /'schema' cannot be given/,
        ],
        [tables.GRANT_ROLE_TABLE, { role: "a", grantRole: "a" }, /no role is its own member/],
        [tables.ROLE_TABLE, { name: "é".repeat(32) }, /F78|which has 64 bytes/],
        [tables.ROLE_TABLE, { name: "r", encryptedPassword: false }, /stores no plain passwords/],
        [tables.ROLE_TABLE, { name: "r", searchPaths: ["a, b"] }, /Name one schema each/],
        [
            tables.ROLE_TABLE,
            { name: "r", passwordWo: "hunter2" },
            /'passwordWo' is a secret value \(not shown\)/,
        ],
        [tables.SCHEMA_TABLE, { name: "s", policies: [{}] }, /use postgresql\.Grant/],
    ];
    for (const [table, inputs, message] of refused) {
        it(`${table.token}: ${message}`, () => {
            const reasons = checkInputs(table, inputs)
                .map((failure) => failure.reason)
                .join(" | ");
            assert.match(reasons, message);
            assert.doesNotMatch(reasons, /hunter2/);
        });
    }

    it("a set without objects is no conflict, nor what is not known yet", () => {
        const schema = { ...GRANT, objectType: "schema", privileges: ["USAGE", UNKNOWN] };
        assert.deepEqual(checkInputs(tables.GRANT_TABLE, { ...schema, objects: [] }), []);
        assert.deepEqual(checkInputs(tables.GRANT_TABLE, { ...schema, objects: UNKNOWN }), []);
    });
});

describe("the provider", () => {
    it("names what has no name, and keeps the name", async () => {
        const first = await provider().check(urn(tables.ROLE), undefined, {});
        assert.match(first.inputs.name as string, /^thing-[0-9a-f]{7}$/);
        assert.equal(
            (await provider().check(urn(tables.ROLE), first.inputs, {})).inputs.name,
            first.inputs.name,
        );
    });

    it("changes in place or replaces as the real one", async () => {
        const diff = async (type: string, olds: PropertyMap, news: PropertyMap) =>
            (await provider().diff(urn(type), "", {}, olds, news)).detailedDiff;
        assert.deepEqual(await diff(tables.ROLE, { name: "a", login: true }, { name: "b", login: false }), {
            name: "update",
            login: "update",
        });
        assert.deepEqual(
            await diff(tables.SCHEMA, { database: "a", owner: "a" }, { database: "b", owner: "b" }),
            { database: "update-replace", owner: "update" },
        );
        assert.deepEqual(await diff(tables.SCHEMA, { database: "a", owner: "a" }, {}), {});
        assert.deepEqual(await diff(tables.GRANT, GRANT, { ...GRANT, privileges: ["INSERT", "SELECT"] }), {
            "privileges[0]": "add",
        });
        assert.deepEqual(await diff(tables.GRANT, GRANT, { ...GRANT, role: "x" }), {
            role: "update-replace",
        });
        assert.deepEqual(await diff(tables.GRANT_ROLE, {}, { withAdminOption: true }), {
            withAdminOption: "update-replace",
        });
        assert.deepEqual(await diff(tables.DEFAULT_PRIVILEGES, GRANT, { ...GRANT, owner: "x" }), {
            owner: "add-replace",
        });
    });

    it("previews without a connection, and says what is missing where it needs one", async () => {
        const { properties } = await provider().create(urn(tables.SCHEMA), { name: "s" }, { preview: true });
        assert.deepEqual(properties, { name: "s", database: UNKNOWN, owner: UNKNOWN });
        await assert.rejects(
            provider().create(urn(tables.ROLE), { name: "r" }, {}),
            /has no server\. Give resources an explicit provider/,
        );
    });

    it("refuses other resource types, look-ups and settings by name", async () => {
        const extension = urn("postgresql:index/extension:Extension");
        await assert.rejects(
            provider().check(extension, undefined, {}),
            /no resource type 'postgresql:index\/extension:Extension'/,
        );
        await assert.rejects(provider().invoke!("postgresql:index/getTables:getTables", {}), /no function/);
        await assert.rejects(provider().configure!({ awsRdsIamAuth: "true" }), /no setting 'awsRdsIamAuth'/);
    });

    it("refuses a second server, else its roles would land on the wrong one", async () => {
        const configured = provider();
        await configured.configure!({ host: "a", username: "u" });
        await configured.configure!({ host: "a", username: "u", port: "5432" });
        await configured.configure!({});
        await assert.rejects(
            configured.configure!({ host: "b", username: "u" }),
            /serves a:5432 as u already, and can serve one server only, not b:5432/,
        );
    });

    it("serves another project's server beside it", async () => {
        const hosts: string[] = [];
        const configured = postgresqlProvider({
            connect: ({ host }) => {
                hosts.push(host);
                throw new Error("nobody is there");
            },
            environment: {},
        });
        const providerOf = (project: string) =>
            `urn:pulumi:local::${project}::pulumi:providers:postgresql::p`;
        const roleOf = (project: string) =>
            parseUrn(`urn:pulumi:local::${project}::postgresql:index/role:Role::r`);
        await configured.configure!({ host: "a", username: "u" }, providerOf("orders"));
        await configured.configure!({ host: "b", username: "u" }, providerOf("billing"));
        for (const project of ["orders", "billing"])
            await assert.rejects(configured.create(roleOf(project), { name: "r" }, {}), /nobody is there/);
        assert.deepEqual(hosts, ["a", "b"]);
    });
});

describe("the provider's configuration", () => {
    it("comes as the SDK sends it, or from the PG variables", () => {
        const sent = {
            host: "h",
            port: "6432",
            username: "u",
            azureIdentityAuth: "true",
            connectTimeout: "5",
            sslmode: "verify-full",
        };
        assert.deepEqual(
            connectOptions({ ...sent, version: "3.18.1", __internal: {} }, { PGPASSWORD: "left over" }),
            {
                host: "h",
                port: 6432,
                user: "u",
                database: "postgres",
                password: "left over",
                azureIdentity: true,
                sslmode: "verify-full",
                sslrootcert: undefined,
                connectTimeoutSeconds: 5,
            },
        );
        const variables = { PGHOST: "h", PGPORT: "1", PGUSER: "u", PGDATABASE: "d", PGSSLMODE: "require" };
        const { host, port, user, database, sslmode } = connectOptions({}, variables)!;
        assert.deepEqual([host, port, user, database, sslmode], ["h", 1, "u", "d", "require"]);
    });

    it("is none while anything in it is unknown", () => {
        assert.equal(connectOptions({ host: UNKNOWN, username: "u" }, {}), undefined);
        assert.equal(connectOptions({ host: "h", username: UNKNOWN }, {}), undefined);
        assert.equal(connectOptions({}, {}), undefined);
    });
});
