/** One client's way from its first byte to the relay: TLS, startup message, sign-in. */

import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket, type SecureContext } from "node:tls";
import { BadLength, ClientGone, readBytes, readUntyped } from "./messageReader";
import { parseStartup, StartupError, type StartupMessage } from "./startupMessage";
import type { Refusal } from "./signIn";
import {
    CANCEL_REQUEST,
    fatalMessage,
    GSSENC_REQUEST,
    LONGEST_STARTUP,
    negotiateProtocolVersion,
    SSL_REQUEST,
    type ServerError,
} from "./wireMessages";

/** What a session asks of its server. */
export interface SessionHost {
    secureContext(): SecureContext;
    /** The pretended address of the client. */
    clientAddress(): string;
    /** Why the address may not connect; `undefined` where it may. */
    refusalOfAddress(): string | undefined;
    cancel(request: Buffer): void;
    /** Everything from the startup message on, over TLS. May throw `Refused`, `ClientGone`, `BadLength`. */
    serve(client: Duplex, startup: StartupMessage): Promise<void>;
}

/** Ends the session with an error that the client is told. */
export class Refused extends Error {
    override readonly name = "Refused";
    constructor(readonly error: ServerError | Refusal) {
        super(error.message);
    }
}

/** First byte of a TLS handshake, which no length of a startup message can have. */
const TLS_HANDSHAKE = 0x16;
const ALPN = "postgresql";

/** Runs a session to its relay or its end. Never throws: what goes wrong concerns this client alone. */
export async function runSession(socket: Socket, host: SessionHost): Promise<void> {
    let client: Duplex = socket;
    try {
        const first = await readBytes(socket, 8);
        if (first[0] === TLS_HANDSHAKE) {
            socket.unshift(first);
            const secure = await startTls(socket, host);
            client = secure;
            // Without it a web page could be made to talk to PostgreSQL.
            if (secure.alpnProtocol !== ALPN) return void socket.destroy();
        } else {
            const secure = await negotiate(socket, first, host);
            if (!secure) return;
            client = secure;
        }
        await serveSecurely(client, host);
    } catch (error) {
        finish(client, error);
    }
}

/** Answers requests for encryption. @returns the TLS connection; `undefined` where the session is over. */
async function negotiate(socket: Socket, first: Buffer, host: SessionHost): Promise<TLSSocket | undefined> {
    const code = first.readUInt32BE(4);
    const length = first.readUInt32BE(0);
    if (length === 8 && (code === SSL_REQUEST || code === GSSENC_REQUEST)) {
        // Bytes sent ahead, in clear text, would be taken for encrypted ones later (CVE-2021-23214).
        if (socket.readableLength > 0) {
            throw new Refused({ code: "08P01", message: "received unencrypted data after SSL request" });
        }
        if (code === SSL_REQUEST) {
            socket.write("S");
            return startTls(socket, host);
        }
        socket.write("N");
        const next = await readBytes(socket, 8);
        if (next.readUInt32BE(4) === GSSENC_REQUEST) throw new ClientGone();
        return negotiate(socket, next, host);
    }
    if (length < 8 || length > LONGEST_STARTUP) throw new BadLength();
    const body = Buffer.concat([first.subarray(4), await readBytes(socket, length - 8)]);
    if (code === CANCEL_REQUEST) {
        forwardCancel(body, host);
        socket.destroy();
        return undefined;
    }
    throw noEntry(parseStartup(body), host, "no encryption");
}

function startTls(socket: Socket, host: SessionHost): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
        const secure = new TLSSocket(socket, {
            isServer: true,
            secureContext: host.secureContext(),
            ALPNProtocols: [ALPN],
        });
        const failed = (): void => reject(new ClientGone());
        secure.on("error", failed);
        secure.once("close", failed);
        secure.once("secure", () => resolve(secure));
    });
}

async function serveSecurely(client: Duplex, host: SessionHost): Promise<void> {
    const body = await readUntyped(client, LONGEST_STARTUP);
    if (body.readUInt32BE(0) === CANCEL_REQUEST) {
        forwardCancel(body, host);
        return void client.destroy();
    }
    const startup = parseStartup(body);
    const reason = host.refusalOfAddress();
    if (reason !== undefined) throw noEntry(startup, host, "SSL encryption", reason);
    if (startup.minor > 0 || startup.protocolOptions.length > 0) {
        client.write(negotiateProtocolVersion(startup.protocolOptions));
    }
    await host.serve(client, startup);
}

function forwardCancel(body: Buffer, host: SessionHost): void {
    if (host.refusalOfAddress() !== undefined) return;
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length + 4);
    host.cancel(Buffer.concat([head, body]));
}

/** PostgreSQL's words, which Azure gives for its firewall too. */
function noEntry(startup: StartupMessage, host: SessionHost, encryption: string, reason?: string): Refused {
    const { user, database } = startup;
    const message = `no pg_hba.conf entry for host "${host.clientAddress()}", user "${user}", database "${database}", ${encryption}`;
    return new Refused({ code: "28000", message, detail: reason });
}

/** Tells the client, where there is something to tell, and ends. */
function finish(client: Duplex, error: unknown): void {
    const told = errorFor(error);
    if (!told || client.destroyed) return void client.destroy();
    client.on("error", () => client.destroy());
    client.end(fatalMessage(told));
    // A client that keeps sending is not waited for.
    client.resume();
    void Promise.race([once(client, "close"), new Promise((done) => setTimeout(done, 2000).unref())])
        .catch(() => undefined)
        .then(() => client.destroy());
}

function errorFor(error: unknown): ServerError | undefined {
    if (error instanceof Refused) return error.error;
    if (error instanceof StartupError) return { code: error.code, message: error.message };
    if (error instanceof BadLength) return { code: "08P01", message: "invalid message length" };
    if (error instanceof ClientGone) return undefined;
    return { code: "XX000", message: "internal error of the local Azure's gateway", detail: describe(error) };
}

/** The kind of an error alone: its message might hold what the client sent. */
function describe(error: unknown): string {
    const { name, code } = error as { name?: string; code?: string };
    return [name, code].filter(Boolean).join(" ");
}
