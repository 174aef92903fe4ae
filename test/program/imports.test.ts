import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const ROOT = path.join(__dirname, "..", "..");
const FOLDERS = ["", "checks", "components", "emulator", "plan", "policy", "rehearsal", "report", "test"];

const sources = FOLDERS.flatMap((folder) => {
    const full = path.join(ROOT, folder);
    const names =
        folder === "" ? readdirSync(full) : readdirSync(full, { recursive: true, encoding: "utf8" });
    return names
        .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
        .map((name) => ({
            name: path.join(folder, name),
            text: readFileSync(path.join(full, name), "utf8"),
        }));
});

test("nobody imports the folder ./components: its main is the plugin, which would start inside the program and hang it", () => {
    const wrong = sources.filter(({ text }) =>
        /from "(\.{1,2}\/)+components"|require\("(\.{1,2}\/)+components"\)/.test(text),
    );
    assert.deepEqual(
        wrong.map(({ name }) => name),
        [],
    );
});

test("the package knows nothing of the emulator, the rehearsal, the report or the program's configuration", () => {
    const inPackage = sources.filter(({ name }) => name.startsWith(`components${path.sep}`));
    assert.ok(inPackage.length > 30);
    const wrong = inPackage.filter(({ text }) =>
        /from "(\.\.\/)+(checks|emulator|plan|policy|rehearsal|report|config|stackConfig|index)\b/.test(text),
    );
    assert.deepEqual(
        wrong.map(({ name }) => name),
        [],
    );
});

test("every file has at most 300 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 301);
    assert.deepEqual(
        long.map(({ name }) => name),
        [],
    );
});
