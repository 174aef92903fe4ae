import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DEFAULT_PRIVILEGES, GRANT, ROLE, SCHEMA } from "../../emulator/providers/postgresqlTables";
import { ADA } from "../postgres/testTenant";
import { PostgresqlWorld } from "./postgresqlWorld";

describe("the local postgresql provider: privileges", () => {
    let world: PostgresqlWorld;
    before(async () => {
        world = await PostgresqlWorld.start();
    });
    after(() => world.servers.stop());

    it("Grant: on database, schema, tables, sequences and functions, and drift shows", async () => {
        const reader = await world.create(ROLE, { name: "reader" });
        const schema = await world.create(SCHEMA, { name: "data", database: "shop", dropCascade: true });
        const admin = await world.servers.as(ADA, undefined, { database: "shop" });
        await admin.query(
            "create table data.a (i int); create table data.b (i serial); create function data.f(int, text) returns int language sql as 'select 1'",
        );
        await admin.end();
        const within = { role: "reader", database: "shop", schema: "data" };
        const grants = [
            await world.create(GRANT, {
                role: "reader",
                database: "shop",
                objectType: "database",
                privileges: ["CONNECT", "TEMPORARY"],
            }),
            await world.create(GRANT, { ...within, objectType: "schema", privileges: ["USAGE"] }),
            await world.create(GRANT, { ...within, objectType: "table", privileges: ["SELECT", "INSERT"] }),
            await world.create(GRANT, { ...within, objectType: "sequence", privileges: ["ALL"] }),
            await world.create(GRANT, {
                ...within,
                objectType: "function",
                objects: ["f(int, text)"],
                privileges: ["EXECUTE"],
                withGrantOption: true,
            }),
        ];
        assert.deepEqual(
            grants.map((grant) => grant.id),
            [
                "reader_shop_database",
                "reader_shop_data_schema",
                "reader_shop_data_table",
                "reader_shop_data_sequence",
                "reader_shop_data_function_f(int, text)",
            ],
        );
        const [execute] = await world.sql(
            "select is_grantable from pg_proc, aclexplode(proacl) where proname = 'f' and grantee = 'reader'::regrole",
        );
        assert.equal(execute!["is_grantable"], true);
        const can = async (privilege: string, table = "data.a") =>
            (await world.sql("select has_table_privilege('reader', $1, $2) as can", [table, privilege]))[0]![
                "can"
            ];
        assert.deepEqual(
            [await can("SELECT"), await can("INSERT"), await can("DELETE")],
            [true, true, false],
        );
        const tables = grants[2]!;
        await world.update(tables, { ...tables.inputs, privileges: ["SELECT"] });
        assert.deepEqual([await can("SELECT"), await can("INSERT")], [true, false]);
        await world.sql("revoke select on data.b from reader");
        assert.deepEqual((await world.read(tables))?.inputs.privileges, []);
        await world.update(tables, { ...tables.inputs, privileges: [] });
        assert.equal(await can("SELECT"), false);
        await world.sql("grant create on schema data to reader");
        assert.deepEqual((await world.read(grants[1]!))?.inputs.privileges, ["CREATE", "USAGE"]);
        for (const grant of grants) await world.delete(grant);
        const [left] = await world.sql("select has_schema_privilege('reader', 'data', 'USAGE') as usage");
        assert.equal(left!["usage"], false);
        await world.remove(schema);
        assert.equal(await world.read(grants[1]!), undefined);
        await world.remove(reader);
        for (const grant of grants) await world.delete(grant);
    });

    it("Grant: PUBLIC loses what it has by default, and drift shows", async () => {
        const locked = await world.create(GRANT, {
            role: "public",
            database: "shop",
            objectType: "database",
            privileges: [],
        });
        assert.equal(
            (
                await world.sql("select has_database_privilege('azure_pg_admin', 'shop', 'CONNECT') as can")
            )[0]!["can"],
            true,
        );
        const [row] = await world.sql(
            "select count(*)::int as n from pg_database, aclexplode(datacl) where datname = 'shop' and grantee = 0",
        );
        assert.equal(row!["n"], 0);
        await world.sql("grant connect on database shop to public");
        assert.deepEqual((await world.read(locked))?.inputs.privileges, ["CONNECT"]);
    });

    it("DefaultPrivileges: what an owner makes later is readable, in a schema or in all", async () => {
        const reader = await world.create(ROLE, { name: "late_reader" });
        const owner = await world.create(ROLE, { name: "maker" });
        const schema = await world.create(SCHEMA, {
            name: "made",
            database: "shop",
            owner: "maker",
            dropCascade: true,
        });
        const wanted = { role: "late_reader", database: "shop", owner: "maker", objectType: "table" };
        const inSchema = await world.create(DEFAULT_PRIVILEGES, {
            ...wanted,
            schema: "made",
            privileges: ["SELECT"],
        });
        const everywhere = await world.create(DEFAULT_PRIVILEGES, {
            ...wanted,
            objectType: "sequence",
            privileges: ["USAGE", "SELECT"],
        });
        assert.deepEqual(
            [inSchema.id, everywhere.id],
            ["late_reader_shop_made_maker_table", "late_reader_shop_noschema_maker_sequence"],
        );
        await world.sql("set role maker; create table made.t (i int)");
        assert.equal(
            (await world.sql("select has_table_privilege('late_reader', 'made.t', 'SELECT') as can"))[0]![
                "can"
            ],
            true,
        );
        await world.update(inSchema, { ...inSchema.inputs, privileges: ["SELECT", "UPDATE"] });
        await world.sql(
            "alter default privileges for role maker in schema made revoke select on tables from late_reader",
        );
        assert.deepEqual((await world.read(inSchema))?.inputs.privileges, ["UPDATE"]);
        const later = await world.create(DEFAULT_PRIVILEGES, { ...wanted, privileges: ["DELETE"] });
        assert.deepEqual((await world.read(inSchema))?.inputs.privileges, ["UPDATE"]);
        await world.remove(later);
        await world.remove(inSchema);
        await world.remove(everywhere);
        await world.remove(schema);
        await world.remove(owner);
        await world.remove(reader);
    });
});
