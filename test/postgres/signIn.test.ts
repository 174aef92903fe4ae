import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { NO_PSQL, psql } from "./psql";
import { ADA, APP, BOB, GROUP, GUEST, MEMBER_APP, TENANT } from "./testTenant";
import { connection, HOST, nameOf, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
let admin: pg.Client;

before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    admin = await t.as(ADA);
    for (const object of [BOB, APP, GROUP]) {
        await admin.query("select pgaadauth_create_principal($1, false, false)", [nameOf(object)]);
    }
});
after(async () => {
    await admin?.end();
    await t?.stop();
});

const token = (object: DirectoryObject, changes?: object): Promise<string> =>
    t.tokens.token(object, changes as never);

describe("sign-in with a token", () => {
    it("F13, F14: the access token is the password, for a user and for a service principal", async () => {
        assert.equal(await t.whoami(nameOf(BOB), await token(BOB)), nameOf(BOB));
        assert.equal(await t.whoami("id-app", await token(APP)), "id-app");
    });

    it("F20, F21: members sign in with the group's name, people and managed identities alike", async () => {
        assert.equal(await t.whoami("Prod DB Readonly", await token(BOB)), "Prod DB Readonly");
        assert.equal(await t.whoami("Prod DB Readonly", await token(MEMBER_APP)), "Prod DB Readonly");
    });

    it("F20: never with a member's own name", async () => {
        await assert.rejects(
            t.whoami("id-member", await token(MEMBER_APP)),
            sqlError("28P01", 'password authentication failed for user "id-member"'),
        );
    });

    it("F20: somebody who is not in the group is refused", async () => {
        await assert.rejects(
            t.whoami("Prod DB Readonly", await token(APP)),
            sqlError("28000", /does not belong to a member of the group of role "Prod DB Readonly"/),
        );
    });

    it("a token of somebody in too many groups names none; the directory is asked", async () => {
        const leftOut = { groups: undefined, _claim_names: { groups: "src1" } };
        assert.equal(await t.whoami("Prod DB Readonly", await token(BOB, leftOut)), "Prod DB Readonly");
        await assert.rejects(t.whoami("Prod DB Readonly", await token(APP, leftOut)), sqlError("28000"));
    });

    it("F18: names are case-sensitive", async () => {
        await assert.rejects(t.whoami("BOB@contoso.com", await token(BOB)), sqlError("28P01"));
        await assert.rejects(t.whoami("prod db readonly", await token(BOB)), sqlError("28P01"));
    });

    it("F33: an identity made again under the same name is another one, and refused", async () => {
        const again = { ...BOB, objectId: "bbbbbbbb-0000-4000-8000-000000000002" };
        await assert.rejects(
            t.whoami(nameOf(BOB), await token(again)),
            sqlError("28000", /^User oid mismatch for role/),
        );
    });

    it("F30, F31, F32: a deleted user's last token signs in, until the role is dropped", async () => {
        const gone: DirectoryObject = {
            ...BOB,
            objectId: "bbbbbbbb-0000-4000-8000-000000000003",
            userPrincipalName: "gone@contoso.com",
        };
        t.directory.add(gone);
        await admin.query("select pgaadauth_create_principal('gone@contoso.com', false, false)");
        const last = await token(gone);
        t.directory.remove(gone.objectId);
        assert.equal(await t.whoami("gone@contoso.com", last), "gone@contoso.com");
        const { rows } = await admin.query("select 1 from pg_roles where rolname = 'gone@contoso.com'");
        assert.equal(rows.length, 1, "the role remains");
        await admin.query('drop role "gone@contoso.com"');
        await assert.rejects(t.whoami("gone@contoso.com", last), sqlError("28P01"));
    });

    it("F77: an open connection outlives its token; only new sign-ins are checked", async () => {
        const bobs = await token(BOB);
        const open = await t.connect(nameOf(BOB), bobs);
        t.clock.now = () => Date.now() + 2 * 3600 * 1000;
        try {
            assert.equal((await open.query("select 1 as one")).rows[0].one, 1);
            await assert.rejects(
                t.whoami(nameOf(BOB), bobs),
                sqlError("28000", /^The access token has expired/),
            );
        } finally {
            t.clock.now = () => Date.now();
            await open.end();
        }
    });

    it("F66: isMfa demands the mfa claim", async () => {
        await admin.query("select pgaadauth_create_principal($1, false, true)", [nameOf(GUEST)]);
        await assert.rejects(t.whoami(nameOf(GUEST), await token(GUEST)), sqlError("28000", /multifactor/));
        assert.equal(
            await t.whoami(nameOf(GUEST), await token(GUEST, { amr: ["pwd", "mfa"] })),
            nameOf(GUEST),
        );
    });
});

