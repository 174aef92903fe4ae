import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { serveProvider, type ServedProvider } from "../../components/provider/grpcServer";
import { UNKNOWN } from "../../components/provider/resourceProvider";
import { checkPrincipal } from "../../components/provider/principalCheck";
import { SignInError } from "../../components/provider/errors";
import { ProviderClient } from "./grpcClient";
import { connection, inputs, URN } from "./inputs";

let served: ServedProvider;
let client: ProviderClient;
let connections = 0;
before(async () => {
    const tokens = () => Promise.reject(new SignInError(`connection ${++connections}`));
    served = await serveProvider(new AzurePostgresEntraProvider({ tokens }));
    client = new ProviderClient(served.port);
});
after(async () => {
    client.close();
    await served.close();
    assert.equal(connections, 0, "check and diff opened a connection");
});

const failuresOf = async (given: Record<string, unknown>) => (await client.check(URN, given)).failures;

/** What is wrong, the property that must be named, and what the message must say. */
const WRONG: [title: string, given: Record<string, unknown>, property: string, says: RegExp][] = [
    [
        "F78: a name of 64 bytes",
        { name: "ü".repeat(32) },
        "name",
        /at most 63 bytes in UTF-8 and this one has 64/,
    ],
    ["an empty name", { name: "" }, "name", /at least one byte/],
    ["no name", { name: undefined }, "name", /name is not given/],
    ["a name that is no text", { name: 5 }, "name", /must be a text/],
    ["a line break in a name", { name: "a\nb" }, "name", /"a\\nb": control characters/],
    ["NUL in a name", { name: "a\0b" }, "name", /control characters/],
    ["U+202E in a name", { name: "a\u202eb" }, "name", /bidirectional/],
    ["a reserved prefix", { name: "pg_evil" }, "name", /keeps this name for itself/],
    ["a role of the service", { name: "azure_pg_admin" }, "name", /keeps this name for itself/],
    ["the name public", { name: "public" }, "name", /keeps this name for itself/],
    ["the name citus", { name: "citus" }, "name", /keeps this name for itself/],
    ["no type", { principalType: undefined }, "principalType", /principalType is not given/],
    [
        "E6: citus spelling of a type",
        { principalType: "user" },
        "principalType",
        /spelling counts; use one of User, Group/,
    ],
    ["F65: an object id that is no GUID", { objectId: "ada" }, "objectId", /an object id is a GUID/],
    ["an object id that is a number", { objectId: 7 }, "objectId", /an object id is a GUID/],
    [
        "F61: a user by name without a principal name",
        { objectId: undefined, name: "Ada" },
        "name",
        /user principal name/,
    ],
    [
        "F61: a guest by name in the wrong case",
        { objectId: undefined, name: "a_x.com#ext#@t.com" },
        "name",
        /#EXT#/,
    ],
    ["isAdmin as text", { isAdmin: "yes" }, "isAdmin", /true or false/],
    ["requireMfa as a number", { requireMfa: 1 }, "requireMfa", /true or false/],
    ["memberOf as a text", { memberOf: "reader" }, "memberOf", /list of role names/],
    ["a member of itself", { memberOf: ["ada@contoso.com"] }, "memberOf[0]", /member of itself/],
    ["the same role twice", { memberOf: ["a", "a"] }, "memberOf[1]", /there already/],
    ["administrator by membership", { memberOf: ["azure_pg_admin"] }, "memberOf[0]", /isAdmin: true/],
    ["a membership of 64 bytes", { memberOf: ["x".repeat(64)] }, "memberOf[0]", /at most 63 bytes/],
    [
        "a setting's name with SQL",
        { settings: [{ name: "a; drop", value: "1" }] },
        "settings[0].name",
        /parameter's name/,
    ],
    ["a setting without a value", { settings: [{ name: "a" }] }, "settings[0].value", /not given/],
    [
        "a setting with another key",
        { settings: [{ name: "a", value: "1", db: "x" }] },
        "settings[0].db",
        /no such property/,
    ],
    ["NUL in a setting", { settings: [{ name: "a", value: "\0" }] }, "settings[0].value", /NUL/],
    [
        "a setting as a number",
        { settings: [{ name: "work_mem", value: 4 }] },
        "settings[0].value",
        /must be a text/,
    ],
    [
        "a parameter twice in one database",
        { settings: ["A.b", "a.B"].map((name) => ({ name, value: "1", database: "d" })) },
        "settings[1]",
        /same parameter/,
    ],
    ["a limit below -1", { connectionLimit: -2 }, "connectionLimit", /whole number/],
    ["a limit with a fraction", { connectionLimit: 1.5 }, "connectionLimit", /whole number/],
    ["rebindFrom as a boolean", { rebindFrom: true }, "rebindFrom", /must be a text/],
    ["rebindFrom of something else", { rebindFrom: "anybody" }, "rebindFrom", /old object id/],
    [
        "rebindFrom without objectId",
        { objectId: undefined, rebindFrom: "unlabelled" },
        "rebindFrom",
        /objectId/,
    ],
    ["an unknown action", { onDelete: { action: "Destroy" } }, "onDelete.action", /Reassign, Drop, Keep/],
    ["no action", { onDelete: {} }, "onDelete.action", /not given/],
    [
        "reassigning with Drop",
        { onDelete: { action: "Drop", reassignTo: "x" } },
        "onDelete.reassignTo",
        /nothing is reassigned/,
    ],
    [
        "reassigning to itself",
        { onDelete: { action: "Reassign", reassignTo: "ada@contoso.com" } },
        "onDelete.reassignTo",
        /removed/,
    ],
    [
        "F41: Single Server has less",
        { flavor: "SingleServer" },
        "objectId",
        /no such property; use one of .*clientId/,
    ],
    ["another flavor", { flavor: "Cosmos" }, "flavor", /only Flexible/],
    ["a misspelt property", { objectID: "x" }, "objectID", /no such property; use one of .*objectId/],
    ["no connection", { connection: undefined }, "connection", /not given/],
    ["a connection as text", { connection: "pg" }, "connection", /must be an object/],
    ["no host", { connection: { user: "DBA" } }, "connection.host", /not given/],
    [
        "a host with a scheme",
        { connection: { ...connection, host: "https://pg" } },
        "connection.host",
        /no host name/,
    ],
    [
        "a host with a port",
        { connection: { ...connection, host: "pg:5432" } },
        "connection.host",
        /no host name/,
    ],
    ["no user", { connection: { host: "pg" } }, "connection.user", /not given/],
    ["a port of 0", { connection: { ...connection, port: 0 } }, "connection.port", /1 to 65535/],
    [
        "F60: another database",
        { connection: { ...connection, database: "app" } },
        "connection.database",
        /postgres only/,
    ],
    [
        "an unknown cloud",
        { connection: { ...connection, cloud: "Mars" } },
        "connection.cloud",
        /Public, China/,
    ],
    [
        "an address with a path",
        { connection: { ...connection, address: "a/b" } },
        "connection.address",
        /127\.0\.0\.1:6432/,
    ],
    [
        "a password",
        { connection: { ...connection, password: "x" } },
        "connection.password",
        /no such property/,
    ],
    [
        "a CA in the public cloud",
        { connection: { ...connection, caFile: "/ca.pem" } },
        "connection.caFile",
        /only cloud Local/,
    ],
    [
        "a CA in cloud Local on another machine",
        { connection: { ...connection, cloud: "Local", address: "10.0.0.4:5432", caFile: "/ca.pem" } },
        "connection.caFile",
        /loopback address only/,
    ],
];

