import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { FORGED_KINDS } from "../../emulator/entra/forgedTokens";
import {
    SEED_CLIENT_IDS,
    SEED_GUEST,
    SEED_IDS,
    SEED_TENANT_ID,
    seedDirectory,
} from "../../emulator/entra/seedDirectory";
import {
    issuerOf,
    POSTGRES_AUDIENCE,
    TokenIssuer,
    TokenRefusedError,
} from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";

/** As strict as a server must be. */
async function verify(issuer: TokenIssuer, token: string) {
    const { payload } = await jwtVerify(token, createLocalJWKSet(issuer.jwks), {
        algorithms: ["RS256"],
        audience: POSTGRES_AUDIENCE,
        issuer: issuerOf(SEED_TENANT_ID),
        requiredClaims: ["oid", "exp", "nbf"],
    });
    assert.equal(payload["tid"], SEED_TENANT_ID);
    return payload;
}

describe("tokens", () => {
    it("F14: are for Azure Database for PostgreSQL, exactly as written, and verify by the JWKS", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const payload = await verify(issuer, await issuer.issue({ objectId: SEED_IDS.ada }));
        assert.equal(payload.aud, "https://ossrdbms-aad.database.windows.net");
        assert.equal(payload.iss, `https://sts.windows.net/${SEED_TENANT_ID}/`);
        assert.equal(payload["ver"], "1.0");
    });

    it("a user's token has the user's claims, a guest's too, and no second factor unless it was used", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const ada = decodeJwt(await issuer.issue({ objectId: SEED_IDS.ada }));
        assert.deepEqual(
            [ada["idtyp"], ada["oid"], ada["upn"]],
            ["user", SEED_IDS.ada, "ada@contoso.onmicrosoft.com"],
        );
        assert.deepEqual([ada["unique_name"], ada["amr"]], [ada["upn"], ["pwd"]]);
        assert.deepEqual(decodeJwt(await issuer.issue({ objectId: SEED_IDS.ada, mfa: true }))["amr"], [
            "pwd",
            "mfa",
        ]);
        assert.equal(decodeJwt(await issuer.issue({ objectId: SEED_IDS.guest }))["upn"], SEED_GUEST);
    });

    it("F65: an application's token carries the object id of the service principal beside the client id", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const token = decodeJwt(await issuer.issue({ objectId: SEED_IDS.ordersApi }));
        assert.deepEqual(
            [token["idtyp"], token["oid"], token["sub"], token["appid"]],
            ["app", SEED_IDS.ordersApi, SEED_IDS.ordersApi, SEED_CLIENT_IDS.ordersApi],
        );
        assert.deepEqual([token["upn"], token["amr"]], [undefined, undefined]);
    });

    it("F20, F21: groups are object ids, through nested groups, and without those that are no security groups", async () => {
        const directory = seedDirectory();
        const outer = {
            objectId: "e1000000-0000-4000-8000-000000000001",
            principalType: "Group",
            displayName: "Outer",
        } as const;
        directory.add({ ...outer, members: [SEED_IDS.prodDbReadonly] });
        directory.add({
            ...outer,
            objectId: "e1000000-0000-4000-8000-000000000002",
            securityEnabled: false,
            members: [SEED_IDS.sam],
        });
        const issuer = await TokenIssuer.create(directory);
        for (const objectId of [SEED_IDS.sam, SEED_IDS.reportingJob]) {
            const token = decodeJwt(await issuer.issue({ objectId }));
            assert.deepEqual(token["groups"], [SEED_IDS.prodDbReadonly, outer.objectId]);
        }
        assert.equal("groups" in decodeJwt(await issuer.issue({ objectId: SEED_IDS.olga })), false);
    });

    it("200 groups are in the token; with 201 it says where to ask instead", async () => {
        const directory = seedDirectory();
        const issuer = await TokenIssuer.create(directory);
        const join = (n: number) =>
            directory.add({
                objectId: `e2000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
                principalType: "Group",
                displayName: `Group ${n}`,
                members: [SEED_IDS.olga, SEED_IDS.ordersApi],
            });
        for (let n = 0; n < 200; n++) join(n);
        const full = decodeJwt(await issuer.issue({ objectId: SEED_IDS.olga }));
        assert.equal((full["groups"] as string[]).length, 200);
        assert.equal(full["_claim_names"], undefined);
        join(200);
        for (const [objectId, kind] of [
            [SEED_IDS.olga, "users"],
            [SEED_IDS.ordersApi, "servicePrincipals"],
        ] as const) {
            const over = decodeJwt(await issuer.issue({ objectId }));
            assert.equal(over["groups"], undefined);
            assert.deepEqual(over["_claim_names"], { groups: "src1" });
            const endpoint = `https://graph.windows.net/${SEED_TENANT_ID}/${kind}/${objectId}/getMemberObjects`;
            assert.deepEqual(over["_claim_sources"], { src1: { endpoint } });
        }
    });

    it("F17, F77: a user's token lives 5 to 60 minutes, a managed identity's up to 24 hours", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const lifetime = async (objectId: string, lifetimeSeconds?: number) => {
            const token = decodeJwt(await issuer.issue({ objectId, lifetimeSeconds }));
            return token.exp! - token.iat!;
        };
        assert.equal(await lifetime(SEED_IDS.ada), 3600);
        assert.equal(await lifetime(SEED_IDS.billingApi), 3600);
        assert.equal(await lifetime(SEED_IDS.ordersApi), 86400);
        assert.equal(await lifetime(SEED_IDS.ada, 300), 300);
        assert.equal(await lifetime(SEED_IDS.ordersApi, 3601), 3601);
        for (const [objectId, seconds] of [
            [SEED_IDS.ada, 299],
            [SEED_IDS.ada, 3601],
            [SEED_IDS.billingApi, 3601],
            [SEED_IDS.ordersApi, 86401],
            [SEED_IDS.ada, 600.5],
            [SEED_IDS.ada, NaN],
        ] as const) {
            await assert.rejects(
                lifetime(objectId, seconds),
                /must be a whole number from 300 to (3600|86400)/,
            );
        }
        const short = await TokenIssuer.create(seedDirectory(), { defaultLifetimeSeconds: 300 });
        assert.equal((await short.issueToken({ objectId: SEED_IDS.ada })).lifetimeSeconds, 300);
        await assert.rejects(
            TokenIssuer.create(seedDirectory(), { defaultLifetimeSeconds: 60 }),
            /from 300 to 3600/,
        );
    });

    it("F30: a deleted identity gets no token; F31: its last one still verifies", async () => {
        const directory = seedDirectory();
        const issuer = await TokenIssuer.create(directory);
        const last = await issuer.issue({ objectId: SEED_IDS.sam });
        directory.remove(SEED_IDS.sam);
        await assert.rejects(issuer.issue({ objectId: SEED_IDS.sam }), (error) => {
            assert.ok(error instanceof TokenRefusedError);
            assert.match(error.message, /AADSTS700016: .* was deleted; it gets no token/);
            return true;
        });
        assert.equal((await verify(issuer, last))["oid"], SEED_IDS.sam);
    });

    it("F45: nobody gets a token as an application that is switched off", async () => {
        const directory = seedDirectory();
        const issuer = await TokenIssuer.create(directory);
        directory.update(SEED_IDS.reportingJob, { accountEnabled: false });
        await assert.rejects(
            issuer.issue({ objectId: SEED_IDS.reportingJob }),
            /AADSTS7000112: .* is disabled/,
        );
        directory.update(SEED_IDS.reportingJob, { accountEnabled: true });
        await issuer.issue({ objectId: SEED_IDS.reportingJob });
    });

    it("groups, unknown audiences and second factors of applications get none", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        await assert.rejects(
            issuer.issue({ objectId: SEED_IDS.dbAdmins }),
            /is a group\. Groups get no tokens/,
        );
        await assert.rejects(
            issuer.issue({ objectId: SEED_IDS.ada, audience: "https://x.test" }),
            /AADSTS500011.*https:\/\/x\.test/,
        );
        const chinese = "https://ossrdbms-aad.database.chinacloudapi.cn";
        await assert.rejects(issuer.issue({ objectId: SEED_IDS.ada, audience: chinese }), /AADSTS500011/);
        await assert.rejects(
            issuer.issue({ objectId: SEED_IDS.ordersApi, mfa: true }),
            /only users have a second factor/,
        );
    });

    it("the kept key signs on: tokens verify after a restart, and others' do not", async () => {
        const first = await TokenIssuer.create(seedDirectory());
        const kept = JSON.parse(JSON.stringify(first.exportPrivateJwk()));
        const second = await TokenIssuer.create(seedDirectory(), { privateJwk: kept });
        const token = await first.issue({ objectId: SEED_IDS.ada });
        await verify(second, token);
        assert.deepEqual(second.jwks, first.jwks);
        await assert.rejects(verify(await TokenIssuer.create(seedDirectory()), token));
        await assert.rejects(
            TokenIssuer.create(seedDirectory(), { privateJwk: first.jwks.keys[0]! }),
            /private RSA key/,
        );
    });

    it("the JWKS holds no private part", async () => {
        const { keys } = (await TokenIssuer.create(seedDirectory())).jwks;
        assert.deepEqual(Object.keys(keys[0]!).sort(), ["alg", "e", "kid", "kty", "n", "use", "x5t"]);
    });
});

