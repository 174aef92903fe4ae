/** A small tenant, and tokens for it: good ones and such as no server may accept. */

import {
    exportJWK,
    generateKeyPair,
    importJWK,
    SignJWT,
    UnsecuredJWT,
    type CryptoKey,
    type JWTPayload,
} from "jose";
import { Directory } from "../../emulator/entra/directory";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { POSTGRES_AUDIENCE } from "../../emulator/postgres/tokenCheck";

export const TENANT = "11111111-2222-4333-8444-555555555555";

const id = (last: string): string => `aaaaaaaa-0000-4000-8000-${last.padStart(12, "0")}`;

export const ADA: DirectoryObject = {
    objectId: id("1"),
    principalType: "User",
    displayName: "Ada",
    userPrincipalName: "ada@contoso.com",
};
export const BOB: DirectoryObject = {
    objectId: id("2"),
    principalType: "User",
    displayName: "Bob",
    userPrincipalName: "bob@contoso.com",
};
export const GUEST: DirectoryObject = {
    objectId: id("3"),
    principalType: "User",
    displayName: "Gus",
    userPrincipalName: "gus_fabrikam.com#EXT#@contoso.com",
    userType: "Guest",
};
export const APP: DirectoryObject = {
    objectId: id("4"),
    principalType: "ServicePrincipal",
    displayName: "id-app",
    appId: id("44"),
};
export const MEMBER_APP: DirectoryObject = {
    objectId: id("5"),
    principalType: "ServicePrincipal",
    displayName: "id-member",
    appId: id("55"),
    managedIdentity: "UserAssigned",
};
export const GROUP: DirectoryObject = {
    objectId: id("6"),
    principalType: "Group",
    displayName: "Prod DB Readonly",
    members: [BOB.objectId, MEMBER_APP.objectId],
};
export const ADMINS: DirectoryObject = {
    objectId: id("7"),
    principalType: "Group",
    displayName: "DB Admins",
    members: [GUEST.objectId],
};
/** Two applications with one name. */
export const TWINS: DirectoryObject[] = ["8", "9"].map((last) => ({
    objectId: id(last),
    principalType: "ServicePrincipal",
    displayName: "twin",
    appId: id(last + last),
}));
export const NOBODY = id("99");

export function newDirectory(): Directory {
    return new Directory(TENANT, [ADA, BOB, GUEST, APP, MEMBER_APP, GROUP, ADMINS, ...TWINS]);
}

export type Claims = JWTPayload & Record<string, unknown>;

export class TestTokens {
    private constructor(
        readonly jwks: { keys: object[] },
        private readonly key: CryptoKey,
        private readonly directory: Directory,
    ) {}

    static async create(directory: Directory): Promise<TestTokens> {
        const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
        const jwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig" };
        return new TestTokens({ keys: [jwk] }, privateKey, directory);
    }

    /**
     * What Entra puts into a token for this object, with changes. A change to `undefined` leaves the claim
     * out.
     */
    claims(object: DirectoryObject, changes: Claims = {}): Claims {
        const now = Math.floor(Date.now() / 1000);
        const user = {
            idtyp: "user",
            upn: object.userPrincipalName,
            amr: ["pwd"],
            scp: "user_impersonation",
        };
        const groups = this.directory.groupsOf(object.objectId);
        const claims: Claims = {
            aud: POSTGRES_AUDIENCE,
            iss: `https://sts.windows.net/${TENANT}/`,
            iat: now,
            nbf: now,
            exp: now + 3600,
            oid: object.objectId,
            tid: TENANT,
            ...(object.principalType === "User" ? user : { idtyp: "app", appid: object.appId }),
            ...(groups.length > 0 && { groups }),
            ...changes,
        };
        return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    }

    async token(object: DirectoryObject, changes?: Claims, key: CryptoKey = this.key): Promise<string> {
        const jwt = new SignJWT(this.claims(object, changes));
        return jwt.setProtectedHeader({ alg: "RS256", kid: "k1", typ: "JWT" }).sign(key);
    }

    /** Signed with somebody else's key. */
    async forged(object: DirectoryObject): Promise<string> {
        return this.token(object, {}, (await generateKeyPair("RS256")).privateKey);
    }

    /** Signed with the right key by another algorithm than Entra's. */
    async rs384(object: DirectoryObject): Promise<string> {
        const key = await importJWK(await exportJWK(this.key), "RS384");
        return new SignJWT(this.claims(object)).setProtectedHeader({ alg: "RS384", kid: "k1" }).sign(key);
    }

    unsigned(object: DirectoryObject): string {
        return new UnsecuredJWT(this.claims(object)).encode();
    }

    /** Signed with the public key as if it were a shared secret. */
    async hs256(object: DirectoryObject): Promise<string> {
        const jwt = new SignJWT(this.claims(object)).setProtectedHeader({ alg: "HS256", kid: "k1" });
        return jwt.sign(new TextEncoder().encode(JSON.stringify(this.jwks.keys[0])));
    }

    /** A token of exactly so many bytes. */
    async tokenOfSize(object: DirectoryObject, bytes: number): Promise<string> {
        let padding = bytes;
        for (;;) {
            const token = await this.token(object, { padding: "x".repeat(Math.max(0, padding)) });
            if (token.length === bytes) return token;
            padding -= Math.max(1, Math.round(((token.length - bytes) * 3) / 4)) || 1;
            if (padding < 0) throw new Error(`a token is longer than ${bytes} bytes anyway`);
        }
    }
}
