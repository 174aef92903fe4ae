/** The resource API over HTTP, for what Pulumi's Azure provider has no resource for: changing a part of another's resource. */
import { setTimeout as sleep } from "node:timers/promises";
import { cloudEndpoints } from "../clouds";
import { localResourceManager } from "./localAzure";
import { pauseBefore } from "./retry";
import { azureTokens, type TokenSource } from "./token";

/** What the resource API refused, with its code; the message never holds a token. */
export class ResourceManagerError extends Error {
    override readonly name = "ResourceManagerError";
    constructor(
        /** HTTP status. */
        readonly status: number,
        /** For instance `ResourceNotFound`. */
        readonly code: string,
        message: string,
    ) {
        super(`${code} (${status}): ${message}`);
    }
}

export interface ResourceManagerOptions {
    /** For tests. Default: that of the process. */
    environment?: NodeJS.ProcessEnv;
    /** For tests. Default: by Azure Identity. */
    token?: TokenSource;
    /** For tests: where the resource API answers. Default: as the table of clouds has it. */
    url?: string;
    /** No new attempt starts after this many milliseconds. Default: 10 minutes. */
    deadline?: number;
}

export interface CallOptions {
    signal?: AbortSignal;
    log?: (message: string) => void;
}

type Body = Record<string, unknown>;

const DEADLINE = 10 * 60_000;
const CALL_TIMEOUT = 60_000;

/** Too many calls, trouble of the service. */
const isPassing = (status: number) => status === 429 || status >= 500;

export class ResourceManager {
    readonly #options: ResourceManagerOptions;
    readonly #token: TokenSource;

    constructor(options: ResourceManagerOptions = {}) {
        this.#options = options;
        const scopeOf = (cloud: string) => `${cloudEndpoints(cloud).resourceManager}/.default`;
        this.#token = options.token ?? azureTokens(options.environment, scopeOf);
    }

    get deadline(): number {
        return this.#options.deadline ?? DEADLINE;
    }

    /** @throws ResourceManagerError, for instance with status 404. */
    get(cloud: string, id: string, apiVersion: string, options: CallOptions): Promise<Body> {
        return this.#call(cloud, { method: "GET", id, apiVersion }, options);
    }

    /**
     * Changes a part of a resource.
     *
     * @param etag where given, only while nobody else has changed it
     * @throws ResourceManagerError, for instance with status 412 for another etag
     */
    patch(
        cloud: string,
        target: { id: string; apiVersion: string; etag?: string },
        body: Body,
        options: CallOptions,
    ): Promise<Body> {
        return this.#call(cloud, { method: "PATCH", ...target, body }, options);
    }

    async #call(cloud: string, request: Call, options: CallOptions): Promise<Body> {
        const end = performance.now() + this.deadline;
        for (let attempt = 0; ; attempt++) {
            options.signal?.throwIfAborted();
            const response = await this.#send(cloud, request, options.signal);
            const body = await jsonOf(response);
            if (response.ok) return body;
            const error = errorOf(response.status, body);
            const pause = Math.max(pauseBefore(attempt), secondsToWait(response) * 1_000);
            if (!isPassing(response.status) || performance.now() + pause > end) throw error;
            if (attempt === 1) options.log?.(`repeating: ${error.message}`);
            await sleep(pause, undefined, { signal: options.signal });
        }
    }

    async #send(cloud: string, { method, id, apiVersion, etag, body }: Call, signal?: AbortSignal) {
        const local = cloud === "Local" && !this.#options.url;
        const base = local
            ? await localResourceManager(this.#options.environment)
            : (this.#options.url ?? cloudEndpoints(cloud).resourceManager);
        const token = await this.#token(cloud, signal);
        const timeout = AbortSignal.timeout(CALL_TIMEOUT);
        return fetch(`${base}${encodeURI(id)}?api-version=${apiVersion}`, {
            method,
            headers: {
                authorization: `Bearer ${token}`,
                ...(body && { "content-type": "application/json" }),
                ...(etag !== undefined && { "if-match": etag }),
            },
            ...(body && { body: JSON.stringify(body) }),
            redirect: "error",
            signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
    }
}

interface Call {
    method: "GET" | "PATCH";
    id: string;
    apiVersion: string;
    etag?: string;
    body?: Body;
}

async function jsonOf(response: Response): Promise<Body> {
    const text = await response.text();
    try {
        return ((text ? JSON.parse(text) : {}) ?? {}) as Body;
    } catch {
        return {};
    }
}

function errorOf(status: number, body: Body): ResourceManagerError {
    const { code, message } = (body["error"] ?? {}) as { code?: unknown; message?: unknown };
    const text = typeof message === "string" ? message : "the resource API gave no reason";
    return new ResourceManagerError(status, typeof code === "string" ? code : "Unknown", text);
}

function secondsToWait(response: Response): number {
    const seconds = Number(response.headers.get("retry-after"));
    return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) : 0;
}
