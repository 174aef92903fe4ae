/** Which identity a request for a token means, and the token as both identity services write it. */

import type { Directory } from "../entra/directory";
import type { DirectoryObject } from "../entra/directoryObject";
import type { IssuedToken, TokenIssuer } from "../entra/tokenIssuer";

export interface IdentitySource {
    directory: Directory;
    issuer: TokenIssuer;
    /** Object id of the identity that answers where none is named. */
    defaultIdentity: string;
}

/**
 * The identity that the query names by client id or object id, or the default one; `undefined` where there is none.
 * Only service principals and managed identities are bound to machines, never users.
 */
export function identityOf(source: IdentitySource, query: URLSearchParams): DirectoryObject | undefined {
    const clientId = query.get("client_id");
    const objectId = query.get("object_id") ?? query.get("principal_id");
    if (query.has("msi_res_id") || query.has("mi_res_id")) return undefined;
    const found = clientId
        ? source.directory.findByAppId(clientId)
        : source.directory.get(objectId ?? source.defaultIdentity);
    if (!found || found.principalType !== "ServicePrincipal") return undefined;
    return objectId && found.objectId !== objectId.toLowerCase() ? undefined : found;
}

/** The answer's fields; times are epoch seconds as text. */
export function tokenReply(
    token: IssuedToken,
    resource: string,
    identity: DirectoryObject,
): Record<string, string> {
    return {
        access_token: token.accessToken,
        client_id: identity.appId ?? "",
        expires_on: String(token.expiresOn),
        not_before: String(token.notBefore),
        resource,
        token_type: "Bearer",
    };
}
