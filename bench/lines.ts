/** What is no matter of sizes: sign-in and throughput through the gateway, start times. As ratios where there is a peer. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { DEPLOYER, HOST, type Running } from "../test/provider/running";
import type { LineCase } from "./arguments";
import { bareRoleLines } from "./bareRoles";
import type { ClientJob } from "./client";
import type { ManyDatabases } from "./manyDatabases";
import { engineLines } from "./engine";
import { DIRECT_PASSWORD, DIRECT_USER, DirectServer } from "./directServer";
import { linearGrowthLines } from "./otherMajor";
import { median, rounded, type Line } from "./rows";
import { shortestPathLine } from "./shortestPath/page";
import { shortestPath } from "./shortestPath/run";

const ROOT = path.join(__dirname, "..");
const SIGN_INS = 50;
const QUERIES = 3_000;
/** Each by turns, so that whatever else the machine does meets both. */
const ROUNDS = 3;

type Progress = (text: string) => void;

/** To measure something more, add a line, and its name to `CASES` (arguments.ts). */
const LINE_CASES: Record<
    LineCase,
    { what: string; measure: (local: Running, progress: Progress) => Promise<Line[]> }
> = {
    roles: { what: "PostgreSQL's own bare CREATE ROLE", measure: bareRoleLines },
    growth15: {
        what: "a set's growth on PostgreSQL 15",
        measure: (_local, progress) => linearGrowthLines(progress),
    },
    gateway: { what: "sign-in and throughput through the gateway", measure: gatewayLines },
    plugin: { what: "start of the plugin", measure: pluginLines },
    start: { what: "npm start", measure: npmStartLines },
    databases: {
        what: "a deployment of many databases, profiles and principals",
        measure: manyDatabasesLines,
    },
    engine: { what: "pulumi up and preview of a set", measure: engineLines },
    path: {
        what: "a deployment with Azure's operation times, on a virtual clock",
        measure: async () => [shortestPathLine(await shortestPath())],
    },
};

export async function measureLines(
    local: Running,
    cases: readonly LineCase[],
    progress: Progress,
): Promise<Line[]> {
    const lines: Line[] = [];
    for (const name of cases) {
        const { what, measure } = LINE_CASES[name];
        progress(what);
        lines.push(...(await measure(local, progress)));
    }
    return lines;
}

async function gatewayLines(local: Running): Promise<Line[]> {
    const direct = await DirectServer.start(local.ca, HOST);
    try {
        const shared = { host: "127.0.0.1", database: "postgres", ca: local.ca.certificate };
        const password = await local.issuer.issue({ objectId: DEPLOYER });
        const gateway = { ...shared, port: local.server.port, user: "DBA", password };
        const plain = { ...shared, port: direct.port, user: DIRECT_USER, password: DIRECT_PASSWORD };
        const ratio = async (job: ClientJob["job"], times: number) => {
            const through: number[] = [];
            const without: number[] = [];
            for (let round = 0; round < ROUNDS; round++) {
                without.push(await client({ connection: plain, job, times }));
                through.push(await client({ connection: gateway, job, times }));
            }
            return [median(through) / times, median(without) / times] as const;
        };
        const [signIn, scram] = await ratio("signIn", SIGN_INS);
        const [query, directQuery] = await ratio("queries", QUERIES);
        return [
            {
                what: "sign-in with a token through the gateway, to a direct one by SCRAM (both TLS)",
                value: `${rounded(signIn / scram)}x (${rounded(signIn)} ms, ${rounded(scram)} ms)`,
            },
            {
                what: "throughput of single queries through the gateway, to direct ones (both TLS, one client)",
                value: `${rounded(directQuery / query)}x (${rounded(1000 / query)}/s, ${rounded(1000 / directQuery)}/s)`,
            },
        ];
    } finally {
        await direct.stop();
    }
}

/** @returns milliseconds. */
async function client(job: ClientJob): Promise<number> {
    const child = spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "client.ts")], {
        stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(JSON.stringify(job));
    const said = Number(await text(child.stdout));
    if (!(said > 0)) throw new Error(`the client of the bench gave no time for ${job.job}`);
    return said;
}

/** Until it says its port, as the engine waits for it. */
async function pluginLines(): Promise<Line[]> {
    const times: number[] = [];
    const sizes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
        const start = performance.now();
        const child = spawn(process.execPath, [path.join(ROOT, "components", "plugin.js")], {
            stdio: ["pipe", "pipe", "ignore"],
            cwd: ROOT,
        });
        try {
            await firstLine(child, "components/plugin.js");
            times.push(performance.now() - start);
            sizes.push(...(await residentMegabytes(child.pid!)));
        } finally {
            child.kill("SIGKILL");
        }
    }
    const lines = [{ what: "plugin, until the engine can call it", value: `${rounded(median(times))} ms` }];
    if (sizes.length > 0)
        lines.push({ what: "plugin, memory then", value: `${Math.round(median(sizes))} MB` });
    return lines;
}

/** @throws Error where the program ends, or cannot start, without a word. */
export async function firstLine(child: ChildProcess, program: string): Promise<void> {
    const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
        throw new Error(
            `${program} ended with ${code ?? signal} and said nothing; run it by itself to see why`,
        );
    });
    // Its end after that is no failure.
    ended.catch(() => undefined);
    await Promise.race([once(createInterface(child.stdout!), "line"), ended]);
}

async function manyDatabasesLines(): Promise<Line[]> {
    const child = spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "manyDatabases.ts")], {
        stdio: ["ignore", "pipe", "inherit"],
        cwd: ROOT,
    });
    const printed = await text(child.stdout);
    if (printed.trim() === "")
        throw new Error("the deployment of many databases failed; its error stands above");
    const measured = JSON.parse(printed.trim().split("\n").at(-1)!) as ManyDatabases;
    const { databases, profiles, principals, resources, ms, rolledBack } = measured;
    return [
        {
            what: `deployment of ${databases} databases with ${profiles} profiles, ${principals} principals with one in each`,
            value: `${rounded(ms / 1000)} s (${resources} resources, ${rolledBack} failed statements)`,
        },
    ];
}

/** Empty where the system has no /proc. */
async function residentMegabytes(pid: number): Promise<number[]> {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? [] : [Number(kilobytes) / 1024];
}

/** @throws Error where it fails. */
async function npmStartLines(): Promise<Line[]> {
    const start = performance.now();
    const child = spawn(process.execPath, ["--import", "tsx", path.join(ROOT, "rehearsal", "main.ts")], {
        stdio: "ignore",
        cwd: ROOT,
    });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`npm start ended with ${code}; run it by itself to see why`);
    const seconds = (performance.now() - start) / 1000;
    return [{ what: "npm start, from nothing to its end", value: `${rounded(seconds)} s` }];
}
