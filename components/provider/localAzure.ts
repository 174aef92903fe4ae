/**
 * Finding a server of the local Azure, for cloud `Local`. The trust in it must never reach anything else: it needs the
 * key of a running one, answers on this machine only, and must echo a fresh challenge.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { caFileFault, isLoopback, parseAddress, type ConnectionArgs } from "./connectionArgs";
import { SignInError } from "./errors";

/** Where to connect instead of Azure, and whom to trust there. */
export interface LocalServer {
    host: string;
    port: number;
    /** Certificates in PEM form. */
    ca: string;
}

const TIMEOUT = 5_000;
const START = "start it with npm run local, and run the deployment with npm run local -- up";

/** @throws SignInError where no local Azure runs, or what answers is none. */
export async function findLocalServer(
    args: ConnectionArgs,
    environment: NodeJS.ProcessEnv = process.env,
): Promise<LocalServer> {
    const { endpoint, greeting } = await greet(environment);
    const address = args.address
        ? parseAddress(args.address, args.port ?? 5432)
        : await resolve(endpoint, args.host);
    if (!address || !isLoopback(address.host)) {
        throw refusal(
            `the address ${address?.host ?? args.address} of '${args.host}' is not on this machine`,
        );
    }
    const caFile = args.caFile ?? greeting["caFile"];
    if (typeof caFile !== "string") throw refusal(`${endpoint.url} names no certificate authority`);
    const fault = caFileFault({ ...args, caFile });
    if (fault) throw refusal(`connection.caFile ${caFile}: ${fault.rule}`);
    return { ...address, ca: readCertificates(caFile) };
}

/**
 * For programs with cloud `Local`: stops before any resource where no local Azure runs.
 *
 * @throws SignInError that says how to start one.
 */
export async function requireLocalAzure(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
    await greet(environment);
}

/** One of Azure's services over HTTPS, as the local Azure serves it. */
export interface LocalService {
    /** `https://127.0.0.1:<port>`. */
    url: string;
    /** Certificates to trust there, in PEM form. */
    ca: string;
}

/**
 * Where the running local Azure serves the resource API, and whom to trust there.
 *
 * @throws SignInError where no local Azure runs, or it serves none on this machine.
 */
export function localResourceManager(environment: NodeJS.ProcessEnv = process.env): Promise<LocalService> {
    return findLocalService("resourceManagerUrl", "resource API", environment);
}

/**
 * The same for Microsoft Graph.
 *
 * @throws SignInError likewise
 */
export function findLocalGraph(environment: NodeJS.ProcessEnv = process.env): Promise<LocalService> {
    return findLocalService("graphUrl", "Microsoft Graph", environment);
}

async function findLocalService(
    key: string,
    title: string,
    environment: NodeJS.ProcessEnv,
): Promise<LocalService> {
    const { endpoint, greeting } = await greet(environment);
    const { [key]: url, caFile } = greeting;
    if (typeof url !== "string" || typeof caFile !== "string" || !URL.canParse(url))
        throw refusal(`${endpoint.url} serves no ${title}`);
    const { protocol, hostname } = new URL(url);
    if (protocol !== "https:" || !isLoopback(hostname))
        throw refusal(`${endpoint.url} names ${url}, which is not on this machine over HTTPS`);
    return { url, ca: readCertificates(caFile) };
}

async function greet(
    environment: NodeJS.ProcessEnv,
): Promise<{ endpoint: Endpoint; greeting: Record<string, unknown> }> {
    const endpoint = readEndpoint(environment["LOCAL_AZURE_ENDPOINT"]);
    const challenge = randomBytes(16).toString("hex");
    const greeting = await ask(endpoint, `handshake?challenge=${challenge}`);
    if (greeting["name"] === "local-azure" && greeting["challenge"] === challenge)
        return { endpoint, greeting };
    throw refusal(`what answers at ${endpoint.url} is no local Azure (it did not echo the challenge)`);
}

interface Endpoint {
    url: string;
    key: string;
}

function readEndpoint(path: string | undefined): Endpoint {
    if (!path) throw refusal("the environment variable LOCAL_AZURE_ENDPOINT is not set");
    let text: string;
    try {
        if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
            throw refusal(`others may read ${path}, which holds a key; only its owner may (mode 600)`);
        }
        text = readFileSync(path, "utf8");
    } catch (error) {
        if (error instanceof SignInError) throw error;
        throw refusal(`the file ${path} (LOCAL_AZURE_ENDPOINT) cannot be read`);
    }
    const { url, key } = parseJson(text) as { url?: unknown; key?: unknown };
    if (typeof url !== "string" || typeof key !== "string" || !URL.canParse(url)) {
        throw refusal(`the file ${path} holds no {url, key}`);
    }
    const { protocol, hostname } = new URL(url);
    if (protocol !== "http:" || !isLoopback(hostname.replace(/^\[|\]$/g, ""))) {
        throw refusal(`the file ${path} names ${url}, which is not on this machine`);
    }
    return { url, key };
}

async function resolve(
    endpoint: Endpoint,
    host: string,
): Promise<{ host: string; port: number } | undefined> {
    const found = await ask(endpoint, `resolve?host=${encodeURIComponent(host)}`);
    const { address, port } = found;
    return typeof address === "string" && typeof port === "number" ? { host: address, port } : undefined;
}

async function ask(endpoint: Endpoint, path: string): Promise<Record<string, unknown>> {
    let response: Response;
    try {
        response = await fetch(new URL(`/local-azure/${path}`, endpoint.url), {
            headers: { "x-local-azure-key": endpoint.key },
            redirect: "error",
            signal: AbortSignal.timeout(TIMEOUT),
        });
    } catch {
        throw refusal(`nothing answers at ${endpoint.url}`);
    }
    const body = parseJson(await response.text()) as Record<string, unknown>;
    if (response.ok) return body;
    const { message } = (body["error"] ?? {}) as { message?: unknown };
    throw refusal(typeof message === "string" ? message : `${endpoint.url} answered ${response.status}`);
}

function parseJson(text: string): object {
    try {
        return (JSON.parse(text) as object | null) ?? {};
    } catch {
        return {};
    }
}

function readCertificates(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        throw refusal(`the certificates in ${path} cannot be read`);
    }
}

const refusal = (why: string) => new SignInError(`cloud Local needs a running local Azure: ${why}; ${START}`);
