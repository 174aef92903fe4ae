import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { ScramExchange, scramVerifier } from "../../emulator/postgres/scram";
import { NO_PSQL, psql } from "./psql";
import { ADA, APP } from "./testTenant";
import { HOST, nameOf, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
before(async () => {
    t = await startTestServers({
        passwordEnabled: true,
        administratorLogin: "boss",
        administratorLoginPassword: "Pässword '1\\",
    });
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
});
after(() => t?.stop());

const wrong = (user: string): object =>
    sqlError("28P01", `password authentication failed for user "${user}"`);

describe("sign-in with a password", () => {
    it("F1, F4: the PostgreSQL administrator signs in, beside Entra's, and is one", async () => {
        const boss = await t.connect("boss", "Pässword '1\\");
        const { rows } = await boss.query(
            `select rolcreaterole, rolcreatedb, rolsuper, pg_has_role('azure_pg_admin', 'member') as member
             from pg_roles where rolname = current_user`,
        );
        assert.deepEqual(rows, [{ rolcreaterole: true, rolcreatedb: true, rolsuper: false, member: true }]);
        await boss.query("create role ordinary login password 'p1'");
        await boss.end();
        await (await t.as(ADA)).end();
        assert.equal(await t.whoami("ordinary", "p1"), "ordinary");
    });

    it("a wrong password, an unknown role, one without a password, the superuser: one answer", async () => {
        await t.server.superuserQuery("create role no_password login");
        for (const user of ["boss", "ghost", "no_password", "azuresu"]) {
            await assert.rejects(t.whoami(user, "guess"), wrong(user));
        }
    });

    it("the superuser stays unreachable even with a password", async () => {
        await t.server.superuserQuery("alter role azuresu password 'known'");
        await assert.rejects(t.whoami("azuresu", "known"), wrong("azuresu"));
        await t.server.superuserQuery("alter role azuresu password null");
    });

    it("a token is no password of an unknown role, and a password no token of an Entra role", async () => {
        await assert.rejects(t.whoami("id-app", await t.tokens.token(APP)), wrong("id-app"));
        await t.server.superuserQuery(`alter role "${nameOf(ADA)}" password 'p1'`);
        await assert.rejects(t.whoami(nameOf(ADA), "p1"), sqlError("28000", /invalid format/));
    });

    it("VALID UNTIL and NOLOGIN count", async () => {
        await t.server.superuserQuery("create role late login password 'p1' valid until '2020-01-01'");
        await assert.rejects(t.whoami("late", "p1"), wrong("late"));
        await t.server.superuserQuery("create role no_login password 'p1'");
        await assert.rejects(
            t.whoami("no_login", "p1"),
            sqlError("28000", 'role "no_login" is not permitted to log in'),
        );
    });

    it("psql does it, too", { skip: NO_PSQL }, async () => {
        const where = {
            host: HOST,
            hostaddr: "127.0.0.1",
            port: t.server.port,
            user: "boss",
            dbname: "postgres",
        };
        const tls = { sslmode: "verify-full", sslrootcert: t.caFile };
        const options = { password: "Pässword '1\\" };
        assert.equal((await psql({ ...where, ...tls }, "select current_user", options)).out, "boss");
        const bound = await psql({ ...where, ...tls, channel_binding: "require" }, "select 1", options);
        assert.match(bound.err, /channel binding is required, but server did not offer/);
    });
});

describe("changing how a server authenticates", () => {
    it("F1: without passwords the administrator's role stays, and cannot sign in", async () => {
        await t.server.setAuthentication({ entraEnabled: true, passwordEnabled: false });
        await assert.rejects(t.whoami("boss", "Pässword '1\\"), wrong("boss"));
        assert.equal(
            (await t.server.superuserQuery("select 1 from pg_roles where rolname = 'boss'")).length,
            1,
        );
        await (await t.as(ADA)).end();
    });

    it("F1: without Entra no token signs in; turning it on again restarts the server (F70)", async () => {
        const started = async (): Promise<string> =>
            String((await t.server.superuserQuery("select pg_postmaster_start_time()::text as t"))[0]!.t);
        await t.server.setAuthentication({ entraEnabled: false, passwordEnabled: true });
        await assert.rejects(t.as(ADA), wrong(nameOf(ADA)));
        assert.equal(await t.whoami("boss", "Pässword '1\\"), "boss");
        const before = await started();
        await t.server.setAuthentication({ entraEnabled: true, passwordEnabled: true });
        assert.notEqual(await started(), before);
        await (await t.as(ADA)).end();
    });

    it("a new password counts at once, and is in no log", async () => {
        await t.server.setAuthentication({
            entraEnabled: true,
            passwordEnabled: true,
            administratorLoginPassword: "Another-2",
        });
        await assert.rejects(t.whoami("boss", "Pässword '1\\"), wrong("boss"));
        assert.equal(await t.whoami("boss", "Another-2"), "boss");
        const [row] = await t.server.superuserQuery<{ data_directory: string }>("show data_directory");
        const log = await readFile(path.join(row!.data_directory, "..", "postgres.log"), "utf8");
        assert.ok(log.length > 0 && !log.includes("Another-2"));
    });

    it("passwords without anybody to have one are refused", async () => {
        const spec = {
            ...t.server.spec,
            name: "pg-entra",
            administratorLogin: undefined,
            administratorLoginPassword: undefined,
        };
        const server = await t.servers.create({ ...spec, passwordEnabled: false }, t.surroundings);
        await assert.rejects(server.setAuthentication({ entraEnabled: true, passwordEnabled: true }), {
            code: "EngineCredentialsNotProvided",
        });
        await t.servers.remove("pg-entra");
    });
});

describe("SCRAM", () => {
    it("the example of RFC 7677 runs to its end", () => {
        const stored =
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        const exchange = new ScramExchange(stored, "user", Buffer.from("s"));
        const first = exchange.first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assert.match(first, /^r=rOprNGfwEbeRWgbNEkqO.{24},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096$/);
    });

    it("a made-up salt is the same at each try, and looks like any other", () => {
        const salt = (user: string): string =>
            new ScramExchange(undefined, user, Buffer.from("s")).first("n,,n=,r=abc").split(",")[1]!;
        assert.equal(salt("ghost"), salt("ghost"));
        assert.notEqual(salt("ghost"), salt("other"));
        assert.equal(salt("ghost").length, `s=${scramVerifier("x").split(":")[1]!.split("$")[0]}`.length);
    });

    it("malformed messages are refused", () => {
        for (const message of ["", "n,,", "p=tls-server-end-point,,n=,r=abc", "n,,n=user", "x,,n=,r=a"]) {
            assert.throws(
                () => new ScramExchange(undefined, "u", Buffer.from("s")).first(message),
                /malformed/,
                message,
            );
        }
        const begun = new ScramExchange(scramVerifier("p"), "u", Buffer.from("s"));
        const nonce = begun.first("n,,n=,r=abc").split(",")[0]!;
        assert.throws(() => begun.final("nonsense"), /malformed/);
        assert.throws(() => begun.final(`c=eSws,${nonce},p=AAAA`), /channel-binding/);
        assert.throws(() => begun.final("c=biws,r=abcother,p=AAAA"), /invalid SCRAM response/);
        assert.throws(() => begun.final(`c=biws,${nonce},p=AAAA`), /malformed/);
        assert.equal(begun.final(`c=biws,${nonce},p=${Buffer.alloc(32).toString("base64")}`), undefined);
    });
});
