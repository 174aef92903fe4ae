/** The little HTTP that the endpoint needs: requests taken apart, JSON answers. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

const LARGEST_BODY = 64 * 1024;

export interface Request {
    method: string;
    /** Without a slash at the end. */
    path: string;
    query: URLSearchParams;
    header(name: string): string | undefined;
    /** @throws HttpError where the body is too large or no JSON object. */
    body(): Promise<Record<string, unknown>>;
}

export interface Reply {
    status: number;
    body: object;
    headers?: Record<string, string>;
}

/** Becomes an answer whose body says what is wrong and what to do. */
export class HttpError extends Error {
    override readonly name = "HttpError";
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }

    get reply(): Reply {
        return { status: this.status, body: { error: { code: this.code, message: this.message } } };
    }
}

export function requestOf(message: IncomingMessage): Request {
    // A client given a host that ends in a slash asks for `//metadata/...`, which a URL would read as a host.
    const [path = "/", ...query] = (message.url ?? "/").split("?");
    return {
        method: message.method ?? "GET",
        path: path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1"),
        query: new URLSearchParams(query.join("?")),
        header: (name) => {
            const value = message.headers[name.toLowerCase()];
            return Array.isArray(value) ? value[0] : value;
        },
        body: () => jsonBody(message),
    };
}

/** Takes as long for a wrong secret as for the right one. */
export function sameSecret(given: string | undefined, secret: string): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(given ?? ""), digest(secret)) && given !== undefined;
}

async function jsonBody(message: IncomingMessage): Promise<Record<string, unknown>> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of message as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > LARGEST_BODY)
            throw new HttpError(413, "BodyTooLarge", `Send at most ${LARGEST_BODY} bytes.`);
        chunks.push(chunk);
    }
    try {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
        if (typeof body === "object" && body !== null && !Array.isArray(body))
            return body as Record<string, unknown>;
    } catch {
        // Answered below, like any other body that is no object.
    }
    throw new HttpError(400, "InvalidBody", "The body is no JSON object. Send one, for instance {}.");
}
