import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { LocalCli, skipWithoutCli } from "../cli/localCli";

/** The shortest way through the real Pulumi CLI; `npm run test:cli` goes the longer ones. */
describe("npm run local, end to end through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    after(() => cli.close());

    test("up, a preview without changes, destroy: three processes, one kept local Azure", async () => {
        const up = await cli.local("up", "--yes", "--skip-preview");
        assert.equal(up.code, 0, up.text);
        assert.match(up.text, /pg-local\.postgres\.database\.azure\.com/);
        const preview = await cli.local("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.text);
        const destroy = await cli.local("destroy", "--yes", "--skip-preview", "--run-program");
        assert.equal(destroy.code, 0, destroy.text);
        const exported = JSON.parse((await cli.local("stack", "export")).stdout) as {
            deployment: { resources?: unknown[] };
        };
        assert.deepEqual(exported.deployment.resources ?? [], []);
    });
});
