/** Programs of other languages: whether they are there, and running them. */

import { spawn, spawnSync } from "node:child_process";

export interface Run {
    code: number | null;
    out: string;
    err: string;
}

export interface RunOptions {
    cwd?: string;
    /** `undefined` takes a variable away. Default: that of this process. */
    environment?: Record<string, string | undefined>;
}

export function isThere(command: string, ...words: string[]): boolean {
    return spawnSync(command, words, { stdio: "ignore" }).status === 0;
}

export function run(command: string, words: string[], options: RunOptions = {}): Promise<Run> {
    const child = spawn(command, words, {
        cwd: options.cwd,
        env: (options.environment ?? process.env) as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, out: out.trim(), err: err.trim() }));
    });
}
