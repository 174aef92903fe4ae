import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type pg from "pg";
import { identifier, literal, setSetting, revokeMembership } from "../../components/provider/sql";
import { roleNameProblem } from "../../components/names";
import { URN } from "./inputs";
import { DEPLOYER, Running } from "./running";

let local: Running;
let client: pg.Client;
before(async () => {
    local = await Running.start();
    client = await local.signIn("DBA", DEPLOYER);
});
after(async () => {
    await client.end();
    await local.stop();
});

const RUNS = 300;
/** Any text that PostgreSQL can hold, thick with what quoting is about. */
const text = fc
    .array(
        fc.oneof(
            fc.constantFrom('"', "'", "\\", "$$", ";", "--", "/*", "\n", "%s", "E'", 'U&"', "\u202e"),
            fc.string({ unit: "binary" }),
        ),
    )
    .map((parts) => parts.join("").replaceAll("\0", ""))
    .filter((value) => Buffer.from(value).toString() === value);

test("quoting: a literal comes back as it was, however strings are read", async () => {
    for (const standard of ["on", "off"]) {
        await client.query(`set standard_conforming_strings = ${standard}; set escape_string_warning = off`);
        await fc.assert(
            fc.asyncProperty(text, async (value) => {
                const answer = await client.query({
                    text: `select ${literal(value)} as v`,
                    rowMode: "array",
                });
                assert.deepEqual(answer.rows, [[value]]);
            }),
            { numRuns: RUNS },
        );
    }
    await client.query("reset standard_conforming_strings");
});

test("quoting: an identifier of at most 63 bytes comes back as it was", async () => {
    const name = text.filter((value) => value !== "" && Buffer.byteLength(value) <= 63);
    await fc.assert(
        fc.asyncProperty(name, async (value) => {
            const answer = await client.query(`select 1 as ${identifier(value)}`);
            assert.deepEqual(
                answer.fields.map((field) => field.name),
                [value],
            );
        }),
        { numRuns: RUNS },
    );
});

test("quoting: what PostgreSQL cannot hold is refused", () => {
    assert.throws(() => identifier(""), /must not be empty/);
    assert.throws(() => identifier("a\0b"), /NUL/);
    assert.throws(() => literal("a\0b"), /NUL/);
});

test("quoting: every part of a statement is quoted", () => {
    const evil = 'x"; drop role "y';
    assert.equal(
        setSetting(evil, { name: "a.b", value: "it's \\", database: evil }).text,
        'alter role "x""; drop role ""y" in database "x""; drop role ""y" set "a"."b" to  E\'it\'\'s \\\\\'',
    );
    assert.equal(revokeMembership("r", "m", 'g"', 170000).text, 'revoke "r" from "m" granted by "g"""');
    assert.equal(revokeMembership("r", "m", "g", 150000).text, 'revoke "r" from "m"');
});

/** Names that break careless SQL; each becomes a role of exactly this name that its identity signs in to. */
const HOSTILE = [
    'a"b',
    "a'b",
    'x" superuser; drop role adm; --',
    "x'); drop role adm; --",
    "a$$b$q$",
    "a\\b\\",
    "a\\'; drop role adm; --",
    " leading",
    "trailing ",
    "MixedCase",
    "mixedcase",
    "a;--/*b*/",
    "%I%s%%",
    "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com",
    "Jürgen 日本",
    "caf\u00e9",
    "cafe\u0301",
    "zero\u200bwidth",
    "\u{1F600} emoji",
    "current_user",
    "a/b:c,d=e",
    "a%20b",
    "1abc",
    "-id-app",
    "{{x}}",
    "oid=x,admin",
    "x".repeat(63),
    "ü".repeat(31) + "x",
];

for (const name of HOSTILE) {
    test(`a hostile name lives and dies as it is: ${JSON.stringify(name)}`, async () => {
        const objectId = local.identity(name);
        const group = `g ${[...name].slice(0, 15).join("")}`;
        await client.query(`create role ${identifier(group)}`);
        const settings = [{ name: "application_name", value: name }];
        const inputs = local.inputs(name, objectId, { memberOf: [group], settings });
        const { id, properties } = await local.create(inputs);
        assert.deepEqual(
            [properties["name"], properties["memberOf"], properties["settings"]],
            [name, [group], settings],
        );
        const session = await local.signIn(name, objectId);
        const answer = await session.query("select session_user::text as user");
        await session.end();
        assert.deepEqual(answer.rows, [{ user: name }]);
        assert.deepEqual((await local.client.read(URN, id, inputs, properties))!.inputs, inputs);
        await local.client.delete(URN, id, properties, inputs);
        assert.equal(await local.role(name), undefined);
        const superusers = await local.sql("select rolname from pg_roles where rolsuper");
        assert.deepEqual(superusers, [{ rolname: "azuresu" }]);
    });
}

test("names that are alike stay apart: MixedCase and mixedcase, composed and decomposed", async () => {
    const pairs = ["Twin", "twin", "\u00e9", "e\u0301"];
    const ids = pairs.map((name, index) => local.identity(`twin-${index}-${name}`));
    for (const [index, name] of pairs.entries()) await local.create(local.inputs(name, ids[index]));
    const oids = await Promise.all(pairs.map(async (name) => (await local.role(name))!["oid"]));
    assert.equal(new Set(oids).size, 4);
});

test("any name that passes the check becomes a role of exactly that name", async () => {
    let number = 0;
    const name = text.filter((value) => roleNameProblem(value) === undefined);
    await fc.assert(
        fc.asyncProperty(name, async (value) => {
            if (await local.role(value)) return;
            const objectId = local.identity(`fuzz-${number++}`);
            const { id, properties } = await local.create(local.inputs(value, objectId));
            assert.equal(properties["name"], value);
            await local.client.delete(URN, id, properties, local.inputs(value, objectId));
        }),
        { numRuns: 40 },
    );
});
