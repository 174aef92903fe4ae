import assert from "node:assert/strict";
import { request } from "node:https";
import { describe, it, type TestContext } from "node:test";
import { Directory } from "../../emulator/entra/directory";
import { SEED_IDS, SEED_TENANT_ID, seedDirectory } from "../../emulator/entra/seedDirectory";
import { TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";
import { GRAPH_AUDIENCE, graphService } from "../../emulator/graph/graphService";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { matchPath } from "../../emulator/rest/routePath";
import { RestServer } from "../../emulator/rest/restServer";

interface Answer {
    status: number;
    headers: Record<string, unknown>;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever Graph answers
    body: any;
}

interface Call {
    body?: object;
    token?: string;
    method?: string;
}

async function runGraph(test: TestContext, directory: Directory = seedDirectory()) {
    const faults = new Faults();
    const ca = await CertificateAuthority.create();
    const issuer = await TokenIssuer.create(directory, { faults });
    const service = graphService({ directory, jwks: issuer.jwks, faults });
    const server = await RestServer.start({ ca, services: [service] });
    test.after(() => server.close());
    const own = await issuer.issue({ objectId: SEED_IDS.deployer, audience: GRAPH_AUDIENCE });
    const call = (path: string, { body, token = own, method }: Call = {}): Promise<Answer> =>
        new Promise((resolve, reject) => {
            const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
            const options = { method: method ?? (body ? "POST" : "GET"), ca: ca.certificate, headers };
            const url = path.startsWith("https:") ? path : `${server.url}${path}`;
            const sent = request(url, options, (response) => {
                let text = "";
                response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
                const { statusCode: status = 0, headers } = response;
                response.on("end", () => resolve({ status, headers, body: JSON.parse(text) as unknown }));
            });
            sent.on("error", reject).end(body && JSON.stringify(body));
        });
    return { call, faults, issuer, server };
}

describe("Microsoft Graph of the local Azure", () => {
    it("gives the objects of a list of ids, and leaves out those that are gone (F30)", async (test) => {
        const directory = seedDirectory();
        const { call } = await runGraph(test, directory);
        directory.remove(SEED_IDS.olga);
        const ids = [SEED_IDS.sam, SEED_IDS.olga, SEED_IDS.prodDbReadonly, SEED_IDS.ordersApi.toUpperCase()];
        const { status, body } = await call("/v1.0/directoryObjects/getByIds?$select=id,displayName,appId", {
            body: { ids },
        });
        assert.equal(status, 200);
        assert.deepEqual(body.value, [
            { "@odata.type": "#microsoft.graph.user", id: SEED_IDS.sam, displayName: "Sam Lindqvist" },
            {
                "@odata.type": "#microsoft.graph.group",
                id: SEED_IDS.prodDbReadonly,
                displayName: "Prod DB Readonly",
            },
            {
                "@odata.type": "#microsoft.graph.servicePrincipal",
                id: SEED_IDS.ordersApi,
                displayName: "orders-api",
                appId: "d2000000-0000-4000-8000-000000000001",
            },
        ]);
        const users = await call("/v1.0/directoryObjects/getByIds", { body: { ids, types: ["user"] } });
        assert.deepEqual(
            users.body.value.map((o: { id: string }) => o.id),
            [SEED_IDS.sam],
        );
        const many = await call("/v1.0/directoryObjects/getByIds", {
            body: { ids: Array(1001).fill(ids[0]) },
        });
        assert.deepEqual([many.status, many.body.error.code], [400, "Request_BadRequest"]);
        const wrong = await call("/v1.0/directoryObjects/getByIds", { body: { ids: ["sam"] } });
        assert.equal(wrong.body.error.message, "Invalid GUID:sam");
    });

    it("goes through a group's members page by page, and through the groups within it", async (test) => {
        const user = (n: number) => `99000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
        const people = Array.from({ length: 5 }, (_, n) => ({
            objectId: user(n),
            principalType: "User" as const,
            displayName: `User ${n}`,
            userPrincipalName: `user${n}@contoso.onmicrosoft.com`,
        }));
        const group = (id: string, members: string[]) => ({
            objectId: id,
            principalType: "Group" as const,
            displayName: `Group ${id.slice(0, 2)}`,
            members,
        });
        const [outer, inner] = [user(100), user(101)];
        const seed = seedDirectory().all();
        const directory = new Directory(SEED_TENANT_ID, [
            ...seed,
            ...people,
            // A circle: inner holds outer again.
            group(inner, [user(3), user(4), outer]),
            group(outer, [user(0), user(1), user(2), inner]),
        ]);
        const { call } = await runGraph(test, directory);
        const all = async (path: string): Promise<string[]> => {
            const { status, body } = await call(path);
            assert.equal(status, 200, JSON.stringify(body));
            const names = body.value.map((o: { displayName: string }) => o.displayName);
            assert.ok(names.length <= 2);
            return [...names, ...(body["@odata.nextLink"] ? await all(body["@odata.nextLink"]) : [])];
        };
        const options = "?$select=id,displayName&$top=2";
        assert.deepEqual(await all(`/v1.0/groups/${outer}/members${options}`), [
            "User 0",
            "User 1",
            "User 2",
            "Group 99",
        ]);
        const everybody = await all(`/v1.0/groups/${outer}/transitiveMembers${options}`);
        assert.deepEqual(everybody.sort(), ["Group 99", "User 0", "User 1", "User 2", "User 3", "User 4"]);
        const listed = await all("/v1.0/groups?$top=2");
        assert.equal(listed.length, 4);
    });

    it("reads one object, with the properties that are asked for", async (test) => {
        const { call } = await runGraph(test);
        const guest = await call(`/v1.0/Users/${SEED_IDS.guest}?$select=userPrincipalName,userType`);
        assert.equal(guest.body.userType, "Guest");
        assert.match(guest.body.userPrincipalName, /#EXT#@/);
        assert.equal("displayName" in guest.body, false);
        const plain = await call(`/v1.0/servicePrincipals/${SEED_IDS.reportingJob}`);
        assert.equal(plain.body.servicePrincipalType, "ManagedIdentity");
        assert.equal((await call(`/v1.0/users/${SEED_IDS.sam}`)).body.userType, undefined);
    });

    it("refuses with Graph's codes: no such object, no such property, an option that it does not serve", async (test) => {
        const { call } = await runGraph(test);
        const refusals: [string, number, string][] = [
            [`/v1.0/groups/${SEED_IDS.sam}/members`, 404, "Request_ResourceNotFound"],
            [`/v1.0/users/${SEED_IDS.deployer}`, 404, "Request_ResourceNotFound"],
            [`/v1.0/users/${SEED_IDS.sam}?$select=salary`, 400, "BadRequest"],
            ["/v1.0/users?$filter=displayName%20eq%20'x'", 400, "Request_UnsupportedQuery"],
            ["/v1.0/users?$top=1000", 400, "Request_UnsupportedQuery"],
            ["/v1.0/applications", 404, "NotFound"],
        ];
        for (const [path, status, code] of refusals) {
            const answer = await call(path);
            assert.deepEqual([answer.status, answer.body.error.code], [status, code], path);
            assert.match(answer.body.error.innerError["request-id"], /^[0-9a-f-]{36}$/);
        }
        const deleted = await call(`/v1.0/users/${SEED_IDS.sam}`, { method: "DELETE" });
        assert.equal(deleted.status, 405);
        assert.equal((await call("/v2.0/users")).status, 404);
    });

    it("wants a token of the tenant for Microsoft Graph, and for nothing else", async (test) => {
        const { call, issuer } = await runGraph(test);
        const path = `/v1.0/users/${SEED_IDS.sam}`;
        const request = { objectId: SEED_IDS.deployer, audience: GRAPH_AUDIENCE };
        const bad: [string, RegExp][] = [
            ["", /^Access token is empty\.$/],
            ["nonsense", /validation failure/],
            [await issuer.issue({ objectId: SEED_IDS.deployer }), /Invalid audience/],
            [await issuer.forge("expired", request), /expired/],
            [await issuer.forge("forgedSignature", request), /validation failure/],
        ];
        for (const [token, text] of bad) {
            const { status, body } = await call(path, { token });
            assert.deepEqual([status, body.error.code], [401, "InvalidAuthenticationToken"]);
            assert.match(body.error.message, text);
        }
        const slash = await issuer.issue({ ...request, audience: `${GRAPH_AUDIENCE}/` });
        assert.equal((await call(path, { token: slash })).status, 200);
    });

    it("throttles and forbids on demand, as often as it is told", async (test) => {
        const { call, faults } = await runGraph(test);
        faults.add({ kind: "Throttled", target: "graph", milliseconds: 1500 });
        faults.add({ kind: "Forbidden", target: "graph" });
        const path = `/v1.0/users/${SEED_IDS.sam}`;
        const throttled = await call(path);
        assert.deepEqual([throttled.status, throttled.headers["retry-after"]], [429, "2"]);
        const forbidden = await call(path);
        assert.deepEqual([forbidden.status, forbidden.body.error.code], [403, "Authorization_RequestDenied"]);
        assert.equal((await call(path)).status, 200);
    });
});

describe("paths of routes", () => {
    it("names stand for one segment, a last one with a star for several; case does not count", () => {
        assert.deepEqual(matchPath("/v1.0/groups/{id}/members", "/V1.0/Groups/a%20b/Members"), { id: "a b" });
        assert.deepEqual(matchPath("/subscriptions/{rest*}", "/subscriptions/1/resourceGroups/x"), {
            rest: "1/resourceGroups/x",
        });
        for (const path of [
            "/v1.0/groups",
            "/v1.0/groups//members",
            "/v1.0/groups/a/members/b",
            "/v1.0/groups/%/members",
        ])
            assert.equal(matchPath("/v1.0/groups/{id}/members", path), undefined, path);
        assert.equal(matchPath("/subscriptions/{rest*}", "/subscriptions"), undefined);
    });
});
