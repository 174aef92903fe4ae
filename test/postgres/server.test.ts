import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { AzureError } from "../../emulator/postgres/azureError";
import { SETUP_KEY } from "../../emulator/postgres/dataTemplate";
import { icuLocale } from "../../emulator/postgres/databases";
import { PostgresServers } from "../../emulator/postgres/postgresServers";
import { ADA, ADMINS, APP, BOB, GUEST, NOBODY } from "./testTenant";
import { defaultSpec, nameOf, OPEN, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
before(async () => {
    t = await startTestServers();
});
after(() => t?.stop());

const ada = { roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" } as const;
const failed = (message: string | RegExp): object => ({
    name: "AzureError",
    code: "AadAuthPrincipalCreationFailed",
    message,
});

async function ownerOf(database: string): Promise<unknown> {
    const sql = "select datdba::regrole::text as owner from pg_database where datname = $1";
    return (await t.server.superuserQuery(sql, [database]))[0]?.owner;
}

describe("before there is an Entra administrator", () => {
    it("F71: databases belong to azuresu", async () => {
        await t.server.createDatabase("early", "UTF8", "en_US.utf8");
        assert.equal(await ownerOf("early"), "azuresu");
    });
});

describe("Entra administrators", () => {
    it("F2, F5, F66: a user, a group, a service principal each becomes an administrator's role", async () => {
        await t.server.addAdministrator(ada);
        await t.server.addAdministrator({
            roleName: "DB Admins",
            objectId: ADMINS.objectId,
            principalType: "Group",
        });
        await t.server.addAdministrator({
            roleName: "id-app",
            objectId: APP.objectId,
            principalType: "ServicePrincipal",
        });
        const sql = `select rolname, rolcanlogin, rolcreaterole, rolcreatedb, rolsuper, pg_has_role(oid, 'azure_pg_admin', 'member') as member
                     from pg_roles where rolname in ('${ada.roleName}', 'DB Admins', 'id-app')`;
        for (const row of await t.server.superuserQuery(sql)) {
            const { rolname: _, ...rights } = row;
            assert.deepEqual(rights, {
                rolcanlogin: true,
                rolcreaterole: true,
                rolcreatedb: true,
                rolsuper: false,
                member: true,
            });
        }
        await (await t.as(GUEST, "DB Admins")).end();
        await (await t.as(APP)).end();
    });

    it("the same again changes nothing", async () => {
        await t.server.addAdministrator({ ...ada, objectId: ADA.objectId.toUpperCase() });
    });

    it("F68: a role that exists is refused as Azure does", async () => {
        await t.server.superuserQuery('create role "bob@contoso.com"');
        await assert.rejects(
            t.server.addAdministrator({
                roleName: nameOf(BOB),
                objectId: BOB.objectId,
                principalType: "User",
            }),
            failed(/Reason - 42710: role "bob@contoso\.com" already exists/),
        );
        await t.server.superuserQuery('drop role "bob@contoso.com"');
    });

    it("F69: an object id that is a database-level principal is refused, and so is another name for an administrator", async () => {
        const admin = await t.as(ADA);
        await admin.query("select pgaadauth_create_principal($1, false, false)", [nameOf(BOB)]);
        const text =
            "Updating an existing principal isn't supported. Drop and recreate the Microsoft Entra principal.";
        await assert.rejects(
            t.server.addAdministrator({ roleName: "robert", objectId: BOB.objectId, principalType: "User" }),
            failed(text),
        );
        await assert.rejects(t.server.addAdministrator({ ...ada, roleName: "countess" }), failed(text));
        await admin.query(`drop role "${nameOf(BOB)}"`);
        await admin.end();
    });

    it("F2: an identity that is not in the tenant, or is of another type, is refused", async () => {
        await assert.rejects(
            t.server.addAdministrator({ ...ada, objectId: NOBODY }),
            failed(/not found in the tenant/),
        );
        await assert.rejects(
            t.server.addAdministrator({ roleName: "bob", objectId: BOB.objectId, principalType: "Group" }),
            failed(/given object type: 'group', actual object type: 'user'/),
        );
    });

    it("F71: databases now belong to azure_pg_admin", async () => {
        await t.server.createDatabase("app", "UTF8", "en_US.utf8");
        assert.equal(await ownerOf("app"), "azure_pg_admin");
        const inApp = await t.as(ADA, undefined, { database: "app" });
        await inApp.query("create schema mine");
        await inApp.query('grant connect on database app to "DB Admins"');
        await inApp.end();
    });

    it("F67: removing one drops its role and ends its sessions; absence is success", async () => {
        const app = await t.as(APP);
        const lost = new Promise((resolve) => app.on("error", resolve));
        await t.server.removeAdministrator(APP.objectId);
        await lost;
        await assert.rejects(t.as(APP), sqlError("28P01"));
        await t.server.removeAdministrator(APP.objectId);
    });

    it("one that owns objects is not removed; the error says what it owns", async () => {
        await assert.rejects(t.server.removeAdministrator(ADA.objectId), {
            code: "AadAuthPrincipalDropFailed",
            message:
                /2BP01: role "ada@contoso\.com" cannot be dropped because some objects depend on it \(.*app/s,
        });
        await (await t.as(ADA)).end();
    });

    it("F70: while the server is down administrators cannot be changed", async () => {
        await t.server.stop();
        const down = { code: "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible" };
        await assert.rejects(t.server.addAdministrator(ada), down);
        await assert.rejects(t.server.removeAdministrator(ADA.objectId), down);
        await t.server.start();
    });
});

describe("databases", () => {
    it("as asked for, once; the service's own cannot be dropped", async () => {
        await t.server.createDatabase("app");
        await t.server.createDatabase('we"ird', "UTF8", "C");
        await t.server.dropDatabase('we"ird');
        assert.equal(await ownerOf('we"ird'), undefined);
        await t.server.dropDatabase("never was");
        for (const name of ["postgres", "azure_sys", "azure_maintenance"]) {
            await assert.rejects(t.server.dropDatabase(name), AzureError);
        }
    });

    it("a session does not keep one from being dropped", async () => {
        await t.server.createDatabase("short");
        const client = await t.as(ADA, undefined, { database: "short" });
        await t.server.dropDatabase("short");
        await assert.rejects(client.query("select 1"));
    });

    it("charsets and collations that do not exist are refused", async () => {
        await assert.rejects(t.server.createDatabase("x", "KLINGON", "C"), { code: "InvalidParameterValue" });
        await assert.rejects(t.server.createDatabase("x", "UTF8", "tlh"), { code: "InvalidParameterValue" });
        assert.equal(icuLocale("en_US.utf8"), "en-US");
        assert.equal(icuLocale("C"), undefined);
    });

    it("azure_maintenance is closed, azure_sys is there", async () => {
        await assert.rejects(t.as(ADA, undefined, { database: "azure_maintenance" }), sqlError("42501"));
        await (await t.as(ADA, undefined, { database: "azure_sys" })).end();
    });
});

describe("servers", () => {
    it("each is a PostgreSQL of its own; names are taken once", async () => {
        const other = await t.servers.create({ ...defaultSpec(), name: "pg-other" }, OPEN);
        assert.notEqual(other.port, t.server.port);
        assert.deepEqual(await other.superuserQuery("select 1 from pg_database where datname = 'app'"), []);
        await assert.rejects(t.servers.create({ ...defaultSpec(), name: "pg-other" }, OPEN), {
            code: "ServerNameAlreadyExists",
        });
        assert.equal(t.servers.get("pg-other"), other);
        await t.servers.remove("pg-other");
        assert.equal(t.servers.get("pg-other"), undefined);
        await t.servers.remove("pg-other");
    });

    it("names that are none are refused, those of folders elsewhere too", async () => {
        for (const name of ["", "ab", "../x", "A-b", "-abc", "abc-", "a".repeat(64), "a b c"]) {
            await assert.rejects(
                t.servers.create({ ...defaultSpec(), name }, OPEN),
                { code: "InvalidServerName" },
                name,
            );
            await assert.rejects(t.servers.remove(name), { code: "InvalidServerName" }, name);
        }
    });

    it("kept ones come back as they were: port, data, ways to sign in, parameters", async () => {
        const parent = await mkdtemp(path.join(tmpdir(), "test-kept-"));
        await chmod(parent, 0o755);
        const { directory, faults, ca } = t;
        const verifyToken = (): never => assert.fail();
        const options = { folder: path.join(parent, "servers"), directory, verifyToken, faults, ca };
        const first = new PostgresServers(options);
        const spec = { ...defaultSpec(), name: `pg-${"k".repeat(59)}` };
        const server = await first.create(spec, OPEN);
        const { port } = server;
        await server.createDatabase("kept");
        await server.setParameter("work_mem", "1234");
        await server.setAuthentication({
            entraEnabled: true,
            passwordEnabled: true,
            administratorLogin: "boss",
            administratorLoginPassword: "P-1",
        });
        await first.stop();
        // As if another version of the program had made it.
        const stateFile = path.join(options.folder, spec.name, "server.json");
        await writeFile(
            stateFile,
            (await readFile(stateFile, "utf8")).replace(/"setup": "\w+"/, '"setup": "older"'),
        );
        const second = new PostgresServers(options);
        await assert.rejects(second.open({ ...spec, name: "pg-unknown" }, OPEN), {
            code: "ResourceNotFound",
        });
        await assert.rejects(second.create(spec, OPEN), { code: "ServerNameAlreadyExists" });
        const again = await second.open(spec, OPEN);
        assert.equal(again.port, port);
        assert.equal(
            (await again.superuserQuery("select 1 from pg_database where datname = 'kept'")).length,
            1,
        );
        assert.equal((await again.getParameter("work_mem")).value, "1234");
        assert.match(await readFile(stateFile, "utf8"), new RegExp(`"setup": "${SETUP_KEY}"`));
        const client = await t.connect("boss", "P-1", { port });
        await client.end();
        await second.remove(spec.name);
        assert.deepEqual(await readdir(options.folder), []);
        await second.stop();
        await rm(parent, { recursive: true });
    });
});
