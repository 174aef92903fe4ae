import assert from "node:assert/strict";
import path from "node:path";
import { after, describe, test } from "node:test";
import { LocalCli, skipWithoutCli } from "./localCli";
import { sqlAs } from "./printedLines";
import { at, writeStackFile } from "./stackFiles";

interface Named {
    name: string;
    access?: Record<string, string>;
}

/** Privileges through the real CLI: no drift, small diffs, and tables that stay or go with their database. */
describe("privileges through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const file = path.join(cli.folder, "Pulumi.changed.yaml");
    let foreground = { printed: "", stop: async () => undefined as void };
    after(async () => {
        await foreground.stop();
        cli.close();
    });
    const sql = (role: string, database: string, text: string) =>
        sqlAs(cli, foreground.printed, role, database, text);
    const access = (config: Record<string, unknown>, name: string) =>
        (at<Named[]>(config, "principals").find((p) => p.name === name)!.access ??= {});

    test("up; with tables that owners made since, refresh sees no drift and a preview no change", async () => {
        foreground = await cli.foreground();
        const up = await cli.local("up", "--yes", "--skip-preview");
        assert.equal(up.code, 0, up.text);
        foreground.printed = (await cli.local("sign-in")).stdout;
        for (const [role, database] of [
            ["orders-api", "orders"],
            ["kim@contoso.onmicrosoft.com", "orders"],
        ] as const) {
            const table = role.slice(0, 3);
            await sql(role, database, `create table ${table} (id serial); insert into ${table} values (1)`);
            await sql(role, database, `create function f_${table}() returns int language sql as 'select 1'`);
        }
        assert.equal(await sql("Prod DB Readonly", "orders", "select count(*)::int as v from ord"), 1);
        const refresh = await cli.local("refresh", "--yes");
        assert.equal(refresh.code, 0, refresh.text);
        const { code, text } = await cli.local("preview", "--expect-no-changes");
        assert.equal(code, 0, text);
    });

    test("a changed profile touches that principal alone, and its diff says what", async () => {
        writeStackFile(file, (config) =>
            Object.assign(access(config, "billing-api"), { billing: "readonly" }),
        );
        const preview = await cli.local("preview", "--diff", "--config-file", file);
        assert.equal(preview.code, 0, preview.text);
        assert.match(preview.text, /~ 1 to update/);
        assert.doesNotMatch(preview.text, /to create|to delete|to replace/);
        assert.match(preview.text, /~ \S*: "billing_readwrite" => "billing_readonly"/);
        assert.doesNotMatch(preview.text, /orders_readonly|auditor|statement_timeout/);
        const up = await cli.local("up", "--yes", "--skip-preview", "--config-file", file);
        assert.equal(up.code, 0, up.text);
        assert.match(up.text, /~ 1 updated/);
        assert.doesNotMatch(up.text, /created|deleted|replaced/);
    });

    test("a profile that is listed no more is deleted, and no other", async () => {
        writeStackFile(file, (config) => {
            delete access(config, "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com")["billing"];
            for (const database of at<{ profiles?: object }[]>(config, "databases")) delete database.profiles;
        });
        const { code, text } = await cli.local("up", "--yes", "--skip-preview", "--config-file", file);
        assert.equal(code, 0, text);
        assert.match(text, /- 5 deleted/);
        assert.doesNotMatch(text, /replaced/);
    });

    test("a database that is listed no more goes with its tables and its roles", async () => {
        const count = "select count(*)::int as v from pg_roles where rolname like 'orders\\_%'";
        assert.equal(await sql("deployer", "postgres", count), 3);
        writeStackFile(file, (config) => {
            at<Named[]>(config, "databases").splice(0, 1);
            for (const principal of at<Named[]>(config, "principals")) delete principal.access?.["orders"];
            const orders = at<(Named & { settings?: { database?: string }[] })[]>(config, "principals");
            Object.assign(access(config, "kim@contoso.onmicrosoft.com"), { analytics: "owner" });
            for (const p of orders) p.settings = p.settings?.filter((s) => s.database !== "orders");
        });
        const { code, text } = await cli.local("up", "--yes", "--skip-preview", "--config-file", file);
        assert.equal(code, 0, text);
        assert.equal(await sql("deployer", "postgres", count), 0);
    });

    test("destroy with tables present leaves nothing, without --run-program too", async () => {
        await sql("kim@contoso.onmicrosoft.com", "analytics", "create table kept as select 1 as v");
        const { code, text } = await cli.local("destroy", "--yes", "--skip-preview");
        assert.equal(code, 0, text);
        assert.doesNotMatch(text, /failed|error/i);
    });
});
