/** Issues the access tokens of the local tenant, and those that no server may accept. */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from "jose";
import type { Faults } from "../faults";
import { CLUSTER_APPLICATION, CLUSTER_AUDIENCE, isKnownAudience, POSTGRES_AUDIENCE } from "./audiences";
import type { Directory } from "./directory";
import type { DirectoryObject } from "./directoryObject";
import { forgeToken, type ForgedKind } from "./forgedTokens";
import { claimsOf, type ClaimsRequest } from "./tokenClaims";

export { POSTGRES_AUDIENCE } from "./audiences";
export { issuerOf, MOST_GROUPS_IN_TOKEN } from "./tokenClaims";
export type { ForgedKind } from "./forgedTokens";

const SHORTEST_LIFETIME = 5 * 60;
const LONGEST_LIFETIME = 60 * 60;
/** For Azure Cosmos DB for PostgreSQL (F50). */
const LONGEST_FOR_CLUSTERS = 90 * 60;
const LONGEST_OF_MANAGED_IDENTITY = 24 * 60 * 60;

export interface TokenRequest {
    /** Of a user, service principal or managed identity. */
    objectId: string;
    /** Default: Azure Database for PostgreSQL (F14). */
    audience?: string;
    /** 300 to 3600 (F17), for clusters to 5400 (F50), for managed identities to 86400 (F77). Default: the longest, or as the issuer was told. */
    lifetimeSeconds?: number;
    /** Users only: whether they proved themselves with a second factor. Default: false. */
    mfa?: boolean;
}

export interface IssuedToken {
    accessToken: string;
    /** Epoch seconds. */
    expiresOn: number;
    /** Epoch seconds. */
    notBefore: number;
    lifetimeSeconds: number;
}

export interface TokenIssuerOptions {
    /** The signing key of a local Azure that was kept. Default: a new one. */
    privateJwk?: JWK;
    /** `ExpiredToken` strikes the object id that asks. */
    faults?: Faults;
    /** Of users and service principals, 300 to 3600 seconds. Default: 3600. */
    defaultLifetimeSeconds?: number;
    /** Epoch milliseconds. Default: the machine's clock. */
    now?: () => number;
}

/** No token for this request. `code` is Entra's error number. */
export class TokenRefusedError extends Error {
    override readonly name = "TokenRefusedError";
    constructor(
        readonly code: string,
        message: string,
    ) {
        super(`${code}: ${message}`);
    }
}

interface SigningKey {
    kid: string;
    privateJwk: JWK;
    publicJwk: JWK;
    sign: (claims: SignJWT) => Promise<string>;
}

export class TokenIssuer {
    readonly #directory: Directory;
    readonly #key: SigningKey;
    readonly #options: TokenIssuerOptions;

    private constructor(directory: Directory, key: SigningKey, options: TokenIssuerOptions) {
        this.#directory = directory;
        this.#key = key;
        this.#options = options;
    }

    static async create(directory: Directory, options: TokenIssuerOptions = {}): Promise<TokenIssuer> {
        const lifetime = options.defaultLifetimeSeconds;
        if (lifetime !== undefined) checkLifetime(lifetime, LONGEST_LIFETIME);
        return new TokenIssuer(directory, await signingKey(options.privateJwk), options);
    }

