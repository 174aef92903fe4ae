import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client } from "pg";
import { LocalCli, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";

const PASSWORD = "Correct-Horse-Battery-7";
const ADMINISTRATORS = ["deployer", "grace@contoso.onmicrosoft.com", "Postgres Admins"];

type Mode = "PasswordOnly" | "EntraAndPassword" | "EntraOnly";
type Config = Record<string, unknown>;

/** One server through all its modes, with a table in it: nothing is replaced, nothing is lost, and nobody is locked out. */
describe(
    "authentication modes of a live server through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const file = path.join(cli.folder, "Pulumi.modes.yaml");
        let foreground = { printed: "", stop: async () => undefined as void };
        let secret: unknown;
        let born: { id: string; system: string };
        before(async () => {
            foreground = await cli.foreground();
            // With the salt of the stack, by which the secret is encrypted.
            writeStackFile(file, () => undefined);
            await cli.local("stack", "ls");
            const words = ["--secret", "passwordless-postgres:administratorPassword", "--config-file", file];
            // The value goes in by standard input: process arguments are public.
            const set = await cli.run(
                process.execPath,
                ["--import", "tsx", "rehearsal/local.ts", "config", "set", ...words],
                { input: PASSWORD },
            );
            assert.equal(set.code, 0, set.text);
            secret = /secure: (\S+)/.exec(readFileSync(file, "utf8"))![1];
        });
        after(async () => {
            await foreground.stop();
            cli.close();
        });

        function configure(mode: Mode, change: (config: Config) => void = () => undefined): void {
            writeStackFile(file, (config) => {
                const withPassword = { authMode: mode, administratorLogin: "pgadmin" };
                Object.assign(at(config, "server"), mode === "EntraOnly" ? {} : withPassword);
                if (mode !== "EntraOnly")
                    config["passwordless-postgres:administratorPassword"] = { secure: secret };
                // Born without an Entra administrator, it is nobody's to manage (F71); the others come with the administrators.
                const legacy = { name: "legacy", managePrivileges: false };
                const databases = at<object[]>(config, "databases");
                databases.push(legacy);
                if (mode === "PasswordOnly") databases.splice(0, databases.length, legacy);
                if (mode === "PasswordOnly")
                    for (const key of ["administrators", "adminGroup", "signInAs", "principals"])
                        delete config[`passwordless-postgres:${key}`];
                change(config);
            });
        }

        const preview = () => cli.local("preview", "--diff", "--config-file", file);
        async function up(): Promise<void> {
            const { code, text } = await cli.local("up", "--yes", "--skip-preview", "--config-file", file);
            assert.equal(code, 0, text);
            assert.doesNotMatch(text, /replaced/);
        }
        async function refused(message: RegExp): Promise<string> {
            const { code, text } = await preview();
            assert.notEqual(code, 0, text);
            assert.match(text, message);
            await unchanged();
            return text;
        }

        test("PasswordOnly: it is born, and gets a table", async () => {
            configure("PasswordOnly");
            await up();
            await sql("create table kept as select 42 as v");
            born = await identity();
        });

        test("F6: straight to EntraOnly is refused in the preview while no Entra administrator exists", async () => {
            configure("EntraOnly");
            await refused(
                /authMode is EntraOnly: the server 'pg-local' has passwords alone .*first authMode EntraAndPassword/,
            );
        });

        test("E8: to EntraAndPassword, with administrators and principals", async () => {
            configure("EntraAndPassword");
            await up();
            await unchanged();
            assert.equal(
                await sql("select count(*)::int as v from pgaadauth_list_principals(true)", "postgres"),
                3,
            );
        });

        test("F6: to EntraOnly is refused while none of the administrators is one on the server", async () => {
            configure("EntraOnly", (config) => {
                config["passwordless-postgres:administrators"] = [
                    {
                        principalName: "olga@contoso.onmicrosoft.com",
                        objectId: "a1000000-0000-4000-8000-000000000006",
                        principalType: "User",
                    },
                ];
                for (const key of ["adminGroup", "signInAs", "principals"])
                    delete config[`passwordless-postgres:${key}`];
            });
            await refused(
                /authMode is EntraOnly: none of the administrators that are asked for is one on the server/,
            );
        });

        test("E8: to EntraOnly, where the password signs nobody in", async () => {
            configure("EntraOnly");
            await up();
            await assert.rejects(passwordSignIn("legacy"));
            assert.deepEqual(await identity(), born);
        });

        test("E8: back to EntraAndPassword: the same login, the same table", async () => {
            configure("EntraAndPassword");
            await up();
            await unchanged();
        });

        test("F6: the last administrators are not removed unless each is named", async () => {
            configure("EntraAndPassword", (config) => (config["passwordless-postgres:principals"] = []));
            await up();
            configure("PasswordOnly");
            const text = await refused(/administrators is empty: the server 'pg-local' would lose its last/);
            for (const name of ADMINISTRATORS) assert.ok(text.includes(`"${name}"`), text);
            const naming = (names: string[]) =>
                configure(
                    "PasswordOnly",
                    (config) => (at(config, "server")["removeLastAdministrators"] = names),
                );
            naming(ADMINISTRATORS.slice(0, 2));
            const two = await refused(/removeLastAdministrators: \["Postgres Admins"\]/);
            assert.doesNotMatch(two, /\["deployer"/);
            naming(ADMINISTRATORS);
            await up();
            await unchanged();
        });

        test("E8: a protected server is neither replaced nor destroyed, and a refused destroy takes nothing away", async () => {
            const protect = (on: boolean, name = "pg-local") =>
                configure("PasswordOnly", (config) =>
                    Object.assign(at(config, "server"), { protect: on, name }),
                );
            protect(true);
            await up();
            protect(true, "pg-renamed");
            await refused(/protect/);
            protect(true);
            for (const more of [[], ["--run-program"]]) {
                const words = ["destroy", "--yes", "--skip-preview", "--config-file", file, ...more];
                const { code, text } = await cli.local(...words);
                assert.notEqual(code, 0, text);
                assert.match(text, /protect/);
                await unchanged();
            }
            protect(false);
            await up();
            const { code, text } = await cli.local(
                "destroy",
                "--yes",
                "--skip-preview",
                "--config-file",
                file,
            );
            assert.equal(code, 0, text);
        });

        async function unchanged(): Promise<void> {
            assert.deepEqual(await identity(), born);
            assert.equal(await sql("select v from kept"), 42);
        }

        /** The server as Azure and PostgreSQL know it: a new one would have another creation time and another system identifier. */
        async function identity(): Promise<{ id: string; system: string }> {
            const kept = path.join(cli.folder, "cache", "kept");
            const state = path.join(kept, readdirSync(kept)[0]!);
            const { resources } = JSON.parse(readFileSync(path.join(state, "resources.json"), "utf8")) as {
                resources: { id: string; token: string; created: string }[];
            };
            const server = resources.find((r) => r.token === "azure-native:dbforpostgresql:Server")!;
            const folder = path.join(state, "servers", "pg-local");
            const { stdout } = await cli.run("find", [
                folder,
                "-name",
                "PG_VERSION",
                "-path",
                "*/base/1/*",
                "-printf",
                "%T@",
            ]);
            return { id: `${server.id} ${server.created}`, system: stdout };
        }

        async function sql(text: string, database = "legacy"): Promise<unknown> {
            const client = await passwordSignIn(database);
            try {
                return (await client.query(text)).rows[0]?.v;
            } finally {
                await client.end();
            }
        }

        async function passwordSignIn(database: string): Promise<Client> {
            const { stdout } = await cli.local("sign-in");
            const part = (name: string) => new RegExp(`${name}=([^\\s']+)`).exec(stdout)![1]!;
            const ssl = { ca: readFileSync(part("sslrootcert"), "utf8"), servername: part("host") };
            const to = { host: part("hostaddr"), port: Number(part("port")), database, ssl };
            const client = new Client({ ...to, user: "pgadmin", password: PASSWORD });
            await client.connect();
            return client;
        }
    },
);
