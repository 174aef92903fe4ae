import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import type { Outcome } from "../../rehearsal/scenarios/scenario";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { findSecrets } from "../support/secretScan";

const PASSWORDS = ["Throw-Away-Citus-1", "Throw-Away-Reports-1", "Throw-Away-Legacy-1"];

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
    assert.deepEqual(findSecrets(stdout + stderr, PASSWORDS), []);
    whoSignsInOnTheMachine(outcomes["vm"]!);
});

/** F35, F37, F38: workloads sign in as what their machine has, and everything else is refused. */
function whoSignsInOnTheMachine({ signIns, privileges }: Outcome): void {
    const onMachine = signIns.filter((row) => row.who.startsWith("on vm-batch: "));
    const shown = onMachine.map(({ who, role, seen }) => [who.slice(13), role, seen.slice(0, 40)]);
    assert.deepEqual(shown, [
        ["orders-worker, by its client id", "orders-worker", "signed in as orders-worker to orders"],
        ["orders-worker, by its object id", "orders-worker", "signed in as orders-worker to orders"],
        ["orders-worker, as the group", "Prod DB Readonly", "signed in as Prod DB Readonly to orders"],
        ["no identity named", "vm-batch", "signed in as vm-batch to analytics"],
        ["orders-worker, as the machine", "vm-batch", "refused: Service principal oid mismatch "],
        ["a token for the resource API", "vm-batch", "refused: The access token does not have "],
        ["an identity that it does not have", "(no token)", "refused: Identity not found"],
        ["an object id for a client id", "(no token)", "refused: Identity not found"],
        ["without the header Metadata", "(no token)", "refused: Required metadata header not sp"],
        ["a forwarded request", "(no token)", "refused: X-Forwarded-For header is not a"],
        ["an unknown resource", "(no token)", "refused: AADSTS500011: The resource prin"],
    ]);
    assert.ok(privileges.some((row) => row.role === "orders-worker" && row.database === "orders"));
}
