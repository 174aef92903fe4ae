/**
 * The way to the local servers for programs that connect by themselves and look up names by themselves: a SOCKS 5 proxy
 * (RFC 1928) that knows the servers' real names and nothing else. Whoever honours `ALL_PROXY` reaches
 * `<server>.postgres.database.azure.com:5432` through it, checks the certificate of that name, and needs no entry in a hosts file.
 */

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface SocksProxyOptions {
    /** Where the server of this host name listens; `undefined` for every other name. */
    resolve(host: string): { address: string; port: number } | undefined;
}

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NOTHING_ACCEPTABLE = 0xff;
const CONNECT = 1;
const DOMAIN_NAME = 3;
const POSTGRESQL_PORT = 5432;

/** RFC 1928, section 6. */
const Answer = {
    succeeded: 0,
    notAllowed: 2,
    hostUnreachable: 4,
    connectionRefused: 5,
    commandNotSupported: 7,
    addressTypeNotSupported: 8,
} as const;
type Answer = (typeof Answer)[keyof typeof Answer];

/** Longer than any greeting and request together: 2 + 255, and 4 + 1 + 255 + 2. */
const LONGEST_HANDSHAKE = 520;
const HANDSHAKE_MILLISECONDS = 10_000;

export class SocksProxy {
    /** For `ALL_PROXY`: `socks5://127.0.0.1:<port>`. */
    readonly url: string;
    readonly #server: Server;
    readonly #sockets: Set<Socket>;

    private constructor(server: Server, sockets: Set<Socket>) {
        this.url = `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`;
        this.#server = server;
        this.#sockets = sockets;
    }

    /** On a free port of this machine. */
    static async start(options: SocksProxyOptions): Promise<SocksProxy> {
        const sockets = new Set<Socket>();
        const server = createServer((socket) => {
            sockets.add(socket.on("close", () => sockets.delete(socket)));
            serve(socket, options);
        });
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject).listen(0, "127.0.0.1", resolve);
        });
        return new SocksProxy(server, sockets);
    }

    /** Ends open connections too. */
    async close(): Promise<void> {
        const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }
}

function serve(client: Socket, options: SocksProxyOptions): void {
    client.on("error", () => client.destroy());
    client.setTimeout(HANDSHAKE_MILLISECONDS, () => client.destroy());
    let seen = Buffer.alloc(0);
    let greeted = false;
    const read = (chunk: Buffer) => {
        seen = Buffer.concat([seen, chunk]);
        if (seen.length > LONGEST_HANDSHAKE || (seen.length > 0 && seen[0] !== VERSION))
            return void client.destroy();
        if (!greeted) {
            const length = greetingLength(seen);
            if (length === undefined) return;
            greeted = true;
            const accepted = seen.subarray(2, length).includes(NO_AUTHENTICATION);
            const method = Buffer.from([VERSION, accepted ? NO_AUTHENTICATION : NOTHING_ACCEPTABLE]);
            if (!accepted) return void client.end(method);
            client.write(method);
            seen = seen.subarray(length);
        }
        const request = requestIn(seen);
        if (!request) return;
        client.off("data", read);
        client.setTimeout(0);
        if (typeof request === "number") return void client.end(answer(request));
        forward(client, request, options);
    };
    client.on("data", read);
}

function greetingLength(seen: Buffer): number | undefined {
    const length = 2 + (seen[1] ?? Infinity);
    return seen.length >= length ? length : undefined;
}

interface Request {
    host: string;
    port: number;
    /** What the client sent already, after the request. */
    rest: Buffer;
}

/** @returns `undefined` as long as the request is not whole; a number where it is refused */
function requestIn(seen: Buffer): Request | Answer | undefined {
    if (seen.length < 5) return undefined;
    if (seen[1] !== CONNECT) return Answer.commandNotSupported;
    if (seen[3] !== DOMAIN_NAME) return Answer.addressTypeNotSupported;
    const end = 5 + seen[4]!;
    if (seen.length < end + 2) return undefined;
    const host = seen.toString("latin1", 5, end).toLowerCase();
    return { host, port: seen.readUInt16BE(end), rest: seen.subarray(end + 2) };
}

function forward(client: Socket, { host, port, rest }: Request, { resolve }: SocksProxyOptions): void {
    const found = resolve(host);
    if (!found) return void client.end(answer(Answer.hostUnreachable));
    if (port !== POSTGRESQL_PORT) return void client.end(answer(Answer.notAllowed));
    client.pause();
    const server = connect(found.port, found.address);
    const refused = () => client.end(answer(Answer.connectionRefused));
    server.once("error", refused);
    server.once("connect", () => {
        server.off("error", refused).on("error", () => client.destroy());
        client.write(answer(Answer.succeeded));
        if (rest.length > 0) server.write(rest);
        client.pipe(server).pipe(client);
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.end());
}

/** The bound address, which no client of ours asks for, is given as 0.0.0.0:0. */
function answer(code: Answer): Buffer {
    return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}
