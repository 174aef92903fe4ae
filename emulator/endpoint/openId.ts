/** The OpenID documents, by which anybody can check the local tenant's tokens. */

import { issuerOf, type TokenIssuer } from "../entra/tokenIssuer";
import type { Reply } from "./http";

/** The answer to one of the documents' paths; `undefined` for all other paths. */
export function openIdDocument(
    issuer: TokenIssuer,
    tenantId: string,
    url: string,
    path: string,
): Reply | undefined {
    const [, tenant, ...rest] = path.split("/");
    if (tenant !== tenantId && tenant !== "common" && tenant !== "organizations") return undefined;
    switch (rest.join("/")) {
        case ".well-known/openid-configuration":
        case "v2.0/.well-known/openid-configuration":
            return { status: 200, body: configuration(tenantId, url) };
        case "discovery/keys":
        case "discovery/v2.0/keys":
            return { status: 200, body: issuer.jwks };
        default:
            return undefined;
    }
}

function configuration(tenantId: string, url: string): object {
    return {
        issuer: issuerOf(tenantId),
        jwks_uri: `${url}/${tenantId}/discovery/keys`,
        token_endpoint: `${url}/${tenantId}/oauth2/token`,
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["token"],
        subject_types_supported: ["pairwise"],
    };
}
