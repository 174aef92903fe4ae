/** Moves bytes between a signed-in client and PostgreSQL, both ways, until one of them ends. */

import type { Duplex } from "node:stream";

export interface RelayOptions {
    client: Duplex;
    upstream: Duplex;
    /** Sees what the client sends, on its way; gives what is to be sent on, if anything. */
    filter: (chunk: Buffer) => Buffer | undefined;
    /** Work that must be done before PostgreSQL sees more of the client; `undefined` where there is none. */
    before: () => Promise<void> | undefined;
}

/**
 * Neither side is read faster than the other takes it. Errors of either side end both; they are nobody else's
 * matter.
 */
export function relay({ client, upstream, filter, before }: RelayOptions): void {
    const send = (chunk: Buffer): void => {
        const out = filter(chunk);
        if (out === undefined || upstream.write(out)) return;
        client.pause();
        upstream.once("drain", () => client.resume());
    };
    client.on("data", (chunk: Buffer) => {
        const work = before();
        if (work === undefined) return send(chunk);
        client.pause();
        work.then(
            () => {
                client.resume();
                send(chunk);
            },
            () => client.destroy(),
        );
    });
    upstream.on("data", (chunk: Buffer) => {
        if (client.write(chunk)) return;
        upstream.pause();
        client.once("drain", () => upstream.resume());
    });
    endTogether(client, upstream);
    // What the client sent ahead waits already.
    client.resume();
}

function endTogether(client: Duplex, upstream: Duplex): void {
    for (const [one, other] of [
        [client, upstream],
        [upstream, client],
    ] as const) {
        one.on("end", () => other.end());
        one.on("error", () => one.destroy());
        one.on("close", () => {
            // What was written is still sent; then the other side is told that this is the end.
            other.end();
        });
        // A client that went while PostgreSQL was being connected to has told so already.
        if (one.destroyed) other.end();
    }
}