    /** The public keys, as a JWKS document. */
    get jwks(): { keys: JWK[] } {
        return { keys: [{ ...this.#key.publicJwk }] };
    }

    /** For a local Azure that is kept, so that tokens outlive a restart. Keep it in a file that only the owner reads. */
    exportPrivateJwk(): JWK {
        return { ...this.#key.privateJwk };
    }

    /**
     * A token as text.
     *
     * @throws TokenRefusedError for an identity that does not exist (any more, F30), is a group, or asks for what it cannot have.
     */
    async issue(request: TokenRequest): Promise<string> {
        return (await this.issueToken(request)).accessToken;
    }

    /** A token with its times. Throws as `issue`. */
    async issueToken(request: TokenRequest): Promise<IssuedToken> {
        const object = this.#identity(request.objectId);
        const claims = this.#claimsRequest(object, request);
        const payload = claimsOf(this.#directory, object, claims);
        const accessToken = await this.#key.sign(new SignJWT(payload));
        const { issuedAt, lifetimeSeconds } = claims;
        return { accessToken, notBefore: issuedAt, expiresOn: issuedAt + lifetimeSeconds, lifetimeSeconds };
    }

    /** A token that every server must refuse, for tests and the rehearsal. */
    async forge(kind: ForgedKind, request: TokenRequest): Promise<string> {
        const object = this.#identity(request.objectId);
        const claims = claimsOf(this.#directory, object, this.#claimsRequest(object, request));
        return forgeToken(kind, claims, this.#key);
    }

    #identity(objectId: string): DirectoryObject {
        const object = this.#directory.get(objectId);
        if (!object) {
            const tenant = this.#directory.tenantId;
            throw new TokenRefusedError(
                "AADSTS700016",
                `The identity ${objectId} does not exist in the tenant ${tenant}, or was deleted; it gets no token.`,
            );
        }
        if (object.principalType === "Group") {
            throw new TokenRefusedError(
                "AADSTS50034",
                `'${object.displayName}' is a group. Groups get no tokens: ask for one of its members.`,
            );
        }
        if (object.accountEnabled === false) {
            throw new TokenRefusedError(
                "AADSTS7000112",
                `Application '${object.appId ?? object.objectId}'(${object.displayName}) is disabled.`,
            );
        }
        return object;
    }

    #claimsRequest(object: DirectoryObject, request: TokenRequest): ClaimsRequest {
        const audience = request.audience ?? POSTGRES_AUDIENCE;
        if (!isKnownAudience(audience)) {
            throw new TokenRefusedError(
                "AADSTS500011",
                `The resource principal named ${audience} was not found in the tenant named ${this.#directory.tenantId}. ` +
                    `For Azure Database for PostgreSQL ask for ${POSTGRES_AUDIENCE}.`,
            );
        }
        this.#refuseDisabledApplication(audience);
        if (request.mfa && object.principalType !== "User") {
            throw new TokenRefusedError(
                "AADSTS50076",
                `'${object.displayName}' is no user: only users have a second factor.`,
            );
        }
        const lifetimeSeconds = this.#lifetime(object, audience, request.lifetimeSeconds);
        const now = Math.floor((this.#options.now?.() ?? Date.now()) / 1000);
        const expired = this.#options.faults?.take("ExpiredToken", object.objectId);
        const issuedAt = expired ? now - lifetimeSeconds - 1 : now;
        return { audience, issuedAt, lifetimeSeconds, mfa: request.mfa ?? false };
    }

    /** F45. A tenant that does not know the application at all is not judged here. */
    #refuseDisabledApplication(audience: string): void {
        if (audience.replace(/\/$/, "") !== CLUSTER_AUDIENCE) return;
        const application = this.#directory.findByAppId(CLUSTER_APPLICATION);
        if (application?.accountEnabled !== false) return;
        throw new TokenRefusedError(
            "AADSTS7000112",
            `Application '${CLUSTER_APPLICATION}' (${application.displayName}) is disabled. ` +
                "A tenant administrator must enable it for sign-in once (accountEnabled=true).",
        );
    }

    #lifetime(object: DirectoryObject, audience: string, asked: number | undefined): number {
        const ofPeople = audience.startsWith(CLUSTER_AUDIENCE) ? LONGEST_FOR_CLUSTERS : LONGEST_LIFETIME;
        const longest = object.managedIdentity ? LONGEST_OF_MANAGED_IDENTITY : ofPeople;
        if (asked !== undefined) return checkLifetime(asked, longest);
        return object.managedIdentity ? longest : (this.#options.defaultLifetimeSeconds ?? longest);
    }
}

function checkLifetime(seconds: number, longest: number): number {
    if (Number.isInteger(seconds) && seconds >= SHORTEST_LIFETIME && seconds <= longest) return seconds;
    throw new TokenRefusedError(
        "AADSTS900144",
        `A lifetime of ${seconds} seconds was asked for; it must be a whole number from ${SHORTEST_LIFETIME} to ${longest}.`,
    );
}

async function signingKey(given: JWK | undefined): Promise<SigningKey> {
    const privateJwk = given ?? (await newKey());
    const key = await importJWK(privateJwk, "RS256");
    const { kty, n, e } = privateJwk;
    if (kty !== "RSA" || !n || !e || !privateJwk.d)
        throw new Error("The signing key must be a private RSA key.");
    const kid = await calculateJwkThumbprint({ kty, n, e });
    return {
        kid,
        privateJwk: { ...privateJwk, kid, alg: "RS256" },
        publicJwk: { kty, use: "sig", alg: "RS256", kid, x5t: kid, n, e },
        sign: (token) => token.setProtectedHeader({ typ: "JWT", alg: "RS256", x5t: kid, kid }).sign(key),
    };
}

async function newKey(): Promise<JWK> {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    return exportJWK(privateKey);
}