describe("labels in both layouts", () => {
    it("a role labelled as newer servers do signs in", async () => {
        await admin.query("create role newer login");
        const write = "insert into pg_shseclabel values ('newer'::regrole, 'pg_authid'::regclass, $1, $2)";
        await t.server.superuserQuery(write, ["pgaadauth", "aadauth"]);
        await t.server.superuserQuery(write, [
            "pgaadauth-int",
            `type=service,oid=${APP.objectId},tenant_id=${TENANT}`,
        ]);
        assert.equal(await t.whoami("newer", await token(APP)), "newer");
        const { rows } = await admin.query(
            "select * from pgaadauth_list_principals(false) where rolname = 'newer'",
        );
        assert.deepEqual(rows, [
            {
                rolname: "newer",
                principaltype: "service",
                objectid: APP.objectId,
                tenantid: TENANT,
                ismfa: 0,
                isadmin: 0,
            },
        ]);
    });
});

describe("psql", { skip: NO_PSQL }, () => {
    const where = (user: string): Record<string, string | number> => ({
        ...{ host: HOST, hostaddr: "127.0.0.1", port: t.server.port, user, dbname: "postgres" },
        ...{ sslmode: "verify-full", sslrootcert: t.caFile },
    });

    it("F15, F16: takes the token through PGPASSWORD, with verify-full for the real host name", async () => {
        const result = await psql(
            where(nameOf(BOB)),
            "select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()",
            {
                password: await token(BOB),
            },
        );
        assert.equal(result.err, "");
        assert.match(result.out, /^bob@contoso\.com\|/);
    });

    it("F18: a group's name with spaces", async () => {
        const result = await psql(where("Prod DB Readonly"), "select current_user", {
            password: await token(BOB),
        });
        assert.equal(result.out, "Prod DB Readonly");
    });

    it("shows the server's text for a refused token", async () => {
        const result = await psql(where(nameOf(BOB)), "select 1", { password: "garbage" });
        assert.equal(result.code, 2);
        assert.match(result.err, /FATAL: {2}The access token has invalid format\./);
    });

    it("refuses a certificate for another name", async () => {
        const result = await psql({ ...where(nameOf(BOB)), host: "pg.example.com" }, "select 1", {
            password: "x",
        });
        assert.match(result.err, /does not match host name "pg\.example\.com"/);
    });

    it("65,374 bytes sign in through PGPASSWORD", async () => {
        const password = await t.tokens.tokenOfSize(BOB, 65_374);
        assert.equal((await psql(where(nameOf(BOB)), "select 1", { password })).out, "1");
    });
});

describe("names", () => {
    const names = [
        'a"b',
        "a'b",
        'x" superuser; drop role adm; --',
        "x'); drop role adm; --",
        "a$$b$q$",
        "a\\b\\",
        "a\\'; drop role adm; --",
        "two\nlines",
        "a\ttab",
        " spaces ",
        "MixedCase",
        "mixedcase",
        "a;--/*b*/",
        "%I%s%%",
        "Jürgen 日本 😀",
        "e\u0301",
        "\u00e9",
        "current_user",
        "a/b:c,d=e",
        "-id-app",
        "{{x}}",
        "x".repeat(63),
    ];

    it("hostile names are made, sign in as exactly that name, and harm nothing", async () => {
        const password = await token(APP);
        for (const name of names) {
            const sql = "select pgaadauth_create_principal_with_oid($1, $2, 'service', false, false)";
            await admin.query(sql, [name, APP.objectId]);
            assert.equal(await t.whoami(name, password), name);
        }
        const { rows } = await admin.query("select rolname from pg_roles where rolsuper");
        assert.deepEqual(rows, [{ rolname: "azuresu" }]);
    });

    it("F78: 64 bytes are refused at the door; PostgreSQL would sign in as another role", async () => {
        await assert.rejects(
            t.whoami("x".repeat(64), await token(APP)),
            sqlError("28000", /has 64 bytes; names have at most 63$/),
        );
        await assert.rejects(t.whoami("é".repeat(32), await token(APP)), sqlError("28000", /has 64 bytes/));
    });

    it("reserved and empty names are refused by PostgreSQL", async () => {
        for (const name of ["pg_evil", "public", "none", ""]) {
            const sql = "select pgaadauth_create_principal_with_oid($1, $2, 'service', false, false)";
            await assert.rejects(admin.query(sql, [name, APP.objectId]), `'${name}' was taken`);
        }
    });
});

describe("clients", () => {
    it("twenty at once get twenty sessions", async () => {
        const password = await token(BOB);
        const clients = await Promise.all(Array.from({ length: 20 }, () => t.connect(nameOf(BOB), password)));
        const ids = await Promise.all(clients.map((c) => c.query("select pg_backend_pid() as pid")));
        assert.equal(new Set(ids.map(({ rows }) => rows[0].pid)).size, 20);
        await Promise.all(clients.map((c) => c.end()));
    });

    it("by the loopback names, without a map of names", async () => {
        const ssl = { ca: t.ca.certificate };
        for (const host of ["localhost", "127.0.0.1"]) {
            const client = new pg.Client({
                ...connection(t.server, t.ca),
                host,
                ssl,
                user: nameOf(BOB),
                password: await token(BOB),
            });
            await client.connect();
            await client.end();
        }
    });
});
