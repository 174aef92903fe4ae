import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { LocalCli, skipWithoutCli } from "./localCli";
import { sqlAs } from "./printedLines";

const PLUGIN = "pulumi-resource-postgresql";

/** On PATH, or where the CLI keeps its plugins; never downloaded here. */
function hasPlugin(): boolean {
    const onPath = (process.env.PATH ?? "")
        .split(path.delimiter)
        .some((folder) => existsSync(path.join(folder, PLUGIN)));
    const plugins = path.join(process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi"), "plugins");
    return (
        onPath ||
        (existsSync(plugins) &&
            readdirSync(plugins).some((name) => name.startsWith("resource-postgresql-v3.18.")))
    );
}

const skip = skipWithoutCli || (!hasPlugin() && `the real ${PLUGIN} is not installed`);

describe("the real postgresql provider on the local Azure", { skip, concurrency: 1 }, () => {
    const cli = new LocalCli();
    let foreground = { printed: "", stop: async () => undefined as void };
    after(async () => {
        await foreground.stop();
        cli.close();
    });
    const sql = (role: string, database: string, text: string) =>
        sqlAs(cli, foreground.printed, role, database, text);
    const real = (...words: string[]) => cli.local("--real", "postgresql", ...words);
    const succeeds = async (run: ReturnType<LocalCli["local"]>) => {
        const { code, text } = await run;
        assert.equal(code, 0, text);
        return text;
    };

    test("up: it fetches its own token by azureIdentityAuth and checks the server's real name", async () => {
        foreground = await cli.foreground();
        await succeeds(real("up", "--yes", "--skip-preview"));
        foreground.printed = (await cli.local("sign-in")).stdout;
        await sql("kim@contoso.onmicrosoft.com", "orders", "create table t as select 7 as v");
        assert.equal(await sql("Prod DB Readonly", "orders", "select v from t"), 7);
        await assert.rejects(sql("Prod DB Readonly", "orders", "insert into t values (8)"), {
            code: "42501",
        });
    });

    test("either goes on where the other stopped: no change and no drift, in both directions", async () => {
        for (const [first, second] of [
            [real, cli.local.bind(cli)],
            [cli.local.bind(cli), real],
        ] as const) {
            assert.match(await succeeds(first("refresh", "--yes")), /Resources:\s+\d+ unchanged/);
            await succeeds(second("preview", "--expect-no-changes"));
        }
    });

    test("destroy with tables present leaves nothing", async () => {
        assert.doesNotMatch(
            await succeeds(real("destroy", "--yes", "--run-program", "--skip-preview")),
            /failed|error/i,
        );
    });

    test("a provider that cannot be the real one is refused by name", async () => {
        const { code, text } = await cli.local("--real", "azure-native", "up");
        assert.equal(code, 2);
        assert.match(text, /--real 'azure-native': only postgresql can be the real one/);
    });
});
