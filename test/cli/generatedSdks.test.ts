import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { LocalCli, PROJECT_FOLDER, skipWithoutCli } from "./localCli";

/** A file of the SDK, and what the schema must have become in it. */
const SDKS: Record<string, [file: string, content: RegExp[]]> = {
    nodejs: [
        "nodejs/flexibleServer.ts",
        [
            /administratorPassword"\] = args\?\.administratorPassword \? pulumi\.secret\(/,
            /authMode\?: enums\.AuthMode;/,
        ],
    ],
    python: [
        "python/pulumi_azure_postgres_entra/flexible_server.py",
        [/Output\.secret\(administrator_password\)/, /auth_mode: Optional\['AuthMode'\]/],
    ],
    go: [
        "go/azurepostgresentra/flexibleServer.go",
        [/pulumi\.ToSecret\(args\.AdministratorPassword\)/, /AuthMode +\*AuthMode/],
    ],
};

describe("SDKs of other languages, made from schema.json", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const folder = mkdtempSync(path.join(tmpdir(), "sdks-"));
    after(() => {
        cli.close();
        rmSync(folder, { recursive: true });
    });

    for (const [language, [file, contents]] of Object.entries(SDKS))
        test(`${language}: secrets are secrets and enums are enums`, async (t) => {
            const schema = path.join(PROJECT_FOLDER, "components", "schema.json");
            const words = ["package", "gen-sdk", schema, "--language", language, "--out", folder];
            const { code, text } = await cli.run(findInstalledPulumi()!, words, {
                cwd: folder,
                env: {
                    ...cli.environment,
                    PULUMI_HOME: path.join(folder, "home"),
                    PULUMI_SKIP_UPDATE_CHECK: "true",
                },
            });
            if (/no language plugin/.test(text))
                return t.skip(`Pulumi's host for ${language} is not installed`);
            assert.equal(code, 0, text);
            const made = readFileSync(path.join(folder, file), "utf8");
            for (const content of contents) assert.match(made, content);
        });
});
