/** Checks access tokens as the real server does: signature, issuer, tenant, audience and times. */

import { CLOUDS } from "../../components/clouds";
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";

/** Of Azure Database for PostgreSQL in the public cloud, exactly as written (F14). */
export const POSTGRES_AUDIENCE = CLOUDS.Local.tokenAudience;

export interface VerifiedToken {
    /** Lower case. */
    objectId: string;
    type: "user" | "app";
    /** The application's (client) id, where the token names one. */
    appId: string | undefined;
    /** Object ids, lower case, of the groups that the token names. */
    groups: string[];
    /** The identity is in more groups than a token holds; who they are must be asked of the directory. */
    groupsLeftOut: boolean;
    mfa: boolean;
}

/** @throws TokenRefused */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** The token is not accepted; the message is what the client reads. It never holds any part of the token. */
export class TokenRefused extends Error {
    override readonly name = "TokenRefused";
}

/**
 * The real server's texts (LOCAL_AZURE 1.6 names where each was seen), for sign-ins with a token that is no
 * good.
 */
const TEXTS = {
    format: "The access token has invalid format. Please ensure the token is passed exactly as returned by the authentication endpoint and retry.",
    audience: (resource: string) =>
        `The access token does not have a valid audience claim. Please acquire a new token for the resource "${resource}".`,
    objectId: "The access token doesn't have a valid oid claim. Acquire a new token and try again",
    expired: "The access token has expired. Please acquire a new token and retry",
    other: "An error occurred while validating the access token. Please acquire a new token and retry",
};

/** «Exactly as returned»: without the line break that a shell adds, which `jose` would overlook. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export interface TokenCheckOptions {
    /** The public keys of the tenant. */
    jwks: { keys: object[] };
    tenantId: string;
    /** One, or several ways to write it. Default: `POSTGRES_AUDIENCE`. */
    audience?: string | string[];
    /** Epoch milliseconds. Default: the machine's clock. */
    now?: () => number;
}

export function tokenVerifier(options: TokenCheckOptions): TokenVerifier {
    const keys = createLocalJWKSet(options.jwks as JSONWebKeySet);
    const audience = options.audience ?? POSTGRES_AUDIENCE;
    const tenant = options.tenantId.toLowerCase();
    const issuer = [`https://sts.windows.net/${tenant}/`, `${CLOUDS.Public.authorityHost}/${tenant}/v2.0`];
    return async (token) => {
        if (!COMPACT_JWT.test(token)) throw new TokenRefused(TEXTS.format);
        let claims: JWTPayload;
        try {
            const currentDate = new Date(options.now?.() ?? Date.now());
            const rules = { algorithms: ["RS256"], issuer, audience, currentDate };
            claims = (await jwtVerify(token, keys, { ...rules, requiredClaims: ["exp", "nbf", "tid"] }))
                .payload;
        } catch (error) {
            throw new TokenRefused(textFor(error, [audience].flat()[0]!));
        }
        if (claims.tid !== tenant) throw new TokenRefused(TEXTS.other);
        return identityOf(claims);
    };
}

function textFor(error: unknown, audience: string): string {
    if (error instanceof errors.JWTExpired) return TEXTS.expired;
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud")
        return TEXTS.audience(audience);
    if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return TEXTS.format;
    return TEXTS.other;
}

function identityOf(claims: JWTPayload): VerifiedToken {
    const { oid, idtyp, upn, scp, appid, azp, amr, groups } = claims;
    if (typeof oid !== "string" || oid === "") throw new TokenRefused(TEXTS.objectId);
    // Tokens without `idtyp`: only those that a person asked for have a scope or a user's name.
    const isUser = idtyp === undefined ? scp !== undefined || upn !== undefined : idtyp === "user";
    const appId = appid ?? azp;
    return {
        objectId: oid.toLowerCase(),
        type: isUser ? "user" : "app",
        appId: typeof appId === "string" ? appId : undefined,
        groups: strings(groups).map((group) => group.toLowerCase()),
        groupsLeftOut: (claims._claim_names as { groups?: unknown } | undefined)?.groups !== undefined,
        mfa: strings(amr).includes("mfa"),
    };
}

function strings(value: unknown): string[] {
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
