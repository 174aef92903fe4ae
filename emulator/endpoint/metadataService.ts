/**
 * The instance metadata service of a virtual machine (F37), as far as it gives tokens. Texts without a source here are
 * those of Microsoft's page «Use managed identities on a virtual machine to acquire access token», which says that
 * they can change at any time.
 */

import { randomUUID } from "node:crypto";
import { isKnownAudience } from "../entra/audiences";
import type { Reply, Request } from "./http";
import { selectorOf, tokenReply, type IdentitySource } from "./managedIdentity";

export const METADATA_PATH = "/metadata/identity/oauth2/token";

const FIRST_VERSION = "2018-02-01";

/** The answer to `GET /metadata/identity/oauth2/token`, errors with the bodies of the real service. */
export async function metadataToken(source: IdentitySource, request: Request): Promise<Reply> {
    const refusal = wrongRequest(request) ?? fault(source);
    if (refusal) return refusal;
    const resource = request.query.get("resource")!;
    if (!isKnownAudience(resource)) return unknownResource(resource, source.directory.tenantId);
    const identity = source.machine.select(selectorOf(request.query));
    if (identity === "NotFound") return refused("Identity not found");
    if (identity === "Several") return refused(SEVERAL);
    const token = await source.issuer.issueToken({ objectId: identity.objectId, audience: resource });
    const expiresIn = String(Math.max(0, token.expiresOn - Math.floor(Date.now() / 1000)));
    const body = {
        ...tokenReply(token, resource, identity),
        expires_in: expiresIn,
        ext_expires_in: expiresIn,
    };
    return { status: 200, body };
}

/** Seen in Hexadite/acs-keyvault-agent#43 and Azure/aad-pod-identity#1152. */
const SEVERAL =
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request";

function wrongRequest(request: Request): Reply | undefined {
    if (request.method !== "GET") return refused("Only GET is supported", 405);
    // In lower case, as the page says.
    if (request.header("metadata") !== "true") return refused("Required metadata header not specified");
    // As the real service: a forwarded request may come from somebody else (server-side request forgery).
    if (request.header("x-forwarded-for") !== undefined)
        return refused("X-Forwarded-For header is not allowed");
    const version = request.query.get("api-version");
    if (!version) return refused("Required query variable 'api-version' is missing");
    if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < FIRST_VERSION)
        return refused(`Query variable 'api-version' is not supported: use ${FIRST_VERSION} or later`);
    return request.query.get("resource")
        ? undefined
        : refused("Required query variable 'resource' is missing");
}

/** What passes when it is asked again later: the libraries do so. */
function fault({ faults, machine }: IdentitySource): Reply | undefined {
    // hashicorp/terraform-provider-azurerm#20901, dotnet/SqlClient#2344.
    if (faults?.take("MetadataThrottled", machine.name))
        return refused("Temporarily throttled, too many requests", 429);
    if (!faults?.take("MetadataFailed", machine.name)) return undefined;
    const error_description =
        "Failed to retrieve token from the Active directory. For details see logs in (none)";
    return { status: 500, body: { error: "unknown", error_description } };
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
