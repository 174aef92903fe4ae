import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";

const ROOT = path.join(__dirname, "..", "..");
const page = readFileSync(path.join(ROOT, "docs", "conformance.md"), "utf8");
const rows = [...page.matchAll(/^\| ([FE]\d+) +\| .*? \| (.*?) *\|$/gm)].map(([, id, proof]) => ({
    id: id!,
    proof: proof!,
    files: [...proof!.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file!),
}));

describe("docs/conformance.md is true", () => {
    test("every fact has one row", () => {
        const facts = Array.from({ length: 80 }, (_, i) => `F${i + 1}`).filter((id) => id !== "F59");
        const listed = rows.map((row) => row.id).filter((id) => id.startsWith("F"));
        assert.deepEqual(listed, facts);
    });

    test("a row names a test, or says why none is there", () => {
        const silent = rows.filter(
            (row) =>
                row.files.length === 0 && !/^(not yet|advice|documentation|none can here): ?/.test(row.proof),
        );
        assert.deepEqual(silent, []);
    });

    for (const { id, files } of rows.filter((row) => row.files.length > 0)) {
        test(`the tests named for ${id} name it`, () => {
            for (const file of files) {
                assert.ok(existsSync(path.join(ROOT, file)), `${file} does not exist`);
                assert.match(readFileSync(path.join(ROOT, file), "utf8"), new RegExp(`\\b${id}\\b`), file);
            }
        });
    }
});
