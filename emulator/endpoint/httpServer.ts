/** An HTTP server on this machine only. It logs nothing, and no web page can use it. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TokenRefusedError } from "../entra/tokenIssuer";
import { HttpError, requestOf, type Reply, type Request } from "./http";

export type Answerer = (request: Request, url: string) => Promise<Reply>;

export class LoopbackServer {
    /** For instance `http://127.0.0.1:40123`. */
    readonly url: string;
    readonly port: number;
    readonly #server: Server;

    private constructor(server: Server) {
        this.port = (server.address() as AddressInfo).port;
        this.url = `http://127.0.0.1:${this.port}`;
        this.#server = server;
    }

    /**
     * @param port Default: any free one.
     * @throws Error where the port is taken.
     */
    static async start(answerer: Answerer, port = 0): Promise<LoopbackServer> {
        const server = createServer((message, response) => void answer(answerer, message, response));
        await listen(server, port);
        return new LoopbackServer(server);
    }

    /** Ends open connections too. */
    async close(): Promise<void> {
        const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
        this.#server.closeAllConnections();
        await closed;
    }
}

async function answer(answerer: Answerer, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await replyTo(answerer, message).catch(errorReply);
    const text = JSON.stringify(reply.body);
    response.writeHead(reply.status, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
        "cache-control": "no-store",
    });
    response.end(text);
    message.resume();
}

async function replyTo(answerer: Answerer, message: IncomingMessage): Promise<Reply> {
    const url = `http://127.0.0.1:${message.socket.localPort}`;
    refuseForeign(message, url);
    return answerer(requestOf(message), url);
}

/** A web page that somebody looks at must not fetch tokens: by its own script, or by a name that it points here. */
function refuseForeign(message: IncomingMessage, url: string): void {
    const port = new URL(url).port;
    const host = message.headers.host;
    if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
        throw new HttpError(403, "ForeignHost", `This server answers as ${url} only.`);
    }
    if (message.headers.origin !== undefined) {
        throw new HttpError(403, "ForeignOrigin", "This server answers to no web page.");
    }
}

function errorReply(error: unknown): Reply {
    if (error instanceof HttpError) return error.reply;
    if (error instanceof TokenRefusedError) {
        return { status: 400, body: { error: "invalid_request", error_description: error.message } };
    }
    const text = error instanceof Error ? error.message : String(error);
    return {
        status: 500,
        body: { error: { code: "InternalError", message: `The local Azure failed: ${text}` } },
    };
}

function listen(server: Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            server.removeListener("error", reject);
            resolve();
        });
    });
}
