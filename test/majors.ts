/**
 * The tests that depend on PostgreSQL, on several majors in turn: `npm run test:majors [-- majors] [-- --fetch]`.
 * Majors other than the default are fetched into the cache first; one that cannot be fetched is skipped by name.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { platformPackage } from "../emulator/postgres/binaries";
import { DEFAULT_MAJOR, fetchMajor, OTHER_MAJORS } from "../emulator/postgres/majors";
import { countsOf, summary, type MajorResult } from "./majorsSummary";

const HELP = `npm run test:majors -- [majors] [--fetch] [--file <word>]

  majors         of PostgreSQL, for instance: 15 18. Default: 15 17 18.
  --fetch        only fetches the majors into the cache
  --file <word>  only test files whose path contains the word; may be repeated
  --help         this text
`;

const DEFAULT_MAJORS = [15, 17, 18];
const SUITES = ["provider", "postgres", "faults"];
/** About finding the programs, not about a major of them. */
const WITHOUT = new Set(["binaries.test.ts"]);

interface Arguments {
    majors: number[];
    fetchOnly: boolean;
    words: string[];
}

async function main(): Promise<number> {
    const words = process.argv.slice(2);
    if (words.includes("--help")) {
        process.stdout.write(HELP);
        return 0;
    }
    const { majors, fetchOnly, words: files } = readArguments(words);
    const results: MajorResult[] = [];
    for (const major of majors) {
        const skipped = await fetched(major);
        if (skipped !== undefined) results.push({ major, skipped });
        else if (fetchOnly) process.stderr.write(`PostgreSQL ${major}: in the cache\n`);
        else results.push(await run(major, testFiles(files)));
    }
    if (results.length > 0) process.stdout.write(summary(results));
    return results.some((result) => "code" in result && result.code !== 0) ? 1 : 0;
}

function readArguments(words: string[]): Arguments {
    const found: Arguments = { majors: [], fetchOnly: false, words: [] };
    for (let at = 0; at < words.length; at++) {
        const word = words[at]!;
        if (word === "--fetch") found.fetchOnly = true;
        else if (word === "--file" && words[at + 1] !== undefined) found.words.push(words[++at]!);
        else if (Number(word) === DEFAULT_MAJOR || Number(word) in OTHER_MAJORS)
            found.majors.push(Number(word));
        else throw new Error(`'${word}' is no argument of test:majors.\n${HELP}`);
    }
    if (found.majors.length === 0) found.majors = DEFAULT_MAJORS;
    return found;
}

/** @returns Why the major cannot run here; `undefined` where it can. */
async function fetched(major: number): Promise<string | undefined> {
    if (major === DEFAULT_MAJOR) return undefined;
    try {
        await fetchMajor(major, platformPackage());
        return undefined;
    } catch (error) {
        const { stderr, message } = error as Error & { stderr?: string };
        return `could not be fetched: ${(stderr || message).trim().split("\n")[0]}`;
    }
}

function testFiles(words: string[]): string[] {
    return SUITES.flatMap((suite) => {
        const folder = path.join(__dirname, suite);
        return (existsSync(folder) ? readdirSync(folder) : [])
            .filter((name) => name.endsWith(".test.ts") && !WITHOUT.has(name))
            .map((name) => path.join(folder, name));
    }).filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
}

/** node's own test runner, with its lines passed on as they come. */
function run(major: number, files: string[]): Promise<MajorResult> {
    process.stderr.write(`\nPostgreSQL ${major}\n`);
    const concurrency = Math.max(2, availableParallelism());
    const args = ["--import", "tsx", "--test", `--test-concurrency=${concurrency}`, "--test-reporter=spec"];
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [...args, ...files], {
            stdio: ["ignore", "pipe", "inherit"],
            cwd: path.join(__dirname, ".."),
            env: { ...process.env, AZURE_POSTGRES_ENTRA_PG_VERSION: String(major) },
        });
        let said = "";
        child.stdout.setEncoding("utf8");
        child.stdout.on("data", (text: string) => {
            said += text;
            process.stdout.write(text);
        });
        child.on("error", reject);
        child.on("close", (code) => resolve({ major, code: code ?? 1, ...countsOf(said) }));
    });
}

main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 2;
    },
);
