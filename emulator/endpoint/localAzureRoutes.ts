/** What the local Azure tells those who hold its key: the Pulumi provider, the command line, tests. */

import { CLOUDS } from "../../components/clouds";
import type { Fault, FaultKind } from "../faults";
import { lookUpPrincipal } from "../entra/lookUp";
import { TokenRefusedError, type TokenIssuer } from "../entra/tokenIssuer";
import type { Directory } from "../entra/directory";
import { HttpError, type Reply, type Request } from "./http";

export const LOCAL_AZURE_PREFIX = "/local-azure/";

export interface LocalAzureContext {
    directory: Directory;
    issuer: TokenIssuer;
    version: string;
    caFile: string;
    /** Where Microsoft Graph is served, over HTTPS with a certificate of the authority in `caFile`. */
    graphUrl?: string;
    resolve(host: string): { address: string; port: number } | undefined;
    fault(fault: Fault): void;
    /** A SOCKS 5 proxy that knows the servers' names, as a URL. */
    socksUrl?: string;
    /** Where a virtual machine's metadata service answers, by its name or resource id. */
    metadataUrl(machine: string): Promise<string>;
}

/** The identity service of App Service, which every Azure client library knows. */
export interface AppServiceIdentity {
    url: string;
    header: string;
}

type Context = LocalAzureContext & { identity: AppServiceIdentity };
type Route = (context: Context, request: Request) => Promise<Reply> | Reply;

const ROUTES: Record<string, Route> = {
    "GET handshake": handshake,
    "GET resolve": resolve,
    "GET environment": environment,
    "GET principal": principal,
    "GET machine": machine,
    "POST token": token,
    "POST fault": fault,
};

/** Lists every kind, so that a new one is not forgotten here. */
const FAULT_KINDS: Record<FaultKind, true> = {
    ServerIsBusy: true,
    ServerNotAccessible: true,
    Throttled: true,
    Forbidden: true,
    OperationFailed: true,
    Latency: true,
    RestartPostgres: true,
    ExpiredToken: true,
    DropConnection: true,
    MetadataThrottled: true,
    MetadataFailed: true,
};

/** The key has been checked already. @throws HttpError. */
export async function localAzureReply(context: Context, request: Request): Promise<Reply> {
    const name = request.path.slice(LOCAL_AZURE_PREFIX.length);
    const route = Object.hasOwn(ROUTES, `${request.method} ${name}`)
        ? ROUTES[`${request.method} ${name}`]
        : undefined;
    if (route) return route(context, request);
    const known = Object.keys(ROUTES).join(", ");
    throw new HttpError(404, "UnknownRoute", `There is no '${request.method} ${name}'. Known: ${known}.`);
}

function handshake(context: LocalAzureContext, request: Request): Reply {
    const body = {
        name: "local-azure",
        version: context.version,
        tenantId: context.directory.tenantId,
        caFile: context.caFile,
        graphUrl: context.graphUrl,
        challenge: request.query.get("challenge") ?? undefined,
    };
    return { status: 200, body };
}

function resolve(context: LocalAzureContext, request: Request): Reply {
    const host = request.query.get("host");
    if (!host)
        throw new HttpError(
            400,
            "MissingHost",
            `Say which host: resolve?host=<server>.${CLOUDS.Local.hostSuffix}`,
        );
    const found = context.resolve(host);
    if (!found) {
        const text = `No server of this local Azure is named '${host}'. Deploy it first: npm run local -- up`;
        throw new HttpError(404, "UnknownHost", text);
    }
    return { status: 200, body: { address: found.address, port: found.port } };
}

/**
 * For a program that is not ours: it finds an identity, the servers and their certificate authority by these variables,
 * where it has Azure's own client library, dials through `ALL_PROXY` and reads `PGSSLROOTCERT`, as the `postgresql` provider does.
 */
function environment({ identity, socksUrl, caFile }: Context): Reply {
    const body = {
        IDENTITY_ENDPOINT: identity.url,
        IDENTITY_HEADER: identity.header,
        PGSSLROOTCERT: caFile,
        ALL_PROXY: socksUrl,
    };
    return { status: 200, body };
}