for (const [title, given, property, says] of WRONG) {
    test(`refused before any connection: ${title}`, async () => {
        const failures = await failuresOf(inputs(given));
        assert.deepEqual(
            failures.map((failure) => failure.property),
            [property],
        );
        assert.match(failures[0]!.reason, says);
        assert.ok(failures[0]!.reason.startsWith(property), failures[0]!.reason);
    });
}

test("every fault is reported at once", async () => {
    const failures = await failuresOf({ name: "", principalType: "x", connection: {}, isAdmin: 1 });
    const properties = failures.map((failure) => failure.property).sort();
    assert.deepEqual(properties, ["connection.host", "connection.user", "isAdmin", "name", "principalType"]);
});

test("good inputs pass as they are", async () => {
    const good = inputs({
        flavor: "Flexible",
        isAdmin: false,
        requireMfa: true,
        memberOf: ["app_readonly", "Größe 1"],
        settings: [
            { name: "search_path", value: '"My Schema", public', database: "app" },
            { name: "my.own_setting", value: "it's \\ fine" },
        ],
        connectionLimit: 0,
        rebindFrom: "unlabelled",
        onDelete: { action: "Reassign", reassignTo: "app_owner" },
        connection: {
            ...connection,
            port: 6432,
            cloud: "UsGovernment",
            address: "[::1]:6432",
            database: "postgres",
        },
    });
    const result = await client.check(URN, good);
    assert.deepEqual(result, { inputs: good, failures: [] });
});

test("names that PostgreSQL takes are taken: hostile ones, 63 bytes, guests, decomposed letters", async () => {
    const names = [
        "a\"b'c\\d$$",
        "x'); drop role adm; --",
        "ü".repeat(31) + "x",
        "e\u0301",
        "current_user",
        "%I%s",
        "\u{1F600}",
    ];
    for (const name of names) assert.deepEqual(await failuresOf(inputs({ name })), [], name);
    const guest = "ada_fabrikam.com#EXT#@contoso.onmicrosoft.com";
    assert.deepEqual(await failuresOf(inputs({ name: guest, objectId: undefined })), []);
});

test("what is not known yet in a preview is no fault, anywhere", async () => {
    const unknown = Object.fromEntries(
        ["name", "principalType", "objectId", "isAdmin", "requireMfa", "memberOf", "settings"].map((key) => [
            key,
            UNKNOWN,
        ]),
    );
    const others = { connectionLimit: UNKNOWN, rebindFrom: UNKNOWN, onDelete: UNKNOWN, flavor: UNKNOWN };
    assert.deepEqual(await failuresOf({ ...unknown, ...others, connection: UNKNOWN }), []);
    const fields = ["host", "port", "user", "database", "cloud", "address", "caFile"].map((key) => [
        key,
        UNKNOWN,
    ]);
    const settings = [UNKNOWN, { name: UNKNOWN, value: UNKNOWN, database: UNKNOWN }];
    const nested = { connection: Object.fromEntries(fields), memberOf: [UNKNOWN, UNKNOWN], settings };
    assert.deepEqual(await failuresOf(inputs(nested)), []);
});

test("a lone surrogate is refused", async () => {
    assert.match(checkPrincipal(inputs({ name: "a\ud800" }))[0]!.reason, /unpaired surrogate/);
});

test("another type of this package is refused by name", async () => {
    const urn = URN.replace("DatabasePrincipal", "Nothing");
    await assert.rejects(client.check(urn, {}), /no custom resource azure-postgres-entra:index:Nothing/);
});
