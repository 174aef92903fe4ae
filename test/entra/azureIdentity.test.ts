import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { describe, it } from "node:test";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { SEED_CLIENT_IDS, SEED_IDS } from "../../emulator/entra/seedDirectory";
import { POSTGRES_AUDIENCE } from "../../emulator/entra/tokenIssuer";
import type { Environment } from "../../emulator/endpoint";
import { runEndpoint } from "./support";

/** The library caches where identities come from per process: so each case has its own. */
const PROGRAM = `
const identity = require("@azure/identity");
const [kind, options, scope] = JSON.parse(process.argv[1]);
const credential = new identity[kind](options ?? {});
credential.getToken(scope).then(
    (token) => console.log(JSON.stringify({ token: token.token, expires: token.expiresOnTimestamp })),
    (error) => console.log(JSON.stringify({ error: error.name, message: error.message })),
);
`;

interface Outcome {
    token?: string;
    expires?: number;
    error?: string;
    message?: string;
}

interface Case {
    kind?: "DefaultAzureCredential" | "ManagedIdentityCredential";
    options?: object;
    scope?: string;
    environment: Environment;
}

const SCOPE = `${POSTGRES_AUDIENCE}/.default`;

function getToken({
    kind = "ManagedIdentityCredential",
    options,
    scope = SCOPE,
    environment,
}: Case): Promise<Outcome> {
    const argument = JSON.stringify([kind, options ?? null, scope]);
    const child = spawn(process.execPath, ["-e", PROGRAM, argument], {
        cwd: path.join(__dirname, "..", ".."),
        env: environment as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", () => (out ? resolve(JSON.parse(out) as Outcome) : reject(new Error(err))));
    });
}

/** What a person's shell may hold: a proxy, and another identity. */
const OWN: Environment = {
    PATH: process.env["PATH"],
    SystemRoot: process.env["SystemRoot"],
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
    AZURE_CLIENT_ID: "00000000-0000-4000-8000-000000000000",
    AZURE_CLIENT_SECRET: "not a secret",
    AZURE_TENANT_ID: "00000000-0000-4000-8000-000000000000",
};

const ROUTES = ["metadataEnvironment", "appServiceEnvironment"] as const;

describe("the real @azure/identity", () => {
    for (const route of ROUTES) {
        const environmentOf = (endpoint: {
            [key in typeof route]: (own: Environment) => Environment;
        }): Environment => ({
            ...OWN,
            ...endpoint[route](OWN),
        });

        it(`F39: DefaultAzureCredential fetches the default identity's token (${route})`, async (test) => {
            const { endpoint, issuer } = await runEndpoint(test);
            const environment = environmentOf(endpoint);
            const outcome = await getToken({ kind: "DefaultAzureCredential", environment });
            assert.ok(outcome.token, outcome.message);
            const { payload } = await jwtVerify(outcome.token, createLocalJWKSet(issuer.jwks), {
                audience: POSTGRES_AUDIENCE,
            });
            assert.equal(payload["oid"], SEED_IDS.deployer);
            assert.ok(
                Math.abs(outcome.expires! - payload.exp! * 1000) < 5000,
                "the library knows when the token ends",
            );
        });

        it(`F35: ManagedIdentityCredential picks an identity by its client id, or its object id (${route})`, async (test) => {
            const { endpoint } = await runEndpoint(test);
            const environment = environmentOf(endpoint);
            const byClientId = await getToken({
                options: { clientId: SEED_CLIENT_IDS.ordersApi },
                environment,
            });
            assert.equal(decodeJwt(byClientId.token!)["oid"], SEED_IDS.ordersApi, byClientId.message);
            const byObjectId = await getToken({ options: { objectId: SEED_IDS.reportingJob }, environment });
            assert.equal(decodeJwt(byObjectId.token!)["oid"], SEED_IDS.reportingJob, byObjectId.message);
            assert.deepEqual(decodeJwt(byObjectId.token!)["groups"], [SEED_IDS.prodDbReadonly]);
        });

        it(`an unknown identity and a wrong resource are refused with the service's words (${route})`, async (test) => {
            const { endpoint } = await runEndpoint(test);
            const environment = environmentOf(endpoint);
            const unknown = await getToken({ options: { clientId: SEED_IDS.ordersApi }, environment });
            assert.equal(unknown.error, "CredentialUnavailableError");
            if (route === "metadataEnvironment") assert.match(unknown.message!, /Identity not found/);
            const chinese = await getToken({
                scope: "https://ossrdbms-aad.database.chinacloudapi.cn/.default",
                environment,
            });
            assert.ok(chinese.error, "a token of another cloud's resource was given");
            if (route === "metadataEnvironment")
                assert.match(chinese.message!, /AADSTS500011|invalid_resource/);
        });
    }

    it("a host that ends in a slash works too", async (test) => {
        const { endpoint } = await runEndpoint(test);
        const environment: Environment = { ...endpoint.metadataEnvironment(OWN), PATH: OWN["PATH"] };
        environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = `${endpoint.url}/`;
        const outcome = await getToken({ environment });
        assert.equal(decodeJwt(outcome.token!)["oid"], SEED_IDS.deployer, outcome.message);
    });

    it("the environment for a child takes every other identity away, and keeps the person's proxy exceptions", async (test) => {
        const { endpoint } = await runEndpoint(test);
        const environment = endpoint.metadataEnvironment({ ...OWN, NO_PROXY: "example.com" });
        assert.equal(environment["NO_PROXY"], "example.com,127.0.0.1,localhost");
        assert.ok("AZURE_CLIENT_SECRET" in environment && environment["AZURE_CLIENT_SECRET"] === undefined);
        assert.equal(environment["IDENTITY_ENDPOINT"], undefined);
        assert.equal(endpoint.appServiceEnvironment(OWN)["AZURE_POD_IDENTITY_AUTHORITY_HOST"], undefined);
    });
});
