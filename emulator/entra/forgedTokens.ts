/** Tokens that look right and are not. Every server must refuse each of them. */

import {
    exportSPKI,
    generateKeyPair,
    importJWK,
    SignJWT,
    type CryptoKey,
    type JWK,
    type JWTPayload,
} from "jose";
import { RESOURCE_MANAGER_AUDIENCE } from "./audiences";
import { issuerOf } from "./tokenClaims";

export const FORGED_KINDS = [
    /** Its time is over. */
    "expired",
    /** Its time has not come. */
    "notYetValid",
    /** For Azure Resource Manager, not for PostgreSQL. */
    "wrongAudience",
    /** Of another tenant, signed with the right key. */
    "wrongTenant",
    /** The right tenant id, but another issuer. */
    "wrongIssuer",
    /** Signed with another key under the right key's name. */
    "forgedSignature",
    /** Signed with another key under its own name. */
    "unknownKey",
    /** Signed as it should be, then the object id exchanged. */
    "changedClaims",
    /** `alg: none`, no signature. */
    "algNone",
    /** HMAC with the public key as its secret. */
    "hs256",
    /** Signed as it should be, without an object id. */
    "noOid",
    /** No token at all. */
    "garbage",
] as const;

export type ForgedKind = (typeof FORGED_KINDS)[number];

/** A tenant that is not the local one. */
export const OTHER_TENANT_ID = "99999999-9999-4999-8999-999999999999";

interface Key {
    kid: string;
    publicJwk: JWK;
    sign(token: SignJWT): Promise<string>;
}

const HOUR = 60 * 60;

export async function forgeToken(kind: ForgedKind, claims: JWTPayload, key: Key): Promise<string> {
    const signed = (changes: JWTPayload) => key.sign(new SignJWT({ ...claims, ...changes }));
    switch (kind) {
        case "expired":
            return signed(shifted(claims, claims.iat! - claims.exp! - HOUR));
        case "notYetValid":
            return signed(shifted(claims, HOUR));
        case "wrongAudience":
            return signed({ aud: RESOURCE_MANAGER_AUDIENCE });
        case "wrongTenant":
            return signed({ tid: OTHER_TENANT_ID, iss: issuerOf(OTHER_TENANT_ID) });
        case "wrongIssuer":
            return signed({ iss: issuerOf(OTHER_TENANT_ID) });
        case "forgedSignature":
            return signWith(await otherKey(), claims, key.kid);
        case "unknownKey":
            return signWith(await otherKey(), claims, "unknown-key");
        case "changedClaims":
            return changedClaims(await signed({}), {
                ...claims,
                oid: "00000000-0000-4000-8000-000000000000",
            });
        case "algNone":
            return `${encode({ typ: "JWT", alg: "none" })}.${encode(claims)}.`;
        case "hs256":
            return signHs256(claims, key);
        case "noOid":
            return signed({ oid: undefined });
        case "garbage":
            return "this-is-not-a-token";
    }
}

function shifted(claims: JWTPayload, seconds: number): JWTPayload {
    return { iat: claims.iat! + seconds, nbf: claims.nbf! + seconds, exp: claims.exp! + seconds };
}

async function otherKey(): Promise<CryptoKey> {
    return (await generateKeyPair("RS256")).privateKey;
}

function signWith(key: CryptoKey, claims: JWTPayload, kid: string): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ typ: "JWT", alg: "RS256", x5t: kid, kid }).sign(key);
}

async function signHs256(claims: JWTPayload, { kid, publicJwk }: Key): Promise<string> {
    const pem = await exportSPKI((await importJWK(publicJwk, "RS256", { extractable: true })) as CryptoKey);
    return new SignJWT(claims)
        .setProtectedHeader({ typ: "JWT", alg: "HS256", kid })
        .sign(new TextEncoder().encode(pem));
}

function changedClaims(token: string, claims: JWTPayload): string {
    const [header, , signature] = token.split(".");
    return `${header}.${encode(claims)}.${signature}`;
}

function encode(part: object): string {
    return Buffer.from(JSON.stringify(part)).toString("base64url");
}
