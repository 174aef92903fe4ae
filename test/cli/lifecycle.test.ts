import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { Client } from "pg";
import { LocalCli, skipWithoutCli } from "./localCli";
import { findSecrets, findSecretsInFolder } from "../support/secretScan";

/** The whole life of the stack `local` through the real CLI, one step after another. */
describe("the stack local through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const outputs: string[] = [];
    let created = 0;
    const run = async (...words: string[]) => {
        const outcome = await cli.local(...words);
        outputs.push(outcome.text);
        return outcome;
    };
    let foreground = { printed: "", stop: async () => undefined as void };

    after(async () => {
        await foreground.stop();
        cli.close();
    });

    test("up makes everything", async () => {
        const { code, text } = await run("up", "--yes");
        assert.equal(code, 0, text);
        created = Number(/\+ (\d+) created/.exec(text)?.[1]);
        assert.ok(created > 30, text);
        assert.doesNotMatch(text, /failed|errored/);
    });

    test("a second preview has nothing to change, from another process", async () => {
        const { code, text } = await run("preview", "--expect-no-changes");
        assert.equal(code, 0, text);
    });

    test("F20: in the foreground it prints a psql line, with which a member signs in as Prod DB Readonly", async (t) => {
        foreground = await cli.foreground();
        assert.match(
            foreground.printed,
            /PGPASSWORD="\$\(npm --prefix '.*' run --silent local -- token 'Prod DB Readonly'\)" psql/,
        );
        assert.equal(await roleOf("Prod DB Readonly"), "Prod DB Readonly");
        if (!hasPsql()) return t.diagnostic("psql is not installed: the printed line itself was not run");
        const { code, stdout, stderr } = await runPsql("Prod DB Readonly", "select session_user");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Prod DB Readonly/);
    });

    test("a role that was dropped by hand is seen by refresh, and up brings it back", async () => {
        const admin = await connect("deployer");
        await admin.query(`revoke "Prod DB Readonly" from "reporting-job"`);
        await admin.query(`drop role "Prod DB Readonly"`);
        await admin.end();
        await assert.rejects(roleOf("Prod DB Readonly"), /Prod DB Readonly/);
        const refreshed = await run("refresh", "--yes");
        assert.equal(refreshed.code, 0, refreshed.text);
        assert.match(refreshed.text, /DatabasePrincipalSet principals update.*\[diff: ~principals\]/);
        const up = await run("up", "--yes");
        assert.equal(up.code, 0, up.text);
        assert.match(up.text, /DatabasePrincipalSet principals updated .*\[diff: ~principals\]/);
        assert.equal(await roleOf("Prod DB Readonly"), "Prod DB Readonly");
        const { code, text } = await run("preview", "--expect-no-changes");
        assert.equal(code, 0, text);
    });

    test("neither state nor output holds a token", async () => {
        const exported = await run("stack", "export");
        assert.equal(exported.code, 0, exported.text);
        assert.match(exported.text, /azure-postgres-entra:index:DatabasePrincipalSet/);
        assert.deepEqual(findSecretsInFolder(stateFolder("pulumi"), []), []);
        for (const text of outputs) assert.deepEqual(findSecrets(text, []), []);
    });

    test("destroy --run-program leaves nothing", async () => {
        const { code, text } = await run("destroy", "--yes", "--run-program");
        assert.equal(code, 0, text);
        assert.match(text, new RegExp(`- ${created} deleted`));
        await foreground.stop();
        const { resources } = JSON.parse(readFileSync(stateFolder("resources.json"), "utf8")) as {
            resources: { id: string }[];
        };
        // What another program's group holds was there before.
        const own = resources.filter(({ id }) => !/\/resourceGroups\/rg-workloads(\/|$)/i.test(id));
        assert.deepEqual(own, []);
        assert.deepEqual(readdirSync(stateFolder("servers")), []);
        const { deployment } = JSON.parse((await run("stack", "export")).stdout) as {
            deployment: { resources?: unknown[] };
        };
        assert.deepEqual(deployment.resources ?? [], []);
    });

    function stateFolder(name: string): string {
        const kept = path.join(cli.folder, "cache", "kept");
        return path.join(kept, readdirSync(kept)[0]!, name);
    }

    function signInLine(role: string): string {
        const lines = foreground.printed.split("\n");
        const line = lines[lines.indexOf(`# ${role}`) + 2];
        assert.ok(line, `no line was printed for ${role}`);
        return line;
    }

    /** The printed line as a person would paste it. */
    function runPsql(role: string, sql: string) {
        return cli.run("bash", ["-c", signInLine(role)], { input: sql, cwd: "/" });
    }

    /** The same sign-in with another client, from the parts of the printed line. */
    async function connect(role: string): Promise<Client> {
        const line = signInLine(role);
        const part = (name: string) => new RegExp(`${name}=(\\S+?)'?(\\s|$)`).exec(line)![1]!;
        const token = (await cli.local("token", role)).stdout.trim();
        const ssl = { ca: readFileSync(part("sslrootcert"), "utf8"), servername: part("host") };
        const client = new Client({
            host: part("hostaddr"),
            port: Number(part("port")),
            user: role,
            database: "postgres",
            password: token,
            ssl,
        });
        await client.connect();
        return client;
    }

    async function roleOf(role: string): Promise<string> {
        const client = await connect(role);
        try {
            return (await client.query("select session_user::text as role")).rows[0].role;
        } finally {
            await client.end();
        }
    }
});

function hasPsql(): boolean {
    return (process.env.PATH ?? "")
        .split(path.delimiter)
        .some((folder) => existsSync(path.join(folder, "psql")));
}
