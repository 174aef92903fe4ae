/**
 * The local Azure's HTTP server, on this machine only: the identity services from which client libraries fetch tokens,
 * the OpenID documents, and the routes by which a Pulumi provider finds the local servers. It logs nothing.
 */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { APP_SERVICE_PATH, appServiceToken } from "./endpoint/appService";
import { appServiceEnvironment, metadataEnvironment, type Environment } from "./endpoint/environment";
import { HttpError, requestOf, sameSecret, type Reply, type Request } from "./endpoint/http";
import { LOCAL_AZURE_PREFIX, localAzureReply, type LocalAzureContext } from "./endpoint/localAzureRoutes";
import type { IdentitySource } from "./endpoint/managedIdentity";
import { METADATA_PATH, metadataToken } from "./endpoint/metadataService";
import { openIdDocument } from "./endpoint/openId";
import { TokenRefusedError } from "./entra/tokenIssuer";

export { readEndpointFile, writeEndpointFile, type EndpointFile } from "./endpoint/endpointFile";
export type { Environment } from "./endpoint/environment";

export interface EndpointOptions extends LocalAzureContext, IdentitySource {
    /** What `/local-azure/` asks for, at least 32 characters. Default: a new random one. */
    key?: string;
    /** Default: any free port. */
    port?: number;
}

export const KEY_HEADER = "x-local-azure-key";

const SHORTEST_KEY = 32;

export class LocalAzureEndpoint {
    /** For instance `http://127.0.0.1:40123`. */
    readonly url: string;
    readonly port: number;
    readonly key: string;
    readonly #server: Server;
    readonly #identityHeader: string;

    private constructor(server: Server, key: string, identityHeader: string) {
        this.port = (server.address() as AddressInfo).port;
        this.url = `http://127.0.0.1:${this.port}`;
        this.key = key;
        this.#server = server;
        this.#identityHeader = identityHeader;
    }

    /** @throws Error where the default identity is no service principal, the key is short, or the port is taken. */
    static async start(options: EndpointOptions): Promise<LocalAzureEndpoint> {
        const key = options.key ?? randomBytes(32).toString("base64url");
        if (key.length < SHORTEST_KEY)
            throw new Error(`The endpoint's key needs at least ${SHORTEST_KEY} characters.`);
        const identity = options.directory.get(options.defaultIdentity);
        if (identity?.principalType !== "ServicePrincipal") {
            throw new Error(
                `The default identity ${options.defaultIdentity} is no service principal of the tenant.`,
            );
        }
        const identityHeader = randomBytes(16).toString("hex");
        const server = createServer((message, response) => {
            void answer({ ...options, key, identityHeader }, message, response);
        });
        await listen(server, options.port ?? 0);
        return new LocalAzureEndpoint(server, key, identityHeader);
    }

    /** For a process whose Azure client libraries shall sign in as on a virtual machine. `undefined`: take it away. */
    metadataEnvironment(own: Environment = process.env): Environment {
        return metadataEnvironment(this.url, own);
    }

    /** The same as in App Service. */
    appServiceEnvironment(own: Environment = process.env): Environment {
        return appServiceEnvironment(this.url, APP_SERVICE_PATH, this.#identityHeader, own);
    }

    /** Ends open connections too. */
    async close(): Promise<void> {
        const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
        this.#server.closeAllConnections();
        await closed;
    }
}

interface Context extends EndpointOptions {
    key: string;
    identityHeader: string;
}

async function answer(context: Context, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await replyTo(context, message).catch(errorReply);
    const text = JSON.stringify(reply.body);
    response.writeHead(reply.status, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
        "cache-control": "no-store",
    });
    response.end(text);
    message.resume();
}

async function replyTo(context: Context, message: IncomingMessage): Promise<Reply> {
    const url = `http://127.0.0.1:${message.socket.localPort}`;
    refuseForeign(message, url);
    const request = requestOf(message);
    if (request.path === METADATA_PATH) return metadataToken(context, request);
    if (request.path === APP_SERVICE_PATH) return appServiceToken(context, context.identityHeader, request);
    if (request.path.startsWith(LOCAL_AZURE_PREFIX)) {
        checkKey(context, request);
        const identity = { url: url + APP_SERVICE_PATH, header: context.identityHeader };
        return localAzureReply({ ...context, identity }, request);
    }
    const document =
        request.method === "GET" &&
        openIdDocument(context.issuer, context.directory.tenantId, url, request.path);
    return document || { status: 404, body: { error: "Not found" } };
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

function checkKey(context: Context, request: Request): void {
    if (sameSecret(request.header(KEY_HEADER), context.key)) return;
    const text = `Send the header ${KEY_HEADER} with the key of the endpoint file (LOCAL_AZURE_ENDPOINT).`;
    throw new HttpError(401, "WrongKey", text);
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
