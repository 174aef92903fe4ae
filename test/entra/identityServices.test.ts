import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { SEED_CLIENT_IDS, SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { POSTGRES_AUDIENCE } from "../../emulator/entra/tokenIssuer";
import { runEndpoint } from "./support";

const PATH = "/metadata/identity/oauth2/token";
const RESOURCE = encodeURIComponent(POSTGRES_AUDIENCE);
const GOOD = `?api-version=2018-02-01&resource=${RESOURCE}`;
const METADATA = { headers: { Metadata: "true" } };

describe("the instance metadata service", () => {
    for (const path of [PATH, `${PATH}/`, `/${PATH}/`]) {
        it(`F37: gives the client's token at ${path}`, async (test) => {
            const { call, issuer } = await runEndpoint(test);
            const { status, body, headers } = await call(
                `${path}${GOOD}&client_id=${SEED_CLIENT_IDS.ordersApi}`,
                METADATA,
            );
            assert.equal(status, 200);
            assert.match(headers.get("content-type")!, /application\/json/);
            assert.equal(headers.get("cache-control"), "no-store");
            assert.deepEqual(Object.keys(body).sort(), [
                "access_token",
                "client_id",
                "expires_in",
                "expires_on",
                "ext_expires_in",
                "not_before",
                "resource",
                "token_type",
            ]);
            const { payload } = await jwtVerify(body.access_token, createLocalJWKSet(issuer.jwks));
            assert.equal(payload["oid"], SEED_IDS.ordersApi);
            assert.equal(body.expires_on, String(payload.exp));
            assert.deepEqual([body.resource, body.token_type], [POSTGRES_AUDIENCE, "Bearer"]);
            assert.deepEqual([body.client_id, payload.aud], [SEED_CLIENT_IDS.ordersApi, POSTGRES_AUDIENCE]);
        });
    }

    it("F37: without a client id the default identity answers; an object id picks one too", async (test) => {
        const { call } = await runEndpoint(test);
        const oid = async (query: string) =>
            decodeJwt((await call(PATH + GOOD + query, METADATA)).body.access_token)["oid"];
        assert.equal(await oid(""), SEED_IDS.deployer);
        assert.equal(await oid(`&object_id=${SEED_IDS.reportingJob}`), SEED_IDS.reportingJob);
        assert.equal(
            await oid(`&client_id=${SEED_CLIENT_IDS.billingApi}&object_id=${SEED_IDS.billingApi}`),
            SEED_IDS.billingApi,
        );
    });

    const unknown = "00000000-0000-4000-8000-000000000000";
    const refusals: [string, string, object, number, string, RegExp][] = [
        ["no Metadata header", GOOD, {}, 400, "invalid_request", /^Required metadata header not specified$/],
        [
            "a Metadata header that is not true",
            GOOD,
            { Metadata: "yes" },
            400,
            "invalid_request",
            /^Required metadata header not specified$/,
        ],
        [
            "a Metadata header in capitals",
            GOOD,
            { Metadata: "True" },
            400,
            "invalid_request",
            /^Required metadata header not specified$/,
        ],
        [
            "a forwarded request",
            GOOD,
            { Metadata: "true", "X-Forwarded-For": "1.2.3.4" },
            400,
            "invalid_request",
            /X-Forwarded-For/,
        ],
        [
            "no api-version",
            `?resource=${RESOURCE}`,
            METADATA.headers,
            400,
            "invalid_request",
            /'api-version' is missing/,
        ],
        [
            "an old api-version",
            `?api-version=2017-01-01&resource=${RESOURCE}`,
            METADATA.headers,
            400,
            "invalid_request",
            /not supported/,
        ],
        [
            "a strange api-version",
            `?api-version=latest&resource=${RESOURCE}`,
            METADATA.headers,
            400,
            "invalid_request",
            /not supported/,
        ],
        [
            "no resource",
            "?api-version=2018-02-01",
            METADATA.headers,
            400,
            "invalid_request",
            /'resource' is missing/,
        ],
        [
            "an unknown resource",
            "?api-version=2018-02-01&resource=https://x.test",
            METADATA.headers,
            400,
            "invalid_resource",
            /^AADSTS500011: The resource principal named https:\/\/x\.test was not found in the tenant/,
        ],
        [
            "an unknown client id",
            `${GOOD}&client_id=${unknown}`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
        [
            "an unknown object id",
            `${GOOD}&object_id=${unknown}`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
        [
            "an object id for a client id (F65)",
            `${GOOD}&client_id=${SEED_IDS.ordersApi}`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
        [
            "a user",
            `${GOOD}&object_id=${SEED_IDS.ada}`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
        [
            "two different identities",
            `${GOOD}&client_id=${SEED_CLIENT_IDS.ordersApi}&object_id=${SEED_IDS.deployer}`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
        [
            "a resource id",
            `${GOOD}&msi_res_id=/subscriptions/x`,
            METADATA.headers,
            400,
            "invalid_request",
            /^Identity not found$/,
        ],
    ];
    for (const [what, query, headers, status, error, description] of refusals) {
        it(`F37: refuses ${what}`, async (test) => {
            const { call } = await runEndpoint(test);
            const answer = await call(PATH + query, { headers: headers as Record<string, string> });
            assert.deepEqual([answer.status, answer.body.error], [status, error]);
            assert.match(answer.body.error_description, description);
        });
    }

    it("refuses other methods and paths", async (test) => {
        const { call } = await runEndpoint(test);
        assert.equal((await call(PATH + GOOD, { ...METADATA, body: {} })).status, 405);
        assert.equal((await call("/metadata/instance", METADATA)).status, 404);
    });

    it("F30: a deleted identity gets no token", async (test) => {
        const { call, directory } = await runEndpoint(test);
        directory.remove(SEED_IDS.ordersApi);
        const answer = await call(`${PATH}${GOOD}&client_id=${SEED_CLIENT_IDS.ordersApi}`, METADATA);
        assert.deepEqual([answer.status, answer.body.error_description], [400, "Identity not found"]);
    });

    it("an ExpiredToken fault comes through", async (test) => {
        const { call, faults } = await runEndpoint(test);
        faults.add({ kind: "ExpiredToken", target: SEED_IDS.deployer });
        const { body } = await call(PATH + GOOD, METADATA);
        assert.ok(Number(body.expires_on) * 1000 < Date.now());
        assert.equal(body.expires_in, "0");
    });
});

describe("the identity endpoint of App Service", () => {
    const query = `?api-version=2019-08-01&resource=${RESOURCE}`;
    const secretOf = (environment: Record<string, string | undefined>) => environment["IDENTITY_HEADER"]!;

    it("F39: gives the default identity's token, and a named one's", async (test) => {
        const { call, endpoint } = await runEndpoint(test);
        const environment = endpoint.appServiceEnvironment({});
        assert.equal(environment["IDENTITY_ENDPOINT"], `${endpoint.url}/msi/token`);
        const headers = { "X-IDENTITY-HEADER": secretOf(environment) };
        const answer = await call(`/msi/token${query}`, { headers });
        assert.equal(answer.status, 200);
        const claims = decodeJwt(answer.body.access_token);
        assert.deepEqual([claims["oid"], answer.body.expires_on], [SEED_IDS.deployer, String(claims.exp)]);
        const named = await call(`/msi/token${query}&client_id=${SEED_CLIENT_IDS.reportingJob}`, { headers });
        assert.equal(decodeJwt(named.body.access_token)["oid"], SEED_IDS.reportingJob);
    });

    it("refuses a wrong or missing secret, version, resource or identity", async (test) => {
        const { call, endpoint } = await runEndpoint(test);
        const headers = { "X-IDENTITY-HEADER": secretOf(endpoint.appServiceEnvironment({})) };
        const cases: [string, Record<string, string>, number, RegExp][] = [
            [query, {}, 401, /IDENTITY_HEADER/],
            [query, { "X-IDENTITY-HEADER": "wrong" }, 401, /IDENTITY_HEADER/],
            ["?api-version=2017-09-01", headers, 400, /'2017-09-01' is invalid: use 2019-08-01/],
            ["?api-version=2019-08-01", headers, 400, /'resource' is missing/],
            ["?api-version=2019-08-01&resource=https://x.test", headers, 400, /AADSTS500011/],
            [
                `${query}&client_id=${SEED_IDS.ordersApi}`,
                headers,
                400,
                /^Unable to load the proper Managed Identity\.$/,
            ],
        ];
        for (const [search, given, status, message] of cases) {
            const { body, ...answer } = await call(`/msi/token${search}`, { headers: given });
            assert.deepEqual([answer.status, body.statusCode], [status, status], search);
            assert.match(body.message, message);
            assert.match(body.correlationId, /^[0-9a-f-]{36}$/);
        }
    });
});

describe("the OpenID documents", () => {
    it("lead to the keys by which a token verifies", async (test) => {
        const { endpoint, call, issuer } = await runEndpoint(test);
        for (const path of ["", "/v2.0"]) {
            const { body } = await call(`/${SEED_TENANT_ID}${path}/.well-known/openid-configuration`, {
                headers: {},
            });
            assert.ok(body.jwks_uri.startsWith(endpoint.url));
            const token = await issuer.issue({ objectId: SEED_IDS.ada });
            await jwtVerify(token, createRemoteJWKSet(new URL(body.jwks_uri)), { issuer: body.issuer });
        }
        assert.equal((await call("/common/discovery/v2.0/keys", { headers: {} })).status, 200);
        assert.equal((await call(`/${SEED_IDS.ada}/discovery/keys`, { headers: {} })).status, 404);
    });
});

describe("web pages", () => {
    const status = (url: string, headers: Record<string, string>) =>
        new Promise((resolve, reject) => {
            const sent = request(
                url + PATH + GOOD,
                { headers: { Metadata: "true", ...headers } },
                (response) => {
                    response.resume();
                    resolve(response.statusCode);
                },
            );
            sent.on("error", reject).end();
        });

    it("get no token, neither by a name that points here nor by a script", async (test) => {
        const { endpoint } = await runEndpoint(test);
        assert.equal(await status(endpoint.url, {}), 200);
        assert.equal(await status(endpoint.url, { Host: `localhost:${endpoint.port}` }), 200);
        assert.equal(await status(endpoint.url, { Host: `evil.test:${endpoint.port}` }), 403);
        assert.equal(await status(endpoint.url, { Origin: "https://evil.test" }), 403);
    });
});
