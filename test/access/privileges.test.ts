import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, type QueryResult } from "pg";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure } from "../../emulator/localAzure";
import { deploy } from "../../rehearsal/deployment";
import { changed, PROJECT, stackYaml } from "../program/stackYaml";
import { useEnvironment } from "../../emulator/endpoint/environment";

const KIM = "kim@contoso.onmicrosoft.com";
const GUEST = "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com";
const REFUSED = { code: "42501" };

/** Who signs in as which role; of the group, a member. */
const IDENTITIES: Record<string, string> = {
    [KIM]: SEED_IDS.kim,
    [GUEST]: SEED_IDS.guest,
    "Prod DB Readonly": SEED_IDS.sam,
    "billing-api": SEED_IDS.billingApi,
    "orders-api": SEED_IDS.ordersApi,
    "reporting-job": SEED_IDS.reportingJob,
    deployer: SEED_IDS.deployer,
};

/** The stack `local` with another profile for one of its principals, on a local Azure; then SQL as everybody. */
describe("what a role may do", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    let host: string;
    before(async () => {
        azure = await LocalAzure.start();
        useEnvironment(azure.environment());
        const config = stackYaml("local");
        const principals = JSON.parse(config[`${PROJECT}:principals`]!) as { name: string; access: object }[];
        const billing = principals.find((p) => p.name === "billing-api")!;
        billing.access = { billing: "readwrite", orders: "readwrite" };
        const ours = new AzurePostgresEntraProvider();
        try {
            const outputs = await deploy({
                project: PROJECT,
                stack: "local",
                config: changed(config, { principals }),
                providers: [...azure.providers(), ours],
                program: async () => (await import("../../index.js")).default(),
                onEvent: () => undefined,
            });
            host = outputs.host as string;
        } finally {
            await ours.close();
        }
        await sql(
            "orders-api",
            "orders",
            "create table orders (id int generated always as identity, item text)",
        );
        await sql("orders-api", "orders", "insert into orders (item) values ('a')");
    });
    after(() => azure?.stop());

    async function sql(role: string, database: string, text: string): Promise<QueryResult> {
        const client = new Client({
            host: "127.0.0.1",
            port: azure.resolve(host)!.port,
            user: role,
            database,
            password: await azure.tokens.issue({ objectId: IDENTITIES[role]!, mfa: role === KIM }),
            ssl: { ca: azure.certificate, servername: host },
        });
        client.on("error", () => undefined);
        try {
            await client.connect();
            return await client.query(text);
        } finally {
            await client.end().catch(() => undefined);
        }
    }

    test("F52, F58: a readonly group reads a table that an owner made after the deployment, and cannot write", async () => {
        const { rows } = await sql("Prod DB Readonly", "orders", "select item from orders");
        assert.deepEqual(rows, [{ item: "a" }]);
        for (const text of [
            "insert into orders (item) values ('b')",
            "update orders set item = 'b'",
            "delete from orders",
            "truncate orders",
            "create table mine (id int)",
            "create temp table mine (id int)",
            "create schema mine",
            "select nextval('orders_id_seq')",
        ])
            await assert.rejects(sql("Prod DB Readonly", "orders", text), REFUSED, text);
    });

    test("a role that is a member of the group's role has its privileges, and no more", async () => {
        assert.equal((await sql("reporting-job", "orders", "select from orders")).rowCount, 1);
        await assert.rejects(sql("reporting-job", "orders", "delete from orders"), REFUSED);
    });

    test("readwrite writes, and cannot create, alter, truncate or drop", async () => {
        await sql("billing-api", "orders", "insert into orders (item) values ('c')");
        await sql("billing-api", "orders", "update orders set item = 'd' where item = 'c'");
        await sql("billing-api", "orders", "delete from orders where item = 'd'");
        await sql("billing-api", "orders", "create temp table mine (id int)");
        for (const text of [
            "create table mine (id int)",
            "create schema mine",
            "alter table orders add x int",
            "truncate orders",
            "drop table orders",
        ])
            await assert.rejects(sql("billing-api", "orders", text), REFUSED, text);
    });

    test("nobody reaches a database that they were not given", async () => {
        const given: Record<string, string[]> = {
            [KIM]: ["orders", "analytics"],
            [GUEST]: ["billing"],
            "Prod DB Readonly": ["orders", "analytics"],
            "reporting-job": ["orders", "analytics"],
            "billing-api": ["orders", "billing"],
            "orders-api": ["orders"],
        };
        for (const [role, databases] of Object.entries(given))
            for (const database of ["orders", "billing", "analytics"]) {
                if (databases.includes(database)) await sql(role, database, "select");
                else await assert.rejects(sql(role, database, "select"), REFUSED, `${role} ${database}`);
            }
    });

    test("owners work on each other's tables, as the profile's role", async () => {
        const { rows } = await sql("orders-api", "orders", "select current_user::text, session_user::text");
        assert.deepEqual(rows, [{ current_user: "orders_owner", session_user: "orders-api" }]);
        await sql(KIM, "orders", "alter table orders add note text");
        const owners = await sql(
            KIM,
            "orders",
            "select tableowner::text from pg_tables where tablename = 'orders'",
        );
        assert.deepEqual(owners.rows, [{ tableowner: "orders_owner" }]);
        const elsewhere = await sql(KIM, "analytics", "select current_user::text");
        assert.deepEqual(elsewhere.rows, [{ current_user: KIM }]);
    });

    test("a schema that an owner makes later is readable too; its functions are for those with a profile", async () => {
        await sql(KIM, "orders", "create schema archive");
        await sql(KIM, "orders", "create table archive.old as select 1 as id");
        await sql(KIM, "orders", "create function archive.one() returns int language sql as 'select 1'");
        assert.equal((await sql("Prod DB Readonly", "orders", "select from archive.old")).rowCount, 1);
        await sql("Prod DB Readonly", "orders", "select archive.one()");
        await assert.rejects(
            sql("Prod DB Readonly", "orders", "insert into archive.old values (2)"),
            REFUSED,
        );
        await sql("billing-api", "orders", "insert into archive.old values (2)");
        const { rows } = await sql(KIM, "orders", "select proacl::text from pg_proc where proname = 'one'");
        assert.doesNotMatch(rows[0].proacl, /[{,]=X/, "PUBLIC may not execute it");
    });

    test("a profile of one's own reaches its schema and nothing else", async () => {
        const server = azure.servers.get("pg-local")!;
        const made = "create table ledger.entries (id int); create table public.secret (id int)";
        await server.superuserQuery(
            `begin; set local role billing_owner; ${made}; commit`,
            undefined,
            "billing",
        );
        await sql(GUEST, "billing", "select from ledger.entries");
        for (const text of [
            "insert into ledger.entries values (1)",
            "select from public.secret",
            "create table ledger.x ()",
        ])
            await assert.rejects(sql(GUEST, "billing", text), REFUSED, text);
        await sql("billing-api", "billing", "insert into ledger.entries values (1)");
    });

    test("nobody can become more than they are", async () => {
        for (const role of ["orders_owner", "orders_readwrite", "azure_pg_admin", "deployer"])
            await assert.rejects(sql("Prod DB Readonly", "orders", `set role ${role}`), REFUSED, role);
        await assert.rejects(sql("orders-api", "orders", "grant orders_owner to public"));
        await assert.rejects(sql(KIM, "orders", `grant orders_owner to "Prod DB Readonly"`), REFUSED);
    });

    test("F79: the profiles are the only ones who may create in public, and PUBLIC may not connect", async () => {
        const { rows } = await sql(
            "deployer",
            "orders",
            `select coalesce(grantee::regrole::text, '-') as who from pg_namespace, aclexplode(nspacl)
              where nspname = 'public' and privilege_type = 'CREATE' order by 1`,
        );
        assert.deepEqual(rows, [{ who: "azure_pg_admin" }, { who: "orders_owner" }]);
        const { rows: databases } = await sql(
            "deployer",
            "orders",
            "select count(*)::int from pg_database, aclexplode(datacl) where datname in ('orders', 'billing', 'analytics') and grantee = 0",
        );
        assert.deepEqual(databases, [{ count: 0 }]);
    });
});
