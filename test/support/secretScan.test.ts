import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { findSecrets, findSecretsInFolder } from "./secretScan";

const TOKEN = `${Buffer.from('{"typ":"JWT"}').toString("base64url")}.${Buffer.from('{"oid":"x"}').toString("base64url")}.c2ln`;
const SECRET = "Correct-Horse";

const hidden: [string, string][] = [
    ["plain", `password: ${SECRET}`],
    ["in base64", JSON.stringify({ value: Buffer.from(`login ${SECRET} end`).toString("base64") })],
    ["in base64url", Buffer.from(`??>>${SECRET}~~`).toString("base64url")],
    ["beside other text", `{"a":1,"b":"${SECRET}"}`],
];
for (const [where, text] of hidden) {
    test(`a password is found ${where}`, () => assert.equal(findSecrets(text, [SECRET]).length > 0, true));
}

test("a token is found, plain and in base64", () => {
    assert.deepEqual(findSecrets(`token=${TOKEN}`, []), ["an access token"]);
    assert.notDeepEqual(findSecrets(Buffer.from(`x ${TOKEN} y`).toString("base64"), []), []);
});

test("ciphertext, GUIDs and certificates are no findings", () => {
    const text =
        "v1:NXzbSf8iQ2OoNT1h:/eZho3STw7TJAY6Rc9/cRv4= a1000000-0000-4000-8000-000000000001 -----BEGIN CERTIFICATE-----";
    assert.deepEqual(findSecrets(text, [SECRET]), []);
});

test("files are searched with their folders, compressed ones too", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "scan-"));
    try {
        writeFileSync(path.join(folder, "a.json"), "nothing");
        writeFileSync(path.join(folder, "b.gz"), gzipSync(`x ${SECRET}`));
        assert.deepEqual(findSecretsInFolder(folder, [SECRET]), [
            `${path.join(folder, "b.gz")}: the secret Cor…`,
        ]);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
