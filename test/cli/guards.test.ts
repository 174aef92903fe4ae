import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { LocalCli, PROJECT_FOLDER, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";

/** A stack of which the project has no file. */
const OTHER = "elsewhere";

/** Everything that a program of ours registers below the stack itself. */
const OWN_TYPES = /(azure-native|azuread|azure-postgres-entra):/;

/** What must stop a deployment before any resource, seen through the real CLI. */
describe("guards through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    let foreground: Awaited<ReturnType<LocalCli["foreground"]>>;
    before(async () => {
        foreground = await cli.foreground();
    });
    after(async () => {
        await foreground?.stop();
        cli.close();
        // The CLI writes its salt there.
        rmSync(path.join(PROJECT_FOLDER, `Pulumi.${OTHER}.yaml`), { force: true });
    });

    /** The CLI as a person would call it, without `npm run local`. */
    function pulumi(words: string[], more: Record<string, string | undefined> = {}) {
        const env = {
            ...cli.environment,
            PULUMI_BACKEND_URL: pathToFileURL(cli.folder).href,
            PULUMI_CONFIG_PASSPHRASE: "local",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            ...more,
        };
        return cli.run(findInstalledPulumi()!, [...words, "--non-interactive"], { env });
    }

    test("without a running local Azure the stack local stops before any resource", async () => {
        await pulumi(["stack", "init", "local", "--no-select"]);
        const { code, text } = await pulumi(["preview", "--stack", "local"]);
        assert.notEqual(code, 0);
        assert.match(
            text,
            /cloud Local needs a running local Azure: .*LOCAL_AZURE_ENDPOINT is not set; start it with npm run local/,
        );
        assert.doesNotMatch(text, OWN_TYPES);
    });

    test("with the local providers attached, any other stack is refused before any resource", async () => {
        await pulumi(["stack", "init", OTHER, "--no-select"]);
        const file = path.join(cli.folder, "Pulumi.other.yaml");
        writeStackFile(file, (config) => (config["passwordless-postgres:cloud"] = "Public"));
        const kept = path.join(cli.folder, "cache", "kept");
        const { stdout } = await cli.run("find", [kept, "-name", "providers.json"]);
        const { debugProviders } = JSON.parse(readFileSync(stdout.trim(), "utf8")) as {
            debugProviders: string;
        };
        const words = ["up", "--yes", "--stack", OTHER, "--config-file", file];
        const { code, text } = await pulumi(words, { PULUMI_DEBUG_PROVIDERS: debugProviders });
        assert.notEqual(code, 0);
        assert.match(text, /serves the stack 'local' alone, not 'elsewhere'; unset PULUMI_DEBUG_PROVIDERS/);
        const exported = JSON.parse((await pulumi(["stack", "export", "--stack", OTHER])).stdout);
        const types = ((exported.deployment.resources ?? []) as { type: string }[]).map((r) => r.type);
        assert.deepEqual(
            types.filter((type) => OWN_TYPES.test(type)),
            [],
        );
    });

    test("npm run local refuses another stack by itself", async () => {
        const { code, text } = await cli.local("up", "--stack", "prod");
        assert.equal(code, 1);
        assert.match(text, /stack prod: the local Azure serves the stack 'local' alone/);
    });

    type Config = Record<string, unknown>;
    const LONG_NAME = `${"é".repeat(31)}ab`;
    const badInputs: [string, (config: Config) => void, RegExp][] = [
        [
            "E12: a 64-byte name",
            (config) => (at<{ name: string }[]>(config, "principals")[0]!.name = LONG_NAME),
            /principals\[0\]\.name.*64.*63 bytes|principals\[0\]\.name.*63/s,
        ],
        [
            "an object id that is no GUID",
            (config) => (at<{ objectId: string }[]>(config, "principals")[0]!.objectId = "kim"),
            /principals\[0\]\.objectId: given "kim"; an object id is a GUID/,
        ],
        [
            "EntraOnly with a password",
            (config) => (config["passwordless-postgres:administratorPassword"] = "not-a-secret-here"),
            /administratorPassword.*EntraOnly|EntraOnly.*administratorPassword/s,
        ],
        [
            "E5: a principal that is also an administrator",
            (config) =>
                (at<{ objectId: string }[]>(config, "principals")[0]!.objectId =
                    "c1000000-0000-4000-8000-000000000001"),
            /principals\[0\]\.objectId.*administrators\[0\] is the same identity/s,
        ],
        [
            "F75: a DNS zone named like the server",
            (config) =>
                (at<{ own: Config }>(config, "network").own["privateDnsZoneName"] =
                    "pg-local.postgres.database.azure.com"),
            /privateDnsZoneName.*pg-local/s,
        ],
        [
            "an unknown key",
            (config) => (config["passwordless-postgres:databeses"] = []),
            /passwordless-postgres:databeses: unknown key; allowed here: cloud/,
        ],
        [
            "F74: a delegated subnet together with firewall rules",
            (config) =>
                (at<Config>(config, "network")["firewallRules"] = [
                    { name: "a", startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.1" },
                ]),
            /network\.firewallRules: unknown key; a delegated subnet excludes public access/,
        ],
    ];
    for (const [title, change, message] of badInputs) {
        test(`stops before any resource: ${title}`, async () => {
            const file = path.join(cli.folder, "Pulumi.bad.yaml");
            writeStackFile(file, change);
            const { code, text } = await cli.local("up", "--yes", "--skip-preview", "--config-file", file);
            assert.notEqual(code, 0);
            assert.match(text, message);
            assert.doesNotMatch(text, /not-a-secret-here/);
            assert.doesNotMatch(text, OWN_TYPES);
            const exported = JSON.parse((await cli.local("stack", "export")).stdout);
            const types = ((exported.deployment.resources ?? []) as { type: string }[]).map((r) => r.type);
            assert.deepEqual(
                types.filter((type) => OWN_TYPES.test(type)),
                [],
            );
        });
    }
});
