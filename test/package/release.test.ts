import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
    datedChangelog,
    releaseNotes,
    releaseProblems,
    stepProblems,
    type ReleaseState,
} from "../../packaging/releaseChecks";

const CHANGELOG =
    "# Changelog\n\n## Unreleased\n\n## 1.2.0 - 2026-01-02\n\n### Added\n\n- X.\n\n## 1.1.0 - 2025-01-01\n\n- Y.\n";
const good: ReleaseState = {
    tag: "v1.2.0",
    versions: { "package.json": "1.2.0", "components/package.json": "1.2.0" },
    changelog: CHANGELOG,
    released: "1.2.0",
    schemaKept: true,
};
const problems = (change: Partial<ReleaseState>) => releaseProblems({ ...good, ...change });

describe("what a release needs", () => {
    test("nothing more than this", () => assert.deepEqual(releaseProblems(good), []));

    const cases: [string, Partial<ReleaseState>, RegExp][] = [
        ["a tag that is a version", { tag: "v1.2" }, /'v1\.2' is no version/],
        ["no tag beside the files", { tag: "v1.3.0" }, /components\/package\.json says 1\.2\.0, not 1\.3\.0/],
        ["a section in the changelog", { changelog: "## Unreleased\n" }, /no section «1\.2\.0»/],
        [
            "a line in that section",
            { changelog: "## 1.2.0 - 2026-01-02\n\n## 1.1.0 - 2025-01-01\n\n- Y.\n" },
            /no section «1\.2\.0» with a line/,
        ],
        [
            "its schema, kept for later comparisons",
            { schemaKept: false },
            /schema\.released\.json is another/,
        ],
    ];
    for (const [title, change, message] of cases)
        test(title, () => assert.match(problems(change).join("\n"), message));
});

test("a break takes a major step, before 1.0.0 a minor one; nobody goes back", () => {
    const breaks = ["X.y: the input is gone"];
    const ok = [
        ["2.0.0", "1.9.9"],
        ["0.3.0", "0.2.5"],
        ["1.0.0", "0.9.0"],
    ] as const;
    for (const [now, before] of ok) assert.deepEqual(stepProblems(now, before, breaks), [], now);
    assert.match(
        stepProblems("1.10.0", "1.9.9", breaks).join(),
        /X\.y: the input is gone.* takes a major version/,
    );
    assert.match(stepProblems("0.2.6", "0.2.5", breaks).join(), /takes a minor version/);
    assert.deepEqual(stepProblems("1.9.10", "1.9.9", []), []);
    assert.match(stepProblems("1.9.0", "1.10.0", []).join(), /is before 1\.10\.0/);
    assert.deepEqual(stepProblems("0.1.0", undefined, []), []);
});

test("the changelog is dated under a new empty section, and read section by section", () => {
    const dated = datedChangelog(
        "# C\n\n## Unreleased\n\n- Z.\n\n## 1.0.0 - 2025-01-01\n\n- Y.\n",
        "1.1.0",
        "2026-03-04",
    );
    assert.match(dated, /## Unreleased\n\n## 1\.1\.0 - 2026-03-04\n\n- Z\.\n/);
    assert.equal(releaseNotes(dated, "1.1.0"), "- Z.");
    assert.equal(releaseNotes(CHANGELOG, "1.2.0"), "### Added\n\n- X.");
    assert.equal(releaseNotes(CHANGELOG, "1.2"), "");
});
