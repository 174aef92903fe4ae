import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { POSTGRES_AUDIENCE } from "../../emulator/entra/audiences";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { armError } from "../arm/support";
import { ClusterWorld, PASSWORD } from "./clusterWorld";

const ADA = "ada@contoso.onmicrosoft.com";
const SAM = "sam@contoso.onmicrosoft.com";
const WHO = "select session_user::text as who";

/** One cluster through its life, on real PostgreSQLs. */
describe("Azure Cosmos DB for PostgreSQL on the local Azure", { concurrency: 1 }, () => {
    let world: ClusterWorld;
    before(async () => {
        world = await ClusterWorld.start();
        world.azure.servers.clientAddress = "203.0.113.7";
        await world.put({ nodeEnablePublicIpAccess: true });
    });
    after(() => world.azure.stop());

    test("no firewall rule lets nobody in; a rule lets in whom it names", async () => {
        await assert.rejects(
            world.ask("citus", PASSWORD, WHO),
            /no pg_hba.conf entry for host "203.0.113.7"/,
        );
        await world.put(
            { startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.31" },
            "/firewallRules/office",
        );
        assert.deepEqual(await world.ask("citus", PASSWORD, WHO), [{ who: "citus" }]);
    });

    test("F51: the host is <cluster>.<unique id>.postgres.cosmos.azure.com", () => {
        assert.match(world.host(), /^cosmos-test\.[a-z0-9]{14}\.postgres\.cosmos\.azure\.com$/);
        assert.match(world.host("worker"), /^w0-cosmos-test\.[a-z0-9]{14}\.postgres\.cosmos\.azure\.com$/);
    });

    test("F42: the one built-in role is citus, which makes extensions but no roles and no databases", async () => {
        const citus = await world.connect("citus", PASSWORD);
        try {
            const roles = await citus.query(
                "select rolname::text as role from pg_roles where rolcanlogin and not rolsuper",
            );
            assert.deepEqual(roles.rows, [{ role: "citus" }]);
            for (const statement of ["create role x", "create role x login", "create database x"])
                await assert.rejects(citus.query(statement), { code: "42501" }, statement);
            await citus.query("create table orders (id int, total numeric)");
        } finally {
            await citus.end();
        }
    });

    test("F45: no token for a cluster until the tenant has enabled the enterprise application", async () => {
        await world.entraRole(ADA, SEED_IDS.ada, { roleType: "admin" });
        await assert.rejects(
            world.token(SEED_IDS.ada),
            /AADSTS7000112: Application 'b4fa09d8-5da5-4352-83d9-05c2a44cf431'.* is disabled.*accountEnabled=true/,
        );
        world.enableApplication();
        assert.deepEqual(await world.as(ADA, SEED_IDS.ada, WHO), [{ who: ADA }]);
    });

    test("F49, F50: tokens are for https://token.postgres.cosmos.azure.com and live 5 to 90 minutes", async () => {
        await assert.rejects(
            world.ask(ADA, await world.token(SEED_IDS.ada, POSTGRES_AUDIENCE), WHO),
            /acquire a new token for the resource "https:\/\/token.postgres.cosmos.azure.com"/,
        );
        const issue = (lifetimeSeconds?: number) =>
            world.azure.tokens.issueToken({
                objectId: SEED_IDS.ada,
                audience: "https://token.postgres.cosmos.azure.com",
                lifetimeSeconds,
            });
        assert.equal((await issue()).lifetimeSeconds, 90 * 60);
        assert.equal((await issue(5 * 60)).lifetimeSeconds, 5 * 60);
        for (const seconds of [5 * 60 - 1, 90 * 60 + 1])
            await assert.rejects(issue(seconds), /must be a whole number from 300 to 5400/);
    });

    test("F44: several users and service principals, any of them administrators; a plain role has nothing", async () => {
        await world.entraRole("deployer", SEED_IDS.deployer, {
            principalType: "servicePrincipal",
            roleType: "admin",
        });
        await world.entraRole("orders-api", SEED_IDS.ordersApi, { principalType: "servicePrincipal" });
        await world.entraRole(SAM, SEED_IDS.sam);
        for (const [role, id] of [
            ["deployer", SEED_IDS.deployer],
            ["orders-api", SEED_IDS.ordersApi],
            [SAM, SEED_IDS.sam],
        ] as const)
            assert.deepEqual(await world.as(role, id, WHO), [{ who: role }]);
        assert.deepEqual(await world.as("deployer", SEED_IDS.deployer, "select count(*) from orders"), [
            { count: "0" },
        ]);
        await assert.rejects(world.as(SAM, SEED_IDS.sam, "select count(*) from orders"), { code: "42501" });
        await assert.rejects(world.as(SAM, SEED_IDS.kim, WHO), /User oid mismatch/);
    });

    test("F80: groups are refused, roles are not made by SQL, names have at most 40 characters", async () => {
        await assert.rejects(
            world.entraRole("DB Admins", SEED_IDS.dbAdmins, { principalType: "group" }),
            armError("InvalidParameterValue", /groups are not supported by Azure Cosmos DB for PostgreSQL/),
        );
        await assert.rejects(
            world.entraRole("DB Admins", SEED_IDS.dbAdmins),
            armError("AadAuthPrincipalCreationFailed", /It is a Group/),
        );
        await assert.rejects(
            world.put({ password: PASSWORD }, `/roles/${"x".repeat(41)}`),
            armError("InvalidParameterValue", /1 to 40 characters/),
        );
        const deployer = await world.connect("deployer", await world.token(SEED_IDS.deployer));
        try {
            await assert.rejects(
                deployer.query("select pgaadauth_create_principal('x', false, false)"),
                /function pgaadauth_create_principal\(.*\) does not exist/,
            );
            await assert.rejects(deployer.query("create role x login"), { code: "42501" });
            await assert.rejects(
                deployer.query(
                    `security label for "pgaadauth" on role citus is 'aadauth,oid=${SEED_IDS.ada},type=user'`,
                ),
                { code: "42501" },
            );
        } finally {
            await deployer.end();
        }
    });

    test("F46: a native role is made on the coordinator and on the worker, and signs in to both", async () => {
        await world.put({ password: "Native-Role-1" }, "/roles/reports");
        for (const node of ["coordinator", "worker"] as const)
            assert.deepEqual(await world.ask("reports", "Native-Role-1", WHO, node), [{ who: "reports" }]);
    });

    test("F47: a native role's password is reset, and citus is neither made nor deleted", async () => {
        await world.put({ password: "Native-Role-2" }, "/roles/reports");
        await assert.rejects(world.ask("reports", "Native-Role-1", WHO), { code: "28P01" });
        assert.deepEqual(await world.ask("reports", "Native-Role-2", WHO, "worker"), [{ who: "reports" }]);
        await assert.rejects(
            world.put({ password: PASSWORD }, "/roles/citus"),
            armError("InvalidParameterValue", /built-in role: it is neither made nor deleted/),
        );
        assert.equal(await world.azure.api.delete(`${world.id}/roles/citus`), false);
        assert.deepEqual(await world.ask("citus", PASSWORD, WHO), [{ who: "citus" }]);
    });

    const privilege = (role: string, table: string, what: string) =>
        world.azure.servers.clusters
            .get("cosmos-test")!
            .worker!.superuserQuery<{ may: boolean }>(
                "select has_table_privilege($1, $2, $3) as may",
                [role, table, what],
                "citus",
            )
            .then(([row]) => row!.may);

    test("F52, F53: a GRANT on one table reaches the worker in the same transaction; a REVOKE takes it back", async () => {
        await world.ask("citus", PASSWORD, "select create_distributed_table('orders', 'id')");
        const shard = "public.orders_102008";
        assert.equal(await privilege(SAM, shard, "SELECT"), false);
        const admin = await world.connect("deployer", await world.token(SEED_IDS.deployer));
        try {
            await admin.query(`begin; grant select on orders to "${SAM}"; rollback`);
            assert.equal(await privilege(SAM, shard, "SELECT"), false);
            await admin.query(`grant select on orders to "${SAM}"`);
            assert.equal(await privilege(SAM, shard, "SELECT"), true);
            assert.equal(await privilege(SAM, shard, "INSERT"), false);
            assert.deepEqual(await world.as(SAM, SEED_IDS.sam, "select count(*) from orders"), [
                { count: "0" },
            ]);
            await admin.query(`revoke select on orders from "${SAM}"`);
            assert.equal(await privilege(SAM, shard, "SELECT"), false);
        } finally {
            await admin.end();
        }
    });

    test("F53: a GRANT on all tables of a schema reaches the worker for each of them, with the schema", async () => {
        const citus = await world.connect("citus", PASSWORD);
        try {
            await citus.query(
                "create schema ledger; create table ledger.a (id int); create table ledger.b (id int)",
            );
            for (const table of ["a", "b"])
                await citus.query(`select create_distributed_table('ledger.${table}', 'id')`);
            await citus.query(`grant usage on schema ledger to reports`);
            await citus.query(`grant select, insert on all tables in schema ledger to reports`);
            for (const table of ["a", "b"])
                for (const what of ["SELECT", "INSERT"])
                    assert.ok(await privilege("reports", `ledger.${table}_102008`, what), `${table} ${what}`);
            assert.deepEqual(
                await world.ask("reports", "Native-Role-2", "select count(*) from ledger.a_102008", "worker"),
                [{ count: "0" }],
            );
            await citus.query("drop table ledger.b");
            await assert.rejects(privilege("reports", "ledger.b_102008", "SELECT"), /does not exist/);
        } finally {
            await citus.end();
        }
    });

    test("F54: one variable serves both: a token is no password, and a password is no token", async () => {
        await assert.rejects(world.ask("reports", await world.token(SEED_IDS.ada), WHO), { code: "28P01" });
        await assert.rejects(world.ask(ADA, PASSWORD, WHO), /access token has invalid format/);
    });

    test("F43, F48: the methods change at any time, without a restart; Entra only disables citus and native roles", async () => {
        const open = await world.connect(ADA, await world.token(SEED_IDS.ada));
        try {
            const { rows } = await open.query("select pg_postmaster_start_time()::text as at");
            await world.put({
                nodeEnablePublicIpAccess: true,
                authConfig: { activeDirectoryAuth: "enabled", passwordAuth: "disabled" },
            });
            for (const [role, password] of [
                ["citus", PASSWORD],
                ["reports", "Native-Role-2"],
            ] as const)
                await assert.rejects(world.ask(role, password, WHO), { code: "28P01" }, role);
            assert.deepEqual((await open.query("select pg_postmaster_start_time()::text as at")).rows, rows);
            await world.put({
                nodeEnablePublicIpAccess: true,
                authConfig: { activeDirectoryAuth: "disabled", passwordAuth: "enabled" },
            });
            await assert.rejects(world.as(ADA, SEED_IDS.ada, WHO), { code: "28P01" });
            assert.deepEqual(await world.ask("citus", PASSWORD, WHO), [{ who: "citus" }]);
            await world.put({ nodeEnablePublicIpAccess: true });
            assert.deepEqual(await world.as(ADA, SEED_IDS.ada, WHO), [{ who: ADA }]);
            await assert.rejects(
                world.put({ authConfig: { activeDirectoryAuth: "disabled", passwordAuth: "disabled" } }),
                armError("InvalidParameterValue", /At least one authentication method/),
            );
        } finally {
            await open.end();
        }
    });

    test("F47: a native role is deleted with its privileges and its sessions; one that owns something is not", async () => {
        const open = await world.connect("reports", "Native-Role-2");
        await world.azure.api.delete(`${world.id}/roles/reports`);
        await assert.rejects(open.query("select 1"), /terminat|closed|Connection/i);
        await assert.rejects(world.ask("reports", "Native-Role-2", WHO), { code: "28P01" });
        await world.as(ADA, SEED_IDS.ada, "create table adas (id int)");
        await assert.rejects(
            world.azure.api.delete(`${world.id}/roles/${ADA}`),
            armError("RoleCannotBeDeleted", /owns table adas/),
        );
        assert.deepEqual(await world.as(ADA, SEED_IDS.ada, WHO), [{ who: ADA }]);
    });

    test("F47: what it owns in the database postgres keeps a role too, and handing all over lets it go on both nodes", async () => {
        const ada = await world.token(SEED_IDS.ada);
        const handOver = `reassign owned by "${ADA}" to citus`;
        const postgres = await world.connect(ADA, ada, "coordinator", "postgres");
        try {
            await postgres.query("set role citus; create table notes (id int); reset role");
            await postgres.query(`alter table notes owner to "${ADA}"`);
            await world.ask(ADA, ada, "select create_distributed_table('adas', 'id')");
            await world.ask(ADA, ada, handOver);
            await assert.rejects(
                world.azure.api.delete(`${world.id}/roles/${ADA}`),
                armError("RoleCannotBeDeleted", /owns table notes/),
            );
            await postgres.query(handOver);
        } finally {
            await postgres.end();
        }
        await world.azure.api.delete(`${world.id}/roles/${ADA}`);
        for (const node of ["coordinator", "worker"] as const)
            assert.deepEqual(
                await world.ask("citus", PASSWORD, `select from pg_roles where rolname = '${ADA}'`, node),
                [],
                node,
            );
    });

    test("what a cluster cannot be is refused", async () => {
        await assert.rejects(
            world.put({ nodeCount: 1 }),
            armError("InvalidParameterValue", /no worker \(0\)/),
        );
        await assert.rejects(world.put({ nodeCount: 0 }), armError("InvalidParameterValue", /one node/));
        await assert.rejects(
            world.put({ databaseName: "other" }),
            armError("InvalidParameterValue", /'citus' for good/),
        );
        await assert.rejects(
            world.put({ location: "northeurope" }),
            armError("InvalidParameterValue", /'westeurope' for good/),
        );
    });
});
