/** One PostgreSQL server process and its data folder: start, wait, stop. */

import { spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries";
import { commandLineOf } from "./processes";
import { programOptions, run } from "./programs";

/** The port is only part of the socket's name: nothing listens on the network. */
export const SOCKET_PORT = 5432;

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 4;

export interface PostmasterOptions {
    programs: Binaries;
    data: string;
    /** 0700, of PostgreSQL's user. */
    socketFolder: string;
    logFile: string;
}

/** Settings that no user can change: they stand on the command line. */
function fixedSettings(socketFolder: string): string[] {
    const settings = {
        listen_addresses: "",
        port: String(SOCKET_PORT),
        unix_socket_directories: socketFolder,
        unix_socket_permissions: "0700",
        // Durability against a power cut is not what a local Azure is for.
        fsync: "off",
        full_page_writes: "off",
        superuser_reserved_connections: "10",
        shared_memory_type: "mmap",
        // In the data folder: a PostgreSQL that is killed leaves nothing in /dev/shm.
        dynamic_shared_memory_type: "mmap",
    };
    return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

export type StopMode = "fast" | "immediate";

/** A PostgreSQL that this process started. */
export interface Postmaster {
    /** Resolves when it has ended, by whomever. */
    readonly ended: Promise<void>;
    /** `fast` ends sessions, `immediate` does not even tidy up. */
    stop(mode: StopMode): Promise<void>;
}

/**
 * Starts PostgreSQL and waits until it takes connections. Should this process not live to stop it, the run
 * folder's watchdog does.
 *
 * @throws Error with the end of the server's log.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
    const { programs, data, socketFolder, logFile } = options;
    const log = await open(logFile, "a", 0o600);
    const args = ["-D", data, ...fixedSettings(socketFolder)];
    const postgres = spawn(path.join(programs.bin, "postgres"), args, {
        ...programOptions(),
        // A group of its own: Ctrl-C in a terminal is for us, who then stop it.
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
    });
    let problem: string | undefined;
    const ended = new Promise<void>((resolve) => {
        const end = (why: string): void => {
            problem ??= why;
            resolve();
        };
        postgres.on("error", (error) => end(error.message));
        postgres.on("exit", (code, signal) => end(`it ended with ${signal ?? `code ${code}`}`));
    });
    await log.close();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await isReady(data, postgres.pid))) {
        if (Date.now() > deadline) problem ??= `it was not ready after ${START_TIMEOUT_MS / 1000} s`;
        if (problem !== undefined) {
            postgres.kill("SIGQUIT");
            throw new Error(`PostgreSQL in ${data} did not start: ${problem}. ${await tail(logFile)}`);
        }
        await sleep(POLL_MS);
    }
    const stop = async (mode: StopMode): Promise<void> => {
        // Through the handle of our own child, which never is another process. (Windows knows no such
        // signals.)
        if (process.platform === "win32") await stopPostmaster(programs, data, mode);
        else postgres.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
        await ended;
    };
    return { ended, stop };
}

/**
 * The eighth line of `postmaster.pid` says «ready» once connections are taken; the first is the process that
 * wrote it.
 */
async function isReady(data: string, pid: number | undefined): Promise<boolean> {
    const lines = await pidFileLines(data);
    return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

async function pidFileLines(data: string): Promise<string[]> {
    const text = await readFile(path.join(data, "postmaster.pid"), "utf8").catch(() => "");
    return text.split("\n");
}

async function tail(logFile: string): Promise<string> {
    const log = await readFile(logFile, "utf8").catch(() => "");
    return log.slice(-2000);
}

/**
 * Stops what an earlier run left on a data folder; nothing to do where nothing runs. `pg_ctl` and PostgreSQL
 * trust the process id in the folder's `postmaster.pid`, which may have gone to another process since. So
 * this looks first whether that process is a PostgreSQL on this very folder, and removes the file where it is
 * a stranger's.
 */
export async function stopPostmaster(programs: Binaries, data: string, mode: StopMode): Promise<void> {
    const pid = Number((await pidFileLines(data))[0]);
    const commandLine = await commandLineOf(pid);
    // Nobody has that id: PostgreSQL deals with the file by itself.
    if (!commandLine && process.platform !== "win32") return;
    if (!(await isPostmasterOf(pid, data))) return rm(path.join(data, "postmaster.pid"), { force: true });
    const args = ["stop", "-D", data, "-m", mode, "-w", "-t", "30"];
    await run(path.join(programs.bin, "pg_ctl"), args).catch(async (error: unknown) => {
        // It may have ended by itself in the meantime.
        if (await isPostmasterOf(pid, data)) throw error;
    });
}

async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
    // On Windows pg_ctl asks through a pipe that only a PostgreSQL has; there is nothing to mistake.
    if (process.platform === "win32") return true;
    return (await commandLineOf(pid))?.includes(data) ?? false;
}
