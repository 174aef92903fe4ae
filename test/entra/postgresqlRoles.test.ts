import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectToLocalServers, postgresqlProvider } from "../../emulator/providers/postgresql";
import { GRANT, GRANT_ROLE, ROLE, SCHEMA } from "../../emulator/providers/postgresqlTables";
import { ADA } from "../postgres/testTenant";
import { ADMINISTRATOR, PostgresqlWorld, urn } from "./postgresqlWorld";

describe("the local postgresql provider: roles and schemas", () => {
    let world: PostgresqlWorld;
    before(async () => {
        world = await PostgresqlWorld.start();
    });
    after(() => world.servers.stop());

    it("Role: made, changed, renamed and removed, with a fresh sign-in for each", async () => {
        const before = world.signIns;
        const role = await world.create(ROLE, {
            name: 'we"ird role',
            roles: [],
            connectionLimit: 3,
            statementTimeout: 2000,
            searchPaths: ["A b", "public"],
        });
        assert.equal(role.id, 'we"ird role');
        assert.ok(world.signIns > before + 1);
        const options = {
            name: "renamed",
            createDatabase: true,
            inherit: false,
            validUntil: "2030-01-01T00:00:00Z",
            assumeRole: "renamed",
        };
        await world.update(role, options);
        const [found] = await world.sql(
            "select rolcreatedb, rolinherit, rolconnlimit, rolconfig from pg_roles where rolname = 'renamed'",
        );
        assert.deepEqual(found, {
            rolcreatedb: true,
            rolinherit: false,
            rolconnlimit: -1,
            rolconfig: ["role=renamed"],
        });
        await world.sql("alter role renamed nocreatedb");
        assert.equal((await world.read(role))?.inputs.createDatabase, false);
        await world.remove(role);
    });

    it("Role: a password signs in, and is in no statement that the server sees", async () => {
        const role = await world.create(ROLE, { name: "native", login: true, password: "Hunter2-hunter2" });
        assert.equal(await world.servers.whoami("native", "Hunter2-hunter2", {}), "native");
        await world.update(role, { name: "native", login: true, password: "Other-pass-9" });
        await assert.rejects(world.servers.whoami("native", "Hunter2-hunter2", {}));
        assert.equal(await world.servers.whoami("native", "Other-pass-9", {}), "native");
        assert.ok(world.statements.some((text) => text.startsWith('alter role "native"')));
        assert.ok(!world.statements.some((text) => /Hunter2|Other-pass/.test(text)));
        await world.remove(role);
    });

    it("Role: what only a superuser may set is PostgreSQL's own refusal, and nothing is left", async () => {
        await assert.rejects(
            world.create(ROLE, { name: "boss", superuser: true }),
            (error: Error & { code?: string }) =>
                error.code === "42501" && /SQLSTATE 42501/.test(error.message),
        );
        assert.deepEqual(await world.sql("select from pg_roles where rolname = 'boss'"), []);
        const twice = await world.create(ROLE, { name: "twice" });
        await assert.rejects(world.create(ROLE, { name: "twice" }), /already exists \(SQLSTATE 42710\)/);
        await world.remove(twice);
    });

    it("Role and GrantRole: memberships", async () => {
        const profile = await world.create(ROLE, { name: "profile" });
        const member = await world.create(ROLE, { name: "member", roles: ["profile"] });
        assert.equal(
            (await world.sql("select pg_has_role('member', 'profile', 'MEMBER') as yes"))[0]!["yes"],
            true,
        );
        await world.update(member, { name: "member", roles: [] });
        const grant = await world.create(GRANT_ROLE, {
            role: "member",
            grantRole: "profile",
            withAdminOption: true,
        });
        assert.equal(grant.id, "member_profile_true");
        await world.sql(`revoke admin option for profile from member granted by "${ADMINISTRATOR}"`);
        assert.equal((await world.read(grant))?.inputs.withAdminOption, false);
        await world.remove(grant);
        await world.remove(member);
        await world.remove(profile);
    });

    it("Schema: made with an owner in a database, renamed, and removed with what it holds", async () => {
        const owner = await world.create(ROLE, { name: "shop_owner" });
        const schema = await world.create(SCHEMA, { name: "sales", database: "shop", owner: "shop_owner" });
        assert.equal(schema.id, "shop.sales");
        assert.deepEqual([schema.state.owner, schema.state.database], ["shop_owner", "shop"]);
        await world.update(schema, {
            name: "Sales 2",
            database: "shop",
            owner: "shop_owner",
            dropCascade: true,
        });
        await world.sql('create table "Sales 2".t (a int)');
        const imported = await world.provider.read(urn(SCHEMA), "shop.Sales 2", {}, {}, {});
        assert.deepEqual(imported?.inputs, { name: "Sales 2", database: "shop", owner: "shop_owner" });
        await world.remove(schema);
        await world.remove(owner);
    });

    it("Schema: one that exists is taken over, unless ifNotExists is false", async () => {
        const first = await world.create(SCHEMA, { name: "there", database: "shop" });
        await world.create(SCHEMA, { name: "there", database: "shop" });
        await assert.rejects(
            world.create(SCHEMA, { name: "there", database: "shop", ifNotExists: false }),
            /already exists \(SQLSTATE 42P06\)/,
        );
        await world.remove(first);
    });

    it("leaves the administrator no memberships that it did not have", async () => {
        const memberships = () =>
            world.sql(
                "select pg_get_userbyid(roleid) as role, count(*)::int as n from pg_auth_members where member = $1::regrole and grantor = $1::regrole group by 1",
                [`"${ADMINISTRATOR}"`],
            );
        const before = await memberships();
        const owner = await world.create(ROLE, { name: "short_lived" });
        // Inherits from PostgreSQL 16 on, but may not become it.
        await world.sql(`grant short_lived to "${ADMINISTRATOR}" with inherit true, set false`);
        const schema = await world.create(SCHEMA, { name: "short", database: "shop", owner: "short_lived" });
        await world.remove(schema);
        assert.deepEqual(await memberships(), before);
        await world.remove(owner);
    });

    it("many changes at once do not get into each other's way", async () => {
        const names = Array.from({ length: 8 }, (_, n) => `crowd ${n}`);
        const roles = await Promise.all(names.map((name) => world.create(ROLE, { name })));
        await Promise.all(
            names.map((role) =>
                world.create(GRANT, {
                    role,
                    database: "shop",
                    objectType: "database",
                    privileges: ["CONNECT"],
                }),
            ),
        );
        await Promise.all(
            roles
                .map((role) => world.remove(role))
                .map((removed) => removed.catch((error: unknown) => error)),
        );
    });

    it("Role: what it owned is the administrator's then", async () => {
        const owner = await world.create(ROLE, { name: "leaver" });
        await world.sql("create table public.left_behind (i int)", [], "postgres");
        await world.sql("alter table public.left_behind owner to leaver", [], "postgres");
        await world.remove(owner);
        const [table] = await world.sql(
            "select tableowner from pg_tables where tablename = 'left_behind'",
            [],
            "postgres",
        );
        assert.equal(table!["tableowner"], ADMINISTRATOR);
    });

    it("the server's certificate is checked for the real host name", async () => {
        const { server, ca, tokens } = world.servers;
        const connect = connectToLocalServers({
            resolve: () => ({ address: "127.0.0.1", port: server.port }),
            ca: ca.certificate,
            token: () => tokens.token(ADA),
        });
        const other = postgresqlProvider({ environment: {}, connect });
        const signIn = { username: ADMINISTRATOR, azureIdentityAuth: true };
        await other.configure!({ host: "pg-test.example.com", ...signIn });
        await assert.rejects(other.create(urn(ROLE), { name: "r" }, {}), {
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
        });
    });

    it("a host that is no server of this local Azure is named", async () => {
        const other = postgresqlProvider({
            environment: {},
            connect: connectToLocalServers({ resolve: () => undefined, ca: "", token: async () => "" }),
        });
        await other.configure!({ host: "elsewhere.example.com", username: "u" });
        await assert.rejects(
            other.create(urn(ROLE), { name: "r" }, {}),
            /No server of this local Azure is named 'elsewhere\.example\.com'/,
        );
    });
});
