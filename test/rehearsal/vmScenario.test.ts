import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import type { Outcome } from "../../rehearsal/scenarios/scenario";
import { findSecrets } from "../support/secretScan";

describe("npm start -- --scenario vm", () => {
    test("F35, F37, F38: workloads sign in on the machine as what it has, and everything else is refused", async () => {
        const { code, stdout, stderr } = await start();
        assert.equal(code, 0, stdout + stderr);
        const { signIns, privileges } = JSON.parse(stdout) as Outcome;
        assert.ok([...signIns, ...privileges].every((row) => row.asExpected));
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
        assert.deepEqual(findSecrets(stdout + stderr, []), []);
    });
});

function start(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const words = ["--import", "tsx", "rehearsal/main.ts", "--scenario", "vm", "--json"];
    const child = spawn(process.execPath, words, { cwd: path.join(__dirname, "..", "..") });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (chunk: string) => (output[name] += chunk));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, ...output }));
    });
}
