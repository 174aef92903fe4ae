import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { PARAMETERS } from "../../emulator/arm/dbforpostgresql/parameters";
import { TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { PostgresServers } from "../../emulator/postgres/postgresServers";
import { tokenVerifier } from "../../emulator/postgres/tokenCheck";
import {
    ADA,
    GROUP,
    GROUP_NAME,
    OF_SERVER,
    PASSWORD_MODE,
    SERVER_INPUTS,
    TENANT,
    TestAzure,
    armError,
    rule,
    testDirectory,
} from "./support";

const ENTRA_RULE = rule("entra", 100, {
    destinationAddressPrefix: "AzureActiveDirectory",
    destinationPortRange: "443",
});
const DENY = rule("deny", 4096, { access: "Deny", protocol: "*" });

describe("the resource API with a real PostgreSQL", () => {
    let folder: string;
    let ca: CertificateAuthority;
    let issuer: TokenIssuer;
    let servers: PostgresServers;
    let azure: TestAzure;

    /** A start of the local Azure, the first or a later one. */
    function start(): void {
        const directory = testDirectory();
        const verifyToken = tokenVerifier({ jwks: issuer.jwks, tenantId: TENANT });
        servers = new PostgresServers({
            folder: path.join(folder, "servers"),
            directory,
            verifyToken,
            faults: new Faults(),
            ca,
        });
        azure = new TestAzure({ stateFile: path.join(folder, "state.json"), engine: servers, directory });
    }

    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "arm-postgres-"));
        // PostgreSQL's own user must be able to enter.
        await chmod(folder, 0o755);
        ca = await CertificateAuthority.create();
        issuer = await TokenIssuer.create(testDirectory());
        start();
    });

    after(async () => {
        await servers.stop();
        await rm(folder, { recursive: true });
    });

    async function ask(
        user: string,
        password: string,
        sql: string,
        server = "pg-test",
    ): Promise<Record<string, unknown>> {
        const { port, spec } = servers.get(server)!;
        const ssl = { ca: ca.certificate, servername: spec.host };
        const client = new pg.Client({ host: "127.0.0.1", port, database: "postgres", user, password, ssl });
        client.on("error", () => undefined);
        await client.connect();
        try {
            return (await client.query<Record<string, unknown>>(sql)).rows[0]!;
        } finally {
            await client.end();
        }
    }

    const asAda = async (sql: string, server?: string) =>
        ask("ada@example.com", await issuer.issue({ objectId: ADA }), sql, server);
    const ownerOf = async (name: string) => {
        const sql = "select pg_get_userbyid(datdba) as owner from pg_database where datname = $1";
        return (await servers.get("pg-test")!.superuserQuery(sql, [name]))[0]!.owner;
    };

    test("F8, F10: behind a group that denies, no administrator; once it allows, an administrator who signs in (F5)", async () => {
        await azure.group();
        const nsg = await azure.nsg([DENY]);
        await azure.privateServer({ networkSecurityGroup: { id: nsg.id } });
        const { outputs } = azure.api.get(azure.id("dbforpostgresql:Server", OF_SERVER));
        assert.match(outputs.minorVersion as string, /^\d+$/);
        await assert.rejects(azure.administrator(), armError("AadAuthPrincipalCreationFailed", /F10/));
        await azure.database("early");
        await azure.nsg([ENTRA_RULE, DENY]);
        await azure.administrator();
        const row = await asAda(
            "select current_user as who, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user",
        );
        assert.deepEqual(row, { who: "ada@example.com", rolcreaterole: true, rolcreatedb: true });
    });

    test("F71: a database belongs to azuresu before there is an administrator, then to azure_pg_admin", async () => {
        await azure.database("late");
        assert.deepEqual([await ownerOf("early"), await ownerOf("late")], ["azuresu", "azure_pg_admin"]);
        await azure.api.delete(azure.id("dbforpostgresql:Database", { ...OF_SERVER, databaseName: "early" }));
        await assert.rejects(ownerOf("early"), TypeError);
    });

    test("F8: a rule that closes the way later closes it for sign-ins too", async () => {
        await azure.nsg([DENY]);
        await assert.rejects(asAda("select 1"));
        await azure.nsg([ENTRA_RULE, DENY]);
        await asAda("select 1");
    });

    test("E2: of two administrators at once one gets ServerIsBusy, and can come afterwards", async () => {
        const admins = { objectId: GROUP, principalName: "Prod DB Admins", principalType: "Group" };
        const results = await Promise.allSettled([azure.database("busy"), azure.administrator(admins)]);
        assert.deepEqual(
            results.map((r) => r.status),
            ["fulfilled", "rejected"],
        );
        assert.ok(armError("ServerIsBusy")((results[1] as PromiseRejectedResult).reason));
        await azure.administrator(admins);
        const sql = "select current_user as who";
        assert.deepEqual(await ask("Prod DB Admins", await issuer.issue({ objectId: ADA }), sql), {
            who: "Prod DB Admins",
        });
    });

    test("a name that is a role already: Azure's code with PostgreSQL's 42710", async () => {
        const objectId = "b0b00000-0000-4000-8000-000000000009";
        azure.directory.add({ objectId, principalType: "Group", displayName: "taken" });
        await servers.get("pg-test")!.superuserQuery("create role taken");
        const put = azure.administrator({ objectId, principalName: "taken", principalType: "Group" });
        await assert.rejects(
            put,
            armError("AadAuthPrincipalCreationFailed", /42710.*"taken" already exists/),
        );
    });

    test("a server parameter reaches PostgreSQL, and goes back when it is deleted", async () => {
        const inputs = {
            ...OF_SERVER,
            configurationName: "statement_timeout",
            value: "12345",
            source: "user-override",
        };
        const shown = async () => (await asAda("show statement_timeout")).statement_timeout;
        const { id } = await azure.put("dbforpostgresql:Configuration", inputs);
        assert.equal(await shown(), "12345ms");
        await azure.api.delete(id);
        assert.equal(await shown(), "0");
    });

    test("every parameter that is applied is one that PostgreSQL takes", async () => {
        for (const [name, parameter] of Object.entries(PARAMETERS).filter(([, p]) => p.applied)) {
            await servers.get("pg-test")!.setParameter(name, parameter.default);
        }
    });

    test("F1: passwords are switched on and off in place, and the password is nowhere in the state", async () => {
        const auth = (passwordAuth: string) => ({
            authConfig: { ...SERVER_INPUTS.authConfig, passwordAuth },
        });
        const { network } = azure.api.get(azure.id("dbforpostgresql:Server", OF_SERVER)).outputs;
        await azure.server({ ...PASSWORD_MODE, ...auth("Enabled"), network });
        const sql = "select current_user as who";
        const { administratorLogin, administratorLoginPassword } = PASSWORD_MODE;
        assert.deepEqual(await ask(administratorLogin, administratorLoginPassword, sql), {
            who: administratorLogin,
        });
        assert.ok(
            !(await readFile(path.join(folder, "state.json"), "utf8")).includes(administratorLoginPassword),
        );
        await azure.server({ ...PASSWORD_MODE, ...auth("Disabled"), network });
        await assert.rejects(ask(administratorLogin, administratorLoginPassword, sql));
        await asAda("select 1");
    });

    test("F9: a public server lets in what its firewall allows", async () => {
        await azure.server({ serverName: "pg-public" });
        await azure.administrator({ serverName: "pg-public" });
        await assert.rejects(asAda("select 1", "pg-public"), /203\.0\.113\.25/);
        await azure.put("dbforpostgresql:FirewallRule", {
            ...GROUP_NAME,
            serverName: "pg-public",
            firewallRuleName: "here",
            startIpAddress: "203.0.113.25",
            endIpAddress: "203.0.113.25",
        });
        await asAda("select 1", "pg-public");
    });

    test("a kept local Azure starts again with its servers, databases and administrators", async () => {
        await servers.stop();
        start();
        await azure.api.open();
        assert.equal(await ownerOf("late"), "azure_pg_admin");
        assert.deepEqual(await asAda("select current_user as who"), { who: "ada@example.com" });
    });

    test("a resource group goes with its servers' data", async () => {
        await azure.api.delete(azure.id("resources:ResourceGroup", GROUP_NAME));
        assert.deepEqual([servers.get("pg-test"), servers.get("pg-public")], [undefined, undefined]);
        await azure.group();
        await azure.server();
        assert.equal(
            (await servers.get("pg-test")!.superuserQuery("select 1 from pg_database where datname = 'late'"))
                .length,
            0,
        );
    });
});
