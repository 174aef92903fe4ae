import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readEndpointFile, type EndpointFile } from "../emulator/endpoint";

/** A local Azure that another process keeps running, as its files in the state folder tell. */
export interface LocalSession extends EndpointFile {
    /** The attached providers: `azure-native:<port>,azuread:<port>,…` */
    debugProviders: string;
}

const PROVIDERS_FILE = "providers.json";
const HANDSHAKE_MILLISECONDS = 2_000;

export function endpointFileOf(stateFolder: string): string {
    return path.join(stateFolder, "endpoint.json");
}

export function writeProviders(stateFolder: string, debugProviders: string): void {
    writeFileSync(path.join(stateFolder, PROVIDERS_FILE), JSON.stringify({ debugProviders }), {
        mode: 0o600,
    });
}

export function removeSession(stateFolder: string): void {
    for (const file of [endpointFileOf(stateFolder), path.join(stateFolder, PROVIDERS_FILE)])
        rmSync(file, { force: true });
}

/** The running local Azure of this state folder; `undefined` where none answers. */
export async function runningSession(stateFolder: string): Promise<LocalSession | undefined> {
    const providersFile = path.join(stateFolder, PROVIDERS_FILE);
    if (!existsSync(endpointFileOf(stateFolder)) || !existsSync(providersFile)) return undefined;
    const endpoint = readEndpointFile(endpointFileOf(stateFolder));
    if (!(await answers(endpoint))) return undefined;
    const { debugProviders } = JSON.parse(readFileSync(providersFile, "utf8")) as { debugProviders: string };
    return { ...endpoint, debugProviders };
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
