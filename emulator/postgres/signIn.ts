/** Decides sign-ins: pure, all facts are given. */

import type { SecurityLabel } from "./securityLabel";
import type { VerifiedToken } from "./tokenCheck";

/** PostgreSQL's limit for names, in UTF-8 bytes. */
export const LONGEST_NAME = 63;

export interface Refusal {
    /** SQLSTATE. */
    code: "28000" | "28P01";
    message: string;
    detail?: string;
}

/** What the server knows about the role somebody wants to be. */
export interface RoleRecord {
    superuser: boolean;
    /** `undefined` for roles that are bound to no Entra identity. */
    label: SecurityLabel | undefined;
    /** The stored form of its password, where it has one that has not run out. */
    passwordVerifier: string | undefined;
}

export interface Authentication {
    entraEnabled: boolean;
    passwordEnabled: boolean;
}

/**
 * How a role signs in. `token`: the client is asked for a password in clear text (over TLS), which is the
 * token. `refused` also asks for one, and then refuses: whether a role exists is not told before.
 */
export type SignInMethod = "token" | "password" | "refused";

export function signInMethod(role: RoleRecord | undefined, authentication: Authentication): SignInMethod {
    if (role?.label && !role.superuser && authentication.entraEnabled) return "token";
    return authentication.passwordEnabled ? "password" : "refused";
}

/** PostgreSQL's own words for a role that does not exist, a wrong password, and a role without one. */
export function wrongPassword(user: string): Refusal {
    return { code: "28P01", message: `password authentication failed for user "${user}"` };
}

/**
 * Why the holder of a checked token may not be the role; `undefined` where they may.
 *
 * Service and group texts were seen on real servers; the others are ours (docs/local-azure.md).
 *
 * @param groups object ids of the groups the holder is in.
 */
export function tokenRefusal(
    user: string,
    label: SecurityLabel,
    token: VerifiedToken,
    groups: readonly string[],
): Refusal | undefined {
    const refuse = (message: string): Refusal => ({ code: "28000", message });
    if (label.type === "group") {
        if (!groups.includes(label.objectId)) {
            return refuse(`The access token does not belong to a member of the group of role "${user}".`);
        }
    } else if (label.type === "user") {
        if (token.type !== "user") {
            return refuse(
                `Microsoft Entra user token for role "${user}" is neither an AAD_AUTH_TOKENTYPE_APP_USER ` +
                    "or an AAD_AUTH_TOKENTYPE_APP_OBO token.",
            );
        }
        if (token.objectId !== label.objectId) {
            return refuse(
                `User oid mismatch for role "${user}": label [${label.objectId}] does not match the oid [${token.objectId}] in the token`,
            );
        }
    } else {
        if (token.type !== "app") {
            return refuse(
                `Service principals cannot generate AAD_AUTH_TOKENTYPE_APP_USER tokens for role "${user}"`,
            );
        }
        if (token.objectId !== label.objectId) {
            return refuse(
                `Service principal oid mismatch for role "${user}": label [${label.objectId}] does not match ` +
                    `the appid [${token.appId ?? ""}] or oid [${token.objectId}] in the token`,
            );
        }
    }
    if (label.mfa && !token.mfa) {
        return refuse(
            `The role "${user}" demands multifactor authentication, and the access token has no mfa claim.`,
        );
    }
    return undefined;
}
