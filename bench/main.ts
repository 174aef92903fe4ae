import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { styleFor } from "../rehearsal/terminal";
import { Running } from "../test/provider/running";
import { runOnMajor } from "./otherMajor";
import { HELP, parseArguments, type Arguments } from "./arguments";
import { chart } from "./chart";
import { measureLines } from "./lines";
import { measurePrincipals } from "./principals";
import { growthLines, markdownPage, type Machine } from "./report";
import {
    isOwn,
    linesForTerminal,
    rounded,
    rowsForTerminal,
    rowsOf,
    type Line,
    type Measured,
    type Row,
} from "./rows";
import { sectionOf, withSection } from "./shortestPath/page";
import { shortestPath, writeShortestPath } from "./shortestPath/run";
import type { Peer } from "./subject";

const DOCS = path.join(__dirname, "..", "docs");
const style = styleFor(process.stderr);
const progress = (text: string) => process.stderr.write(`${style.dim("bench:")} ${text}\n`);

async function main(): Promise<void> {
    const options = parseArguments(process.argv.slice(2));
    if (options.help) return void process.stdout.write(HELP);
    const [load = 0] = loadavg();
    if (options.major !== undefined) await runOnMajor(options.major);
    progress("starting a local Azure");
    const local = await Running.start();
    try {
        const machine = await machineOf(local, load, options.runs);
        const measured = options.cases.includes("principals") ? await principals(local, options) : [];
        const rows = measured.flatMap(rowsOf);
        const others = options.cases.filter((name) => name !== "principals");
        const lines = [...growthLines(measured), ...(await measureLines(local, others, progress))];
        print(rows, lines);
        await save(rows, lines, machine, options);
    } finally {
        await local.stop();
    }
}

async function principals(local: Running, options: Arguments): Promise<Measured[]> {
    const peers = await Promise.all(options.peers.map(peerOf));
    for (const size of options.sizes.filter((one) => one > options.singles))
        progress(
            `single principals are left out at ${size.toLocaleString("en-US")}, as they take long (--singles ${size})`,
        );
    return measurePrincipals(local, { ...options, peers, progress });
}

async function peerOf(file: string): Promise<Peer> {
    const { default: peer } = (await import(pathToFileURL(path.resolve(file)).href)) as { default: unknown };
    // A module of CommonJS arrives as the default export itself.
    const found = (peer as { default?: Peer }).default ?? (peer as Peer);
    if (typeof found.start === "function") return found;
    throw new Error(`--peer '${file}': its default export must be a Peer, see bench/subject.ts.`);
}

async function machineOf(local: Running, load: number, runs: number): Promise<Machine> {
    const [row] = await local.sql("show server_version");
    return {
        processors: availableParallelism(),
        platform: `${process.platform} ${process.arch}`,
        node: process.versions.node,
        postgres: String(row!["server_version"]),
        load: rounded(load),
        runs,
    };
}

function print(rows: Row[], lines: Line[]): void {
    if (rows.length > 0) process.stdout.write(`${rowsForTerminal(rows)}\n`);
    if (lines.length > 0) process.stdout.write(`${linesForTerminal(lines)}\n`);
}

async function save(rows: Row[], lines: Line[], machine: Machine, options: Arguments): Promise<void> {
    if (options.json !== undefined)
        await writeFile(options.json, `${JSON.stringify(rows.filter(isOwn), null, 2)}\n`);
    if (!options.write) return;
    if (options.cases.join() !== "path") await savePage(rows, lines, machine);
    if (options.cases.includes("path")) await writeShortestPath(DOCS, await shortestPath());
    progress("wrote docs/benchmarks.md");
}

/** The shortest path has a section of its own, which stays where it is not measured anew. */
async function savePage(rows: Row[], lines: Line[], machine: Machine): Promise<void> {
    const page = path.join(DOCS, "benchmarks.md");
    const kept = existsSync(page) ? sectionOf(await readFile(page, "utf8")) : undefined;
    const written = markdownPage(rows, lines, machine);
    await writeFile(page, kept === undefined ? written : withSection(written, kept));
    if (rows.length > 0)
        await writeFile(path.join(DOCS, "benchmarks.svg"), chart(rows, "Time by number of principals"));
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
});
