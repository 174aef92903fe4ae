import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { TokenCredential } from "@azure/identity";
import { Directory } from "../../emulator/entra/directory";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { SEED_IDS, SEED_TENANT_ID, seedDirectory } from "../../emulator/entra/seedDirectory";
import { TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { HttpError, type Reply } from "../../emulator/endpoint/http";
import { Faults } from "../../emulator/faults";
import { GRAPH_AUDIENCE, graphService } from "../../emulator/graph/graphService";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { RestServer, type RestService } from "../../emulator/rest/restServer";
import { GraphClient, GraphRefusal } from "../../report/access/read/graphClient";
import { readDirectory } from "../../report/access/read/readDirectory";

const BIG_GROUP = "b9000000-0000-4000-8000-000000000001";

const id = (n: number) => `98000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

function bigDirectory(people: number): Directory {
    const users = Array.from({ length: people }, (_, n): DirectoryObject => ({
        objectId: id(n),
        principalType: "User",
        displayName: `User ${n}`,
        userPrincipalName: `user${n}@contoso.onmicrosoft.com`,
    }));
    const group: DirectoryObject = {
        objectId: BIG_GROUP,
        principalType: "Group",
        displayName: "Everybody",
        members: users.map((user) => user.objectId),
    };
    return new Directory(SEED_TENANT_ID, [...seedDirectory().all(), ...users, group]);
}

async function run(context: TestContext, directory: Directory, other?: (graph: RestService) => RestService) {
    const faults = new Faults();
    const ca = await CertificateAuthority.create();
    const issuer = await TokenIssuer.create(directory, { faults });
    const graph = graphService({ directory, jwks: issuer.jwks, faults });
    const server = await RestServer.start({ ca, services: [other ? other(graph) : graph] });
    context.after(() => server.close());
    const asked: string[] = [];
    const credential: TokenCredential = {
        getToken: async (scope) => {
            asked.push(String(scope));
            const request = { objectId: SEED_IDS.deployer, audience: GRAPH_AUDIENCE };
            const { accessToken, expiresOn } = await issuer.issueToken(request);
            return { token: accessToken, expiresOnTimestamp: expiresOn * 1000 };
        },
    };
    const options = { url: server.url, audience: GRAPH_AUDIENCE, credential };
    return { client: new GraphClient({ ...options, ca: ca.certificate }), faults, asked, options };
}

describe("reads of Microsoft Graph", () => {
    test("a group of any size is read to its end, page by page, with one token", async (context) => {
        const { client, asked } = await run(context, bigDirectory(2500));
        const members = await client.membersOf(BIG_GROUP);
        assert.equal(members?.length, 2500);
        assert.deepEqual(members[2499], {
            objectId: id(2499),
            kind: "User",
            displayName: "User 2499",
            userPrincipalName: "user2499@contoso.onmicrosoft.com",
        });
        assert.deepEqual(asked, ["https://graph.microsoft.com/.default"]);
    });

    test("more ids than one call takes are asked for in several", async (context) => {
        const { client } = await run(context, bigDirectory(2500));
        const ids = Array.from({ length: 2600 }, (_, n) => id(n));
        const found = await client.existing(ids);
        assert.equal(found.length, 2500);
        assert.deepEqual(await client.existing([]), []);
    });

    test("a group that is gone has no members, and is no error", async (context) => {
        const { client } = await run(context, seedDirectory());
        assert.equal(await client.membersOf(id(1)), undefined);
    });

    test("429 is waited out; a refusal keeps Graph's code", async (context) => {
        const { client, faults } = await run(context, seedDirectory());
        faults.add({ kind: "Throttled", target: "graph", times: 3, milliseconds: 0 });
        assert.equal((await client.existing([SEED_IDS.sam])).length, 1);
        faults.add({ kind: "Forbidden", target: "graph" });
        await assert.rejects(client.existing([SEED_IDS.sam]), (error) => {
            assert.ok(error instanceof GraphRefusal);
            assert.deepEqual([error.status, error.code], [403, "Authorization_RequestDenied"]);
            return true;
        });
    });

    test("the token goes to no other host, whatever a link says", async (context) => {
        const { client } = await run(context, seedDirectory(), (graph) => ({
            ...graph,
            routes: graph.routes.map((route) => ({
                ...route,
                handle: (): Reply => ({
                    status: 200,
                    body: { value: [], "@odata.nextLink": "https://evil.example/v1.0/groups" },
                }),
            })),
        }));
        await assert.rejects(client.membersOf(BIG_GROUP), /links to another host: https:\/\/evil\.example/);
    });

    test("a server whose certificate nobody vouches for gets no token", async (context) => {
        const { options } = await run(context, seedDirectory());
        const client = new GraphClient(options);
        await assert.rejects(client.membersOf(BIG_GROUP), /self.signed|unable to (verify|get)/i);
    });

    test("whatever fails is told and fails nothing: no identity, no token, an answer of somebody else", async (context) => {
        const failing: [string, () => Promise<GraphClient>, RegExp][] = [
            [
                "no identity",
                () => Promise.reject(new Error("no identity is signed in.")),
                /^Microsoft Entra could not be asked: no identity is signed in\.$/,
            ],
            [
                "no token",
                async () => {
                    const { options } = await run(context, seedDirectory());
                    const credential = { getToken: () => Promise.reject(new Error("AADSTS7000215")) };
                    return new GraphClient({ ...options, credential });
                },
                /^Microsoft Entra could not be asked: AADSTS7000215\.$/,
            ],
            [
                "an error without a shape",
                async () =>
                    (
                        await run(context, seedDirectory(), (graph) => ({
                            ...graph,
                            errorBody: () => ["a proxy says no"],
                            intercept: () => {
                                throw new HttpError(418, "x", "y");
                            },
                        }))
                    ).client,
                /answered 418/,
            ],
        ];
        for (const [what, graph, text] of failing) {
            const directory = await readDirectory(graph, [SEED_IDS.sam], [SEED_IDS.dbAdmins]);
            assert.equal(directory.identities, undefined, what);
            assert.match(directory.notRead[0]!, text, what);
            assert.equal(directory.members.size, 0, what);
        }
    });
});
