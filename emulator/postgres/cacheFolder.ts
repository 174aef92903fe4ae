/** The one thing that stays on the machine: PostgreSQL's binaries and data folders to copy from. */

import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

/** Older than this, a half-made entry belongs to a process that died. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * `AZURE_POSTGRES_ENTRA_CACHE`, else by the machine's habits; as root a folder that PostgreSQL's user can
 * enter.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
    if (env.AZURE_POSTGRES_ENTRA_CACHE) return path.resolve(env.AZURE_POSTGRES_ENTRA_CACHE);
    if (process.platform === "win32") {
        return path.join(
            env.LOCALAPPDATA ?? path.join(homedir(), "AppData", "Local"),
            "azure-postgres-entra",
        );
    }
    if (process.getuid?.() === 0) return "/var/cache/azure-postgres-entra";
    return path.join(env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "azure-postgres-entra");
}

/**
 * The folder `name` in the cache; `make` fills it where it is missing. Two processes may do so at once: each
 * fills a folder of its own, and the first to finish gives it the name.
 *
 * @param make gets a new, empty folder that only this process knows.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
    const cache = cacheFolder();
    const entry = path.join(cache, name);
    if (await exists(entry)) return entry;
    await makeOpenFolder(cache);
    await sweep(cache);
    const unfinished = path.join(cache, `${name}.${randomBytes(6).toString("hex")}.unfinished`);
    await makeOpenFolder(unfinished);
    try {
        await make(unfinished);
        await rename(unfinished, entry);
    } catch (error) {
        await rm(unfinished, { recursive: true, force: true });
        if (!(await exists(entry))) throw error;
    }
    return entry;
}

/**
 * A folder for what a local Azure keeps between its runs, one for each project; made where it is missing. It
 * is in the cache, as a project may lie where PostgreSQL's user cannot go.
 *
 * @param project folder of the project.
 * @param part a name, where a project keeps more than one.
 */
export async function keptFolder(project: string, part?: string): Promise<string> {
    const absolute = path.resolve(project);
    const hash = createHash("sha256").update(absolute).digest("hex").slice(0, 12);
    const folder = path.join(
        cacheFolder(),
        "kept",
        [path.basename(absolute).replace(/[^\w.-]/g, "_"), hash, ...(part ? [part] : [])].join("-"),
    );
    await makeOpenFolder(path.dirname(folder));
    return folder;
}

/**
 * Makes the folder, and those above it that are missing, so that all users can enter them whatever the umask.
 */
async function makeOpenFolder(folder: string): Promise<void> {
    const parent = path.dirname(folder);
    if (await exists(folder)) return;
    if (parent !== folder) await makeOpenFolder(parent);
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
    });
    await chmod(folder, 0o755);
}

/** Removes what processes that died half-way left. */
async function sweep(cache: string): Promise<void> {
    for (const name of await readdir(cache)) {
        if (!name.endsWith(".unfinished")) continue;
        const folder = path.join(cache, name);
        const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
        if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
    }
}

async function exists(file: string): Promise<boolean> {
    return (await stat(file).catch(() => undefined)) !== undefined;
}
