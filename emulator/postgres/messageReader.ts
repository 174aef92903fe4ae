/** Reads exact numbers of bytes from a socket, before its stream is handed to the relay. */

import type { Duplex } from "node:stream";

/** The client went away, or took too long. Nothing is left to be told to it. */
export class ClientGone extends Error {
    override readonly name = "ClientGone";
}

/** @throws ClientGone where the stream ends before. What came is then lost, which does no harm. */
export function readBytes(stream: Duplex, count: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
        const tryNow = (): boolean => {
            const bytes = count === 0 ? Buffer.alloc(0) : (stream.read(count) as Buffer | null);
            if (bytes?.length === count) return done(() => resolve(bytes));
            if (bytes !== null || stream.readableEnded || stream.destroyed)
                return done(() => reject(new ClientGone()));
            return false;
        };
        const onReadable = (): void => void tryNow();
        const onEnd = (): void => void done(() => reject(new ClientGone()));
        const done = (finish: () => void): true => {
            stream.off("readable", onReadable);
            for (const event of ENDINGS) stream.off(event, onEnd);
            finish();
            return true;
        };
        if (tryNow()) return;
        stream.on("readable", onReadable);
        for (const event of ENDINGS) stream.on(event, onEnd);
    });
}

const ENDINGS = ["end", "close", "error"] as const;

/** The body was announced longer, or shorter, than such a message may be. */
export class BadLength extends Error {
    override readonly name = "BadLength";
}

/** The body of a message without type byte: four bytes length, themselves included. */
export async function readUntyped(stream: Duplex, longest: number, shortest = 8): Promise<Buffer> {
    const length = (await readBytes(stream, 4)).readUInt32BE(0);
    if (length < shortest || length > longest) throw new BadLength();
    return readBytes(stream, length - 4);
}

/** The body of a password or SASL message (type `p`). */
export async function readPasswordMessage(stream: Duplex, longest: number): Promise<Buffer> {
    const [type] = await readBytes(stream, 1);
    // A client that only wanted to know whether a password is needed (psql does) closes, some with a
    // Terminate.
    if (type !== 0x70) throw new ClientGone();
    return readUntyped(stream, longest, 4);
}
