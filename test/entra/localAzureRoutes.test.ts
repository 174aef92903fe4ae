import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { decodeJwt } from "jose";
import { SEED_CLIENT_IDS, SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { KEY_HEADER, LocalAzureEndpoint } from "../../emulator/endpoint";
import { runEndpoint, SERVER_HOST } from "./support";

describe("the key", () => {
    it("guards every route of /local-azure/, unknown ones too", async (test) => {
        const { call, endpoint } = await runEndpoint(test);
        for (const route of ["handshake", "resolve?host=x", "token", "fault", "nothing"]) {
            for (const key of [undefined, "", "wrong", endpoint.key.slice(1), `${endpoint.key}x`]) {
                const headers: Record<string, string> = key === undefined ? {} : { [KEY_HEADER]: key };
                const { status, body } = await call(`/local-azure/${route}`, { headers });
                assert.deepEqual([status, body.error.code], [401, "WrongKey"], `${route} with ${key}`);
                assert.match(body.error.message, /x-local-azure-key.*LOCAL_AZURE_ENDPOINT/);
            }
        }
    });

    it("differs from start to start, and must be long", async (test) => {
        const [first, second] = [await runEndpoint(test), await runEndpoint(test)];
        assert.notEqual(first.endpoint.key, second.endpoint.key);
        assert.ok(first.endpoint.key.length >= 32);
        await assert.rejects(runEndpoint(test, { key: "short" }), /at least 32 characters/);
        const kept = "k".repeat(32);
        assert.equal((await runEndpoint(test, { key: kept })).endpoint.key, kept);
    });
});

describe("the routes", () => {
    it("handshake says who answers and returns the challenge", async (test) => {
        const { call } = await runEndpoint(test);
        const { status, body } = await call("/local-azure/handshake?challenge=abc");
        assert.equal(status, 200);
        assert.deepEqual(body, {
            name: "local-azure",
            version: "1.2.3",
            tenantId: SEED_TENANT_ID,
            caFile: "/certificates/ca.pem",
            challenge: "abc",
        });
    });

    it("resolve leads a host name to the gateway's address, and says when there is no such server", async (test) => {
        const { call } = await runEndpoint(test);
        const { body } = await call(`/local-azure/resolve?host=${SERVER_HOST}`);
        assert.deepEqual(body, { address: "127.0.0.1", port: 6432 });
        const missing = await call("/local-azure/resolve?host=other");
        assert.deepEqual([missing.status, missing.body.error.code], [404, "UnknownHost"]);
        assert.match(missing.body.error.message, /'other'\. Deploy it first/);
        assert.equal((await call("/local-azure/resolve")).body.error.code, "MissingHost");
    });

    it("environment is what a program needs that connects by itself: identity, names, authority", async (test) => {
        const { call, endpoint } = await runEndpoint(test, { socksUrl: "socks5://127.0.0.1:1080" });
        const { status, body } = await call("/local-azure/environment");
        const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = endpoint.appServiceEnvironment({});
        assert.equal(status, 200);
        assert.deepEqual(body, {
            IDENTITY_ENDPOINT,
            IDENTITY_HEADER,
            PGSSLROOTCERT: "/certificates/ca.pem",
            ALL_PROXY: "socks5://127.0.0.1:1080",
        });
    });

    it("token is for anybody of the tenant, by object id or name", async (test) => {
        const { call } = await runEndpoint(test);
        for (const [principal, oid] of [
            ["ada@contoso.onmicrosoft.com", SEED_IDS.ada],
            [SEED_IDS.ada, SEED_IDS.ada],
            ["reporting-job", SEED_IDS.reportingJob],
        ]) {
            const { status, body } = await call("/local-azure/token", {
                body: { principal, lifetimeSeconds: 600 },
            });
            assert.equal(status, 200);
            const claims = decodeJwt(body.accessToken);
            assert.equal(claims["oid"], oid);
            assert.equal(body.expiresOn, new Date(claims.exp! * 1000).toISOString());
            assert.equal(claims.exp! - claims.iat!, 600);
        }
        const mfa = await call("/local-azure/token", { body: { principal: SEED_IDS.ada, mfa: true } });
        assert.deepEqual(decodeJwt(mfa.body.accessToken)["amr"], ["pwd", "mfa"]);
        const audience = "https://management.azure.com/";
        const other = await call("/local-azure/token", { body: { principal: SEED_IDS.ada, audience } });
        assert.equal(decodeJwt(other.body.accessToken).aud, audience);
    });

    it("principal says who somebody is, and who is in a group", async (test) => {
        const { call } = await runEndpoint(test);
        const { body } = await call(`/local-azure/principal?name=${encodeURIComponent("DB Admins")}`);
        const group = { objectId: SEED_IDS.dbAdmins, principalType: "Group", displayName: "DB Admins" };
        assert.deepEqual(body, { ...group, members: [SEED_IDS.ada] });
        const missing = await call("/local-azure/principal?name=nobody");
        assert.deepEqual([missing.status, missing.body.error.code], [404, "UnknownPrincipal"]);
        assert.equal((await call("/local-azure/principal")).body.error.code, "MissingName");
    });

    it("token says what is wrong with a request", async (test) => {
        const { call } = await runEndpoint(test);
        const cases: [unknown, number, RegExp][] = [
            [{}, 400, /MissingPrincipal.*"principal"/],
            [{ principal: "" }, 400, /MissingPrincipal/],
            [{ principal: 7 }, 400, /InvalidField 'principal' is of type number; give a string/],
            [{ principal: "Ada@contoso.onmicrosoft.com" }, 404, /UnknownPrincipal.*Did you mean 'ada@/],
            [{ principal: SEED_CLIENT_IDS.deployer }, 404, /UnknownPrincipal.*client id of 'deployer'/],
            [{ principal: "DB Admins" }, 400, /AADSTS50034.*is a group/],
            [{ principal: SEED_IDS.ada, lifetimeSeconds: 1 }, 400, /from 300 to 3600/],
            [
                { principal: SEED_IDS.ada, lifetimeSeconds: "600" },
                400,
                /'lifetimeSeconds' is of type string; give a number/,
            ],
            [{ principal: SEED_IDS.ada, audience: "https://x.test" }, 400, /AADSTS500011/],
            [{ principal: SEED_IDS.ada, scope: "x" }, 400, /UnknownField 'scope' is no field of this call/],
            ["no json", 400, /InvalidBody/],
            [[], 400, /InvalidBody/],
            [{ principal: "x".repeat(70_000) }, 413, /BodyTooLarge/],
        ];
        for (const [body, status, message] of cases) {
            const answer = await call("/local-azure/token", { body });
            assert.equal(answer.status, status);
            assert.match(`${answer.body.error.code} ${answer.body.error.message}`, message);
        }
    });

    it("fault adds one, counted, and refuses what is none", async (test) => {
        const { call, faults } = await runEndpoint(test);
        const { status } = await call("/local-azure/fault", {
            body: { kind: "ServerIsBusy", target: "pg-local", times: 2 },
        });
        assert.equal(status, 200);
        const struck = [1, 2, 3].map(() => faults.take("ServerIsBusy", "pg-local") !== undefined);
        assert.deepEqual(struck, [true, true, false]);
        const cases: [unknown, RegExp][] = [
            [{}, /UnknownFault.*Known: ServerIsBusy/],
            [{ kind: "toString" }, /UnknownFault/],
            [{ kind: "Latency", times: 0 }, /'times' is 0; give a whole number of at least 1/],
            [{ kind: "Latency", skip: -1 }, /'skip' is -1/],
            [{ kind: "Latency", milliseconds: 1.5 }, /'milliseconds' is 1\.5/],
            [{ kind: "Latency", share: 0 }, /'share' is 0; give a part above 0 and at most 1/],
            [{ kind: "Latency", share: 1.1 }, /'share' is 1\.1/],
            [{ kind: "Latency", when: 1 }, /UnknownField/],
        ];
        for (const [body, message] of cases) {
            const answer = await call("/local-azure/fault", { body });
            assert.equal(answer.status, 400);
            assert.match(`${answer.body.error.code} ${answer.body.error.message}`, message);
        }
    });

    it("faults lists them with what has become of them; clear-faults ends them", async (test) => {
        const { call, faults } = await runEndpoint(test);
        await call("/local-azure/fault", { body: { kind: "Throttled", times: 1, skip: 1 } });
        await call("/local-azure/fault", { body: { kind: "Latency", share: 0.5, seed: 7 } });
        for (let i = 0; i < 3; i++) faults.take("Throttled", "anything");
        const { body } = await call("/local-azure/faults");
        assert.deepEqual(body.faults, [
            { kind: "Throttled", times: 1, skip: 1, struck: 1, passed: 1 },
            { kind: "Latency", share: 0.5, seed: 7, struck: 0, passed: 0 },
        ]);
        const cleared = await call("/local-azure/clear-faults", { body: {} });
        assert.deepEqual([cleared.status, cleared.body.faults], [200, []]);
        assert.equal(faults.take("Latency", "anything"), undefined);
    });

    it("unknown routes and methods are named with what there is", async (test) => {
        const { call } = await runEndpoint(test);
        for (const [route, options] of [
            ["nothing", {}],
            ["token", {}],
            ["handshake", { body: {} }],
            ["../token", {}],
        ] as const) {
            const { status, body } = await call(`/local-azure/${route}`, options);
            assert.equal(status, 404);
            if (route !== "../token")
                assert.match(
                    body.error.message,
                    /Known: GET handshake, GET resolve, GET environment, GET principal, GET machine, POST token, GET faults, POST fault, POST clear-faults/,
                );
        }
    });

    it("a failure within is answered, and the endpoint goes on", async (test) => {
        const { call } = await runEndpoint(test, {
            resolve: () => {
                throw new Error("no servers yet");
            },
        });
        const { status, body } = await call("/local-azure/resolve?host=x");
        assert.deepEqual([status, body.error.code], [500, "InternalError"]);
        assert.match(body.error.message, /no servers yet/);
        assert.equal((await call("/local-azure/handshake")).status, 200);
    });
});

describe("the server", () => {
    it("listens on this machine only, and needs a service principal as its default identity", async (test) => {
        const { endpoint } = await runEndpoint(test);
        assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:\d+$/);
        await assert.rejects(
            runEndpoint(test, { defaultIdentity: SEED_IDS.ada }),
            /no service principal of the tenant/,
        );
        await assert.rejects(runEndpoint(test, { port: endpoint.port }), /EADDRINUSE/);
    });

    it("ends with open connections, and is gone then", async (test) => {
        const { endpoint, call } = await runEndpoint(test);
        await call("/local-azure/handshake");
        const half = connect(endpoint.port, "127.0.0.1");
        await once(half, "connect");
        const lines = [
            `Host: 127.0.0.1:${endpoint.port}`,
            `${KEY_HEADER}: ${endpoint.key}`,
            "Content-Length: 10",
        ];
        half.resume().write(`POST /local-azure/token HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n{`);
        const ended = once(half, "close");
        await call("/local-azure/handshake");
        await endpoint.close();
        await ended;
        await assert.rejects(fetch(endpoint.url));
        assert.ok(endpoint instanceof LocalAzureEndpoint);
    });
});
