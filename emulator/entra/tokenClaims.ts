/** The claims of an access token, as Entra's version 1 tokens for Azure Database for PostgreSQL have them. */

import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type { Directory } from "./directory";
import type { DirectoryObject } from "./directoryObject";

/** With more groups than this Entra leaves `groups` out and points to where they can be asked. */
export const MOST_GROUPS_IN_TOKEN = 200;

/** The application through which people sign in: the Azure CLI. */
const AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

export interface ClaimsRequest {
    audience: string;
    /** Epoch seconds. */
    issuedAt: number;
    lifetimeSeconds: number;
    mfa: boolean;
}

export function issuerOf(tenantId: string): string {
    return `https://sts.windows.net/${tenantId}/`;
}

export function claimsOf(directory: Directory, object: DirectoryObject, request: ClaimsRequest): JWTPayload {
    const { tenantId } = directory;
    return {
        aud: request.audience,
        iss: issuerOf(tenantId),
        iat: request.issuedAt,
        nbf: request.issuedAt,
        exp: request.issuedAt + request.lifetimeSeconds,
        oid: object.objectId,
        tid: tenantId,
        sub: object.principalType === "User" ? pairwise(object.objectId, request.audience) : object.objectId,
        uti: randomBytes(16).toString("base64url"),
        rh: randomUUID(),
        ver: "1.0",
        ...(object.principalType === "User" ? userClaims(object, request) : appClaims(object, tenantId)),
        ...groupClaims(directory, object),
    };
}

function userClaims(user: DirectoryObject, request: ClaimsRequest): JWTPayload {
    return {
        idtyp: "user",
        acr: "1",
        amr: request.mfa ? ["pwd", "mfa"] : ["pwd"],
        appid: AZURE_CLI,
        appidacr: "0",
        name: user.displayName,
        scp: "user_impersonation",
        unique_name: user.userPrincipalName,
        upn: user.userPrincipalName,
    };
}

function appClaims(app: DirectoryObject, tenantId: string): JWTPayload {
    return {
        idtyp: "app",
        appid: app.appId,
        // How the application proved itself: 2 is a certificate (which managed identities have), 1 a secret.
        appidacr: app.managedIdentity ? "2" : "1",
        idp: issuerOf(tenantId),
    };
}

function groupClaims(directory: Directory, object: DirectoryObject): JWTPayload {
    const groups = directory
        .groupsOf(object.objectId)
        .filter((id) => directory.get(id)?.securityEnabled !== false)
        .sort();
    if (groups.length === 0) return {};
    if (groups.length <= MOST_GROUPS_IN_TOKEN) return { groups };
    const kind = object.principalType === "User" ? "users" : "servicePrincipals";
    const endpoint = `https://graph.windows.net/${directory.tenantId}/${kind}/${object.objectId}/getMemberObjects`;
    return { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint } } };
}

/** Entra's `sub` differs for each user and resource. */
function pairwise(objectId: string, audience: string): string {
    return createHash("sha256").update(`${objectId} ${audience}`).digest("base64url");
}
