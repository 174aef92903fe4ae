import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { spawnSync } from "node:child_process";
import fc from "../support/properties";
import {
    Cloud,
    connectionStrings,
    pgAdminSteps,
    psqlCommand,
    quotePowerShell,
    Shell,
    signIn,
    tokenCommand,
    TokenSource,
    visible,
    type SignInTarget,
} from "../../components/index";
import { anyName, HOSTILE_NAMES } from "./hostileNames";
import { cmdLine, FakeTools, powerShellArguments, windowsArguments } from "./shells";

const HOST = "pg-test.postgres.database.azure.com";
const CLIENT = "55555555-5555-4555-8555-555555555555";
const target = (user: string): SignInTarget => ({ host: HOST, user, database: user });
const forms = (user: string) => {
    const { libpq, uri } = connectionStrings(target(user));
    return [libpq, uri];
};

const installed = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const tools = new FakeTools();
after(() => tools.remove());

describe(
    "F15: psql in bash",
    { skip: installed("bash", "-c", "true") ? false : "bash is not installed" },
    () => {
        const bash = (command: string) => tools.run(["bash", "--norc", "-c"], command);

        for (const name of HOSTILE_NAMES)
            test(`F18: ${visible(name)} arrives in one piece`, async () => {
                const call = await bash(psqlCommand(Shell.Bash, target(name)));
                assert.deepEqual(call.argv, ["--no-password", connectionStrings(target(name)).libpq]);
            });

        test("F18: so does any name", async () => {
            await fc.assert(
                fc.asyncProperty(anyName, async (name) => {
                    const call = await bash(psqlCommand(Shell.Bash, target(name)));
                    assert.deepEqual(call.argv, ["--no-password", connectionStrings(target(name)).libpq]);
                }),
                { numRuns: 100 },
            );
        });

        test("the token is psql's password", async () => {
            const { password } = await bash(psqlCommand(Shell.Bash, target("ada")));
            assert.equal(
                password,
                "token of:account get-access-token --resource-type oss-rdbms --query accessToken --output tsv",
            );
        });

        test("F54: no PGPASSWORD is left behind", async () => {
            const output = await tools.output(
                ["bash", "--norc", "-c"],
                `${psqlCommand(Shell.Bash, target("ada"))} > /dev/null; printf '%s' "\${PGPASSWORD-none}"`,
            );
            assert.equal(output, "none");
        });

        test("F37: the managed identity's token comes from the metadata service", async () => {
            const source = { source: TokenSource.ManagedIdentity, clientId: CLIENT };
            const { password } = await bash(psqlCommand(Shell.Bash, target("vm"), source));
            assert.equal(password, "ey.from-curl.x");
            assert.equal(
                tokenCommand(Shell.Bash, Cloud.Public, source),
                `curl --silent --show-error --noproxy '*' --header 'Metadata: true' 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://ossrdbms-aad.database.windows.net&client_id=${CLIENT}' | ` +
                    String.raw`sed -e 's/.*"access_token" *: *"\([^"]*\)".*/\1/;t' -e 's/.*"error_description" *: *"\([^"]*\)".*/\1/w /dev/stderr' -e d`,
            );
        });
    },
);

describe("F15: psql at the prompt of cmd.exe, by its rules (no cmd.exe here)", () => {
    const psqlLine = (name: string) => psqlCommand(Shell.Cmd, target(name)).split("\n")[1]!;
    const argv = (name: string) => windowsArguments(cmdLine(psqlLine(name)));

    for (const name of HOSTILE_NAMES)
        test(`F18: ${visible(name)} arrives in one piece`, () => arrives(name, argv(name)));
    test("F18: so does any name", () => {
        fc.assert(fc.property(anyName, (name) => arrives(name, argv(name))));
    });

    test("F54: the token goes in by a variable that is removed afterwards", () => {
        assert.deepEqual(psqlCommand(Shell.Cmd, target("Prod DB Readonly")).split("\n"), [
            'for /f "usebackq delims=" %t in (`az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv`) do @set "PGPASSWORD=%t"',
            `psql --no-password "host=${HOST} port=5432 dbname='Prod DB Readonly' user='Prod DB Readonly' sslmode=verify-full sslrootcert=system"`,
            'set "PGPASSWORD="',
        ]);
    });
});

