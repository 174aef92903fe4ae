/**
 * Starts PostgreSQL's programs: as the right user, in a folder it can enter, free of the caller's PG…
 * variables.
 */

import { execFile, type SpawnOptions } from "node:child_process";
import { unprivilegedUser } from "./unprivilegedUser";

/** Where every user may be; the caller's own folder may be closed to PostgreSQL's user. */
const NEUTRAL_FOLDER = process.platform === "win32" ? undefined : "/";

/** For `spawn` of anything that belongs to PostgreSQL. */
export function programOptions(): Pick<SpawnOptions, "uid" | "gid" | "cwd" | "env"> {
    const user = unprivilegedUser();
    return { ...(user && { uid: user.uid, gid: user.gid }), cwd: NEUTRAL_FOLDER, env: cleanEnvironment() };
}

/** English messages, and none of the variables with which a user steers PostgreSQL's programs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = {};
    for (const [name, value] of Object.entries(process.env)) {
        if (!/^(PG|LC_|LANG|NODE_|AZURE_|ARM_|PULUMI_)/i.test(name)) env[name] = value;
    }
    return { ...env, LC_ALL: "C", TZ: "UTC" };
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output.
 * @throws Error with its error output.
 */
export function run(program: string, args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        execFile(
            program,
            args,
            { ...programOptions(), maxBuffer: 1 << 24 } as object,
            (error, stdout, stderr) => {
                if (!error) return resolve(String(stdout));
                const said = `${String(stderr)}${String(stdout)}`.trim().slice(-2000);
                reject(
                    Object.assign(new Error(`${program} failed: ${said || error.message}`), {
                        code: error.code,
                    }),
                );
            },
        );
    });
}

/** Whether a start failed because the user may not enter the program's folder. */
export function isOnlyForOthers(error: unknown): boolean {
    return (error as NodeJS.ErrnoException | undefined)?.code === "EACCES";
}
