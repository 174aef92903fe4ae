import { createHash } from "node:crypto";
import { once } from "node:events";
import { rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** A unix socket's path has room for about 100 bytes, of which a few are for `takeOver`. */
const LONGEST_SOCKET_PATH = 95;

/**
 * Takes a kept local Azure's folder for this process alone: two at once would overwrite each other's state. The lock is a listening
 * socket, which the operating system ends with its process.
 *
 * @returns the function that gives it back
 * @throws Error where another process has it
 */
export async function lockState(folder: string): Promise<() => Promise<void>> {
    const address = lockAddress(folder);
    const server = (await listen(address)) ?? (await takeOver(address, folder));
    server.unref();
    return () => new Promise((resolve) => server.close(() => resolve()));
}

function lockAddress(folder: string): string {
    const inside = path.join(folder, "lock.sock");
    if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
    const hash = createHash("sha256").update(path.resolve(folder)).digest("hex").slice(0, 16);
    return path.join(tmpdir(), `local-azure-${hash}.sock`);
}

/** `undefined` where the address is taken, by a living process or by the remains of a dead one. */
async function listen(address: string): Promise<Server | undefined> {
    const server = createServer((socket) => socket.destroy());
    try {
        server.listen(address);
        await once(server, "listening");
        return server;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
        throw error;
    }
}

/** Of two that find the remains of a dead one, one takes them away; the other must not take away the lock of the first. */
async function takeOver(address: string, folder: string): Promise<Server> {
    if (!(await isAlive(address)) && (await removeRemains(address))) {
        const server = await listen(address);
        if (server) return server;
    }
    throw new Error(`another local Azure is using ${folder}; end it, or wait until its command is done`);
}

/** @returns whether a dead one's they were. */
async function removeRemains(address: string): Promise<boolean> {
    const aside = `${address}.${process.pid}`;
    try {
        await rename(address, aside);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
        throw error;
    }
    if (await isAlive(aside)) {
        await rename(aside, address);
        return false;
    }
    await rm(aside, { force: true });
    return true;
}

function isAlive(address: string): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect(address);
        socket.on("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.on("error", (error: NodeJS.ErrnoException) =>
            resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
        );
    });
}
