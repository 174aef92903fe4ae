import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { ResourceApi } from "../../emulator/arm/resourceApi";
import { LocalAzureEndpoint } from "../../emulator/endpoint";
import { Machines } from "../../emulator/endpoint/machines";
import { SEED_CLIENT_IDS, SEED_IDS, seedDirectory } from "../../emulator/entra/seedDirectory";
import { POSTGRES_AUDIENCE, TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";
import { SEED_MACHINE, seedId, seedResources } from "../../emulator/seedResources";
import { RecordingEngine, SUBSCRIPTION } from "../arm/support";

const TOKEN_PATH = "/metadata/identity/oauth2/token";
const MACHINE = seedId(SUBSCRIPTION, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`);
const ORDERS_API = seedId(SUBSCRIPTION, "Microsoft.ManagedIdentity/userAssignedIdentities/orders-api");
const REPORTING_JOB = seedId(SUBSCRIPTION, "Microsoft.ManagedIdentity/userAssignedIdentities/reporting-job");

/** The seed's subscription and tenant, with the metadata services of its machines. */
async function start(test: TestContext) {
    const directory = seedDirectory();
    const faults = new Faults();
    const issuer = await TokenIssuer.create(directory, { faults });
    const servers = new RecordingEngine();
    const api = new ResourceApi({ subscriptionId: SUBSCRIPTION, directory, servers, faults });
    await seedResources(api, directory);
    const machines = new Machines({ api, directory, issuer, faults });
    test.after(() => machines.close());
    const endpoint = await LocalAzureEndpoint.start({
        ...{ directory, issuer, api, faults, version: "1.2.3", caFile: "/certificates/ca.pem" },
        defaultIdentity: SEED_IDS.deployer,
        resolve: () => undefined,
        metadataUrl: (machine) => machines.metadataUrl(machine),
    });
    test.after(() => endpoint.close());
    const setIdentities = (type: string, userAssignedIdentities?: string[]) =>
        api.put(MACHINE, { location: "westeurope", identity: { type, userAssignedIdentities } });
    const ask = async (selector: Record<string, string> = {}, url?: string) => {
        const query = new URLSearchParams({
            "api-version": "2018-02-01",
            resource: POSTGRES_AUDIENCE,
            ...selector,
        });
        const base = url ?? (await machines.metadataUrl(SEED_MACHINE));
        const response = await fetch(`${base}${TOKEN_PATH}?${query}`, { headers: { Metadata: "true" } });
        const body = (await response.json()) as Record<string, string>;
        const whose = body.access_token ? decodeJwt(body.access_token)["oid"] : body.error_description;
        return { status: response.status, body, whose };
    };
    return { directory, faults, issuer, api, machines, endpoint, setIdentities, ask };
}

describe("the metadata service of one virtual machine", () => {
    it("F37, F38: gives its own identity's token where none is named", async (test) => {
        const { ask, issuer } = await start(test);
        const { status, body } = await ask();
        assert.equal(status, 200);
        const { payload } = await jwtVerify(body.access_token!, createLocalJWKSet(issuer.jwks));
        assert.deepEqual([payload["oid"], payload["appid"]], [SEED_IDS.vmBatch, SEED_CLIENT_IDS.vmBatch]);
        assert.deepEqual([body.client_id, body.resource], [SEED_CLIENT_IDS.vmBatch, POSTGRES_AUDIENCE]);
        assert.equal(body.expires_on, String(payload.exp));
        assert.equal(body.not_before, String(payload.nbf));
        assert.ok(Number(body.expires_in) > 0);
    });

    it("F35, F37: picks an attached one by client id, object id or resource id, whatever the case", async (test) => {
        const { ask, setIdentities } = await start(test);
        await setIdentities("SystemAssigned, UserAssigned", [ORDERS_API, REPORTING_JOB]);
        assert.equal((await ask()).whose, SEED_IDS.vmBatch);
        for (const selector of [
            { client_id: SEED_CLIENT_IDS.ordersApi.toUpperCase() },
            { object_id: SEED_IDS.ordersApi },
            { principal_id: SEED_IDS.ordersApi },
            { msi_res_id: ORDERS_API.toUpperCase() },
            { mi_res_id: ORDERS_API },
            { client_id: SEED_CLIENT_IDS.ordersApi, object_id: SEED_IDS.ordersApi },
        ] as Record<string, string>[])
            assert.equal((await ask(selector)).whose, SEED_IDS.ordersApi, JSON.stringify(selector));
    });

    it("F37: the only attached one needs no name; several do", async (test) => {
        const { ask, setIdentities } = await start(test);
        await setIdentities("UserAssigned", [ORDERS_API]);
        assert.equal((await ask()).whose, SEED_IDS.ordersApi);
        await setIdentities("UserAssigned", [ORDERS_API, REPORTING_JOB]);
        const { status, body } = await ask();
        assert.equal(status, 400);
        assert.equal(body.error, "invalid_request");
        assert.match(body.error_description!, /^Multiple user assigned identities exist, please specify the/);
        assert.equal((await ask({ client_id: SEED_CLIENT_IDS.reportingJob })).whose, SEED_IDS.reportingJob);
    });

    it("F37: knows no identity that is not the machine's, and none at all without one", async (test) => {
        const { ask, setIdentities, endpoint } = await start(test);
        const notFound = async (selector = {}) => (await ask(selector)).whose === "Identity not found";
        for (const selector of [
            { client_id: SEED_CLIENT_IDS.ordersApi },
            { object_id: SEED_IDS.ordersApi },
            { msi_res_id: ORDERS_API },
            { client_id: SEED_IDS.vmBatch },
            { client_id: SEED_CLIENT_IDS.vmBatch, object_id: SEED_IDS.ordersApi },
        ] as Record<string, string>[])
            assert.ok(await notFound(selector), JSON.stringify(selector));
        await setIdentities("None");
        assert.ok(await notFound());
        // The machine on which deployments run has all of them.
        assert.equal((await ask({ msi_res_id: ORDERS_API }, endpoint.url)).whose, SEED_IDS.ordersApi);
        assert.equal((await ask({ msi_res_id: MACHINE + "x" }, endpoint.url)).whose, "Identity not found");
    });

    it("F30: after the identity or the machine is deleted there is no token", async (test) => {
        const { ask, api, machines, setIdentities } = await start(test);
        await setIdentities("UserAssigned", [ORDERS_API]);
        await api.delete(ORDERS_API);
        assert.equal((await ask()).whose, "Identity not found");
        await setIdentities("SystemAssigned");
        const { whose } = await ask();
        assert.match(whose as string, /^[0-9a-f-]{36}$/);
        const url = await machines.metadataUrl(SEED_MACHINE);
        await api.delete(MACHINE);
        assert.equal((await ask({}, url)).whose, "Identity not found");
        await assert.rejects(ask(), /'vm-batch' is no machine of this local Azure\. Known: none/);
    });

    it("answers 429 and 500 by faults, then again as always", async (test) => {
        const { ask, faults } = await start(test);
        faults.add({ kind: "MetadataThrottled", target: SEED_MACHINE });
        faults.add({ kind: "MetadataFailed", target: SEED_MACHINE });
        const throttled = await ask();
        assert.deepEqual(
            [throttled.status, throttled.whose],
            [429, "Temporarily throttled, too many requests"],
        );
        const failed = await ask();
        assert.deepEqual([failed.status, failed.body.error], [500, "unknown"]);
        assert.equal((await ask()).status, 200);
    });

    it("has one address a machine, told to who holds the key", async (test) => {
        const { machines, endpoint } = await start(test);
        const url = await machines.metadataUrl(SEED_MACHINE);
        assert.equal(await machines.metadataUrl(MACHINE.toUpperCase()), url);
        const headers = { "x-local-azure-key": endpoint.key };
        const answer = await fetch(`${endpoint.url}/local-azure/machine?name=${SEED_MACHINE}`, { headers });
        assert.deepEqual(await answer.json(), { metadataService: url });
        const unknown = await fetch(`${endpoint.url}/local-azure/machine?name=vm-nope`, { headers });
        assert.equal(unknown.status, 404);
        assert.match(await unknown.text(), /Known: vm-batch/);
    });
});
