/**
 * The temporary folder of one run. While its owner lives, it listens on a socket in it: by that others tell
 * whether the folder is in use. (A process id would not do: ids are used again.) When the owner dies, in
 * whatever way, a watchdog process stops what runs on the folder's list of data folders and removes the
 * folder; should that one die too, the next start does the same.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
    chown,
    lstat,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    rename,
    rm,
    stat,
    writeFile,
} from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { binaries, type Binaries } from "./binaries";
import { unprivilegedUser, type UnixUser } from "./unprivilegedUser";

const PREFIX = "azpg-";
/** The data folders to stop; the watchdog reads it. */
const LIST = "servers.json";
/**
 * A unix socket's path has room for about 100 bytes; this leaves 40 for what comes after the temporary
 * folder.
 */
const LONGEST_PARENT = 60;
/** Before its owner listens, a folder looks abandoned. */
const YOUNG_MS = 30_000;

/** Node.js cannot connect to unix sockets there, by which PostgreSQL is kept from everybody else. */
const NOT_ON_WINDOWS =
    "The local Azure does not run on Windows itself. It does in the Windows Subsystem for Linux (WSL).";

export interface RunFolder {
    readonly path: string;
    /** For data that ends with the run. */
    readonly data: string;
    /** For the folders of unix sockets; short. */
    readonly sockets: string;
    /**
     * From now on PostgreSQL on this data folder is stopped when this process dies. The folder itself may lie
     * elsewhere.
     */
    watch(dataFolder: string): Promise<void>;
    forget(dataFolder: string): Promise<void>;
    /** Removes the folder. Servers must have been stopped. */
    close(): Promise<void>;
}

/** Makes the folder of a new run, and clears away those of dead ones first. */
export async function openRunFolder(): Promise<RunFolder> {
    if (process.platform === "win32") throw new Error(NOT_ON_WINDOWS);
    const programs = await binaries();
    const user = unprivilegedUser();
    const parent = await temporaryFolder(user);
    await clearDeadRuns(parent, programs);
    const folder = await mkdtemp(path.join(parent, PREFIX));
    const owner = await listenAsOwner(folder);
    const watchdog = startWatchdog(folder, programs, user, false);
    for (const name of ["d", "s"]) await mkdir(path.join(folder, name), { mode: 0o700 });
    if (user) for (const name of ["", "d", "s"]) await chown(path.join(folder, name), user.uid, user.gid);
    return new OwnRunFolder(folder, owner, watchdog);
}

class OwnRunFolder implements RunFolder {
    readonly data: string;
    readonly sockets: string;
    readonly #watched = new Set<string>();
    #closed = false;

    constructor(
        readonly path: string,
        private readonly owner: Server,
        private readonly watchdog: ChildProcess,
    ) {
        this.data = `${path}/d`;
        this.sockets = `${path}/s`;
    }

    async watch(dataFolder: string): Promise<void> {
        this.#watched.add(dataFolder);
        await this.#writeList();
    }

    async forget(dataFolder: string): Promise<void> {
        this.#watched.delete(dataFolder);
        await this.#writeList();
    }

