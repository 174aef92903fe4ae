import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { URN } from "./inputs";
import { assertNoTokens, DEPLOYER, OTHER_ADMIN, Running } from "./running";

let local: Running;
const DATABASES = ["sales", "odd \"name'; --"];
before(async () => {
    local = await Running.start();
    for (const name of DATABASES)
        await local.sql(`create database "${name.replaceAll('"', '""')}" owner azure_pg_admin`);
});
after(() => local.stop());

type Properties = Record<string, unknown>;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A principal with things in two databases: tables, a schema, default privileges, privileges, a database. */
async function owner(name: string, more: Properties = {}) {
    const objectId = local.identity(name);
    const inputs = local.inputs(name, objectId, more);
    const { id, properties } = await local.create(inputs);
    for (const database of DATABASES) {
        await local.run(
            "DBA",
            DEPLOYER,
            database,
            `grant create on database ${quoted(database)} to ${quoted(name)}`,
        );
        await local.run(
            name,
            objectId,
            database,
            `create schema ${quoted(name)}`,
            `create table ${quoted(name)}.items (id int)`,
            `create function ${quoted(name)}.f() returns int language sql as 'select 1'`,
            `alter default privileges in schema ${quoted(name)} grant select on tables to public`,
        );
    }
    const remove = (changes: Properties = {}) =>
        local.client.delete(URN, id, properties, { ...inputs, ...changes });
    return { objectId, inputs, id, properties, remove };
}

const ownersIn = async (name: string) =>
    Promise.all(
        DATABASES.map(async (database) => {
            const rows = await local.sql(
                `select o.rolname from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
                where n.nspname = $1 and c.relkind = 'r'`,
                [name],
                database,
            );
            return rows[0]?.["rolname"];
        }),
    );

test("by default all objects in all databases go to the signing-in administrator, and the role is gone", async () => {
    const principal = await owner("leaver 'q\" 1");
    await principal.remove();
    assert.equal(await local.role("leaver 'q\" 1"), undefined);
    assert.deepEqual(await ownersIn("leaver 'q\" 1"), ["DBA", "DBA"]);
    for (const database of DATABASES) {
        const left = await local.sql("select count(*)::int as n from pg_default_acl", [], database);
        assert.equal(left[0]!["n"], 0);
    }
});

test("Reassign to a role that the administrator may act as, or may grant itself; the grant does not stay", async () => {
    await local.run("DBA", DEPLOYER, "postgres", "create role heirs");
    for (const database of DATABASES)
        await local.run("DBA", DEPLOYER, database, `grant create on database ${quoted(database)} to heirs`);
    const principal = await owner("inherited", { onDelete: { action: "Reassign", reassignTo: "heirs" } });
    await principal.remove();
    assert.deepEqual(
        [await local.role("inherited"), await ownersIn("inherited")],
        [undefined, ["heirs", "heirs"]],
    );
    const left = await local.sql(
        `select to_jsonb(m) -> 'inherit_option' as inherit, to_jsonb(m) -> 'set_option' as set from pg_auth_members m
        where member = '"DBA"'::regrole and roleid = 'heirs'::regrole`,
    );
    // From PostgreSQL 16 on, who makes a role is a member of it that may administer it, and nothing more.
    assert.deepEqual(left, (await local.major()) >= 16 ? [{ inherit: false, set: false }] : []);
});

test("Reassign to a role that does not exist is refused, and a rerun completes", async () => {
    const principal = await owner("two steps", {
        onDelete: { action: "Reassign", reassignTo: "nobody here" },
    });
    await assert.rejects(
        principal.remove(),
        /'two steps': the objects cannot be handed to 'nobody here'.*there is no such role/,
    );
    const role = (await local.role("two steps"))!;
    assert.equal(role["rolcanlogin"], false);
    await principal.remove({ onDelete: { action: "Reassign" } });
    assert.deepEqual(
        [await local.role("two steps"), await ownersIn("two steps")],
        [undefined, ["DBA", "DBA"]],
    );
});

test("Drop drops what it owns in every database, and hands its databases over", async () => {
    const principal = await owner("dropper", { onDelete: { action: "Drop" } });
    await local.sql("create database dropped_owner; ".trim());
    await local.sql("alter database dropped_owner owner to dropper");
    await principal.remove();
    assert.deepEqual(
        [await local.role("dropper"), await ownersIn("dropper")],
        [undefined, [undefined, undefined]],
    );
    const databases = await local.sql(
        "select pg_get_userbyid(datdba) as owner from pg_database where datname = 'dropped_owner'",
    );
    assert.deepEqual(databases, [{ owner: "DBA" }]);
});