describe("faults", () => {
    it("ExpiredToken strikes the identity it names, as often as it says", async () => {
        const faults = new Faults();
        const issuer = await TokenIssuer.create(seedDirectory(), { faults });
        faults.add({ kind: "ExpiredToken", target: SEED_IDS.ada, times: 2, skip: 1 });
        const expired = async (objectId: string) =>
            (await issuer.issueToken({ objectId })).expiresOn * 1000 < Date.now();
        const seen = [];
        for (let i = 0; i < 4; i++) seen.push(await expired(SEED_IDS.ada), await expired(SEED_IDS.grace));
        assert.deepEqual(seen, [false, false, true, false, true, false, false, false]);
    });
});

describe("forged tokens", () => {
    it("no forged token verifies, each for its own reason", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const reasons: Record<string, RegExp> = {
            expired: /"exp" claim timestamp check failed/,
            notYetValid: /"nbf" claim timestamp check failed/,
            wrongAudience: /unexpected "aud"/,
            wrongTenant: /unexpected "iss"/,
            wrongIssuer: /unexpected "iss"/,
            forgedSignature: /signature verification failed/,
            unknownKey: /no applicable key/,
            changedClaims: /signature verification failed/,
            algNone: /alg/,
            hs256: /alg/,
            noOid: /missing required "oid"/,
            garbage: /Invalid Compact JWS/,
        };
        assert.deepEqual(Object.keys(reasons), [...FORGED_KINDS]);
        for (const kind of FORGED_KINDS) {
            const token = await issuer.forge(kind, { objectId: SEED_IDS.ada });
            await assert.rejects(verify(issuer, token), reasons[kind]!, kind);
        }
    });

    it("but for their flaw they are the identity's own", async () => {
        const issuer = await TokenIssuer.create(seedDirectory());
        const other = { objectId: SEED_IDS.sam };
        for (const kind of FORGED_KINDS.filter((k) => !["noOid", "changedClaims", "garbage"].includes(k))) {
            const payload = decodeJwt(await issuer.forge(kind, other));
            assert.equal(payload["oid"], SEED_IDS.sam, kind);
            assert.deepEqual(payload["groups"], [SEED_IDS.prodDbReadonly], kind);
        }
        const kid = issuer.jwks.keys[0]!.kid;
        assert.equal(decodeProtectedHeader(await issuer.forge("forgedSignature", other)).kid, kid);
        assert.equal(decodeProtectedHeader(await issuer.forge("hs256", other)).kid, kid);
    });
});
