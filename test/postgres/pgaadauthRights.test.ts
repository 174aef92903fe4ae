import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { ADA, APP, BOB, GUEST } from "./testTenant";
import { nameOf, sqlError, startTestServers, type TestServers } from "./testServers";
import { BY_NAME, labelOf, WITH_OID } from "./principalSql";

let t: TestServers;
let admin: pg.Client;

before(async () => {
    t = await startTestServers({
        passwordEnabled: true,
        administratorLogin: "boss",
        administratorLoginPassword: "Password-1",
    });
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    admin = await t.as(ADA);
    await admin.query(BY_NAME, ["DB Admins", true, false]);
});
after(async () => {
    await admin?.end();
    await t?.stop();
});

describe("who may", () => {
    it("F6, F25: the password administrator may not make or change Entra roles", async () => {
        const boss = await t.connect("boss", "Password-1");
        await assert.rejects(
            boss.query(BY_NAME, ["bob@contoso.com", false, false]),
            sqlError("42501", /^Only Microsoft Entra administrators/),
        );
        await assert.rejects(
            boss.query(WITH_OID, ["x", BOB.objectId, "user", false, false]),
            sqlError("42501"),
        );
        await boss.query("create role of_boss login");
        await assert.rejects(
            boss.query(
                `security label for "pgaadauth" on role of_boss is 'aadauth,oid=${BOB.objectId},type=user'`,
            ),
            sqlError("42501", /^Only Microsoft Entra administrators/),
        );
        await boss.query("drop role of_boss");
        await boss.end();
    });

    it("F6: not even as an Entra administrator that it may act as", async () => {
        const boss = await t.connect("boss", "Password-1");
        await t.server.superuserQuery(`grant "${nameOf(ADA)}" to boss`);
        await boss.query(`set role "${nameOf(ADA)}"`);
        await assert.rejects(
            boss.query(WITH_OID, ["x", BOB.objectId, "user", false, false]),
            sqlError("42501"),
        );
        await t.server.superuserQuery(`revoke "${nameOf(ADA)}" from boss`);
        await boss.end();
    });

    it("F6: an ordinary principal may not, nor read the directory, nor write labels", async () => {
        await admin.query(BY_NAME, [nameOf(BOB), false, false]);
        const bob = await t.as(BOB);
        for (const sql of [
            "select pgaadauth_create_principal('id-member', false, false)",
            `select pgaadauth_local_set_label('bob@contoso.com', 'aadauth,oid=${BOB.objectId},type=user,admin')`,
            "select pgaadauth_local_write_label(10, null)",
            "select * from pg_catalog.pgaadauth_local_directory",
            "delete from pg_shseclabel",
            "select pgaadauth_sync_roles_for_group_members()",
        ]) {
            await assert.rejects(bob.query(sql), sqlError("42501"), sql);
        }
        assert.deepEqual((await bob.query("select * from pgaadauth_local_find('id-app')")).rows, []);
        await bob.end();
    });

    it("the maker may alter, label and drop the role; another administrator needs ADMIN OPTION from PostgreSQL 16 on, CREATEROLE alone before", async () => {
        await admin.query(WITH_OID, ["of ada", APP.objectId, "service", false, false]);
        const [{ major }] = (await t.server.superuserQuery(
            "select current_setting('server_version_num')::int / 10000 as major",
        )) as [{ major: number }];
        const other = await t.as(GUEST, "DB Admins");
        const label = `security label for "pgaadauth" on role "of ada" is 'aadauth,oid=${APP.objectId},type=service'`;
        if (major >= 16) {
            await assert.rejects(other.query(label), sqlError("42501", "permission denied"));
            await assert.rejects(other.query('drop role "of ada"'), sqlError("42501"));
            await admin.query('grant "of ada" to "DB Admins" with admin option');
        }
        await other.query(label);
        await other.end();
        await admin.query('alter role "of ada" connection limit 3');
        await admin.query('drop role "of ada"');
        assert.equal(
            await t.server
                .superuserQuery("select 1 from pg_shseclabel where objoid not in (select oid from pg_roles)")
                .then((r) => r.length),
            0,
        );
    });

    it("a search path full of traps changes nothing", async () => {
        await admin.query("create schema trap; grant all on schema trap to public");
        await admin.query(
            "create function trap.concat(variadic text[]) returns text language sql as $$select 'trap'$$",
        );
        await admin.query("create table trap.pg_shseclabel (objoid oid)");
        await admin.query("set search_path = trap, pg_catalog");
        await admin.query(WITH_OID, ["trapped", APP.objectId, "service", false, false]);
        await admin.query("reset search_path");
        assert.equal(await labelOf(t, "trapped"), `aadauth,oid=${APP.objectId},type=service`);
    });
});
