import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { accessReportSchema } from "../../report/access/accessReport";
import { LocalCli, skipWithoutCli } from "../cli/localCli";

/** The shortest way through the real Pulumi CLI; `npm run test:cli` goes the longer ones. */
describe("npm run local, end to end through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    after(() => cli.close());

    test("up, a preview without changes, the access report, destroy: four processes, one kept local Azure", async () => {
        const up = await cli.local("up", "--yes", "--skip-preview");
        assert.equal(up.code, 0, up.text);
        assert.match(up.text, /pg-local\.postgres\.database\.azure\.com/);
        const preview = await cli.local("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.text);
        const access = await cli.run(process.execPath, [
            ...["--import", "tsx", "report/access/main.ts"],
            ...["--stack", "local", "--json", "--fail-on-drift"],
        ]);
        assert.equal(access.code, 0, access.text);
        const report = accessReportSchema.parse(JSON.parse(access.stdout));
        assert.deepEqual([report.drift, report.notChecked], [[], []]);
        assert.match(access.stderr, /^$/, "no progress where nobody looks");
        const file = path.join(cli.folder, "access.html");
        const page = await cli.local("access", "--html", file);
        assert.deepEqual([page.code, page.stdout], [0, ""], page.text);
        assert.match(page.stderr, /access\.html: No drift/);
        assert.match(readFileSync(file, "utf8"), /reporting-job/);
        const destroy = await cli.local("destroy", "--yes", "--skip-preview", "--run-program");
        assert.equal(destroy.code, 0, destroy.text);
        const exported = JSON.parse((await cli.local("stack", "export")).stdout) as {
            deployment: { resources?: unknown[] };
        };
        assert.deepEqual(exported.deployment.resources ?? [], []);
        const nothing = await cli.local("access");
        assert.equal(nothing.code, 1);
        assert.match(
            nothing.stderr,
            /No server of this local Azure is named .* Deploy it first: npm run local -- up/,
        );
    });
});
