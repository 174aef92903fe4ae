import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { ADA, ADMINS, APP, BOB, GROUP, GUEST, MEMBER_APP, NOBODY, TENANT, TWINS } from "./testTenant";
import { nameOf, sqlError, startTestServers, type TestServers } from "./testServers";
import { BY_NAME, labelOf, WITH_OID } from "./principalSql";

let t: TestServers;
let admin: pg.Client;

before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    admin = await t.as(ADA);
});
after(async () => {
    await admin?.end();
    await t?.stop();
});

describe("making principals", () => {
    it("F19, F58, F62: a group becomes a role by its name, with the documented answer and label", async () => {
        const { rows } = await admin.query(
            "select * from pgaadauth_create_principal('Prod DB Readonly', false, false)",
        );
        assert.deepEqual(rows, [{ pgaadauth_create_principal: "Created role for Prod DB Readonly" }]);
        assert.equal(await labelOf(t, "Prod DB Readonly"), `aadauth,oid=${GROUP.objectId},type=group`);
    });

    it("F61: a guest by the full #EXT# name, a service principal by its display name", async () => {
        await admin.query(BY_NAME, [nameOf(GUEST), false, true]);
        assert.equal(await labelOf(t, nameOf(GUEST)), `aadauth,oid=${GUEST.objectId},type=user,mfa`);
        await admin.query(BY_NAME, ["id-app", false, false]);
        assert.equal(await labelOf(t, "id-app"), `aadauth,oid=${APP.objectId},type=service`);
    });

    it("F18, F61: an unknown name, or one in other letters, is refused with Azure's text", async () => {
        for (const name of ["nobody@contoso.com", "BOB@contoso.com", "Bob"]) {
            await assert.rejects(
                admin.query(BY_NAME, [name, false, false]),
                sqlError(
                    "0LP01",
                    `Could not validate AAD user ${name} because its name is not found in the tenant.`,
                ),
            );
        }
    });

    it("F61: a name that is not unique is refused; the object id decides", async () => {
        await assert.rejects(
            admin.query(BY_NAME, ["twin", false, false]),
            sqlError("0LP01", /not unique in the tenant/),
        );
        await admin.query(WITH_OID, ["twin", TWINS[1]!.objectId, "service", false, false]);
        assert.equal(await labelOf(t, "twin"), `aadauth,oid=${TWINS[1]!.objectId},type=service`);
    });

    it("F62: with an object id the role's name is free", async () => {
        const { rows } = await admin.query(WITH_OID, [
            "any name",
            MEMBER_APP.objectId,
            "service",
            false,
            false,
        ]);
        assert.equal(rows[0].answer, "Created role for any name");
        assert.equal(await t.whoami("any name", await t.tokens.token(MEMBER_APP)), "any name");
    });

    it("F62, F65: an object id that the tenant does not have, or of another type, leaves nothing behind", async () => {
        await assert.rejects(
            admin.query(WITH_OID, ["lost", NOBODY, "user", false, false]),
            sqlError(
                "0LP01",
                `Could not validate AAD user ${NOBODY} because its name is not found in the tenant.`,
            ),
        );
        await assert.rejects(
            admin.query(WITH_OID, ["lost", APP.appId, "service", false, false]),
            sqlError("0LP01"),
        );
        await assert.rejects(
            admin.query(WITH_OID, ["lost", APP.objectId, "user", false, false]),
            sqlError(
                "22023",
                "incorrect object type provided for principal, given object type: 'user', actual object type: 'service'",
            ),
        );
        await assert.rejects(
            admin.query(WITH_OID, ["lost", "no-guid", "user", false, false]),
            sqlError("22023"),
        );
        await assert.rejects(
            admin.query(WITH_OID, ["lost", APP.objectId, "robot", false, false]),
            sqlError("22023"),
        );
        await assert.rejects(
            admin.query(WITH_OID, ["lost", APP.objectId, null, false, false]),
            sqlError("22023"),
        );
        assert.deepEqual(await t.server.superuserQuery("select 1 from pg_roles where rolname = 'lost'"), []);
    });

    it("F68: a role that exists is never adopted", async () => {
        await admin.query("create role taken");
        await assert.rejects(
            admin.query(WITH_OID, ["taken", BOB.objectId, "user", false, false]),
            sqlError("42710", 'role "taken" already exists'),
        );
        await admin.query("drop role taken");
    });

    it("F69: an administrator's object id cannot be a database-level principal too", async () => {
        await assert.rejects(
            admin.query(WITH_OID, ["ada again", ADA.objectId, "user", false, false]),
            sqlError("42710", /^Updating an existing principal isn't supported\./),
        );
    });

    it("F66: isAdmin gives azure_pg_admin, CREATEROLE and CREATEDB, and the right to make principals", async () => {
        await admin.query(BY_NAME, ["DB Admins", true, false]);
        assert.equal(await labelOf(t, "DB Admins"), `aadauth,oid=${ADMINS.objectId},type=group,admin`);
        const sql = `select rolcreaterole, rolcreatedb, rolsuper, pg_has_role(oid, 'azure_pg_admin', 'member') as member
                     from pg_roles where rolname = 'DB Admins'`;
        assert.deepEqual(await t.server.superuserQuery(sql), [
            { rolcreaterole: true, rolcreatedb: true, rolsuper: false, member: true },
        ]);
        const guest = await t.as(GUEST, "DB Admins");
        await guest.query(WITH_OID, ["made by a member", BOB.objectId, "user", true, false]);
        await guest.query('drop role "made by a member"');
        await guest.end();
    });

    it("F78: a name over 63 bytes is cut, with only a notice, as PostgreSQL does", async () => {
        const notices: string[] = [];
        admin.on("notice", (notice) => notices.push(notice.message ?? ""));
        await admin.query(WITH_OID, ["n".repeat(70), APP.objectId, "service", false, false]);
        assert.match(notices.join(), /will be truncated/);
        assert.equal(await labelOf(t, "n".repeat(63)), `aadauth,oid=${APP.objectId},type=service`);
    });

    it("the directory counts as it is at the time of the call, prepared statements included", async () => {
        const prepared = { name: "late", text: BY_NAME };
        await assert.rejects(
            admin.query({ ...prepared, values: ["late@contoso.com", false, false] }),
            sqlError("0LP01"),
        );
        const late = {
            ...BOB,
            objectId: "cccccccc-0000-4000-8000-000000000001",
            userPrincipalName: "late@contoso.com",
        };
        t.directory.add(late);
        await admin.query({ ...prepared, values: ["late@contoso.com", false, false] });
        await admin.query('drop role "late@contoso.com"');
        t.directory.update(late.objectId, { userPrincipalName: "later@contoso.com" });
        await assert.rejects(
            admin.query({ ...prepared, values: ["late@contoso.com", false, false] }),
            sqlError("0LP01"),
        );
        t.directory.remove(late.objectId);
        await assert.rejects(admin.query(BY_NAME, ["later@contoso.com", false, false]), sqlError("0LP01"));
    });

    it("everything is undone with its transaction", async () => {
        await admin.query("begin");
        await admin.query(WITH_OID, ["fleeting", APP.objectId, "service", false, false]);
        await admin.query("rollback");
        assert.deepEqual(
            await t.server.superuserQuery("select 1 from pg_roles where rolname = 'fleeting'"),
            [],
        );
    });
});

describe("where", () => {
    before(async () => void (await admin.query(BY_NAME, [nameOf(BOB), false, false])));

    it("F60: the functions exist in the database postgres only", async () => {
        await t.server.createDatabase("app");
        const inApp = await t.as(ADA, undefined, { database: "app" });
        await assert.rejects(
            inApp.query("select * from pgaadauth_create_principal('x', false, false)"),
            sqlError("42883", /^function pgaadauth_create_principal\(.*\) does not exist$/),
        );
        await assert.rejects(
            inApp.query("select * from pgaadauth_list_principals(false)"),
            sqlError("42883"),
        );
        await inApp.end();
    });

    it("F79: the schema public belongs to azure_pg_admin, in every database; creating in it takes a grant", async () => {
        await admin.query("create database own_made");
        for (const database of ["postgres", "app", "own_made"]) {
            const sql = "select nspowner::regrole::text as owner from pg_namespace where nspname = 'public'";
            assert.deepEqual(await t.server.superuserQuery(sql, [], database), [{ owner: "azure_pg_admin" }]);
        }
        const bob = await t.as(BOB);
        await assert.rejects(bob.query("create table public.t (a int)"), sqlError("42501"));
        await admin.query(`grant create on schema public to "${nameOf(BOB)}"`);
        await bob.query("create table public.t (a int)");
        await bob.query("drop table public.t");
        await bob.end();
    });

    it("administrators may end the sessions of others", async () => {
        const bob = await t.as(BOB);
        const ended = new Promise((resolve) => bob.on("error", resolve));
        const sql = "select pg_terminate_backend(pid) as done from pg_stat_activity where usename = $1";
        assert.deepEqual((await admin.query(sql, [nameOf(BOB)])).rows, [{ done: true }]);
        assert.equal(((await ended) as { code?: string }).code, "57P01");
    });
});

describe("listing", () => {
    it("F63: all principals, or administrators alone, in the documented columns", async () => {
        const all = await admin.query("select * from pgaadauth_list_principals(false)");
        assert.deepEqual(
            all.fields.map((field) => field.name),
            ["rolname", "principaltype", "objectid", "tenantid", "ismfa", "isadmin"],
        );
        assert.deepEqual(
            all.rows.find((row) => row.rolname === nameOf(GUEST)),
            {
                rolname: nameOf(GUEST),
                principaltype: "user",
                objectid: GUEST.objectId,
                tenantid: TENANT,
                ismfa: 1,
                isadmin: 0,
            },
        );
        const admins = await admin.query("select rolname from pgaadauth_list_principals(true) order by 1");
        assert.deepEqual(
            admins.rows.map((row) => row.rolname),
            ["ada@contoso.com", "DB Admins"].sort(),
        );
    });
});
