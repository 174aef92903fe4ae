import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readEndpointFile, type EndpointFile } from "../emulator/endpoint";

/** A local Azure that another process keeps running, as its files in the state folder tell. */
export interface LocalSession extends EndpointFile {
    /** The attached providers: `azure-native:<port>,azuread:<port>,…` */
    debugProviders: string;
}

const PROVIDERS_FILE = "providers.json";
/** Where nobody listens any more, the answer is there at once; a busy machine needs longer. */
const HANDSHAKE_MILLISECONDS = 10_000;

export function endpointFileOf(stateFolder: string): string {
    return path.join(stateFolder, "endpoint.json");
}

/** `endpoint` says which local Azure they belong to: what a dead one left must not be taken for them. */
export function writeProviders(stateFolder: string, endpoint: EndpointFile, debugProviders: string): void {
    const content = JSON.stringify({ url: endpoint.url, pid: endpoint.pid, debugProviders });
    writeFileSync(path.join(stateFolder, PROVIDERS_FILE), content, { mode: 0o600 });
}

export function removeProviders(stateFolder: string): void {
    rmSync(path.join(stateFolder, PROVIDERS_FILE), { force: true });
}

/** The running local Azure of this state folder; `undefined` where none answers. */
export async function runningSession(stateFolder: string): Promise<LocalSession | undefined> {
    const providersFile = path.join(stateFolder, PROVIDERS_FILE);
    if (!existsSync(endpointFileOf(stateFolder)) || !existsSync(providersFile)) return undefined;
    const endpoint = readEndpointFile(endpointFileOf(stateFolder));
    const providers = JSON.parse(readFileSync(providersFile, "utf8")) as EndpointFile & {
        debugProviders: string;
    };
    if (providers.url !== endpoint.url || providers.pid !== endpoint.pid) return undefined;
    return (await answers(endpoint)) ? { ...endpoint, debugProviders: providers.debugProviders } : undefined;
}

async function answers(endpoint: EndpointFile): Promise<boolean> {
    try {
        const response = await callLocalAzure(endpoint, "GET", "handshake");
        return response.name === "local-azure";
    } catch {
        return false;
    }
}

/**
 * Calls one of the `/local-azure/` routes.
 *
 * @throws Error with the local Azure's own message
 */
export async function callLocalAzure(
    endpoint: EndpointFile,
    method: "GET" | "POST",
    route: string,
    body?: object,
): Promise<Record<string, unknown>> {
    const response = await fetch(new URL(`/local-azure/${route}`, endpoint.url), {
        method,
        headers: { "x-local-azure-key": endpoint.key, "content-type": "application/json" },
        body: body && JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(HANDSHAKE_MILLISECONDS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    const { message } = (answer.error ?? {}) as { message?: string };
    throw new Error(message ?? `the local Azure answered ${response.status}`);
}
