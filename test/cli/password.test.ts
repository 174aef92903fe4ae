import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { Client } from "pg";
import { LocalCli, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";
import { findSecrets, findSecretsInFolder } from "../support/secretScan";

const PASSWORD = "Correct-Horse-Battery-7";

/** A server with passwords beside Entra, through the real CLI: the password stays a secret, and no mode change replaces the server. */
describe(
    "authentication modes and the password through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const file = path.join(cli.folder, "Pulumi.password.yaml");
        const outputs: string[] = [];
        let foreground = { printed: "", stop: async () => undefined as void };
        after(async () => {
            await foreground.stop();
            cli.close();
        });
        const run = async (...words: string[]) => {
            const outcome = await cli.local(...words);
            outputs.push(outcome.text);
            return outcome;
        };

        test("up with EntraAndPassword: the login signs in with its password, over SCRAM and TLS", async () => {
            foreground = await cli.foreground();
            writeStackFile(file, (config) => {
                Object.assign(at(config, "server"), {
                    authMode: "EntraAndPassword",
                    administratorLogin: "pgadmin",
                });
            });
            const key = "passwordless-postgres:administratorPassword";
            // The value goes in by standard input: process arguments are public.
            const set = await cli.local("stack", "ls");
            assert.equal(set.code, 0, set.text);
            const secret = await localWithInput(
                PASSWORD,
                "config",
                "set",
                "--secret",
                key,
                "--config-file",
                file,
            );
            assert.equal(secret.code, 0, secret.text);
            assert.doesNotMatch(readFileSync(file, "utf8"), new RegExp(PASSWORD));
            const { code, text } = await run("up", "--yes", "--skip-preview", "--config-file", file);
            assert.equal(code, 0, text);
            assert.equal(await passwordSignIn(), "pgadmin");
        });

        test("state, backups, outputs and log hold no password in plain text, and no token", async () => {
            const exported = await run("stack", "export");
            assert.match(exported.text, /administratorLoginPassword/);
            assert.deepEqual(findSecretsInFolder(path.join(stateFolder(), "pulumi"), [PASSWORD]), []);
            assert.deepEqual(findSecretsInFolder(path.join(stateFolder(), "ca"), [PASSWORD]), []);
            assert.deepEqual(
                findSecrets(readFileSync(path.join(stateFolder(), "resources.json"), "utf8"), [PASSWORD]),
                [],
            );
            for (const text of outputs) assert.deepEqual(findSecrets(text, [PASSWORD]), []);
        });

        test("E8: to EntraOnly and the server is updated in place; the password then signs nobody in", async () => {
            writeStackFile(file, () => undefined);
            const preview = await run("preview", "--diff", "--config-file", file);
            assert.equal(preview.code, 0, preview.text);
            assert.doesNotMatch(preview.text, /replace/);
            const { code, text } = await run("up", "--yes", "--skip-preview", "--config-file", file);
            assert.equal(code, 0, text);
            await assert.rejects(passwordSignIn());
        });

        function stateFolder(): string {
            const kept = path.join(cli.folder, "cache", "kept");
            return path.join(kept, readdirSync(kept)[0]!);
        }

        function localWithInput(input: string, ...words: string[]) {
            return cli.run(process.execPath, ["--import", "tsx", "rehearsal/local.ts", ...words], { input });
        }

        async function passwordSignIn(): Promise<string> {
            const line = (await cli.local("sign-in")).stdout;
            const part = (name: string) => new RegExp(`${name}=([^\\s']+)`).exec(line)![1]!;
            const ssl = { ca: readFileSync(part("sslrootcert"), "utf8"), servername: part("host") };
            const to = { host: part("hostaddr"), port: Number(part("port")), database: "postgres", ssl };
            const client = new Client({ ...to, user: "pgadmin", password: PASSWORD });
            await client.connect();
            try {
                return (await client.query("select session_user::text as role")).rows[0].role;
            } finally {
                await client.end();
            }
        }
    },
);
