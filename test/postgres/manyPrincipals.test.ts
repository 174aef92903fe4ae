/** Making a principal takes the same, however many there are: object ids are found by an index. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type pg from "pg";
import { DEPLOYER, Running } from "../provider/running";

let local: Running;
let admin: pg.Client;
before(async () => {
    local = await Running.start();
    admin = await local.signIn("DBA", DEPLOYER);
});
after(async () => {
    await admin.end();
    await local.stop();
});

const make = (name: string, objectId: string, isAdmin = false) =>
    admin.query("select pgaadauth_create_principal_with_oid($1, $2, 'service', $3, false)", [
        name,
        objectId,
        isAdmin,
    ]);
const label = (name: string, objectId: string) =>
    admin.query(`security label for "pgaadauth" on role "${name}" is 'aadauth,oid=${objectId},type=service'`);
const pointers = async () => {
    const [row] = await local.sql(
        "select count(*)::int as n from pg_shdescription where description = 'pgaadauth-local'",
    );
    return row!["n"] as number;
};

test("no function that runs for each principal goes through all of them", async () => {
    for (let number = 0; number < 300; number++)
        await make(`many-${number}`, local.identity(`many-${number}`));
    await admin.query("select pg_stat_force_next_flush()");
    const scans = async () => {
        const [row] = await local.sql(`select sum(seq_tup_read)::int as n from pg_stat_sys_tables
            where relname in ('pg_shseclabel', 'pg_shdescription')`);
        return row!["n"] as number;
    };
    const before = await scans();
    for (let number = 0; number < 50; number++)
        await make(`more-${number}`, local.identity(`more-${number}`));
    await admin.query("select pg_stat_force_next_flush()");
    assert.ok((await scans()) - before < 300, "every call read every label");
});

test("an administrator's object id is refused for a second role, also after it moved to another role", async () => {
    const [one, two] = [local.identity("one"), local.identity("two")];
    await make("first", one, true);
    await assert.rejects(make("second", one), /Updating an existing principal isn't supported/);
    await label("first", two);
    await assert.rejects(make("third", two, true), /Updating an existing principal isn't supported/);
    await make("fourth", one, true);
    await admin.query('drop role "first"');
    await make("fifth", two, true);
});

test("labels written again and again leave one pointer a role", async () => {
    const before = await pointers();
    const [one, two] = [local.identity("three"), local.identity("four")];
    await make("labelled", one);
    for (const id of [two, one, one, two]) await label("labelled", id);
    assert.equal(await pointers(), before + 1);
    await admin.query('security label for "pgaadauth" on role labelled is null');
    assert.equal(await pointers(), before);
});

test("more principals in one transaction than the lock table has room for two locks each", async () => {
    const locks = async () =>
        (await admin.query("select 1 from pg_locks where pid = pg_backend_pid() and locktype <> 'relation'"))
            .rowCount!;
    await admin.query("begin");
    await make("lock-0", local.identity("lock-0"));
    const before = await locks();
    for (let number = 1; number <= 50; number++)
        await make(`lock-${number}`, local.identity(`lock-${number}`));
    assert.ok((await locks()) - before <= 50, "more than one lock a principal");
    await admin.query("rollback");
});
