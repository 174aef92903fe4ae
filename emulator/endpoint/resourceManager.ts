/**
 * The resource API over HTTP, as far as something here asks for it: every resource can be read, and the identities of a
 * virtual machine changed. Everything else goes through the local azure-native provider.
 */

import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { ArmError, asArmError } from "../arm/armError";
import { fromArm, toArm } from "../arm/armShape";
import { patchedIdentity } from "../arm/compute/machineIdentity";
import { VIRTUAL_MACHINE, virtualMachine } from "../arm/compute/virtualMachine";
import type { ResourceApi } from "../arm/resourceApi";
import { RESOURCE_MANAGER_AUDIENCE } from "../entra/audiences";
import { issuerOf, type TokenIssuer } from "../entra/tokenIssuer";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { HttpError, type Reply, type Request } from "./http";

export const RESOURCE_MANAGER_PREFIX = "/subscriptions/";

/** @throws HttpError */
export async function resourceManagerReply(
    api: ResourceApi,
    issuer: TokenIssuer,
    request: Request,
): Promise<Reply> {
    try {
        await checkToken(issuer, api.azure.directory.tenantId, request.header("authorization"));
        if (!request.query.get("api-version")) {
            const text = "The api-version query parameter (?api-version=) is required for all requests.";
            throw new ArmError(400, "MissingApiVersionParameter", text);
        }
        const id = decodeURIComponent(request.path);
        if (request.method === "GET") return { status: 200, body: toArm(api.get(id)) };
        if (request.method === "PATCH") return { status: 200, body: await patchMachine(api, id, request) };
        const text = `The local Azure answers GET, and PATCH of a virtual machine's identity, not ${request.method}.`;
        throw new ArmError(405, "MethodNotAllowed", text);
    } catch (failure) {
        const error = asArmError(failure);
        if (error instanceof ArmError) throw new HttpError(error.status, error.code, error.message);
        throw error;
    }
}

/** Anybody's token for the resource API counts: the local Azure has no role assignments. */
async function checkToken(issuer: TokenIssuer, tenantId: string, header: string | undefined): Promise<void> {
    const token = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
    if (!token) {
        const text = "Authentication failed. The 'Authorization' header is missing.";
        throw new ArmError(401, "AuthenticationFailed", text);
    }
    const audience = [RESOURCE_MANAGER_AUDIENCE, `${RESOURCE_MANAGER_AUDIENCE}/`];
    const rules = { algorithms: ["RS256"], issuer: issuerOf(tenantId), audience };
    await jwtVerify(token, createLocalJWKSet(issuer.jwks as JSONWebKeySet), rules).catch((cause: unknown) => {
        throw new ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.", { cause });
    });
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
