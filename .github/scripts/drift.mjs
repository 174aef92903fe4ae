// Whether a stack is as its code says, written as JSON for driftIssue.cjs. Changes nothing.
//
//   node .github/scripts/drift.mjs <stack> <folder>
//
// Exit codes: 0 found out, whatever it is; 1 could not be found out; 2 a wrong command line.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const [stack, folder] = process.argv.slice(2);
if (!stack || !folder || stack.startsWith("-")) {
    process.stderr.write("node .github/scripts/drift.mjs <stack> <folder>\n");
    process.exit(2);
}

function run(command, words) {
    const { status, stdout, stderr, error } = spawnSync(command, words, {
        encoding: "utf8",
        maxBuffer: 256 * 1024 * 1024,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const text = error ? error.message : `${stdout}${stderr}`;
    process.stdout.write(`${text}\n`);
    return { status, stdout, text };
}

const always = ["--non-interactive", "--color", "never"];
const refresh = run("pulumi", [
    ...["refresh", "--stack", stack, "--preview-only", "--expect-no-changes", "--run-program", "--diff"],
    ...always,
]);
// The CLI ends with the same code for a difference and for a failure; the words tell them apart.
const differs = /no changes were expected[^\n]* but changes/i.test(refresh.text);
const known = refresh.status === 0 || differs;
// A refresh sees what the stack made; a role that somebody else made, only the access report.
const access = known
    ? run("npm", ["run", "--silent", "access", "--", "--stack", stack, "--markdown", "--fail-on-drift"])
    : undefined;

/** Its exit codes: 0 as declared, 2 something differs, 3 there is no report for the stack's database system. */
const accessKnown = [0, 2, 3].includes(access?.status);
const outcome = differs || access?.status === 2 ? "drift" : accessKnown ? "none" : "failed";

mkdirSync(folder, { recursive: true });
const report = {
    stack,
    outcome,
    refresh: refresh.text,
    access: access?.status === 0 || access?.status === 2 ? access.stdout : "",
    accessFailed: access && !accessKnown ? access.text : "",
};
writeFileSync(path.join(folder, `${stack}.json`), `${JSON.stringify(report, null, 2)}\n`);
process.exit(outcome === "failed" ? 1 : 0);
