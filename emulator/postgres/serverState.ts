/** What is kept of a server beside its data folder, so that it can be started again as it was. */

import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

export interface ServerState {
    /** The gateway's port. */
    port: number;
    entraEnabled: boolean;
    passwordEnabled: boolean;
    administratorLogin?: string;
    /** `SETUP_KEY` of the program that made the server, or last brought it up to date. */
    setup: string;
    /** As set through `setParameter`. */
    parameters: Record<string, string>;
}

const FILE = "server.json";

/** @param folder of the server. @returns `undefined` where nothing was kept. */
export async function readState(folder: string): Promise<ServerState | undefined> {
    const text = await readFile(path.join(folder, FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as ServerState);
}

/** Never half written. */
export async function writeState(folder: string, state: ServerState): Promise<void> {
    const unfinished = path.join(folder, `${FILE}.${randomBytes(4).toString("hex")}`);
    await writeFile(unfinished, JSON.stringify(state, undefined, 4), { mode: 0o600 });
    await rename(unfinished, path.join(folder, FILE));
}
