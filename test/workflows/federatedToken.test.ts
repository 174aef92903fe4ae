import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const SCRIPT = path.join(__dirname, "..", "..", ".github", "scripts", "federatedToken.mjs");

/** E14: the token of a pipeline lives for minutes, and a deployment takes longer. */
describe("the pipeline's federated token", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "federated-token-"));
    const file = path.join(folder, "token");
    const asked: { url: string; authorization?: string }[] = [];
    let refusals = 0;
    let server: Server;
    before(async () => {
        server = createServer((request, response) => {
            asked.push({ url: request.url!, authorization: request.headers.authorization });
            response.statusCode = refusals > 0 ? 503 : 200;
            const body = refusals-- > 0 ? { message: "busy" } : { value: `token-${asked.length}` };
            response.end(JSON.stringify(body));
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
    });
    after(() => {
        server.close();
        rmSync(folder, { recursive: true });
    });

    const environment = () => ({
        PATH: process.env["PATH"],
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret",
    });

    async function keeping(work: () => Promise<void>): Promise<string> {
        const child = spawn(process.execPath, [SCRIPT, file, "0.2"], { env: environment() });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (text) => (output += text));
        try {
            await work();
        } finally {
            child.kill();
            await once(child, "close");
        }
        return output;
    }
    async function until(holds: () => boolean): Promise<void> {
        for (let check = 0; check < 600; check++) {
            if (holds()) return;
            await sleep(50);
        }
        throw new Error("it never came");
    }

    test("is fetched for Entra's audience, kept for its owner alone, and renewed", async () => {
        const output = await keeping(async () => {
            await until(() => existsSync(file));
            const first = readFileSync(file, "utf8");
            assert.match(first, /^token-\d+$/);
            await until(() => readFileSync(file, "utf8") !== first);
        });
        assert.equal(asked[0]!.url, "/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange");
        assert.equal(asked[0]!.authorization, "Bearer request-secret");
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.doesNotMatch(output, /token-|request-secret/);
    });

    test("a service that is away for a moment is asked again, and what was there stays", async () => {
        const kept = readFileSync(file, "utf8");
        refusals = 1;
        const output = await keeping(() => until(() => readFileSync(file, "utf8") !== kept));
        assert.match(output, /the token service answered 503 and gave no token/);
    });

    test("without the permission it says which one is missing", async () => {
        const child = spawn(process.execPath, [SCRIPT, file], { env: { PATH: process.env["PATH"] } });
        let text = "";
        child.stderr.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        const [code] = await once(child, "close");
        assert.equal(code, 1);
        assert.match(text, /the job needs `permissions: id-token: write`/);
    });
});
