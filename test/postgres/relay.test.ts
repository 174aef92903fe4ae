import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { relay } from "../../emulator/postgres/relay";

const CHUNK = Buffer.alloc(16_384);

/** A side that sends without end, and counts what is taken of it; takes what it is sent, or never does. */
class Side extends Duplex {
    sent = 0;
    received = 0;
    constructor(
        private readonly sends: boolean,
        private readonly takes: boolean,
    ) {
        super();
    }
    override _read(): void {
        if (!this.sends) return;
        this.sent += CHUNK.length;
        setImmediate(() => this.push(CHUNK));
    }
    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
        this.received += chunk.length;
        if (this.takes) setImmediate(done);
    }
}

function join(client: Side, upstream: Side, before?: () => Promise<void> | undefined): void {
    relay({ client, upstream, filter: (chunk) => chunk, before: before ?? (() => undefined) });
}

/** Some turns of the event loop: much more than the buffers hold would pass in them. */
async function awhile(): Promise<void> {
    for (let i = 0; i < 500; i++) await new Promise((done) => setImmediate(done));
}

describe("the relay", () => {
    it("reads PostgreSQL no faster than the client takes it", async () => {
        const [client, upstream] = [new Side(false, false), new Side(true, true)];
        join(client, upstream);
        await awhile();
        assert.ok(upstream.sent < 20 * CHUNK.length, `${upstream.sent} bytes were read`);
        client.destroy();
    });

    it("reads the client no faster than PostgreSQL takes it", async () => {
        const [client, upstream] = [new Side(true, true), new Side(false, false)];
        join(client, upstream);
        await awhile();
        assert.ok(client.sent < 20 * CHUNK.length, `${client.sent} bytes were read`);
        client.destroy();
    });

    it("goes on when the slow side has caught up", async () => {
        const [client, upstream] = [new Side(true, true), new Side(true, true)];
        join(client, upstream);
        while (client.received < 100 * CHUNK.length || upstream.received < 100 * CHUNK.length) await awhile();
        client.destroy();
    });

    it("waits for the work that comes before, and keeps the order", async () => {
        const [client, upstream] = [new Side(false, true), new Side(false, true)];
        let finish = (): void => undefined;
        const works: (Promise<void> | undefined)[] = [new Promise((done) => (finish = done))];
        join(client, upstream, () => works.shift());
        client.push("one");
        client.push("two");
        await sleep(20);
        assert.equal(upstream.received, 0);
        finish();
        await awhile();
        assert.equal(upstream.received, 6);
        client.destroy();
    });

    it("a side that fails or ends, ends the other", async () => {
        for (const [one, other] of [
            [new Side(false, true), new Side(false, true)],
            [new Side(true, true), new Side(true, true)],
        ] as const) {
            join(one, other);
            one.destroy(new Error("on purpose"));
            await awhile();
            assert.ok(other.writableEnded);
            other.destroy();
        }
    });
});
