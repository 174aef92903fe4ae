/** The instance metadata service of a virtual machine (F37), as far as it gives tokens. */

import { randomUUID } from "node:crypto";
import { isKnownAudience } from "../entra/audiences";
import type { Reply, Request } from "./http";
import { identityOf, tokenReply, type IdentitySource } from "./managedIdentity";

export const METADATA_PATH = "/metadata/identity/oauth2/token";

const FIRST_VERSION = "2018-02-01";

/** The answer to `GET /metadata/identity/oauth2/token`, errors with the bodies of the real service. */
export async function metadataToken(source: IdentitySource, request: Request): Promise<Reply> {
    if (request.method !== "GET") return refused("Only GET is supported", 405);
    if (request.header("metadata")?.toLowerCase() !== "true")
        return refused("Required metadata header not specified");
    // As the real service: a forwarded request may come from somebody else (server-side request forgery).
    if (request.header("x-forwarded-for") !== undefined)
        return refused("X-Forwarded-For header is not allowed");
    const version = request.query.get("api-version");
    if (!version) return refused("Required query variable 'api-version' is missing");
    if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < FIRST_VERSION) {
        return refused(`Query variable 'api-version' is not supported: use ${FIRST_VERSION} or later`);
    }
    const resource = request.query.get("resource");
    if (!resource) return refused("Required query variable 'resource' is missing");
    if (!isKnownAudience(resource)) return unknownResource(resource, source.directory.tenantId);
    const identity = identityOf(source, request.query);
    if (!identity) return refused("Identity not found");
    const token = await source.issuer.issueToken({ objectId: identity.objectId, audience: resource });
    const expiresIn = String(Math.max(0, token.expiresOn - Math.floor(Date.now() / 1000)));
    const body = {
        ...tokenReply(token, resource, identity),
        expires_in: expiresIn,
        ext_expires_in: expiresIn,
    };
    return { status: 200, body };
}

function refused(description: string, status = 400): Reply {
    return { status, body: { error: "invalid_request", error_description: description } };
}

function unknownResource(resource: string, tenantId: string): Reply {
    const description =
        `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${tenantId}. ` +
        "This can happen if the application has not been installed by the administrator of the tenant or consented to by " +
        "any user in the tenant. You might have sent your authentication request to the wrong tenant. " +
        `Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: ${new Date().toISOString()}`;
    return { status: 400, body: { error: "invalid_resource", error_description: description } };
}
