import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import type { ResourceManagerOptions } from "../../components/provider/resourceManager";
import { UNKNOWN, type PropertyMap, type ResourceRef } from "../../components/provider/resourceProvider";
import { VIRTUAL_MACHINE_IDENTITY } from "../../components/provider/schema";

const GROUP = "/subscriptions/5b1c7a52-0000-4000-8000-000000000001/resourceGroups/rg/providers";
const MACHINE = `${GROUP}/Microsoft.Compute/virtualMachines/vm-batch`;
const ORDERS = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/orders-api`;
const OTHER = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/reporting-job`;
const TOKEN = "eyJhbGciOiJub25lIn0.eyJub3QiOiJhIHRva2VuIn0.c2ln";
const INPUTS = { virtualMachineId: MACHINE, identityId: ORDERS };
const REF: ResourceRef = {
    urn: "urn:pulumi:local::p::azure-postgres-entra:index:VirtualMachineIdentity::attach",
    stack: "local",
    project: "p",
    type: VIRTUAL_MACHINE_IDENTITY,
    name: "attach",
};

interface Answer {
    /** 0: the connection is cut. */
    status: number;
    /** It is done all the same. */
    done?: boolean;
    body?: object;
    headers?: Record<string, string>;
}

/** A resource API with one machine; `next` answers first, one request each. */
async function fakeApi(test: TestContext, identity: PropertyMap | undefined, next: Answer[] = []) {
    const machine = { identity, etag: '"1"', properties: { provisioningState: "Succeeded" } };
    const asked: { method: string; url: string; etag?: string; authorization?: string; body?: unknown }[] =
        [];
    const server = createServer((message, response) => void answer(message, response));
    const answer = async (message: IncomingMessage, response: ServerResponse) => {
        let text = "";
        for await (const chunk of message) text += chunk;
        const body = text ? JSON.parse(text) : undefined;
        const { "if-match": etag, authorization } = message.headers;
        asked.push({ method: message.method!, url: message.url!, etag, authorization, body });
        const planned = next.shift();
        if (message.method === "PATCH" && (!planned || planned.done))
            machine.identity = merged(machine.identity, body.identity);
        if (planned?.status === 0) return void message.socket.destroy();
        if (planned) {
            response.writeHead(planned.status, planned.headers);
            return void response.end(JSON.stringify(planned.body ?? {}));
        }
        response.end(JSON.stringify(machine));
    };
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    test.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const resourceManager: ResourceManagerOptions = {
        url,
        token: () => Promise.resolve(TOKEN),
        deadline: 20_000,
    };
    const provider = new AzurePostgresEntraProvider({ resourceManager });
    test.after(() => provider.close());
    const patches = () => asked.filter((one) => one.method === "PATCH");
    return { provider, machine, asked, patches, next };
}

/** RFC 7396: null takes away; a type without attached ones takes them all. */
function merged(identity: PropertyMap | undefined, patch: PropertyMap): PropertyMap {
    if (!String(patch.type).includes("UserAssigned")) return { type: patch.type };
    const all = {
        ...(identity?.userAssignedIdentities as PropertyMap | undefined),
        ...(patch.userAssignedIdentities as PropertyMap | undefined),
    };
    const left = Object.entries(all).filter(([, value]) => value !== null);
    return { type: patch.type, userAssignedIdentities: Object.fromEntries(left) };
}

const error = (status: number, code: string): Answer => ({
    status,
    body: { error: { code, message: `${code} it is` } },
});

