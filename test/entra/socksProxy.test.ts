import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { SocksProxy } from "../../emulator/socksProxy";

const HOST = "pg.postgres.database.azure.com";

function request(host: string, { command = 1, type = 3, port = 5432 } = {}): Buffer {
    const name = Buffer.from(host, "latin1");
    return Buffer.from([5, command, 0, type, name.length, ...name, port >> 8, port & 0xff]);
}

describe("the SOCKS 5 proxy knows the local servers' names and nothing else", () => {
    const echo = createServer((socket) => socket.pipe(socket));
    let proxy: SocksProxy;
    before(async () => {
        await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
        const { port } = echo.address() as AddressInfo;
        const ports: Record<string, number> = {
            [HOST]: port,
            // tcpmux: nobody listens there, and no test is given it.
            "stopped.postgres.database.azure.com": 1,
        };
        proxy = await SocksProxy.start({
            resolve: (host) =>
                Object.hasOwn(ports, host) ? { address: "127.0.0.1", port: ports[host]! } : undefined,
        });
    });
    after(async () => {
        await proxy.close();
        await new Promise((resolve) => echo.close(resolve));
    });

    /** Everything that comes back until the other side ends, or until so many bytes have come. */
    async function talk(chunks: Buffer[], enough = Infinity): Promise<Buffer> {
        const socket: Socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
        let seen = Buffer.alloc(0);
        const whole = new Promise<Buffer>((resolve, reject) => {
            socket.on("data", (chunk) => {
                seen = Buffer.concat([seen, chunk]);
                if (seen.length >= enough) resolve(seen);
            });
            socket.on("close", () => resolve(seen)).on("error", reject);
        });
        for (const chunk of chunks) socket.write(chunk);
        try {
            return await whole;
        } finally {
            socket.destroy();
        }
    }

    const greeting = Buffer.from([5, 1, 0]);

    test("it connects to a server by its real name and port, whatever the letters' case", async () => {
        const answer = await talk([greeting, request(HOST.toUpperCase()), Buffer.from("hello")], 17);
        assert.deepEqual([...answer.subarray(0, 4)], [5, 0, 5, 0]);
        assert.equal(answer.toString("latin1", 12), "hello");
    });

    test("a request in single bytes, or all in one piece with what follows", async () => {
        const all = Buffer.concat([greeting, request(HOST), Buffer.from("hello")]);
        assert.equal((await talk([all], 17)).toString("latin1", 12), "hello");
        const bytes = [...all].map((byte) => Buffer.from([byte]));
        assert.equal((await talk(bytes, 17)).toString("latin1", 12), "hello");
    });

    for (const [what, bytes, code] of [
        ["a name that is no server's", request("example.com"), 4],
        ["a prototype's name", request("__proto__"), 4],
        ["another port", request(HOST, { port: 22 }), 2],
        ["a server that does not listen", request("stopped.postgres.database.azure.com"), 5],
        ["listening for connections", request(HOST, { command: 2 }), 7],
        ["an address instead of a name", request("abcd", { type: 1 }), 8],
    ] as const) {
        test(`it refuses ${what}`, async () => {
            const answer = await talk([greeting, bytes]);
            assert.deepEqual([...answer.subarray(0, 4)], [5, 0, 5, code]);
        });
    }

    test("who only offers authentication is refused; who speaks something else is cut off", async () => {
        assert.deepEqual([...(await talk([Buffer.from([5, 1, 2])]))], [5, 0xff]);
        assert.equal((await talk([Buffer.from("GET / HTTP/1.1\r\n\r\n")])).length, 0);
        assert.equal((await talk([Buffer.from([4, 1, 21, 56, 127, 0, 0, 1, 0])])).length, 0);
    });
});
