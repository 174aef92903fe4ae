/** Stands between a client and a server, and does something at an exact byte of their conversation. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class CutProxy {
    /** Bytes passed on so far, both ways, all connections together. */
    passed = 0;
    /** How often something came from the client so far. */
    messages = 0;
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    #at = Number.POSITIVE_INFINITY;
    #atMessage = Number.POSITIVE_INFINITY;
    #action: ((client: Socket, upstream: Socket) => void) | undefined;

    private constructor(private readonly target: number) {
        this.#server = createServer((client) => this.#accept(client));
    }

    /** @param target port on 127.0.0.1. */
    static async start(target: number): Promise<CutProxy> {
        const proxy = new CutProxy(target);
        proxy.#server.listen(0, "127.0.0.1");
        await once(proxy.#server, "listening");
        return proxy;
    }

    get address(): string {
        return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** Once: right after this many bytes from now on. What was read beyond them is passed on only where the sockets still live. */
    at(bytes: number, action: (client: Socket, upstream: Socket) => void): void {
        this.passed = 0;
        this.#at = bytes;
        this.#action = action;
    }

    /** Once: instead of passing on this message from the client, from now on; 1 is the next one. */
    atMessage(count: number, action: (client: Socket, upstream: Socket) => void): void {
        this.messages = 0;
        this.#atMessage = count;
        this.#action = action;
    }

    async close(): Promise<void> {
        for (const socket of this.#sockets) socket.destroy();
        const closed = once(this.#server, "close");
        this.#server.close();
        await closed;
    }

    #accept(client: Socket): void {
        const upstream = connect(this.target, "127.0.0.1");
        for (const [one, other] of [
            [client, upstream],
            [upstream, client],
        ] as const) {
            this.#sockets.add(one);
            one.setNoDelay(true);
            one.on("error", () => undefined);
            one.on("close", () => {
                this.#sockets.delete(one);
                other.end();
            });
            one.on("data", (chunk: Buffer) => this.#pass(chunk, other, client, upstream));
        }
    }

    #pass(chunk: Buffer, to: Socket, client: Socket, upstream: Socket): void {
        if (to === upstream && ++this.messages === this.#atMessage) {
            this.#atMessage = Number.POSITIVE_INFINITY;
            return this.#action?.(client, upstream);
        }
        const left = this.#at - this.passed;
        this.passed += chunk.length;
        if (chunk.length < left) return void to.write(chunk);
        this.#at = Number.POSITIVE_INFINITY;
        to.write(chunk.subarray(0, left));
        this.#action?.(client, upstream);
        if (!to.destroyed) to.write(chunk.subarray(left));
    }
}

/** Both ends lose the connection. What was written before still arrives. */
export function cut(client: Socket, upstream: Socket): void {
    client.destroySoon();
    upstream.destroySoon();
}
