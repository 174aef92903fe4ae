import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DEFAULT_PRIVILEGES, GRANT, GRANT_ROLE, ROLE } from "../../emulator/providers/postgresqlTables";
import { HOST } from "../postgres/testServers";
import { ADMINISTRATOR, PostgresqlWorld } from "./postgresqlWorld";

/** As the engine does it: one process, configured once for each explicit provider of a program. */
describe("the local postgresql provider: one provider resource for each database", () => {
    let world: PostgresqlWorld;
    const signIn = { username: ADMINISTRATOR, azureIdentityAuth: "true", sslmode: "verify-full" };
    const configure = (config: object) => world.provider.configure!({ host: HOST, ...signIn, ...config });
    before(async () => {
        world = await PostgresqlWorld.start();
        await world.servers.server.createDatabase("depot", "UTF8", "en_US.utf8");
        await configure({ database: "shop", port: "5432", superuser: "false", connectTimeout: "60" });
        await configure({ database: "depot", port: "5432", superuser: "false", connectTimeout: "60" });
    });
    after(() => world.servers.stop());

    it("E10: a grant lands in the database that it names, whichever was configured last", async () => {
        const role = await world.create(ROLE, { name: "shop_readonly" });
        const grant = await world.create(GRANT, {
            role: "shop_readonly",
            database: "shop",
            schema: "public",
            objectType: "schema",
            privileges: ["USAGE"],
        });
        const privileges = (database: string) =>
            world.sql(
                "select privilege_type from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee = 'shop_readonly'::regrole",
                [],
                database,
            );
        assert.deepEqual(await privileges("shop"), [{ privilege_type: "USAGE" }]);
        assert.deepEqual(await privileges("depot"), []);
        await world.delete(grant);
        assert.deepEqual(await privileges("shop"), []);
        await world.remove(role);
    });

    it("a removed role hands over what it owns in every database, with its default privileges", async () => {
        const owner = await world.create(ROLE, { name: "shop_owner" });
        // Only the owner, or a member, can revoke what its objects grant.
        await world.create(GRANT_ROLE, { role: ADMINISTRATOR, grantRole: "shop_owner" });
        const reader = await world.create(ROLE, { name: "shop_reader" });
        await world.create(DEFAULT_PRIVILEGES, {
            role: "shop_reader",
            database: "shop",
            owner: "shop_owner",
            objectType: "table",
            privileges: ["SELECT"],
        });
        await world.sql("create table public.goods (i int)");
        await world.sql("alter table public.goods owner to shop_owner");
        await world.sql("grant select on public.goods to shop_reader");
        await world.remove(reader);
        await world.remove(owner);
        const tables = await world.sql("select tableowner::text from pg_tables where tablename = 'goods'");
        assert.deepEqual(tables, [{ tableowner: ADMINISTRATOR }]);
    });

    it("roles outlive the database that was configured last", async () => {
        await world.servers.server.dropDatabase("depot");
        const role = await world.create(ROLE, { name: "late" });
        await world.remove(role);
    });

    it("a second server is refused by name", async () => {
        await assert.rejects(
            configure({ host: "pg-other.postgres.database.azure.com" }),
            /serves .* already, and can serve one server only, not pg-other/,
        );
    });
});
