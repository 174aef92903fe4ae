/**
 * The local Azure's HTTPS server, on this machine only: services with a table of routes each, called with bearer tokens. It logs
 * nothing.
 */

import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpError, requestOf, type Reply, type Request } from "../endpoint/http";
import type { CertificateAuthority } from "../postgres/certificates";
import { TokenRefused, type TokenVerifier, type VerifiedToken } from "../postgres/tokenCheck";
import { matchPath } from "./routePath";

/** What a route gets. */
export interface RestCall {
    request: Request;
    /** What stands in the path in place of `{name}`, decoded. */
    parameters: Record<string, string>;
    /** Whose token it is. */
    caller: VerifiedToken;
    /** Where this server answers, for links: `https://127.0.0.1:<port>`. */
    baseUrl: string;
}

export interface RestRoute {
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    /** `/v1.0/groups/{id}/members`; a last `{name*}` stands for all that follows. Case does not count, as in Azure. */
    path: string;
    handle(call: RestCall): Reply | Promise<Reply>;
}

/** A part of Azure, by what its paths begin with. */
export interface RestService {
    prefix: string;
    verifyToken: TokenVerifier;
    routes: readonly RestRoute[];
    /** A reply in place of every route's, for faults; `undefined` lets the call pass. */
    intercept?(request: Request): Reply | undefined;
    /** The body of a refusal, in this service's own shape. */
    errorBody(error: HttpError): object;
    /** The refusal of a missing or bad token; `why` is `undefined` where there is none. */
    unauthorized(why: TokenRefused | undefined): HttpError;
}

export interface RestServerOptions {
    ca: CertificateAuthority;
    services: readonly RestService[];
    /** Default: any free port. */
    port?: number;
}

export class RestServer {
    /** `https://127.0.0.1:<port>`; the certificate is good for `localhost` too. */
    readonly url: string;
    readonly #server: Server;

    private constructor(server: Server) {
        this.#server = server;
        this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    /** @throws Error where the port is taken. */
    static async start({ ca, services, port = 0 }: RestServerOptions): Promise<RestServer> {
        const { certificate, privateKey } = await ca.issue("localhost");
        const server = createServer(
            { cert: certificate, key: privateKey, minVersion: "TLSv1.2" },
            (message, response) => void answer(services, message, response),
        );
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject);
            server.listen(port, "127.0.0.1", resolve);
        });
        return new RestServer(server);
    }

    /** Ends open connections too. */
    async close(): Promise<void> {
        const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
        this.#server.closeAllConnections();
        await closed;
    }
}

async function answer(
    services: readonly RestService[],
    message: IncomingMessage,
    response: ServerResponse,
): Promise<void> {
    const request = requestOf(message);
    const baseUrl = `https://127.0.0.1:${message.socket.localPort}`;
    const reply = await replyTo(services, request, baseUrl);
    const text = JSON.stringify(reply.body);
    response.writeHead(reply.status, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
        "cache-control": "no-store",
        ...reply.headers,
    });
    response.end(text);
    message.resume();
}

async function replyTo(services: readonly RestService[], request: Request, baseUrl: string): Promise<Reply> {
    const path = request.path.toLowerCase();
    const service = services.find(({ prefix }) => path.startsWith(prefix.toLowerCase()));
    if (!service) {
        const known = services.map(({ prefix }) => prefix).join(", ");
        const error = { code: "NotFound", message: `Nothing is served here. Served: ${known}.` };
        return { status: 404, body: { error } };
    }
    try {
        const caller = await authenticate(service, request);
        return service.intercept?.(request) ?? (await dispatch(service, request, caller, baseUrl));
    } catch (error) {
        const refusal = error instanceof HttpError ? error : internalError(error);
        return { status: refusal.status, body: service.errorBody(refusal) };
    }
}

async function authenticate(service: RestService, request: Request): Promise<VerifiedToken> {
    const token = /^Bearer +(\S+)$/i.exec(request.header("authorization") ?? "")?.[1];
    if (!token) throw service.unauthorized(undefined);
    try {
        return await service.verifyToken(token);
    } catch (error) {
        throw error instanceof TokenRefused ? service.unauthorized(error) : error;
    }
}

/** @throws HttpError 404 for a path, and 405 for a method, that the service does not have. */
async function dispatch(
    service: RestService,
    request: Request,
    caller: VerifiedToken,
    baseUrl: string,
): Promise<Reply> {
    const found = service.routes.flatMap((route) => {
        const parameters = matchPath(route.path, request.path);
        return parameters ? [{ route, parameters }] : [];
    });
    const match = found.find(({ route }) => route.method === request.method);
    if (match) return match.route.handle({ request, parameters: match.parameters, caller, baseUrl });
    if (found.length > 0) {
        const methods = found.map(({ route }) => route.method).join(", ");
        const text = `The local Azure serves only ${methods} of ${request.path}.`;
        throw new HttpError(405, "MethodNotAllowed", text);
    }
    throw new HttpError(404, "NotFound", `The local Azure does not serve ${request.path}.`);
}

function internalError(error: unknown): HttpError {
    const text = error instanceof Error ? error.message : String(error);
    return new HttpError(500, "InternalServerError", `The local Azure failed: ${text}`);
}
