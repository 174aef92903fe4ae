import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { Connections, type ConnectionArgs } from "../../components/provider/connection";
import { findLocalGraph } from "../../components/provider/localAzure";
import { HOST, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

const args = (more: Partial<ConnectionArgs> = {}): ConnectionArgs => ({
    host: HOST,
    user: "DBA",
    cloud: "Local",
    ...more,
});
const ask = async (connections: Connections, given: ConnectionArgs) => {
    try {
        return await connections.use(given, (client) => client.query("select 1"));
    } finally {
        await connections.close();
    }
};

/** What stands in LOCAL_AZURE_ENDPOINT, and what the refusal must say. */
const NO_LOCAL_AZURE: [title: string, file: () => string | undefined, says: RegExp][] = [
    ["no variable", () => undefined, /LOCAL_AZURE_ENDPOINT is not set/],
    ["no file", () => path.join(local.folder, "missing.json"), /cannot be read/],
    ["a file that others read", () => endpointFile({}, 0o644), /others may read/],
    ["no JSON", () => endpointFile("hello"), /holds no \{url, key\}/],
    ["another machine", () => endpointFile({ url: "http://example.com:80" }), /not on this machine/],
    [
        "a name that looks local",
        () => endpointFile({ url: "http://127.0.0.1.example.com" }),
        /not on this machine/,
    ],
    ["nothing that answers", () => endpointFile({ url: "http://127.0.0.1:9" }), /nothing answers/],
    ["a wrong key", () => endpointFile({ key: "x".repeat(40) }), /Send the header/],
];
let files = 0;
function endpointFile(content: object | string, mode = 0o600): string {
    const file = path.join(local.folder, `endpoint-${files++}.json`);
    const { url, key } = local.endpoint;
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify({ url, key, ...content }));
    chmodSync(file, mode);
    return file;
}
for (const [title, file, says] of NO_LOCAL_AZURE) {
    test(`cloud Local without a running local Azure is refused: ${title}`, async () => {
        const environment = { ...process.env, LOCAL_AZURE_ENDPOINT: file() };
        await assert.rejects(ask(new Connections({ environment }), args()), (error: Error) => {
            assert.match(
                error.message,
                /^cloud Local needs a running local Azure: .*; start it with npm run local/,
            );
            assert.match(error.message, says);
            return true;
        });
    });
}

test("cloud Local does not believe a server that echoes no challenge", async () => {
    const server = createServer((_, response) =>
        response.end('{"name":"local-azure","caFile":"/ca.pem","challenge":"guessed"}'),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { ...process.env, LOCAL_AZURE_ENDPOINT: endpointFile({ url }) };
    await assert.rejects(ask(new Connections({ environment }), args()), /did not echo the challenge/);
    server.close();
});

test("Microsoft Graph of cloud Local is on this machine over HTTPS, or nowhere", async () => {
    for (const graphUrl of ["https://graph.microsoft.com", "http://127.0.0.1:80", "127.0.0.1", undefined]) {
        const server = createServer((request, response) => {
            const challenge = new URL(request.url!, "http://x").searchParams.get("challenge");
            response.end(JSON.stringify({ name: "local-azure", caFile: "/ca.pem", challenge, graphUrl }));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const environment = { ...process.env, LOCAL_AZURE_ENDPOINT: endpointFile({ url }) };
        await assert.rejects(findLocalGraph(environment), /serves no Microsoft Graph|not on this machine/);
        server.close();
    }
});

test("cloud Local asks no identity but the local one", async () => {
    const environment = {
        LOCAL_AZURE_ENDPOINT: local.endpointFile,
        AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://169.254.169.254",
    };
    await assert.rejects(ask(new Connections({ environment }), args()), /no local metadata service is set/);
});

test("a host that the local Azure does not know is refused", async () => {
    await assert.rejects(
        ask(new Connections(), args({ host: "unknown.postgres.database.azure.com" })),
        /No server of this local Azure is named 'unknown/,
    );
});
