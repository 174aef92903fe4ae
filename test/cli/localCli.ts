import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";

export const PROJECT_FOLDER = path.join(__dirname, "..", "..");

/** For `test(..., { skip })`: why the CLI's tests cannot run here, or false. */
export const skipWithoutCli =
    findInstalledPulumi() === undefined && "no Pulumi CLI is installed on PATH or in PULUMI_HOME";

export interface Outcome {
    code: number;
    stdout: string;
    stderr: string;
    /** Both, in no particular order. */
    text: string;
}

/** A cache and state of its own, so that tests never touch what a person keeps. */
export class LocalCli {
    readonly folder = mkdtempSync(path.join(tmpdir(), "cli-test-"));
    readonly #running = new Set<ChildProcess>();

    constructor() {
        // PostgreSQL's own user must be able to enter.
        chmodSync(this.folder, 0o755);
    }

    get environment(): NodeJS.ProcessEnv {
        return { ...process.env, AZURE_POSTGRES_ENTRA_CACHE: path.join(this.folder, "cache"), NO_COLOR: "1" };
    }

    /** `npm run local -- …`, without npm's own start-up time. */
    local(...words: string[]): Promise<Outcome> {
        return this.run(process.execPath, ["--import", "tsx", "rehearsal/local.ts", ...words]);
    }

    run(
        command: string,
        words: string[],
        options: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string } = {},
    ): Promise<Outcome> {
        const child = spawn(command, words, {
            cwd: options.cwd ?? PROJECT_FOLDER,
            env: options.env ?? this.environment,
        });
        this.#running.add(child);
        // A command that reads nothing may have ended already.
        child.stdin.on("error", () => undefined);
        child.stdin.end(options.input ?? "");
        const chunks = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const)
            child[name].setEncoding("utf8").on("data", (chunk: string) => (chunks[name] += chunk));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) => {
                this.#running.delete(child);
                resolve({ code: code ?? 1, ...chunks, text: chunks.stdout + chunks.stderr });
            });
        });
    }

    /** `npm run local` in the foreground, with further words; resolves once it serves. */
    async foreground(...words: string[]): Promise<{ printed: string; stop: () => Promise<void> }> {
        const child = spawn(process.execPath, ["--import", "tsx", "rehearsal/local.ts", ...words], {
            cwd: PROJECT_FOLDER,
            env: this.environment,
            stdio: ["ignore", "pipe", "inherit"],
        });
        this.#running.add(child);
        let printed = "";
        const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
        await new Promise<void>((resolve, reject) => {
            child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
                printed += chunk;
                if (/psql|No server is deployed/.test(printed) && printed.endsWith("\n")) resolve();
            });
            child.on("close", (code) => reject(new Error(`npm run local ended with ${code}`)));
        });
        const stop = async () => {
            child.kill("SIGINT");
            await ended;
            this.#running.delete(child);
        };
        return { printed, stop };
    }

    close(): void {
        for (const child of this.#running) child.kill("SIGKILL");
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
}