async function machine(context: LocalAzureContext, request: Request): Promise<Reply> {
    const name = request.query.get("name");
    if (!name)
        throw new HttpError(400, "MissingName", "Say which machine: machine?name=<name or resource id>");
    return { status: 200, body: { metadataService: await context.metadataUrl(name) } };
}

/** Who stands behind a name or object id; of a group also who is in it. */
function principal(context: LocalAzureContext, request: Request): Reply {
    const name = request.query.get("name");
    if (!name) throw new HttpError(400, "MissingName", "Say whom: principal?name=<object id or name>");
    const object = orHttpError(404, "UnknownPrincipal", () => lookUpPrincipal(context.directory, name));
    const { objectId, principalType, displayName } = object;
    return { status: 200, body: { objectId, principalType, displayName, members: object.members ?? [] } };
}

async function token(context: LocalAzureContext, request: Request): Promise<Reply> {
    const body = await request.body();
    refuseUnknown(body, ["principal", "audience", "lifetimeSeconds", "mfa"]);
    const principal = text(body, "principal");
    if (!principal)
        throw new HttpError(400, "MissingPrincipal", 'Say for whom: {"principal": "<object id or name>"}');
    const object = orHttpError(404, "UnknownPrincipal", () => lookUpPrincipal(context.directory, principal));
    try {
        const issued = await context.issuer.issueToken({
            objectId: object.objectId,
            audience: text(body, "audience"),
            lifetimeSeconds: ofType<number>(body, "lifetimeSeconds", "number"),
            mfa: ofType<boolean>(body, "mfa", "boolean"),
        });
        const expiresOn = new Date(issued.expiresOn * 1000).toISOString();
        return { status: 200, body: { accessToken: issued.accessToken, expiresOn } };
    } catch (error) {
        if (error instanceof TokenRefusedError) throw new HttpError(400, error.code, error.message);
        throw error;
    }
}

async function fault(context: LocalAzureContext, request: Request): Promise<Reply> {
    const body = await request.body();
    refuseUnknown(body, ["kind", "target", "times", "skip", "milliseconds"]);
    const kind = text(body, "kind");
    if (!kind || !Object.hasOwn(FAULT_KINDS, kind)) {
        const known = Object.keys(FAULT_KINDS).join(", ");
        throw new HttpError(
            400,
            "UnknownFault",
            `The fault '${kind ?? ""}' does not exist. Known: ${known}.`,
        );
    }
    const added: Fault = { kind: kind as FaultKind };
    const target = text(body, "target");
    if (target !== undefined) added.target = target;
    for (const field of ["times", "skip", "milliseconds"] as const) {
        const value = ofType<number>(body, field, "number");
        if (value === undefined) continue;
        const least = field === "times" ? 1 : 0;
        if (!Number.isSafeInteger(value) || value < least) {
            throw new HttpError(
                400,
                "InvalidFault",
                `'${field}' is ${value}; give a whole number of at least ${least}.`,
            );
        }
        added[field] = value;
    }
    context.fault(added);
    return { status: 200, body: { fault: added } };
}

function refuseUnknown(body: Record<string, unknown>, known: readonly string[]): void {
    const unknown = Object.keys(body).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new HttpError(
        400,
        "UnknownField",
        `'${unknown}' is no field of this call. Known: ${known.join(", ")}.`,
    );
}

function text(body: Record<string, unknown>, field: string): string | undefined {
    return ofType<string>(body, field, "string");
}

function ofType<T>(
    body: Record<string, unknown>,
    field: string,
    type: "string" | "number" | "boolean",
): T | undefined {
    const value = body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === type) return value as T;
    throw new HttpError(400, "InvalidField", `'${field}' is of type ${typeof value}; give a ${type}.`);
}

function orHttpError<T>(status: number, code: string, action: () => T): T {
    try {
        return action();
    } catch (error) {
        throw new HttpError(status, code, error instanceof Error ? error.message : String(error));
    }
}
