/** Microsoft Graph 1.0, as far as reading users, groups, their members and service principals goes. */

import { randomUUID } from "node:crypto";
import { CLOUDS } from "../../components/clouds";
import { isGuid, type Directory } from "../entra/directory";
import type { DirectoryObject, PrincipalType } from "../entra/directoryObject";
import { HttpError, type Reply, type Request } from "../endpoint/http";
import type { Faults } from "../faults";
import { tokenVerifier, type TokenRefused } from "../postgres/tokenCheck";
import type { RestCall, RestRoute, RestService } from "../rest/restServer";
import { graphObject, GRAPH_TYPES, type GraphType } from "./graphObjects";
import { page, refuseOtherOptions, select } from "./graphQuery";

export const GRAPH_AUDIENCE = CLOUDS.Local.graph;

/** The ways in which a token may name Graph; the last is its application id. */
const AUDIENCES = [GRAPH_AUDIENCE, `${GRAPH_AUDIENCE}/`, "00000003-0000-0000-c000-000000000000"];
const MOST_IDS = 1000;
/** What a fault has for its target. */
const FAULT_TARGET = "graph";
const ANY: readonly GraphType[] = Object.values(GRAPH_TYPES);

export interface GraphOptions {
    directory: Directory;
    /** The public keys of the tenant. */
    jwks: { keys: object[] };
    faults: Faults;
}

/** Every identity of the tenant may read all: permissions are not modelled, but for the fault `Forbidden`. */
export function graphService({ directory, jwks, faults }: GraphOptions): RestService {
    return {
        prefix: "/v1.0/",
        verifyToken: tokenVerifier({ jwks, tenantId: directory.tenantId, audience: AUDIENCES }),
        routes: [
            ...entityRoutes(directory, "users", "User"),
            ...entityRoutes(directory, "groups", "Group"),
            ...entityRoutes(directory, "servicePrincipals", "ServicePrincipal"),
            { method: "GET", path: "/v1.0/groups/{id}/members", handle: (call) => members(directory, call) },
            {
                method: "GET",
                path: "/v1.0/groups/{id}/transitiveMembers",
                handle: (call) => transitiveMembers(directory, call),
            },
            {
                method: "POST",
                path: "/v1.0/directoryObjects/getByIds",
                handle: (call) => getByIds(directory, call),
            },
        ],
        intercept: (request) => fault(faults, request),
        errorBody,
        unauthorized,
    };
}

function entityRoutes(directory: Directory, set: string, principalType: PrincipalType): RestRoute[] {
    const type = GRAPH_TYPES[principalType];
    return [
        {
            method: "GET",
            path: `/v1.0/${set}`,
            handle: (call) => {
                const objects = directory.all().filter((object) => object.principalType === principalType);
                return page(call, objects, { types: [type], context: set });
            },
        },
        {
            method: "GET",
            path: `/v1.0/${set}/{id}`,
            handle: (call) => {
                refuseOtherOptions(call, ["$select"]);
                const object = find(directory, call.parameters["id"]!, principalType);
                const context = `${call.baseUrl}/v1.0/$metadata#${set}/$entity`;
                return {
                    status: 200,
                    body: {
                        "@odata.context": context,
                        ...graphObject(object, select(call, [type]), false),
                    },
                };
            },
        },
    ];
}

function members(directory: Directory, call: RestCall): Reply {
    const group = find(directory, call.parameters["id"]!, "Group");
    const objects = (group.members ?? []).map((id) => directory.get(id)!);
    return page(call, objects, { types: ANY, context: "directoryObjects" });
}

/** All that are in the group or in a group within it, the groups too. */
function transitiveMembers(directory: Directory, call: RestCall): Reply {
    const group = find(directory, call.parameters["id"]!, "Group");
    const found = new Map<string, DirectoryObject>();
    const open = [...(group.members ?? [])];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
        if (found.has(id) || id === group.objectId) continue;
        const object = directory.get(id)!;
        found.set(id, object);
        open.push(...(object.members ?? []));
    }
    return page(call, [...found.values()], { types: ANY, context: "directoryObjects" });
}

/** Ids that nobody has are left out of the answer, as Graph does it. */
async function getByIds(directory: Directory, call: RestCall): Promise<Reply> {
    refuseOtherOptions(call, ["$select"]);
    const chosen = select(call, ANY);
    const { ids, types = ANY } = await call.request.body();
    if (!isTextList(ids) || !isTextList(types))
        throw new HttpError(400, "Request_BadRequest", "'ids' and 'types' are lists of texts.");
    if (ids.length > MOST_IDS) {
        const message = `Too many object ids: ${ids.length}; at most ${MOST_IDS} at a time.`;
        throw new HttpError(400, "Request_BadRequest", message);
    }
    const wrong = ids.find((id) => !isGuid(id));
    if (wrong !== undefined) throw new HttpError(400, "Request_BadRequest", `Invalid GUID:${wrong}`);
    const value = [...new Set(ids.map((id) => id.toLowerCase()))]
        .flatMap((id) => directory.get(id) ?? [])
        .filter(({ principalType }) => types.includes(GRAPH_TYPES[principalType]))
        .map((object) => graphObject(object, chosen, true));
    const context = `${call.baseUrl}/v1.0/$metadata#directoryObjects`;
    return { status: 200, body: { "@odata.context": context, value } };
}

function isTextList(value: unknown): value is string[] {
    return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** @throws HttpError 404 as Graph gives it, for another type too. */
function find(directory: Directory, id: string, principalType: PrincipalType): DirectoryObject {
    const object = isGuid(id) ? directory.get(id) : undefined;
    if (object?.principalType === principalType) return object;
    const text = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
    throw new HttpError(404, "Request_ResourceNotFound", text);
}

function fault(faults: Faults, request: Request): Reply | undefined {
    const throttled = faults.take("Throttled", FAULT_TARGET);
    if (throttled) {
        const error = new HttpError(429, "TooManyRequests", "Too many requests. Try again later.");
        const seconds = Math.ceil((throttled.milliseconds ?? 0) / 1000);
        return { status: 429, body: errorBody(error), headers: { "retry-after": String(seconds) } };
    }
    if (!faults.take("Forbidden", FAULT_TARGET)) return undefined;
    const text = "Insufficient privileges to complete the operation.";
    const error = new HttpError(403, "Authorization_RequestDenied", text);
    return { status: 403, body: errorBody(error, request.header("client-request-id")) };
}

function errorBody({ code, message }: HttpError, clientRequestId?: string): object {
    const requestId = randomUUID();
    const innerError = {
        date: new Date().toISOString().slice(0, 19),
        "request-id": requestId,
        "client-request-id": clientRequestId ?? requestId,
    };
    return { error: { code, message, innerError } };
}

function unauthorized(why: TokenRefused | undefined): HttpError {
    return new HttpError(401, "InvalidAuthenticationToken", refusalText(why?.message));
}

function refusalText(why: string | undefined): string {
    if (why === undefined) return "Access token is empty.";
    if (why.includes("audience")) return "Access token validation failure. Invalid audience.";
    if (why.includes("expired")) return "Lifetime validation failed, the token is expired.";
    return "Access token validation failure.";
}