describe("VirtualMachineIdentity", () => {
    test("F35: attaches, with the etag of what it has read, a bearer token, and nothing but the identities", async (t) => {
        const { provider, machine, asked, patches } = await fakeApi(t, { type: "SystemAssigned" });
        const { id, properties } = await provider.create(REF, INPUTS, {});
        assert.equal(id, `${MACHINE}|${ORDERS}`);
        assert.deepEqual(properties, { attachedBefore: false });
        assert.equal(machine.identity?.type, "SystemAssigned, UserAssigned");
        const [patch, ...more] = patches();
        assert.deepEqual(
            [more.length, patch!.etag, Object.keys(patch!.body as object)],
            [0, '"1"', ["identity"]],
        );
        for (const { url, authorization } of asked) {
            assert.equal(url, `${MACHINE}?api-version=2024-11-01`);
            assert.equal(authorization, `Bearer ${TOKEN}`);
        }
    });

    test("removed, it detaches; what was attached before stays", async (t) => {
        const { provider, machine, patches } = await fakeApi(t, {
            type: "UserAssigned",
            userAssignedIdentities: { [OTHER]: {} },
        });
        const { id, properties } = await provider.create(REF, INPUTS, {});
        await provider.delete(REF, id, properties, INPUTS, {});
        assert.deepEqual(machine.identity!.userAssignedIdentities, { [OTHER]: {} });
        const before = patches().length;
        const other = { ...INPUTS, identityId: OTHER };
        const adopted = await provider.create(REF, other, {});
        assert.deepEqual(adopted.properties, { attachedBefore: true });
        await provider.delete(REF, adopted.id, adopted.properties, other, {});
        assert.equal(patches().length, before);
    });

    test("another change in between is waited out and read anew; so are 429 and 503", async (t) => {
        const { provider, patches } = await fakeApi(t, { type: "SystemAssigned" }, [
            { ...error(429, "TooManyRequests"), headers: { "retry-after": "0" } },
            error(503, "ServiceUnavailable"),
            { status: 200, body: { properties: { provisioningState: "Updating" } } },
            { status: 200, body: { etag: '"0"', properties: { provisioningState: "Succeeded" } } },
            error(412, "PreconditionFailed"),
        ]);
        const { properties } = await provider.create(REF, INPUTS, {});
        assert.deepEqual(properties, { attachedBefore: false });
        assert.deepEqual(
            patches().map(({ etag }) => etag),
            ['"0"', '"1"'],
        );
    });

    for (const status of [504, 0])
        test(`what it attached is its own, also where the answer to that got lost (${status || "cut"})`, async (t) => {
            const { provider, machine, patches } = await fakeApi(t, undefined, [
                { status: 200, body: { etag: '"0"' } },
                { ...error(status, "GatewayTimeout"), done: true },
                error(412, "PreconditionFailed"),
            ]);
            const { id, properties } = await provider.create(REF, INPUTS, {});
            assert.deepEqual([properties, patches().length], [{ attachedBefore: false }, 2]);
            await provider.delete(REF, id, properties, INPUTS, {});
            assert.deepEqual(machine.identity, { type: "None" });
        });

    for (const refused of [[], [error(429, "TooManyRequests")]])
        test(`what somebody else attached in between stays his${refused.length > 0 ? ", also after a request that was put off" : ""}`, async (t) => {
            const { provider, machine, patches } = await fakeApi(t, undefined, [
                { status: 200, body: { etag: '"0"' } },
                ...refused,
                // Of this request nothing is done: the same identity comes from somebody else.
                { ...error(412, "PreconditionFailed"), done: true },
            ]);
            const { id, properties } = await provider.create(REF, INPUTS, {});
            const before = 1 + refused.length;
            assert.deepEqual([properties, patches().length], [{ attachedBefore: true }, before]);
            await provider.delete(REF, id, properties, INPUTS, {});
            assert.equal(patches().length, before);
            assert.deepEqual(machine.identity?.userAssignedIdentities, { [ORDERS]: {} });
        });

    test("a connection that breaks is repeated; nobody there is told with the host, the cause and the fix", async (t) => {
        const { provider, asked } = await fakeApi(t, { type: "None" }, [{ status: 0 }, { status: 0 }]);
        await provider.create(REF, INPUTS, {});
        assert.equal(asked.filter((one) => one.method === "GET").length, 4);
        const closed = createServer().listen(0, "127.0.0.1");
        await once(closed, "listening");
        const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
        await new Promise((done) => closed.close(done));
        const resourceManager = { url, token: () => Promise.resolve(TOKEN), deadline: 1_000 };
        const lines: string[] = [];
        const nobody = new AzurePostgresEntraProvider({ resourceManager });
        t.after(() => nobody.close());
        await assert.rejects(nobody.create(REF, INPUTS, { log: (line) => void lines.push(line) }), {
            name: "Error",
            message:
                `the resource API at ${url} cannot be reached: connect ECONNREFUSED ${url.slice(7)} (ECONNREFUSED); ` +
                "this machine must reach it by HTTPS, and 'cloud' must be the cloud that the machine is in",
        });
        assert.match(lines.join(), /^repeating: the resource API at .* cannot be reached/);
    });

    test("a machine or identity that is gone: absence is success for the removal, an error for the making", async (t) => {
        const { provider, next } = await fakeApi(t, undefined, [error(404, "ResourceNotFound")]);
        await provider.delete(REF, "id", { attachedBefore: false }, INPUTS, {});
        next.push(error(404, "ResourceNotFound"));
        await assert.rejects(
            provider.create(REF, INPUTS, {}),
            /^Error: virtualMachineId .*vm-batch: there is no such machine/,
        );
        next.push(error(404, "ResourceNotFound"));
        assert.equal(await provider.read(REF, "id", INPUTS, {}, {}), undefined);
        next.push({ status: 200, body: {} }, error(400, "FailedIdentityOperation"));
        await assert.rejects(
            provider.create(REF, INPUTS, {}),
            /FailedIdentityOperation \(400\): FailedIdentityOperation it is/,
        );
    });

    test("F57: a missing right is named, with the roles that give it; no token in the text", async (t) => {
        const { provider } = await fakeApi(t, undefined, [error(403, "AuthorizationFailed")]);
        await assert.rejects(provider.create(REF, INPUTS, {}), (failure: Error) => {
            assert.match(
                failure.message,
                /Virtual Machine Contributor on the machine and Managed Identity Operator/,
            );
            assert.match(failure.message, /AuthorizationFailed \(403\)/);
            assert.ok(!failure.message.includes(TOKEN));
            return true;
        });
    });

    test("a refresh sees that somebody has detached it; an import takes charge of it", async (t) => {
        const { provider, machine } = await fakeApi(t, {
            type: "UserAssigned",
            userAssignedIdentities: { [ORDERS.toLowerCase()]: {} },
        });
        const id = `${MACHINE}|${ORDERS}`;
        const state = { attachedBefore: true };
        assert.deepEqual((await provider.read(REF, id, INPUTS, state, {}))?.properties, state);
        const imported = await provider.read(REF, id, {}, {}, {});
        assert.deepEqual(imported?.inputs, { ...INPUTS, cloud: "Public" });
        assert.deepEqual(imported?.properties, { attachedBefore: false });
        await assert.rejects(
            provider.read(REF, "nonsense", {}, {}, {}),
            /cannot be imported; write <machine's resource id>\|/,
        );
        machine.identity = { type: "None" };
        assert.equal(await provider.read(REF, id, INPUTS, state, {}), undefined);
    });

    test("a preview asks nobody", async (t) => {
        const { provider, asked } = await fakeApi(t, undefined);
        await provider.create(REF, INPUTS, { preview: true });
        const { failures } = await provider.check(REF, undefined, { ...INPUTS, identityId: UNKNOWN });
        assert.deepEqual([failures, asked], [[], []]);
    });

    test("wrong inputs are refused by name", async (t) => {
        const { provider } = await fakeApi(t, undefined);
        const reasons = async (inputs: PropertyMap) =>
            (await provider.check(REF, undefined, inputs)).failures.map(({ reason }) => reason).join("\n");
        assert.match(
            await reasons({ ...INPUTS, virtualMachineId: ORDERS }),
            /^virtualMachineId is .*: this is the resource id of a virtual machine/,
        );
        assert.match(
            await reasons({ ...INPUTS, identityId: "orders-api" }),
            /identityId is "orders-api": .*copy it from `az identity show/,
        );
        assert.match(await reasons({ virtualMachineId: MACHINE }), /identityId is not given/);
        assert.match(await reasons({ ...INPUTS, cloud: "Moon" }), /cloud is "Moon": there is no such cloud/);
        assert.match(await reasons({ ...INPUTS, vmId: "x" }), /vmId is "x": there is no such property/);
    });

    test("every change replaces; another letter case, and the cloud Public written out, are none", async (t) => {
        const { provider } = await fakeApi(t, undefined);
        const diff = async (news: PropertyMap) =>
            (await provider.diff(REF, "id", {}, INPUTS, news)).detailedDiff;
        const same = { virtualMachineId: MACHINE.toUpperCase(), identityId: ORDERS, cloud: "Public" };
        assert.deepEqual(await diff(same), {});
        assert.deepEqual(await diff({ ...INPUTS, identityId: OTHER }), { identityId: "update-replace" });
        assert.deepEqual(await diff({ ...INPUTS, identityId: UNKNOWN }), { identityId: "update-replace" });
        assert.deepEqual(await diff({ ...INPUTS, cloud: "China" }), { cloud: "update-replace" });
    });
});
