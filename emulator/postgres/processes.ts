/** What the operating system says about a process. */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/**
 * The words a process was started with; `undefined` where there is no such process, or it is none of ours to
 * see.
 */
export async function commandLineOf(pid: number): Promise<string[] | undefined> {
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    if (process.platform === "linux") {
        const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
        return text ? text.split("\0") : undefined;
    }
    const text = await new Promise<string>((resolve) => {
        execFile("ps", ["-o", "command=", "-ww", "-p", String(pid)], (error, stdout) =>
            resolve(error ? "" : stdout),
        );
    });
    // `ps` joins the words; the folders of this project have no spaces.
    return text.trim() ? text.trim().split(/\s+/) : undefined;
}
