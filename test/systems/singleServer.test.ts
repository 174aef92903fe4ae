import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { SEED_CLIENT_IDS, SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure, LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { parseUrn } from "../../components/provider/resourceProvider";
import { armError } from "../arm/support";

const ADA = "ada@contoso.onmicrosoft.com";
const SAM = "sam@contoso.onmicrosoft.com";
const GROUP_ID = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/rg`;
const SERVER = `${GROUP_ID}/providers/Microsoft.DBforPostgreSQL/servers/pg-old`;
const PASSWORD = "Correct-Horse-7";
const WHO = "select session_user::text as who";

/** A server of former days, with its own dialect, on a real PostgreSQL. */
describe("Single Server on the local Azure", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    before(async () => {
        azure = await LocalAzure.start();
        await azure.api.put(GROUP_ID, { location: "westeurope" });
        await azure.api.seed(SERVER, {
            administratorLogin: "pgadmin",
            administratorLoginPassword: PASSWORD,
        });
    });
    after(() => azure.stop());

    const administrator = (login: string, sid: string, tenantId = azure.directory.tenantId) =>
        azure.api.put(`${SERVER}/administrators/activeDirectory`, {
            administratorType: "ActiveDirectory",
            login,
            sid,
            tenantId,
        });

    async function connect(user: string, password: string): Promise<pg.Client> {
        const { port } = azure.resolve("pg-old.postgres.database.azure.com")!;
        const ssl = { ca: azure.certificate, servername: "pg-old.postgres.database.azure.com" };
        const client = new pg.Client({ host: "127.0.0.1", port, database: "postgres", user, password, ssl });
        client.on("error", () => undefined);
        await client.connect();
        return client;
    }

    async function ask(user: string, password: string, sql: string): Promise<Record<string, unknown>[]> {
        const client = await connect(user, password);
        try {
            const result = (await client.query(sql)) as pg.QueryResult | pg.QueryResult[];
            return (Array.isArray(result) ? result.at(-1)! : result).rows;
        } finally {
            await client.end();
        }
    }

    const token = (objectId: string) => azure.tokens.issue({ objectId });
    const as = async (role: string, objectId: string, sql = WHO) =>
        ask(`${role}@pg-old`, await token(objectId), sql);

    test("F41: a new one is refused, with the way to Flexible Server", async () => {
        await assert.rejects(
            azure.api.put(SERVER.replace("pg-old", "pg-new"), { location: "westeurope" }),
            armError("InvalidParameterValue", /retired.*Use a Flexible Server/),
        );
    });

    test("F40: user names are USER@SERVER", async () => {
        assert.deepEqual(await ask("pgadmin@pg-old", PASSWORD, WHO), [{ who: "pgadmin" }]);
        for (const user of ["pgadmin", "pgadmin@pg-other", "@pg-old"])
            await assert.rejects(ask(user, PASSWORD, WHO), /should be in <username@hostname> format/, user);
    });

    test("F56: no Entra sign-in works before an Entra administrator is set", async () => {
        await assert.rejects(as(ADA, SEED_IDS.ada), { code: "28P01" });
    });

    test("F23, F55: one administrator beside the PostgreSQL one, a user or a group", async () => {
        await assert.rejects(
            administrator("deployer", SEED_IDS.deployer),
            armError("InvalidParameterValue", /user roles only \(F55\).*a user or a group/),
        );
        await assert.rejects(
            administrator(ADA, SEED_IDS.ada, SEED_IDS.ada),
            armError("InvalidParameterValue", /The tenant of the server is/),
        );
        await administrator("grace@contoso.onmicrosoft.com", SEED_IDS.grace);
        assert.deepEqual(await as("grace@contoso.onmicrosoft.com", SEED_IDS.grace), [
            { who: "grace@contoso.onmicrosoft.com" },
        ]);
        await administrator("DB Admins", SEED_IDS.dbAdmins);
        await assert.rejects(
            as("grace@contoso.onmicrosoft.com", SEED_IDS.grace),
            /28P01|authentication failed/,
        );
        assert.deepEqual(await as("DB Admins", SEED_IDS.ada), [{ who: "DB Admins" }]);
    });

    test("F25, F26: azure_ad_admin is held by the Entra administrator, and nobody else makes an Entra role", async () => {
        const members = `select r.rolname::text as role from pg_auth_members m join pg_roles r on r.oid = m.member
                         join pg_roles g on g.oid = m.roleid where g.rolname = 'azure_ad_admin' and r.rolcanlogin`;
        assert.deepEqual(await as("DB Admins", SEED_IDS.ada, members), [{ role: "DB Admins" }]);
        const sql = `create role "${SAM}" with login in role azure_ad_user`;
        await assert.rejects(ask("pgadmin@pg-old", PASSWORD, sql), { code: "42501" });
        await as("DB Admins", SEED_IDS.ada, sql);
        assert.deepEqual(await as(SAM, SEED_IDS.sam), [{ who: SAM }]);
        await assert.rejects(as(SAM, SEED_IDS.kim), /User oid mismatch/);
    });

    test("F36: a role under any name for a managed identity, by its client id", async () => {
        const sql = `SET aad_validate_oids_in_tenant = off;
                     CREATE ROLE myuser WITH LOGIN PASSWORD '${SEED_CLIENT_IDS.ordersApi}' IN ROLE azure_ad_user;`;
        await as("DB Admins", SEED_IDS.ada, sql);
        assert.deepEqual(await as("myuser", SEED_IDS.ordersApi), [{ who: "myuser" }]);
        await assert.rejects(as("myuser", SEED_IDS.reportingJob), /oid mismatch/);
        await assert.rejects(ask("myuser@pg-old", SEED_CLIENT_IDS.ordersApi, WHO), /invalid format/);
    });

    test("F36: many sign-ins at once settle a new membership once", async () => {
        const sql = `SET aad_validate_oids_in_tenant = off;
                     CREATE ROLE jobs WITH LOGIN PASSWORD '${SEED_CLIENT_IDS.reportingJob}' IN ROLE azure_ad_user;`;
        await as("DB Admins", SEED_IDS.ada, sql);
        const signIns = Array.from({ length: 8 }, () => as("jobs", SEED_IDS.reportingJob));
        assert.deepEqual(await Promise.all(signIns), Array(8).fill([{ who: "jobs" }]));
    });

    test("F33, F34: a user made again is another one, until azure_ad_user is revoked and granted", async () => {
        const sam = azure.directory.get(SEED_IDS.sam)!;
        const again = { ...sam, objectId: crypto.randomUUID() };
        azure.directory.remove(sam.objectId);
        azure.directory.add(again);
        await assert.rejects(as(SAM, again.objectId), /User oid mismatch/);
        await as("DB Admins", SEED_IDS.ada, `revoke azure_ad_user from "${SAM}"`);
        await assert.rejects(as(SAM, again.objectId), { code: "28P01" });
        await as("DB Admins", SEED_IDS.ada, `grant azure_ad_user to "${SAM}"`);
        assert.deepEqual(await as(SAM, again.objectId), [{ who: SAM }]);
    });

    test("F33: a role is bound to whom it was made for, though nobody signed in before the user was made again", async () => {
        const kim = azure.directory.get(SEED_IDS.kim)!;
        const admin = await connect("DB Admins@pg-old", await token(SEED_IDS.ada));
        try {
            await admin.query(`create role "${kim.userPrincipalName}" with login in role azure_ad_user`);
            azure.directory.remove(kim.objectId);
            const again = { ...kim, objectId: crypto.randomUUID() };
            azure.directory.add(again);
            await assert.rejects(as(kim.userPrincipalName!, again.objectId), /User oid mismatch/);
        } finally {
            await admin.end();
        }
    });

    test("F27, F28: without the administrator no Entra sign-in works; one of the same tenant brings them back", async () => {
        await azure.api.delete(`${SERVER}/administrators/activeDirectory`);
        for (const [role, id] of [
            ["DB Admins", SEED_IDS.ada],
            ["myuser", SEED_IDS.ordersApi],
        ] as const)
            await assert.rejects(as(role, id), { code: "28P01" }, role);
        assert.deepEqual(await ask("pgadmin@pg-old", PASSWORD, WHO), [{ who: "pgadmin" }]);
        await administrator(ADA, SEED_IDS.ada);
        assert.deepEqual(await as("myuser", SEED_IDS.ordersApi), [{ who: "myuser" }]);
        await assert.rejects(as("DB Admins", SEED_IDS.ada), { code: "28P01" });
    });

    /** With the flavor SingleServer. @returns what was told about it. */
    async function create(inputs: Record<string, unknown>): Promise<string[]> {
        const tokens = () => token(SEED_IDS.ada);
        const provider = new AzurePostgresEntraProvider({ tokens, environment: azure.environment() });
        const connection = { host: "pg-old.postgres.database.azure.com", user: ADA, cloud: "Local" };
        const urn = "urn:pulumi:local::p::azure-postgres-entra:index:DatabasePrincipal::one";
        const lines: string[] = [];
        try {
            await provider.create(
                parseUrn(urn),
                { flavor: "SingleServer", connection, ...inputs },
                { log: (line) => void lines.push(line) },
            );
            return lines;
        } finally {
            await provider.close();
        }
    }

    test("DatabasePrincipal: a role that is nobody's is refused as what it is, and stays as it is", async () => {
        await ask("pgadmin@pg-old", PASSWORD, "create role plain login");
        await assert.rejects(create({ name: "plain", principalType: "Group" }), {
            name: "RefusedError",
            message:
                "principal 'plain': the role exists and belongs to no Microsoft Entra identity; drop it, or GRANT azure_ad_user TO it by hand",
        });
    });

    test("F36: a role of that name stays; that it may be another application's is told, as the server does not say", async () => {
        const clientId = SEED_CLIENT_IDS.ordersApi;
        const application = { principalType: "ServicePrincipal", clientId };
        assert.deepEqual(await create({ ...application, name: "fresh" }), []);
        assert.deepEqual(await as("fresh", SEED_IDS.ordersApi), [{ who: "fresh" }]);
        const other = { ...application, clientId: SEED_CLIENT_IDS.reportingJob };
        assert.match((await create({ ...other, name: "fresh" })).join(), /'fresh' exists already.*drop it/);
        assert.deepEqual(await as("fresh", SEED_IDS.ordersApi), [{ who: "fresh" }]);
    });
});