    async close(): Promise<void> {
        if (this.#closed) return;
        this.#closed = true;
        if (process.getuid?.() === 0) await chown(this.path, 0, 0);
        await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
        this.owner.close();
        this.watchdog.ref();
        const running = this.watchdog.exitCode === null && this.watchdog.signalCode === null;
        this.watchdog.stdin!.end("done");
        if (running) await once(this.watchdog, "exit");
    }

    async #writeList(): Promise<void> {
        if (this.#closed) return;
        await writeFile(path.join(this.path, LIST), JSON.stringify([...this.#watched]), {
            mode: 0o600,
        });
    }
}

/** The first temporary folder that leaves room for socket names and that PostgreSQL's user can enter. */
async function temporaryFolder(user: UnixUser | undefined): Promise<string> {
    if (process.platform === "win32") return tmpdir();
    for (const folder of [tmpdir(), "/tmp", "/var/tmp"]) {
        const short = Buffer.byteLength(folder) <= LONGEST_PARENT;
        if (short && (await isOpenTo(user, folder))) return folder;
    }
    throw new Error(
        `No temporary folder will do: it must have at most ${LONGEST_PARENT} bytes and, as root, let all users in. ` +
            "Set TMPDIR to such a folder.",
    );
}

/** Whether PostgreSQL's user may enter the folder, and all folders on the way to it. */
export async function isOpenTo(user: UnixUser | undefined, folder: string): Promise<boolean> {
    if (!user) return true;
    const info = await stat(folder).catch(() => undefined);
    const mayEnter = info?.uid === user.uid ? 0o100 : 0o001;
    if (!info?.isDirectory() || (info.mode & mayEnter) === 0) return false;
    const parent = path.dirname(folder);
    return parent === folder || isOpenTo(user, parent);
}

/** The owner's sign of life. The operating system ends it with the process. */
async function listenAsOwner(folder: string): Promise<Server> {
    const server = createServer((socket) => socket.destroy());
    const address = ownerAddress(folder);
    const pipe = process.platform === "win32";
    // A socket exists before it is listened on, and would then look like a dead owner's: so it gets its name
    // afterwards.
    server.listen(pipe ? address : `${address}.new`);
    await once(server, "listening");
    if (!pipe) await rename(`${address}.new`, address);
    server.unref();
    return server;
}

function ownerAddress(folder: string): string {
    return process.platform === "win32"
        ? `\\\\.\\pipe\\${path.basename(folder)}`
        : path.join(folder, "owner.sock");
}

function startWatchdog(
    folder: string,
    programs: Binaries,
    user: UnixUser | undefined,
    atOnce: boolean,
): ChildProcess {
    const script = path.join(__dirname, "watchdog.js");
    const as = user ? [String(user.uid), String(user.gid)] : [];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|PG)/.test(name)));
    const watchdog = spawn(process.execPath, [script, folder, programs.bin, ...as], {
        detached: true,
        cwd: process.platform === "win32" ? undefined : "/",
        env,
        stdio: [atOnce ? "ignore" : "pipe", "ignore", "ignore"],
    });
    watchdog.on("error", () => undefined);
    watchdog.stdin?.on("error", () => undefined);
    if (!atOnce) {
        watchdog.unref();
        (watchdog.stdin as unknown as { unref(): void }).unref();
    }
    return watchdog;
}

/** Whether another run, whose owner lives, has PostgreSQL on this data folder. */
export async function isWatchedElsewhere(dataFolder: string, self: RunFolder): Promise<boolean> {
    const parent = path.dirname(self.path);
    const folders = (await readdir(parent))
        .filter((name) => name.startsWith(PREFIX))
        .map((name) => path.join(parent, name));
    for (const folder of folders.filter((other) => other !== self.path)) {
        const list = await readFile(path.join(folder, LIST), "utf8").catch(() => "[]");
        if (list.includes(JSON.stringify(dataFolder)) && (await ask(ownerAddress(folder))) === "somebody")
            return true;
    }
    return false;
}

/** Clears the folders of runs whose owner is gone; leaves those of other users alone. */
async function clearDeadRuns(parent: string, programs: Binaries): Promise<void> {
    const user = unprivilegedUser();
    const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
    for (const folder of names.map((name) => path.join(parent, name))) {
        if (!(await isAbandoned(folder, user))) continue;
        const watchdog = startWatchdog(folder, programs, user, true);
        await once(watchdog, "exit");
    }
}

async function isAbandoned(folder: string, user: UnixUser | undefined): Promise<boolean> {
    const info = await lstat(folder).catch(() => undefined);
    if (!info?.isDirectory()) return false;
    const ours = process.getuid === undefined || info.uid === process.getuid() || info.uid === user?.uid;
    if (!ours) return false;
    const answer = await ask(ownerAddress(folder));
    if (answer === "nobody") return true;
    return answer === "missing" && Date.now() - info.mtimeMs > YOUNG_MS;
}

/** Whether somebody listens. `missing`: there never was a socket, or it was taken away. */
function ask(address: string): Promise<"somebody" | "nobody" | "missing"> {
    return new Promise((resolve) => {
        const socket = connect(address);
        socket.on("connect", () => {
            socket.destroy();
            resolve("somebody");
        });
        socket.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code === "ECONNREFUSED") return resolve("nobody");
            // Anything unclear (no permission, too many waiting) counts as alive.
            resolve(error.code === "ENOENT" ? "missing" : "somebody");
        });
    });
}
