import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { readEndpointFile, writeEndpointFile } from "../../emulator/endpoint";
import { SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";

describe("the endpoint file", () => {
    const content = {
        url: "http://127.0.0.1:40123",
        key: "k".repeat(43),
        caFile: "/certificates/ca.pem",
        tenantId: SEED_TENANT_ID,
        pid: 4711,
    };

    const inFolder = (check: (file: string, folder: string) => void) => () => {
        const folder = mkdtempSync(path.join(tmpdir(), "endpoint-file-"));
        try {
            check(path.join(folder, "endpoint.json"), folder);
        } finally {
            rmSync(folder, { recursive: true });
        }
    };

    it(
        "is read back, belongs to its owner alone, and replaces an old one without leavings",
        inFolder((file, folder) => {
            writeFileSync(file, "old", { mode: 0o644 });
            writeEndpointFile(file, content);
            assert.deepEqual(readEndpointFile(file), content);
            assert.deepEqual(readdirSync(folder), ["endpoint.json"]);
            if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
        }),
    );

    it(
        "is refused where others may read it",
        inFolder((file) => {
            if (process.platform === "win32") return;
            writeEndpointFile(file, content);
            for (const mode of [0o640, 0o604, 0o602]) {
                chmodSync(file, mode);
                assert.throws(() => readEndpointFile(file), /Others may read or change .*chmod 600/);
            }
        }),
    );

    it(
        "is refused where it is missing, broken, or points elsewhere",
        inFolder((file) => {
            assert.throws(() => readEndpointFile(file), /cannot be read \(ENOENT\)\. Start the local Azure/);
            const write = (text: string) => writeFileSync(file, text, { mode: 0o600 });
            write("{");
            assert.throws(() => readEndpointFile(file), /is no JSON/);
            const wrong: [object, RegExp][] = [
                ...[
                    "https://127.0.0.1:1",
                    "http://127.0.0.1.evil.test:1",
                    "http://127.0.0.1@evil.test",
                    "http://user:pass@127.0.0.1:1",
                    "http://10.0.0.1:1",
                    "http://127.0.0.1:1/path",
                    "x",
                    7,
                ].map((url): [object, RegExp] => [{ url }, /does not point to this machine/]),
                [{ key: "short" }, /has no key/],
                [{ key: undefined }, /has no key/],
                [{ caFile: "" }, /caFile/],
                [{ tenantId: "contoso" }, /tenantId/],
                [{ pid: -1 }, /pid/],
                [{ pid: "1" }, /pid/],
            ];
            for (const [change, message] of wrong) {
                write(JSON.stringify({ ...content, ...change }));
                assert.throws(() => readEndpointFile(file), message);
            }
            write("null");
            assert.throws(() => readEndpointFile(file), /does not point to this machine/);
        }),
    );
});