describe("F15: psql in PowerShell, by the rules of Windows PowerShell 5.1", () => {
    const psqlPart = (name: string) => {
        const command = psqlCommand(Shell.PowerShell, target(name));
        const match =
            /^try \{ \$env:PGPASSWORD = (.*?); psql (.*) \} finally \{ Remove-Item Env:PGPASSWORD -ErrorAction Ignore \}$/.exec(
                command,
            );
        assert.ok(match, command);
        return match[2]!;
    };
    const argv = (name: string) => ["psql", ...powerShellArguments(psqlPart(name))];

    for (const name of HOSTILE_NAMES)
        test(`F18: ${visible(name)} arrives in one piece`, () => arrives(name, argv(name)));
    test("F18: so does any name", () => {
        fc.assert(fc.property(anyName, (name) => arrives(name, argv(name))));
    });

    test("typographic quotes end a string as the plain one does, and are doubled like it", () => {
        const text = "o'brien ‘and’ ‚others‛";
        assert.deepEqual(powerShellArguments(quotePowerShell(text)), [text]);
    });

    const skip = installed("pwsh", "-NoProfile", "-Command", "exit 0") ? false : "pwsh is not installed";
    test("F18: the real PowerShell hands all of them over in one piece", { skip }, async () => {
        for (const name of HOSTILE_NAMES) {
            const command = psqlCommand(Shell.PowerShell, target(name));
            const call = await tools.run(["pwsh", "-NoProfile", "-Command"], command);
            arrives(name, [call.program, ...call.argv]);
        }
    });
});

/** In Windows shells either form of the connection string may be taken; both were read by the real psql. */
function arrives(name: string, argv: string[]): void {
    assert.deepEqual(argv.slice(0, 2), ["psql", "--no-password"]);
    assert.equal(argv.length, 3, argv.join("\n"));
    assert.ok(forms(name).includes(argv[2]!), `${argv[2]} is none of ${forms(name).join(" ")}`);
}

describe("F14: token commands", () => {
    test("sovereign clouds have their own audiences", () => {
        assert.match(tokenCommand(Shell.Bash), /--resource-type oss-rdbms /);
        assert.match(
            tokenCommand(Shell.Bash, Cloud.China),
            / --resource https:\/\/ossrdbms-aad\.database\.chinacloudapi\.cn /,
        );
        assert.match(
            tokenCommand(Shell.Cmd, Cloud.UsGovernment),
            / --resource https:\/\/ossrdbms-aad\.database\.usgovcloudapi\.net /,
        );
        assert.match(
            tokenCommand(Shell.Bash, Cloud.China, { source: TokenSource.ManagedIdentity }),
            /resource=https:\/\/ossrdbms-aad\.database\.chinacloudapi\.cn'/,
        );
    });

    test("a guest names the server's tenant", () => {
        assert.match(
            tokenCommand(Shell.Bash, Cloud.Public, { tenantId: CLIENT }),
            new RegExp(`--tenant ${CLIENT} `),
        );
        assert.throws(() => tokenCommand(Shell.Bash, Cloud.Public, { tenantId: "x; rm -rf /" }), /tenantId/);
    });

    test("F37: PowerShell and cmd ask the metadata service too", () => {
        const source = { source: TokenSource.ManagedIdentity };
        const url =
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://ossrdbms-aad.database.windows.net";
        const ask = `(Invoke-RestMethod -Headers @{ Metadata = 'true' } -Uri '${url}').access_token`;
        assert.equal(tokenCommand(Shell.PowerShell, Cloud.Public, source), ask);
        assert.equal(
            tokenCommand(Shell.Cmd, Cloud.Public, source),
            `powershell -NoProfile -Command "${ask}"`,
        );
    });

    test("what goes into a command is checked first", () => {
        const identity = { source: TokenSource.ManagedIdentity };
        const command = (more: object) => () =>
            tokenCommand(Shell.Bash, Cloud.Public, { ...identity, ...more });
        assert.throws(command({ clientId: "x'; id; '" }), /clientId/);
        assert.throws(command({ metadataHost: "http://x'; id; '" }), /metadataHost/);
        assert.doesNotThrow(command({ metadataHost: "http://127.0.0.1:40342" }));
    });

    test("another command can stand in, shell by shell", () => {
        const command = { [Shell.Bash]: "./token ada" };
        const all = signIn(target("ada"), { command });
        assert.equal(all.tokenCommand[Shell.Bash], "./token ada");
        assert.ok(all.psql[Shell.Bash].startsWith('PGPASSWORD="$(./token ada)" psql '));
        assert.match(all.tokenCommand[Shell.Cmd], /^az account/);
    });
});

test("F22: pgAdmin connects later, and the token is typed in then", () => {
    assert.deepEqual(pgAdminSteps({ host: HOST, user: "Prod DB Readonly", address: "127.0.0.1:6432" }), [
        `Register > Server; General: Name = ${HOST}, clear "Connect now?"`,
        `Connection: Host name = ${HOST}, Port = 6432, Maintenance database = postgres, Username = Prod DB Readonly, leave the password empty`,
        "Parameters: SSL mode = verify-full, Root certificate = system",
        "Parameters: add Host address = 127.0.0.1",
        "Save, then Connect to Server and paste a fresh token as the password; do not save it",
    ]);
});

test("everything is there for every shell", () => {
    const all = signIn(target("Prod DB Readonly"));
    assert.deepEqual(Object.keys(all.psql), Object.values(Shell));
    assert.deepEqual(Object.keys(all.tokenCommand), Object.values(Shell));
    assert.equal(all.connectionStrings.libpq, connectionStrings(target("Prod DB Readonly")).libpq);
    assert.equal(all.pgAdmin.length, 4);
});
