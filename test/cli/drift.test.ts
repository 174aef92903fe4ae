import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { metadataEnvironment } from "../../emulator/endpoint/environment";
import { environmentOf } from "../../rehearsal/localPulumi";
import { endpointFileOf, runningSession } from "../../rehearsal/localSession";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { projectName } from "../../rehearsal/stackFile";
import { LocalCli, PROJECT_FOLDER, skipWithoutCli } from "./localCli";
import { sqlAs } from "./printedLines";

/** What drift.yml runs, on the stack `local`: the words of the real CLI tell a difference from a failure. */
describe("the drift check through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    let foreground = { printed: "", stop: async () => undefined as void };
    before(async () => {
        foreground = await cli.foreground();
        const up = await cli.local("up", "--yes", "--skip-preview");
        assert.equal(up.code, 0, up.text);
        foreground.printed = (await cli.local("sign-in")).stdout;
    });
    after(async () => {
        await foreground.stop();
        cli.close();
    });

    async function drift(more: NodeJS.ProcessEnv = {}) {
        const kept = path.join(cli.folder, "cache", "kept");
        const stateFolder = path.join(kept, readdirSync(kept)[0]!);
        const session = (await runningSession(stateFolder))!;
        const environment = {
            ...metadataEnvironment(session.url, {}),
            LOCAL_AZURE_ENDPOINT: endpointFileOf(stateFolder),
        };
        const { debugProviders } = session;
        const local = {
            projectFolder: PROJECT_FOLDER,
            project: projectName(),
            stateFolder,
            stackFile: "Pulumi.local.yaml",
            environment,
            debugProviders,
        };
        const env = { ...environmentOf(local, cli.environment), PATH: pulumiFirst(), ...more };
        const folder = path.join(cli.folder, "drift");
        const words = [path.join(".github", "scripts", "drift.mjs"), "local", folder];
        const outcome = await cli.run(process.execPath, words, { env });
        const report = JSON.parse(readFileSync(path.join(folder, "local.json"), "utf8")) as Record<
            string,
            string
        >;
        return { ...outcome, report };
    }

    test("a stack that is as its code says has none", async () => {
        const { code, report, text } = await drift();
        assert.deepEqual([code, report["stack"], report["outcome"]], [0, "local", "none"], text);
    });

    test("a role made by hand, of which the state knows nothing, is a difference; without it there is none again", async () => {
        const sql = (text: string) => sqlAs(cli, foreground.printed, "deployer", "postgres", text);
        await sql("create role shadow");
        const { code, report, text } = await drift();
        assert.deepEqual([code, report["outcome"]], [0, "drift"], text);
        assert.doesNotMatch(report["refresh"]!, /shadow/);
        assert.match(report["access"]!, /outside code \| shadow /);
        await sql("drop role shadow");
        assert.equal((await drift()).report["outcome"], "none");
    });

    test("an access report that fails where nothing else differs is a failure", async () => {
        const broken = path.join(cli.folder, "broken");
        mkdirSync(broken);
        writeFileSync(path.join(broken, "npm"), "#!/bin/sh\necho no report >&2\nexit 1\n", { mode: 0o755 });
        const { code, report, text } = await drift({ PATH: [broken, pulumiFirst()].join(path.delimiter) });
        assert.deepEqual([code, report["outcome"]], [1, "failed"], text);
        assert.equal(report["accessFailed"], "no report\n");
    });

    test("a role that lost its connection limit by hand is a difference, which is shown and not mended", async () => {
        const guest = "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com";
        await sqlAs(
            cli,
            foreground.printed,
            "deployer",
            "postgres",
            `alter role "${guest}" connection limit 50`,
        );
        for (const _ of [1, 2]) {
            const { code, report, text } = await drift();
            assert.deepEqual([code, report["outcome"]], [0, "drift"], text);
            assert.match(report["refresh"]!, /connectionLimit/);
        }
    });

    test("what could not be found out is a failure, not a difference", async () => {
        const { code, report, text } = await drift({ PULUMI_CONFIG_PASSPHRASE: "wrong" });
        assert.deepEqual([code, report["outcome"]], [1, "failed"], text);
    });
});

/** In an npm script `pulumi` is the package's wrapper, which downloads. */
function pulumiFirst(): string {
    return [path.dirname(findInstalledPulumi()!), process.env["PATH"]].join(path.delimiter);
}
