/** The resource API, for what Pulumi's Azure provider has no resource for: lists, and changing a part of another's resource. */
import { cloudEndpoints } from "../clouds";
import type { UseOptions } from "./connection";
import { describe, SignInError } from "./errors";
import { callTrusting, type Answer } from "./httpsCall";
import { localResourceManager } from "./localAzure";
import { isPassing, withRetry } from "./retry";
import { azureTokens, type TokenSource } from "./token";

/** What the resource API refused, with its code; the message never holds a token. */
export class ResourceManagerError extends Error {
    override readonly name = "ResourceManagerError";
    /** An earlier attempt of the same call got no answer, or the service's own fault: it may have taken effect. */
    mayBeDone = false;
    constructor(
        /** HTTP status. */
        readonly status: number,
        /** For instance `ResourceNotFound`. */
        readonly code: string,
        message: string,
        /** The pause that it asks for, in milliseconds. */
        readonly pause = 0,
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

type Body = Record<string, unknown>;

const DEADLINE = 10 * 60_000;
const CALL_TIMEOUT = 60_000;

/** Too many calls, trouble of the service or of the network. */
function passes(error: unknown): boolean {
    if (error instanceof ResourceManagerError) return error.status === 429 || error.status >= 500;
    // Whoever has no token will not get one by waiting.
    if (error instanceof SignInError) return false;
    const { cause } = error as { cause?: unknown };
    return isPassing(error) || (cause instanceof Error && cause.name === "TimeoutError");
}

const leastPause = (error: unknown) => (error instanceof ResourceManagerError ? error.pause : 0);

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
    get(cloud: string, id: string, apiVersion: string, options: UseOptions): Promise<Body> {
        return this.#call(cloud, { method: "GET", id, apiVersion }, options);
    }

    /**
     * All of a collection, whatever the number of pages.
     *
     * @throws ResourceManagerError, for instance with status 404
     */
    async list(cloud: string, id: string, apiVersion: string, options: UseOptions): Promise<Body[]> {
        const found: Body[] = [];
        let link: string | undefined;
        do {
            const page = await this.#call(cloud, { method: "GET", id, apiVersion, link }, options);
            found.push(...((page["value"] ?? []) as Body[]));
            link = typeof page["nextLink"] === "string" ? page["nextLink"] : undefined;
        } while (link !== undefined);
        return found;
    }

    /**
     * Changes a part of a resource.
     *
     * @param etag where given, only while nobody else has changed it
     * @throws ResourceManagerError, for instance with status 412 for another etag, which may be that of this very change where an
     *   earlier attempt `mayBeDone`
     */
    patch(
        cloud: string,
        target: { id: string; apiVersion: string; etag?: string },
        body: Body,
        options: UseOptions,
    ): Promise<Body> {
        return this.#call(cloud, { method: "PATCH", ...target, body }, options);
    }

    #call(cloud: string, request: Call, options: UseOptions): Promise<Body> {
        let mayBeDone = false;
        const attempt = () =>
            this.#send(cloud, request, options.signal).catch((error: unknown) => {
                const refusal = error instanceof ResourceManagerError ? error : undefined;
                if (refusal) refusal.mayBeDone = mayBeDone;
                mayBeDone ||= !refusal || refusal.status >= 500;
                throw error;
            });
        return withRetry(attempt, { ...options, deadline: this.deadline, passes, leastPause });
    }

    async #send(cloud: string, call: Call, signal?: AbortSignal): Promise<Body> {
        const { url: base, ca } = await this.#service(cloud);
        const { method, id, apiVersion, link, etag, body } = call;
        const url = new URL(link ?? `${encodeURI(id)}?api-version=${apiVersion}`, base);
        // The token goes where it is meant to, whatever a link says.
        if (url.origin !== new URL(base).origin)
            throw new Error(`the resource API at ${base} links to ${url.origin}, which is not asked`);
        const token = await this.#token(cloud, signal);
        const timeout = AbortSignal.timeout(CALL_TIMEOUT);
        const request = {
            method,
            headers: {
                authorization: `Bearer ${token}`,
                ...(body && { "content-type": "application/json" }),
                ...(etag !== undefined && { "if-match": etag }),
            },
            ...(body && { body: JSON.stringify(body) }),
            signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        };
        try {
            const answer =
                ca === undefined
                    ? await fetch(url, { ...request, redirect: "error" })
                    : await callTrusting(ca, url, request);
            return await answerOf(answer);
        } catch (error) {
            throw error instanceof ResourceManagerError || signal?.aborted ? error : unreachable(base, error);
        }
    }

    async #service(cloud: string): Promise<{ url: string; ca?: string }> {
        if (this.#options.url) return { url: this.#options.url };
        if (cloud === "Local") return localResourceManager(this.#options.environment);
        return { url: cloudEndpoints(cloud).resourceManager };
    }
}

interface Call {
    method: "GET" | "PATCH";
    id: string;
    apiVersion: string;
    /** Of a further page, in place of the id. */
    link?: string;
    etag?: string;
    body?: Body;
}

/** @throws ResourceManagerError for all but success. */
async function answerOf(response: Answer): Promise<Body> {
    const body = parsed(await response.text());
    if (response.ok) return body;
    const { code, message } = (body["error"] ?? {}) as { code?: unknown; message?: unknown };
    const text = typeof message === "string" ? message : "the resource API gave no reason";
    const pause = secondsToWait(response) * 1_000;
    throw new ResourceManagerError(response.status, typeof code === "string" ? code : "Unknown", text, pause);
}

function parsed(text: string): Body {
    try {
        return ((text ? JSON.parse(text) : {}) ?? {}) as Body;
    } catch {
        return {};
    }
}

/** `fetch` keeps what happened as the cause of its own error. */
function unreachable(url: string, error: unknown): Error {
    const cause = (error as { cause?: unknown }).cause ?? error;
    return new Error(
        `the resource API at ${url} cannot be reached: ${describe(cause)}; this machine must reach it by HTTPS, and 'cloud' must be the cloud that the machine is in`,
        { cause },
    );
}

function secondsToWait(response: Answer): number {
    const seconds = Number(response.headers.get("retry-after"));
    return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) : 0;
}
