import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "../support/properties";
import type pg from "pg";
import { identifier, literal, setSetting, revokeMembership } from "../../components/provider/sql";
import { roleNameProblem } from "../../components/names";
import { URN } from "./inputs";
import { parseUrn } from "../../components/provider/resourceProvider";
import { DEPLOYER, idOf, Running } from "./running";

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

/** Cases of each property: this many round trips with this many texts each. */
const RUNS = 100;
const BATCH = 100;
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

const batchOf = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: BATCH, maxLength: BATCH });

for (const standard of ["on", "off"]) {
    test(`quoting: a literal comes back as it was, standard_conforming_strings ${standard}, ${RUNS * BATCH} cases`, async () => {
        await client.query(`set standard_conforming_strings = ${standard}; set escape_string_warning = off`);
        await fc.assert(
            fc.asyncProperty(batchOf(text), async (values) => {
                const columns = values.map((value, index) => `${literal(value)} as c${index}`);
                const answer = await client.query({ text: `select ${columns.join(", ")}`, rowMode: "array" });
                assert.deepEqual(answer.rows, [values]);
            }),
            { numRuns: RUNS },
        );
        await client.query("reset standard_conforming_strings");
    });
}

test(`quoting: an identifier of at most 63 bytes comes back as it was, ${RUNS * BATCH} cases`, async () => {
    const name = text.filter((value) => value !== "" && Buffer.byteLength(value) <= 63);
    await fc.assert(
        fc.asyncProperty(batchOf(name), async (values) => {
            const columns = values.map((value) => `1 as ${identifier(value)}`);
            const answer = await client.query({ text: `select ${columns.join(", ")}`, rowMode: "array" });
            assert.deepEqual(
                answer.fields.map((field) => field.name),
                values,
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
    assert.equal(
        revokeMembership("r", ["m", 'n"'], 'g"', 170000).text,
        'revoke "r" from "m", "n""" granted by "g"""',
    );
    assert.equal(revokeMembership("r", ["m"], "g", 150000).text, 'revoke "r" from "m"');
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
        const altered = local.inputs(name, objectId, { connectionLimit: 5, settings: [] });
        const { detailed } = await local.client.diff(URN, id, properties, inputs, altered);
        assert.deepEqual(
            Object.keys(detailed)
                .map((key) => key.split("[")[0])
                .sort(),
            ["connectionLimit", "memberOf", "settings"],
        );
        const state = await local.client.update(URN, id, properties, inputs, altered);
        assert.deepEqual([state["connectionLimit"], state["memberOf"], state["settings"]], [5, [], []]);
        assert.deepEqual(await local.membersOf(group), []);
        await local.client.delete(URN, id, state, altered);
        assert.equal(await local.role(name), undefined);
        const superusers = await local.sql("select rolname from pg_roles where rolsuper");
        assert.deepEqual(superusers, [{ rolname: "azuresu" }]);
    });
}

/** What PostgreSQL refuses, cuts off or silently turns into something else, and what people cannot see. */
const REFUSED = [
    "",
    "pg_evil",
    "public",
    "none",
    "a\0b",
    "line\nbreak",
    "ta\tb",
    "right-to-left \u202e",
    "lone \ud83d surrogate",
    "x".repeat(64),
    "ü".repeat(32),
    "azuresu",
    "azure_pg_admin",
];

for (const name of REFUSED) {
    test(`a name that cannot be a principal's is refused before anything is done: ${JSON.stringify(name)}`, async () => {
        const { failures } = await local
            .provider()
            .check(parseUrn(URN), undefined, local.inputs(name, idOf(1)));
        assert.deepEqual([...new Set(failures.map(({ property }) => property))], ["name"]);
        const roles = "select 1 from pg_shseclabel where label like $1";
        assert.deepEqual(await local.sql(roles, [`%${idOf(1)}%`]), []);
    });
}

test("a hostile database's name in a setting", async () => {
    const database = "d\"b'; drop role adm; --";
    await local.sql(`create database ${identifier(database)}`);
    // Settings within a database are for its owner to make.
    await local.sql(`alter database ${identifier(database)} owner to azure_pg_admin`);
    const objectId = local.identity("within");
    const settings = [{ name: "work_mem", value: "8MB", database }];
    const inputs = local.inputs("within", objectId, { settings });
    const { id, properties } = await local.create(inputs);
    assert.deepEqual(properties["settings"], settings);
    await local.client.delete(URN, id, properties, inputs);
});

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
