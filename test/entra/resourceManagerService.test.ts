import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { callTrusting } from "../../components/provider/httpsCall";
import { ResourceApi } from "../../emulator/arm/resourceApi";
import { SEED_CLIENT_IDS, SEED_IDS, SEED_TENANT_ID, seedDirectory } from "../../emulator/entra/seedDirectory";
import { POSTGRES_AUDIENCE, TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { READS_TARGET, resourceManagerService } from "../../emulator/rest/resourceManagerService";
import { RestServer } from "../../emulator/rest/restServer";
import { SEED_MACHINE, seedId, seedResources } from "../../emulator/seedResources";
import { RecordingEngine, SUBSCRIPTION } from "../arm/support";

const MACHINE = seedId(SUBSCRIPTION, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`);
const ORDERS_API = seedId(SUBSCRIPTION, "Microsoft.ManagedIdentity/userAssignedIdentities/orders-api");
const REPORTING_JOB = seedId(SUBSCRIPTION, "Microsoft.ManagedIdentity/userAssignedIdentities/reporting-job");
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const SERVERS = `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers`;
const ANY_VERSION = "?api-version=2025-08-01";

async function start(test: TestContext) {
    const directory = seedDirectory();
    const faults = new Faults();
    const issuer = await TokenIssuer.create(directory, { faults });
    const servers = new RecordingEngine();
    const api = new ResourceApi({ subscriptionId: SUBSCRIPTION, directory, servers, faults });
    await seedResources(api, directory);
    const ca = await CertificateAuthority.create();
    const service = resourceManagerService({ api, jwks: issuer.jwks, faults });
    const server = await RestServer.start({ ca, services: [service] });
    test.after(() => server.close());
    return { api, issuer, faults, ca: ca.certificate, url: server.url };
}

async function withServer(test: TestContext) {
    const azure = await start(test);
    const { api } = azure;
    await api.put(GROUP, { location: "westeurope" });
    for (const name of ["pg-a", "pg-b"])
        await api.put(`${SERVERS}/${name}`, {
            location: "westeurope",
            version: "17",
            sku: { name: "Standard_B2s", tier: "Burstable" },
            authConfig: {
                activeDirectoryAuth: "Enabled",
                passwordAuth: "Disabled",
                tenantId: SEED_TENANT_ID,
            },
            network: { publicNetworkAccess: "Enabled" },
        });
    await api.put(`${SERVERS}/pg-a/databases/orders`, {});
    await api.put(`${SERVERS}/pg-b/databases/other`, {});
    await api.put(`${SERVERS}/pg-a/configurations/work_mem`, { value: "8192", source: "user-override" });
    await api.put(`${SERVERS}/pg-a/administrators/${SEED_IDS.grace}`, {
        principalName: "grace@contoso.onmicrosoft.com",
        principalType: "User",
        tenantId: SEED_TENANT_ID,
    });
    return azure;
}

describe("the resource API over HTTPS", () => {
    type Started = Awaited<ReturnType<typeof start>>;
    const call = async (
        { url, ca, issuer }: Started,
        options: {
            method?: string;
            body?: object;
            audience?: string;
            headers?: Record<string, string>;
            path?: string;
        } = {},
    ) => {
        const audience = options.audience ?? "https://management.azure.com";
        const token = await issuer.issue({ objectId: SEED_IDS.deployer, audience });
        const target = new URL(options.path ?? `${MACHINE}?api-version=2024-11-01`, url);
        const answer = await callTrusting(ca, target, {
            method: options.method ?? "GET",
            headers: { authorization: `Bearer ${token}`, ...options.headers },
            body: options.body && JSON.stringify(options.body),
            signal: AbortSignal.timeout(60_000),
        });
        return { status: answer.status, body: JSON.parse(await answer.text()), headers: answer.headers };
    };
    const names = async (azure: Started, collection: string) =>
        ((await call(azure, { path: collection + ANY_VERSION })).body.value as { name: string }[]).map(
            ({ name }) => name,
        );

    it("lists what is below a server, and what every server has without it being made", async (test) => {
        const azure = await withServer(test);
        assert.deepEqual(await names(azure, SERVERS), ["pg-a", "pg-b"]);
        assert.deepEqual(await names(azure, `${SERVERS}/pg-a/databases`), [
            "orders",
            ...["azure_maintenance", "azure_sys", "postgres"],
        ]);
        assert.deepEqual(await names(azure, `${SERVERS}/pg-a/firewallRules`), []);
        assert.deepEqual(await names(azure, `${SERVERS}/PG-A/administrators`), [SEED_IDS.grace]);
        const { body } = await call(azure, { path: `${SERVERS}/pg-a/configurations${ANY_VERSION}` });
        const parameters = body.value as { name: string; properties: { value: string; source: string } }[];
        assert.deepEqual(
            parameters
                .filter(({ properties }) => properties.source === "user-override")
                .map(({ name, properties }) => [name, properties.value]),
            [["work_mem", "8192"]],
        );
        assert.ok(parameters.length > 20);
        assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length);
    });

    it("shows a server in the form of the REST API", async (test) => {
        const azure = await withServer(test);
        const { body } = await call(azure, { path: `${SERVERS}/pg-a${ANY_VERSION}` });
        assert.equal(body.id, `${SERVERS}/pg-a`);
        assert.deepEqual(body.sku, { name: "Standard_B2s", tier: "Burstable" });
        assert.equal(body.properties.fullyQualifiedDomainName, "pg-a.postgres.database.azure.com");
        assert.equal(body.properties.authConfig.activeDirectoryAuth, "Enabled");
    });

    it("has no list of what is not there, and knows faults of reads", async (test) => {
        const azure = await withServer(test);
        const missing = await call(azure, { path: `${SERVERS}/pg-c/databases${ANY_VERSION}` });
        assert.deepEqual([missing.status, missing.body.error.code], [404, "ResourceNotFound"]);
        azure.faults.add({ kind: "Throttled", target: READS_TARGET, milliseconds: 2_000 });
        const throttled = await call(azure);
        assert.deepEqual([throttled.status, throttled.headers.get("Retry-After")], [429, "2"]);
        azure.faults.add({ kind: "Forbidden", target: READS_TARGET });
        const forbidden = await call(azure);
        assert.deepEqual([forbidden.status, forbidden.body.error.code], [403, "AuthorizationFailed"]);
        assert.equal((await call(azure)).status, 200);
    });

    const patch = (azure: Started, userAssignedIdentities: object, type: string, headers = {}) =>
        call(azure, { method: "PATCH", body: { identity: { type, userAssignedIdentities } }, headers });

    it("shows a machine, and attaches and detaches identities without touching the others (RFC 7396)", async (test) => {
        const azure = await start(test);
        const before = await call(azure);
        assert.deepEqual(
            [
                before.status,
                before.body.type,
                before.body.identity.principalId,
                before.body.properties.hardwareProfile,
            ],
            [200, "Microsoft.Compute/virtualMachines", SEED_IDS.vmBatch, { vmSize: "Standard_B2s" }],
        );
        await patch(azure, { [ORDERS_API]: {} }, "SystemAssigned, UserAssigned");
        const both = await patch(azure, { [REPORTING_JOB]: {} }, "SystemAssigned, UserAssigned");
        const { identity, properties } = both.body;
        assert.deepEqual(Object.keys(identity.userAssignedIdentities), [ORDERS_API, REPORTING_JOB]);
        assert.equal(identity.userAssignedIdentities[ORDERS_API].clientId, SEED_CLIENT_IDS.ordersApi);
        assert.deepEqual(
            [identity.principalId, properties.hardwareProfile.vmSize],
            [SEED_IDS.vmBatch, "Standard_B2s"],
        );
        const one = await patch(azure, { [ORDERS_API.toLowerCase()]: null }, "SystemAssigned, UserAssigned");
        assert.deepEqual(Object.keys(one.body.identity.userAssignedIdentities), [REPORTING_JOB]);
        const none = await patch(azure, { [REPORTING_JOB]: null }, "SystemAssigned");
        assert.deepEqual(none.body.identity, {
            type: "SystemAssigned",
            principalId: SEED_IDS.vmBatch,
            tenantId: SEED_TENANT_ID,
        });
    });

    it("refuses a stale etag, and takes the present one", async (test) => {
        const azure = await start(test);
        const { etag } = (await call(azure)).body as { etag: string };
        const headers = { "if-match": etag };
        const first = await patch(azure, { [ORDERS_API]: {} }, "SystemAssigned, UserAssigned", headers);
        assert.equal(first.status, 200);
        const second = await patch(azure, { [ORDERS_API]: null }, "SystemAssigned", headers);
        assert.deepEqual([second.status, second.body.error.code], [412, "PreconditionFailed"]);
    });

    it("refuses what is not its own", async (test) => {
        const azure = await start(test);
        const codes = async (options: Parameters<typeof call>[1]) => {
            const { status, body } = await call(azure, options);
            return [status, body.error.code];
        };
        assert.deepEqual(await codes({ headers: { authorization: "" } }), [401, "AuthenticationFailed"]);
        assert.deepEqual(await codes({ audience: POSTGRES_AUDIENCE }), [401, "InvalidAuthenticationToken"]);
        assert.deepEqual(await codes({ path: MACHINE }), [400, "MissingApiVersionParameter"]);
        assert.deepEqual(await codes({ method: "DELETE" }), [405, "MethodNotAllowed"]);
        const tags = { method: "PATCH", body: { tags: {} } };
        assert.deepEqual(await codes(tags), [400, "BadRequest"]);
        const missing = { path: `${MACHINE}x?api-version=2024-11-01` };
        assert.deepEqual(await codes(missing), [404, "ResourceNotFound"]);
        const wrong = { method: "PATCH", body: { identity: { type: "UserAssigned" } } };
        assert.deepEqual(await codes(wrong), [400, "InvalidIdentityTypeOrIds"]);
    });
});
