/** An HTTPS call that trusts the given certificates alone: `fetch` cannot be told of the local Azure's authority. */
import { request as httpsRequest } from "node:https";

export interface CallRequest {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
}

/** What is used of an answer; a `Response` of `fetch` is one. */
export interface Answer {
    ok: boolean;
    status: number;
    headers: { get(name: string): string | null };
    text(): Promise<string>;
}

/** Follows no redirect. */
export function callTrusting(ca: string, url: URL, call: CallRequest): Promise<Answer> {
    const { method, headers, body, signal } = call;
    return new Promise((resolve, reject) => {
        const options = { method, headers, ca, signal, agent: false as const, rejectUnauthorized: true };
        const request = httpsRequest(url, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                const status = response.statusCode ?? 0;
                const header = (name: string) => response.headers[name.toLowerCase()];
                resolve({
                    ok: status >= 200 && status < 300,
                    status,
                    headers: { get: (name) => [header(name)].flat().join(", ") || null },
                    text: () => Promise.resolve(Buffer.concat(chunks).toString("utf8")),
                });
            });
        });
        request.on("error", reject);
        request.end(body);
    });
}
