/** The real psql, where one is installed. */

import { execFileSync, spawn } from "node:child_process";

export const NO_PSQL = findPsql() ? false : "no psql on PATH";

function findPsql(): boolean {
    try {
        execFileSync("psql", ["--version"]);
        return true;
    } catch {
        return false;
    }
}

export interface PsqlResult {
    code: number | null;
    out: string;
    err: string;
}

/** Never synchronously: the gateway lives in this process. */
export function psql(
    connection: Record<string, string | number>,
    sql: string,
    options: { password?: string; interruptAfter?: Promise<unknown>; arguments?: string[] } = {},
): Promise<PsqlResult> {
    const text = Object.entries(connection)
        .map(([key, value]) => `${key}='${String(value).replace(/[\\']/g, "\\$&")}'`)
        .join(" ");
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", HOME: "/nonexistent" };
    if (options.password !== undefined) env.PGPASSWORD = options.password;
    const words = ["-X", "-A", "-t", "-w", ...(options.arguments ?? []), "-c", sql, text];
    const child = spawn("psql", words, { env, stdio: ["ignore", "pipe", "pipe"] });
    const result: PsqlResult = { code: null, out: "", err: "" };
    child.stdout.on("data", (chunk) => (result.out += chunk));
    child.stderr.on("data", (chunk) => (result.err += chunk));
    void options.interruptAfter?.then(() => child.kill("SIGINT"));
    return new Promise((resolve) => {
        child.on("close", (code) =>
            resolve({ ...result, code, out: result.out.trim(), err: result.err.trim() }),
        );
    });
}