test("Keep leaves the role with all it has, without LOGIN; created again, it signs in as before", async () => {
    const principal = await owner("keeper", { onDelete: { action: "Keep" } });
    const session = await local.signIn("keeper", principal.objectId);
    await principal.remove();
    await assert.rejects(session.query("select 1"));
    const role = (await local.role("keeper"))!;
    assert.deepEqual([role["rolcanlogin"], await ownersIn("keeper")], [false, ["keeper", "keeper"]]);
    await assert.rejects(local.signIn("keeper", principal.objectId));
    await local.create(principal.inputs);
    assert.equal((await local.role("keeper"))!["oid"], role["oid"]);
    await (await local.signIn("keeper", principal.objectId)).end();
});

test("F32: open sessions end, so access ends at once", async () => {
    const principal = await owner("talker");
    const sessions = await Promise.all(
        ["postgres", ...DATABASES].map((name) => local.signIn("talker", principal.objectId, name)),
    );
    await sessions[1]!.query("begin; select 1");
    await principal.remove();
    for (const session of sessions) await assert.rejects(session.query("select 1"));
    assert.equal(await local.role("talker"), undefined);
});

test("absence is success, twice; a namesake of another identity stays untouched", async () => {
    const principal = await owner("absent");
    await principal.remove();
    await principal.remove();
    await local.sql("create role absent login");
    await principal.remove();
    assert.ok(await local.role("absent"));
});

test("the signed-in role is never removed, nor one that it must not alter; nothing changes", async () => {
    const remove = (name: string, objectId: string, user = "DBA") =>
        local.client.delete(
            URN,
            objectId,
            { name, objectId },
            local.inputs(name, objectId, { connection: local.connection({ user }) }),
        );
    await assert.rejects(
        remove("DBA", "d0000000-0000-4000-8000-000000000003"),
        /cannot be removed: it is the role that is signed in now/,
    );
    const objectId = local.identity("foreign-app");
    await local.run(
        "second-admin",
        OTHER_ADMIN,
        "postgres",
        `select pgaadauth_create_principal_with_oid('foreign', '${objectId}', 'service', false, false)`,
    );
    const removed = remove("foreign", objectId);
    if ((await local.major()) < 16) {
        // CREATEROLE alone reaches every role.
        await removed;
        return assert.equal(await local.role("foreign"), undefined);
    }
    await assert.rejects(
        removed,
        /ADMIN OPTION on the role 'foreign', which 'DBA' does not hold.*GRANT "foreign" TO "DBA" WITH ADMIN OPTION/,
    );
    assert.equal((await local.role("foreign"))!["rolcanlogin"], true);
});

test("privileges alone, policies, memberships granted by it and shared objects do not stand in the way", async () => {
    const objectId = local.identity("tangled-app");
    await local.run("DBA", DEPLOYER, "postgres", "create role tangle");
    const inputs = local.inputs("tangled", objectId, { memberOf: ["tangle"] });
    const { id, properties } = await local.create(inputs);
    await local.run(
        "DBA",
        DEPLOYER,
        "sales",
        "create table public.t (a int)",
        "grant select on public.t to tangled",
        "create policy p on public.t to tangled",
        "grant connect on database sales to tangled",
    );
    await local.sql("grant tangle to tangled with admin option");
    await local.sql("create role below; set role tangled; grant tangle to below; reset role");
    await local.client.delete(URN, id, properties, inputs);
    assert.equal(await local.role("tangled"), undefined);
});

test("a resource renamed in the program keeps its role: the new one adopts it, the old one's deletion leaves it", async () => {
    const objectId = local.identity("moved-app");
    const inputs = local.inputs("moved", objectId);
    const { id, properties } = await local.create(inputs);
    const other = await Running.second(local);
    try {
        const renamed = URN.replace("::ada", "::renamed");
        await other.client.create(renamed, inputs);
        await other.client.delete(URN, id, properties, inputs);
        assert.ok(await local.role("moved"));
        await other.client.delete(renamed, id, properties, inputs);
        assert.equal(await local.role("moved"), undefined);
    } finally {
        await other.stop();
    }
});

test("many removals at once succeed", async () => {
    const principals = [];
    for (let number = 0; number < 6; number++) principals.push(await owner(`batch-${number}`));
    await Promise.all(principals.map((principal) => principal.remove()));
    for (let number = 0; number < 6; number++) assert.equal(await local.role(`batch-${number}`), undefined);
});

test("no token in any answer or error", () => assertNoTokens(local));
