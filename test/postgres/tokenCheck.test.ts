import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { ADA, APP, BOB, MEMBER_APP, TENANT } from "./testTenant";
import { nameOf, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
let admin: pg.Client;

before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    admin = await t.as(ADA);
    for (const object of [BOB, APP]) {
        await admin.query("select pgaadauth_create_principal($1, false, false)", [nameOf(object)]);
    }
});
after(async () => {
    await admin?.end();
    await t?.stop();
});

const token = (object: DirectoryObject, changes?: object): Promise<string> =>
    t.tokens.token(object, changes as never);

describe("tokens that no server may accept", () => {
    const GENERIC =
        "An error occurred while validating the access token. Please acquire a new token and retry";
    const FORMAT =
        "The access token has invalid format. Please ensure the token is passed exactly as returned by the authentication endpoint and retry.";
    const AUDIENCE =
        'The access token does not have a valid audience claim. Please acquire a new token for the resource "https://ossrdbms-aad.database.windows.net".';
    const cases: [string, () => Promise<string> | string, string | RegExp][] = [
        ["expired", () => token(BOB, { exp: Math.floor(Date.now() / 1000) - 1 }), /has expired/],
        ["not valid yet", () => token(BOB, { nbf: Math.floor(Date.now() / 1000) + 600 }), GENERIC],
        ["without an end", () => token(BOB, { exp: undefined }), GENERIC],
        ["for another audience (F14)", () => token(BOB, { aud: "https://management.azure.com" }), AUDIENCE],
        [
            "for the audience with a slash (F14)",
            () => token(BOB, { aud: "https://ossrdbms-aad.database.windows.net/" }),
            AUDIENCE,
        ],
        [
            "without an object id",
            () => token(BOB, { oid: undefined }),
            "The access token doesn't have a valid oid claim. Acquire a new token and try again",
        ],
        ["of another issuer", () => token(BOB, { iss: `https://sts.example.com/${TENANT}/` }), GENERIC],
        ["of another tenant", () => token(BOB, { tid: "99999999-2222-4333-8444-555555555555" }), GENERIC],
        ["with a forged signature", () => t.tokens.forged(BOB), GENERIC],
        ["with alg none", () => t.tokens.unsigned(BOB), GENERIC],
        ["with HS256 over the public key", () => t.tokens.hs256(BOB), GENERIC],
        ["with RS384 and the right key", () => t.tokens.rs384(BOB), GENERIC],
        ["that is garbage", () => "let me in", FORMAT],
        ["that is garbage with dots", () => "a.b.c", FORMAT],
        ["cut off", async () => (await token(BOB)).slice(0, -40), GENERIC],
        ["followed by a line break", async () => `${await token(BOB)}\n`, FORMAT],
    ];
    for (const [what, make, message] of cases) {
        it(`one ${what}`, async () => {
            await assert.rejects(t.whoami(nameOf(BOB), await make()), sqlError("28000", message));
        });
    }

    it("an app's token for a user's role", async () => {
        await assert.rejects(
            t.whoami(nameOf(BOB), await token(APP)),
            sqlError(
                "28000",
                `Microsoft Entra user token for role "bob@contoso.com" is neither an AAD_AUTH_TOKENTYPE_APP_USER or an AAD_AUTH_TOKENTYPE_APP_OBO token.`,
            ),
        );
    });

    it("a user's token for a service's role", async () => {
        await assert.rejects(
            t.whoami("id-app", await token(BOB)),
            sqlError(
                "28000",
                'Service principals cannot generate AAD_AUTH_TOKENTYPE_APP_USER tokens for role "id-app"',
            ),
        );
    });

    it("F65: another app's token, naming both ids", async () => {
        await assert.rejects(t.whoami("id-app", await token(MEMBER_APP)), (error: Error) => {
            assert.match(error.message, /^Service principal oid mismatch for role "id-app"/);
            assert.ok(error.message.includes(APP.objectId) && error.message.includes(MEMBER_APP.objectId));
            return true;
        });
    });

    it("F65: the application id in place of the object id", async () => {
        await assert.rejects(t.whoami("id-app", await token(APP, { oid: APP.appId })), sqlError("28000"));
    });

    it("an empty password", async () => {
        await assert.rejects(
            t.whoami(nameOf(BOB), ""),
            sqlError("28P01", "empty password returned by client"),
        );
    });

    it("a role that does not exist, a role that is no Entra role, the superuser", async () => {
        await t.server.superuserQuery("create role local_only login password 'x'");
        for (const role of ["ghost", "local_only", "azuresu", "azure_pg_admin"]) {
            await assert.rejects(
                t.whoami(role, await token(ADA)),
                sqlError("28P01", `password authentication failed for user "${role}"`),
            );
        }
    });

    it("the superuser stays unreachable even with a label", async () => {
        const label = `aadauth,oid=${APP.objectId},type=service`;
        const write =
            "insert into pg_shseclabel values ('azuresu'::regrole, 'pg_authid'::regclass, 'pgaadauth', $1)";
        await t.server.superuserQuery(write, [label]);
        await assert.rejects(t.whoami("azuresu", await token(APP)), sqlError("28P01"));
        await t.server.superuserQuery("delete from pg_shseclabel where objoid = 'azuresu'::regrole");
    });

    it("nothing of the token comes back in an error", async () => {
        const secret = `${(await token(BOB)).slice(0, 60)}SECRETSECRET`;
        const error = await t.whoami(nameOf(BOB), secret).then(
            () => assert.fail(),
            (e: object) => e,
        );
        assert.ok(!JSON.stringify({ ...error, message: (error as Error).message }).includes("SECRET"));
    });
});

describe("the size of tokens", () => {
    for (const size of [2_374, 8_374, 30_374, 60_374, 65_374]) {
        it(`${size} bytes sign in`, async () => {
            assert.equal(await t.whoami(nameOf(BOB), await t.tokens.tokenOfSize(BOB, size)), nameOf(BOB));
        });
    }

    it("65,535 bytes is PostgreSQL's limit for the message", async () => {
        assert.equal(await t.whoami(nameOf(BOB), await t.tokens.tokenOfSize(BOB, 65_530)), nameOf(BOB));
        await assert.rejects(
            t.whoami(nameOf(BOB), await t.tokens.tokenOfSize(BOB, 65_531)),
            sqlError("08P01", "invalid message length"),
        );
    });
});
