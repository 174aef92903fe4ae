/** Programs of this project as processes of their own, and what is left of processes. */

import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningChild } from "./runChild";

const ROOT = path.join(__dirname, "..", "..");

/** For the environment of a child that is no test itself. */
export function plainEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined, ...changes };
}

export function startTypeScript(file: string, words: string[], options: SpawnOptions = {}): ChildProcess {
    const tsx = require.resolve("tsx");
    const child = spawn(process.execPath, ["--import", `file://${tsx}`, file, ...words], {
        cwd: ROOT,
        env: plainEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
        ...options,
    });
    return child;
}

/** Its first line, parsed. @throws Error with what it said where it ends before. */
export async function firstLine<T>(child: ChildProcess): Promise<T> {
    let out = "";
    let err = "";
    child.stderr!.on("data", (chunk) => (err += chunk));
    for await (const chunk of child.stdout!) {
        out += String(chunk);
        if (out.includes("\n")) return JSON.parse(out.split("\n")[0]!) as T;
    }
    throw new Error(`the child ended: ${err || out}`);
}

export async function startRun(
    how: "end" | "throw" | "wait",
    folder?: string,
): Promise<[ChildProcess, RunningChild]> {
    const child = startTypeScript(path.join(__dirname, "runChild.ts"), [how, ...(folder ? [folder] : [])]);
    return [child, await firstLine<RunningChild>(child)];
}

/** Ends a child by its own handle, and waits for that. */
export async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    if (signal) child.kill(signal);
    await exit;
}

/** Ids of the processes with this text in their command line. */
export function processesWith(text: string): number[] {
    if (process.platform === "linux") {
        return readdirSync("/proc")
            .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
            .filter((name) => readOrNothing(`/proc/${name}/cmdline`).replaceAll("\0", " ").includes(text))
            .map(Number);
    }
    return execFileSync("ps", ["-A", "-o", "pid=,command="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes(text))
        .map((line) => Number.parseInt(line, 10));
}

function readOrNothing(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

/** Whether nothing is left of a run: no folder, no PostgreSQL, no watchdog. Waits for that, 20 s at most. */
export async function isGone({ run, data }: RunningChild): Promise<boolean> {
    const isLeft = (): boolean =>
        existsSync(run) || processesWith(run).length > 0 || processesWith(data).length > 0;
    for (let i = 0; i < 1000 && isLeft(); i++) await sleep(20);
    return !isLeft();
}
