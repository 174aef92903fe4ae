/** What the local Azure tells those who hold its key: the Pulumi provider, the command line, tests. */

import { CLOUDS } from "../../components/clouds";
import { FAULT_KINDS, type Fault, type FaultKind, type Faults } from "../faults";
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
    /** Where the resource API is served, likewise. */
    resourceManagerUrl?: string;
    resolve(host: string): { address: string; port: number } | undefined;
    faults: Faults;
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
    "GET faults": listFaults,
    "POST fault": fault,
    "POST clear-faults": clearFaults,
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
        resourceManagerUrl: context.resourceManagerUrl,
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

function listFaults(context: LocalAzureContext): Reply {
    return { status: 200, body: { faults: context.faults.list() } };
}

function clearFaults(context: LocalAzureContext): Reply {
    context.faults.clear();
    return listFaults(context);
}

async function fault(context: LocalAzureContext, request: Request): Promise<Reply> {
    const body = await request.body();
    refuseUnknown(body, ["kind", "target", ...Object.keys(NUMBERS)]);
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
    for (const field of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
        const value = ofType<number>(body, field, "number");
        if (value === undefined) continue;
        const { holds, rule } = NUMBERS[field];
        if (!holds(value)) throw new HttpError(400, "InvalidFault", `'${field}' is ${value}; give ${rule}.`);
        added[field] = value;
    }
    context.faults.add(added);
    return { status: 200, body: { fault: added } };
}

const wholeFrom = (least: number) => ({
    holds: (value: number) => Number.isSafeInteger(value) && value >= least,
    rule: `a whole number of at least ${least}`,
});

const NUMBERS = {
    times: wholeFrom(1),
    skip: wholeFrom(0),
    share: { holds: (value: number) => value > 0 && value <= 1, rule: "a part above 0 and at most 1" },
    seed: wholeFrom(0),
    milliseconds: wholeFrom(0),
};

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
