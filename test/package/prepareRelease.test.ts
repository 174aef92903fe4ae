import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";

const ROOT = path.join(__dirname, "..", "..");

const CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Something.\n";

/** In a copy of what a release touches. */
describe("npm run release, in a copy of the project", { concurrency: 1 }, () => {
    const folder = mkdtempSync(path.join(tmpdir(), "release-"));
    const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
    const release = (...words: string[]) =>
        new Promise<{ code: number; text: string }>((resolve) => {
            const command = ["--import", "tsx", "packaging/release.ts", ...words];
            execFile(process.execPath, command, { cwd: folder }, (error, out, err) =>
                resolve({ code: error ? Number(error.code) : 0, text: out + err }),
            );
        });
    before(() => {
        for (const part of [
            "components",
            "packaging",
            "examples/typescript/package.json",
            "package.json",
            "package-lock.json",
            "tsconfig.json",
        ])
            cpSync(path.join(ROOT, part), path.join(folder, part), {
                recursive: true,
                verbatimSymlinks: true,
            });
        symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
        rmSync(path.join(folder, "components", "schema.released.json"), { force: true });
        writeFileSync(path.join(folder, "CHANGELOG.md"), CHANGELOG);
    });
    after(() => rmSync(folder, { recursive: true }));

    test("a release without anything new is refused before anything is written", async () => {
        writeFileSync(path.join(folder, "CHANGELOG.md"), "# Changelog\n\n## Unreleased\n");
        const { code, text } = await release("prepare", "7.0.0");
        assert.equal(code, 1);
        assert.match(text, /CHANGELOG\.md says nothing under «Unreleased»/);
        assert.notEqual((JSON.parse(read("package.json")) as { version: string }).version, "7.0.0");
        writeFileSync(path.join(folder, "CHANGELOG.md"), CHANGELOG);
    });

    test("prepare, also a second time, writes the version everywhere, and then the check holds", async () => {
        for (const _ of [1, 2]) {
            const { code, text } = await release("prepare", "7.0.0");
            assert.equal(code, 0, text);
        }
        for (const file of ["package.json", "components/package.json", "components/schema.json"])
            assert.equal((JSON.parse(read(file)) as { version: string }).version, "7.0.0", file);
        const lock = JSON.parse(read("package-lock.json")) as {
            packages: Record<string, { version: string }>;
        };
        assert.deepEqual(
            [lock.packages[""]!.version, lock.packages["components"]!.version],
            ["7.0.0", "7.0.0"],
        );
        assert.match(read("examples/typescript/package.json"), /"azure-postgres-entra": "\^7\.0\.0"/);
        assert.match(read("CHANGELOG.md"), /^## 7\.0\.0 - \d{4}-\d\d-\d\d$/m);
        assert.equal(read("components/schema.released.json"), read("components/schema.json"));
        assert.deepEqual(await release("check", "v7.0.0"), { code: 0, text: "" });
        assert.match((await release("notes", "v7.0.0")).text, /^### Added/);
    });

    test("a tag of another version is refused, and so is a break that nobody meant", async () => {
        const wrong = await release("check", "v7.0.1");
        assert.equal(wrong.code, 1);
        assert.match(wrong.text, /package\.json says 7\.0\.0, not 7\.0\.1/);
        const args = path.join(folder, "components", "entraAdminGroup.ts");
        const changed = readFileSync(args, "utf8").replace(
            / {4}existing\?: ExistingAdminGroupArgs;/,
            "    found?: string;",
        );
        writeFileSync(args, changed);
        const unmeant = await release("prepare", "7.1.0");
        assert.equal(unmeant.code, 1, unmeant.text);
        assert.match(unmeant.text, /EntraAdminGroup\.existing: the input is gone: this breaks programs/);
        assert.match(unmeant.text, /7\.1\.0 breaks programs .* takes a major version/);
    });

    test("another command line is refused", async () => {
        assert.equal((await release("publish", "v1.0.0")).code, 2);
        assert.equal((await release("check")).code, 2);
        assert.equal((await release("--help")).code, 0);
    });
});
