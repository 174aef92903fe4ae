import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { armIdentity, requestFederatedToken, type ArmIdentity } from "../../components/provider/armIdentity";
import { azureTokens } from "../../components/provider/token";

const ids = {
    ARM_CLIENT_ID: "c2000000-0000-4000-8000-000000000001",
    ARM_TENANT_ID: "5e3c2a10-7b4d-4c0e-9f61-0a1b2c3d4e5f",
};
const identity = { clientId: ids.ARM_CLIENT_ID, tenantId: ids.ARM_TENANT_ID };

describe("one setting chooses the identity for both the resource API and SQL", () => {
    const cases: [string, Record<string, string>, ArmIdentity][] = [
        ["nothing: Azure's own chain", {}, { kind: "Default" }],
        ["ids alone: Azure's own chain", ids, { kind: "Default" }],
        ["a client secret", { ...ids, ARM_CLIENT_SECRET: "s" }, { kind: "Secret", ...identity, secret: "s" }],
        [
            "a secret without a tenant is not enough",
            { ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s" },
            { kind: "Default" },
        ],
        [
            "a certificate goes before a secret",
            {
                ...ids,
                ARM_CLIENT_SECRET: "s",
                ARM_CLIENT_CERTIFICATE_PATH: "/c.pem",
                ARM_CLIENT_CERTIFICATE_PASSWORD: "p",
            },
            { kind: "Certificate", ...identity, path: "/c.pem", password: "p" },
        ],
        [
            "a federated token",
            { ...ids, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
            { kind: "Oidc", ...identity, token: { from: "value", value: "t" } },
        ],
        [
            "a federated token is not used unless asked for",
            { ...ids, ARM_OIDC_TOKEN: "t" },
            { kind: "Default" },
        ],
        [
            "a federated token in a file",
            { ...ids, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: "/t" },
            { kind: "Oidc", ...identity, token: { from: "file", path: "/t" } },
        ],
        [
            "GitHub's token service",
            {
                ...ids,
                ARM_USE_OIDC: "true",
                ACTIONS_ID_TOKEN_REQUEST_URL: "https://x/y",
                ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r",
            },
            {
                kind: "Oidc",
                ...identity,
                token: {
                    from: "request",
                    url: "https://x/y",
                    requestToken: "r",
                    audience: "api://AzureADTokenExchange",
                },
            },
        ],
        [
            "a secret goes before a federated token",
            { ...ids, ARM_CLIENT_SECRET: "s", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
            { kind: "Secret", ...identity, secret: "s" },
        ],
        [
            "the default chain, asked for",
            { ...ids, ARM_CLIENT_SECRET: "s", ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true" },
            { kind: "Default" },
        ],
        ["a managed identity", { ARM_USE_MSI: "true" }, { kind: "ManagedIdentity", clientId: undefined }],
        [
            "a named managed identity",
            { ...ids, ARM_USE_MSI: "true" },
            { kind: "ManagedIdentity", clientId: ids.ARM_CLIENT_ID },
        ],
    ];
    for (const [title, environment, expected] of cases)
        test(title, () => assert.deepEqual(armIdentity(environment), expected));
});

test("the pipeline's token service is asked with its own token, for Entra's audience", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
        seen.push(`${request.url} ${request.headers.authorization}`);
        response.end(JSON.stringify({ value: "federated" }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?v=1`;
    try {
        const request = { from: "request", url, requestToken: "run", audience: "api://x" } as const;
        assert.equal(await requestFederatedToken(request), "federated");
        assert.deepEqual(seen, ["/token?v=1&audience=api%3A%2F%2Fx Bearer run"]);
    } finally {
        server.close();
    }
});

test("where it gives none, the error names the service and no token", async () => {
    const server = createServer((_, response) => response.writeHead(403).end("no")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const request = { from: "request", url, requestToken: "run-secret", audience: "a" } as const;
    await assert.rejects(requestFederatedToken(request), (error: Error) => {
        assert.match(error.message, /answered 403 and gave no token/);
        assert.doesNotMatch(error.message, /run-secret/);
        return true;
    });
    server.close();
});

test("a wrong certificate path is told without secrets, as «no access token»", async () => {
    const environment = {
        ...ids,
        ARM_CLIENT_CERTIFICATE_PATH: "/does/not/exist.pem",
        ARM_CLIENT_CERTIFICATE_PASSWORD: "hidden-pass",
    };
    await assert.rejects(azureTokens(environment)("Public"), (error: Error) => {
        assert.match(
            error.message,
            /^no access token for https:\/\/ossrdbms-aad\.database\.windows\.net\/\.default: .*exist\.pem/,
        );
        assert.doesNotMatch(error.message, /hidden-pass/);
        return true;
    });
});
