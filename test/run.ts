import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";

/**
 * Runs the test files with node's own test runner. `npm test` runs every suite but `cli` and `clients`; `--suite <name>` one suite, which is a
 * folder under test/; further words pick files whose path contains one of them.
 */
const SEPARATE_SUITES = new Set(["cli", "clients"]);

const [suite, words] = readArguments(process.argv.slice(2));
const files = testFiles(__dirname)
    .filter((file) => (suite ? suiteOf(file) === suite : !SEPARATE_SUITES.has(suiteOf(file))))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));

if (files.length === 0) {
    process.stderr.write(`no test file matches ${process.argv.slice(2).join(" ")}\n`);
    process.exit(2);
}

const concurrency = suite && SEPARATE_SUITES.has(suite) ? 1 : Math.max(2, availableParallelism());
if (!suite && words.length === 0)
    process.stdout.write(
        "Not run here: the runs through the Pulumi CLI (npm run test:cli), and the samples in other languages (npm run test:clients).\n",
    );
const runner = spawn(
    process.execPath,
    ["--import", "tsx", "--test", `--test-concurrency=${concurrency}`, "--test-reporter=spec", ...files],
    { stdio: "inherit", cwd: path.join(__dirname, "..") },
);
runner.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

function readArguments(words: string[]): [string | undefined, string[]] {
    const at = words.indexOf("--suite");
    return at < 0 ? [undefined, words] : [words[at + 1], words.filter((_, i) => i !== at && i !== at + 1)];
}

function testFiles(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .map((file) => path.join(folder, file))
        .sort();
}

function suiteOf(file: string): string {
    return path.relative(__dirname, file).split(path.sep)[0]!;
}
