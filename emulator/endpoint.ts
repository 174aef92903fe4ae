/**
 * The local Azure's HTTP server, on this machine only: the identity services from which client libraries fetch tokens,
 * the OpenID documents, and the routes by which a Pulumi provider finds the local servers and services.
 */

import { randomBytes } from "node:crypto";
import type { ResourceApi } from "./arm/resourceApi";
import { APP_SERVICE_PATH, appServiceToken } from "./endpoint/appService";
import { appServiceEnvironment, metadataEnvironment, type Environment } from "./endpoint/environment";
import { HttpError, sameSecret, type Reply, type Request } from "./endpoint/http";
import { LoopbackServer } from "./endpoint/httpServer";
import { LOCAL_AZURE_PREFIX, localAzureReply, type LocalAzureContext } from "./endpoint/localAzureRoutes";
import { pipelineMachine, type IdentitySource } from "./endpoint/managedIdentity";
import { METADATA_PATH, metadataToken } from "./endpoint/metadataService";
import { openIdDocument } from "./endpoint/openId";

export { readEndpointFile, writeEndpointFile, type EndpointFile } from "./endpoint/endpointFile";
export type { Environment } from "./endpoint/environment";

export interface EndpointOptions extends LocalAzureContext {
    /** Object id of the identity that answers where none is named. */
    defaultIdentity: string;
    /** What the resource API knows: identities by their resource ids. Default: nothing. */
    api?: ResourceApi;
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
    readonly #server: LoopbackServer;
    readonly #identityHeader: string;

    private constructor(server: LoopbackServer, key: string, identityHeader: string) {
        this.port = server.port;
        this.url = server.url;
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
        const context: Context = { ...options, key, identityHeader, machine: machineOf(options) };
        const server = await LoopbackServer.start(
            (request, url) => replyTo(context, request, url),
            options.port ?? 0,
        );
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
    close(): Promise<void> {
        return this.#server.close();
    }
}

interface Context extends EndpointOptions, Omit<IdentitySource, "faults"> {
    key: string;
    identityHeader: string;
}

function machineOf({ directory, defaultIdentity, api }: EndpointOptions): IdentitySource["machine"] {
    return pipelineMachine(directory, defaultIdentity, (resourceId) => {
        const found = api?.azure.store.get(resourceId);
        return found && String(found.properties.principalId);
    });
}

async function replyTo(context: Context, request: Request, url: string): Promise<Reply> {
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

function checkKey(context: Context, request: Request): void {
    if (sameSecret(request.header(KEY_HEADER), context.key)) return;
    const text = `Send the header ${KEY_HEADER} with the key of the endpoint file (LOCAL_AZURE_ENDPOINT).`;
    throw new HttpError(401, "WrongKey", text);
}
