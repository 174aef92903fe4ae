import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import type { Outcome } from "../../rehearsal/scenarios/scenario";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { findSecrets } from "../support/secretScan";

test("npm start -- --scenario all rehearses each; the refusals of each system are in its table (F40, F49, F54)", async () => {
    const words = ["--import", "tsx", "rehearsal/main.ts", "--scenario", "all", "--json"];
    const run = promisify(execFile)(process.execPath, words, {
        cwd: PROJECT_FOLDER,
        maxBuffer: 64 * 1024 * 1024,
    });
    const { stdout, stderr } = await run;
    const outcomes = JSON.parse(stdout) as Record<string, Outcome>;
    assert.deepEqual(
        Object.keys(outcomes),
        SCENARIOS.map((scenario) => scenario.name),
    );
    for (const [name, { signIns, privileges }] of Object.entries(outcomes))
        assert.deepEqual(
            [...signIns, ...privileges].filter((row) => !row.asExpected),
            [],
            name,
        );
    const refused = (name: string) =>
        outcomes[name]!.signIns.filter((row) => row.expected.startsWith("refused")).map((row) => row.who);
    for (const who of [
        "a token for Flexible Server",
        "a native role, with a left-over token",
        "a user, with a left-over password",
    ])
        assert.ok(refused("cosmos").includes(who), who);
    assert.ok(refused("single-server").includes("a user name without the server"));
    assert.deepEqual(findSecrets(stdout + stderr, ["Throw-Away-Citus-1", "Throw-Away-Reports-1"]), []);
});
