/**
 * The resource API, as far as something here asks for it over HTTPS: every resource and every collection can be read, and the
 * identities of a virtual machine changed. Everything else goes through the local azure-native provider.
 */

import { ArmError, asArmError } from "../arm/armError";
import { fromArm, toArm } from "../arm/armShape";
import { collectionIds } from "../arm/collections";
import { patchedIdentity } from "../arm/compute/machineIdentity";
import { VIRTUAL_MACHINE, virtualMachine } from "../arm/compute/virtualMachine";
import type { ResourceApi } from "../arm/resourceApi";
import { RESOURCE_MANAGER_AUDIENCE } from "../entra/audiences";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { HttpError, type Reply, type Request } from "../endpoint/http";
import type { Faults } from "../faults";
import { tokenVerifier, type TokenRefused } from "../postgres/tokenCheck";
import type { RestCall, RestService } from "./restServer";

export const RESOURCE_MANAGER_PREFIX = "/subscriptions/";

/** What a fault of reads has for its target; writes are struck by type and name. */
export const READS_TARGET = "resource-reads";

export interface ResourceManagerServiceOptions {
    api: ResourceApi;
    /** The public keys of the tenant. */
    jwks: { keys: object[] };
    faults: Faults;
}

/** Anybody's token for the resource API counts: the local Azure has no role assignments, but for the fault `Forbidden`. */
export function resourceManagerService({ api, jwks, faults }: ResourceManagerServiceOptions): RestService {
    const { tenantId } = api.azure.directory;
    const audience = [RESOURCE_MANAGER_AUDIENCE, `${RESOURCE_MANAGER_AUDIENCE}/`];
    const route = (method: "GET" | "PATCH", handle: (call: RestCall) => Reply | Promise<Reply>) => ({
        method,
        path: `${RESOURCE_MANAGER_PREFIX}{path*}`,
        handle: (call: RestCall) => asHttp(() => (checkVersion(call.request), handle(call))),
    });
    return {
        prefix: RESOURCE_MANAGER_PREFIX,
        verifyToken: tokenVerifier({ jwks, tenantId, audience }),
        routes: [
            route("GET", (call) => read(api, idOf(call))),
            route("PATCH", async (call) => ({
                status: 200,
                body: await patchMachine(api, idOf(call), call.request),
            })),
        ],
        intercept: (request) => fault(faults, request),
        errorBody: ({ code, message }) => ({ error: { code, message } }),
        unauthorized,
    };
}

const idOf = ({ parameters }: RestCall) => `${RESOURCE_MANAGER_PREFIX}${parameters["path"]}`;

/** A collection, or one resource. */
function read(api: ResourceApi, id: string): Reply {
    const ids = collectionIds(api.azure, id);
    if (ids === undefined) return { status: 200, body: toArm(api.get(id)) };
    return { status: 200, body: { value: ids.map((one) => toArm(api.get(one))) } };
}

function checkVersion(request: Request): void {
    if (request.query.get("api-version")) return;
    const text = "The api-version query parameter (?api-version=) is required for all requests.";
    throw new ArmError(400, "MissingApiVersionParameter", text);
}

async function asHttp(work: () => Reply | Promise<Reply>): Promise<Reply> {
    try {
        return await work();
    } catch (failure) {
        const error = asArmError(failure);
        throw error instanceof ArmError ? new HttpError(error.status, error.code, error.message) : error;
    }
}

function fault(faults: Faults, request: Request): Reply | undefined {
    if (request.method !== "GET") return undefined;
    const throttled = faults.take("Throttled", READS_TARGET);
    if (throttled) {
        const error = { code: "TooManyRequests", message: "The request is being throttled." };
        const seconds = Math.ceil((throttled.milliseconds ?? 0) / 1000);
        return { status: 429, body: { error }, headers: { "retry-after": String(seconds) } };
    }
    if (!faults.take("Forbidden", READS_TARGET)) return undefined;
    const message = `The client does not have authorization to perform action 'read' over scope '${request.path}' or the scope is invalid.`;
    return { status: 403, body: { error: { code: "AuthorizationFailed", message } } };
}

function unauthorized(why: TokenRefused | undefined): HttpError {
    if (why) return new HttpError(401, "InvalidAuthenticationToken", "The access token is invalid.");
    const text = "Authentication failed. The 'Authorization' header is missing.";
    return new HttpError(401, "AuthenticationFailed", text);
}

async function patchMachine(api: ResourceApi, id: string, request: Request): Promise<PropertyMap> {
    const machine = api.azure.store.get(id);
    if (!machine) return toArm(api.get(id));
    const { identity, ...rest } = fromArm(await request.body());
    if (machine.token !== VIRTUAL_MACHINE || Object.keys(rest).length > 0 || identity === undefined) {
        const text = "The local Azure changes by PATCH the identity of a virtual machine alone.";
        throw new ArmError(400, "BadRequest", text);
    }
    const etag = request.header("if-match");
    if (etag !== undefined && etag !== "*" && etag !== api.get(id).outputs.etag) {
        const text = "The condition set using HTTP conditional header(s) is not met.";
        throw new ArmError(412, "PreconditionFailed", text);
    }
    const inputs = Object.entries(machine.properties).filter(
        ([name]) => virtualMachine.table.properties[name]?.computed === undefined,
    );
    const body = {
        ...Object.fromEntries(inputs),
        identity: patchedIdentity(machine, identity as PropertyMap),
    };
    return toArm(await api.put(id, body));
}
