/** The identity endpoint of App Service, Functions and Container Apps. */

import { randomUUID } from "node:crypto";
import { isKnownAudience } from "../entra/audiences";
import { sameSecret, type Reply, type Request } from "./http";
import { selectorOf, tokenReply, type IdentitySource } from "./managedIdentity";

export const APP_SERVICE_PATH = "/msi/token";

const VERSION = "2019-08-01";

/** The answer to `GET /msi/token`; `secret` is what the caller must send as `X-IDENTITY-HEADER`. */
export async function appServiceToken(
    source: IdentitySource,
    secret: string,
    request: Request,
): Promise<Reply> {
    if (request.method !== "GET") return refused(405, "Only GET is supported.");
    if (!sameSecret(request.header("x-identity-header"), secret)) {
        return refused(
            401,
            "The header X-IDENTITY-HEADER is missing or wrong: send the value of IDENTITY_HEADER.",
        );
    }
    const version = request.query.get("api-version");
    if (version !== VERSION)
        return refused(400, `The api-version '${version ?? ""}' is invalid: use ${VERSION}.`);
    const resource = request.query.get("resource");
    if (!resource) return refused(400, "The parameter 'resource' is missing.");
    if (!isKnownAudience(resource)) {
        const tenant = source.directory.tenantId;
        return refused(
            400,
            `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${tenant}.`,
        );
    }
    const identity = source.machine.select(selectorOf(request.query));
    if (typeof identity === "string") return refused(400, "Unable to load the proper Managed Identity.");
    const token = await source.issuer.issueToken({ objectId: identity.objectId, audience: resource });
    return { status: 200, body: tokenReply(token, resource, identity) };
}

function refused(statusCode: number, message: string): Reply {
    return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}
