import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { NO_PSQL, psql } from "./psql";
import { ADA, APP, BOB, GROUP, MEMBER_APP, TWINS } from "./testTenant";
import { nameOf, sqlError, startTestServers, type TestServers } from "./testServers";
import { BY_NAME, labelOf, WITH_OID } from "./principalSql";

let t: TestServers;
let admin: pg.Client;

before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    admin = await t.as(ADA);
    await t.server.createDatabase("app");
    for (const name of ["Prod DB Readonly", "id-app", nameOf(BOB)])
        await admin.query(BY_NAME, [name, false, false]);
    await admin.query(WITH_OID, ["any name", MEMBER_APP.objectId, "service", false, false]);
});
after(async () => {
    await admin?.end();
    await t?.stop();
});

describe("SECURITY LABEL", () => {
    const label = (role: string, value: string): string =>
        `SECURITY LABEL FOR "pgaadauth" ON ROLE ${role} IS ${value}`;
    const service = `'aadauth,oid=${APP.objectId},type=service'`;

    it("F64: turns a role into an Entra role, points it elsewhere, and back into an ordinary one", async () => {
        await admin.query('create role "La bel" login');
        await admin.query(label('"La bel"', service));
        assert.equal(await t.whoami("La bel", await t.tokens.token(APP)), "La bel");
        await admin.query(label('"La bel"', `'aadauth,oid=${MEMBER_APP.objectId},type=service'`));
        await assert.rejects(
            t.whoami("La bel", await t.tokens.token(APP)),
            sqlError("28000", /oid mismatch/),
        );
        assert.equal(await t.whoami("La bel", await t.tokens.token(MEMBER_APP)), "La bel");
        await admin.query(label('"La bel"', "NULL"));
        assert.equal(await labelOf(t, "La bel"), undefined);
        await assert.rejects(t.whoami("La bel", await t.tokens.token(MEMBER_APP)), sqlError("28P01"));
    });

    it("F64: in any database, in a transaction, and as a prepared statement", async () => {
        const inApp = await t.as(ADA, undefined, { database: "app" });
        await inApp.query("begin");
        await inApp.query(label('"La bel"', service));
        await inApp.query("rollback");
        assert.equal(await labelOf(t, "La bel"), undefined);
        await inApp.query({ text: label('"La bel"', service), name: "labelling" });
        assert.equal(await labelOf(t, "La bel"), service.slice(1, -1));
        await inApp.end();
    });

    it("F64: with ,admin it may manage Entra roles", async () => {
        await admin.query("create role manager login createrole");
        await admin.query(label("manager", `'aadauth,oid=${TWINS[0]!.objectId},type=service,admin'`));
        const manager = await t.as(TWINS[0]!, "manager");
        await manager.query(WITH_OID, ["by manager", APP.objectId, "service", false, false]);
        await manager.end();
    });

    it(
        "in a client's own encoding, with quotes, and in names only quoting can hold",
        { skip: NO_PSQL },
        async () => {
            await admin.query('create role "Jürg""s \\ rôle" login');
            const file = path.join(path.dirname(t.caFile), "label.sql");
            await writeFile(file, `${label('"Jürg""s \\ rôle"', service)};\n`, "latin1");
            const where = {
                host: "localhost",
                port: t.server.port,
                user: nameOf(ADA),
                dbname: "postgres",
                client_encoding: "LATIN1",
            };
            const result = await psql(
                { ...where, sslmode: "verify-full", sslrootcert: t.caFile },
                "select 1",
                {
                    password: await t.tokens.token(ADA),
                    arguments: ["-f", file],
                },
            );
            assert.equal(result.err, "");
            assert.equal(await labelOf(t, 'Jürg"s \\ rôle'), service.slice(1, -1));
        },
    );

    it("a label that is none, a role that is none", async () => {
        for (const value of [
            "'junk'",
            "'aadauth'",
            "'aadauth,oid=1,type=user'",
            `'aadauth,oid=${APP.objectId},type=robot'`,
            "''",
        ]) {
            await assert.rejects(
                admin.query(label("manager", value)),
                sqlError("22023", /^invalid security label/),
                value,
            );
        }
        await assert.rejects(
            admin.query(label("ghost", service)),
            sqlError("42704", 'role "ghost" does not exist'),
        );
        await assert.rejects(admin.query(label("azuresu", service)), sqlError("42501"));
    });

    it("other providers, and forms that are not read, are left to PostgreSQL", async () => {
        for (const sql of [
            `security label for other on role manager is 'x'`,
            `${label("manager", "null")}; select 1`,
            `security label for "pgaadauth" on table pg_class is 'x'`,
        ]) {
            await assert.rejects(admin.query(sql), sqlError("22023", /is not loaded$/), sql);
        }
    });
});

describe("group sync", () => {
    const sync = "select pgaadauth_sync_roles_for_group_members()";

    it("F73: off, members cannot sign in under their own names, and there is no sync", async () => {
        await assert.rejects(admin.query(sync), sqlError("55000", /is off$/));
        await assert.rejects(t.whoami("id-member", await t.tokens.token(MEMBER_APP)), sqlError("28P01"));
    });

    it("F73: on, they can after a sync, with the group's privileges, and lose them with the membership", async () => {
        const hasGroup = "select pg_has_role('Prod DB Readonly', 'usage') as has";
        await admin.query('drop role "any name"');
        await t.server.setParameter("pgaadauth.enable_group_sync", "on");
        await admin.query(sync);
        const member = await t.as(MEMBER_APP);
        assert.deepEqual((await member.query(hasGroup)).rows, [{ has: true }]);
        const bob = await t.as(BOB);
        assert.deepEqual((await bob.query(hasGroup)).rows, [{ has: true }], "a role that was there before");
        assert.equal(await t.whoami("Prod DB Readonly", await t.tokens.token(BOB)), "Prod DB Readonly");
        t.directory.update(GROUP.objectId, { members: [MEMBER_APP.objectId] });
        await admin.query(sync);
        assert.deepEqual((await bob.query(hasGroup)).rows, [{ has: false }]);
        assert.deepEqual((await member.query(hasGroup)).rows, [{ has: true }]);
        await member.end();
        await bob.end();
    });

    it("F73: a membership that somebody granted by hand stays", async () => {
        await admin.query('grant "Prod DB Readonly" to "id-app"');
        await admin.query(sync);
        const app = await t.as(APP);
        assert.deepEqual((await app.query("select pg_has_role('Prod DB Readonly', 'usage') as has")).rows, [
            { has: true },
        ]);
        await app.end();
    });
});
