import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";

interface Job {
    needs?: string;
    environment?: string;
    permissions: Record<string, string>;
    steps: { uses?: string; run?: string; env?: Record<string, string> }[];
}

const text = readFileSync(path.join(__dirname, "..", "..", ".github", "workflows", "release.yml"), "utf8");
const { on, jobs } = parse(text) as {
    on: { push: object };
    jobs: Record<"test" | "npm" | "github-release", Job>;
};
const commands = (job: Job) => job.steps.flatMap(({ run }) => (run ? [run] : [])).join("\n");

describe("the release workflow", () => {
    test("a tag starts it, and nothing else; what is published was tested and checked", () => {
        assert.deepEqual(on, { push: { tags: ["v*"] } });
        assert.deepEqual([jobs.npm.needs, jobs["github-release"].needs], ["test", "npm"]);
        assert.match(commands(jobs.test), /npm run release -- check "\$GITHUB_REF_NAME"\nbash \.ci\/run/);
        assert.match(commands(jobs.test), /npm run pack/);
    });

    test("npm gets provenance and no token; each job may do what it does and no more", () => {
        assert.match(commands(jobs.npm), /npm publish .*--provenance/);
        assert.doesNotMatch(text, /secrets\.|NODE_AUTH_TOKEN|_authToken/);
        assert.deepEqual(
            [jobs.test.permissions, jobs.npm.permissions, jobs["github-release"].permissions],
            [{ contents: "read" }, { "id-token": "write" }, { contents: "write" }],
        );
        assert.equal(jobs.npm.environment, "npm");
        for (const job of Object.values(jobs)) assert.doesNotMatch(commands(job), /\$\{\{|GH_TOKEN/);
    });

    test("the job that may publish runs no code of the repository, and every action is pinned by its hash", () => {
        for (const job of [jobs.npm, jobs["github-release"]])
            assert.ok(job.steps.every(({ uses = "" }) => !uses.startsWith("actions/checkout")));
        const uses = [...text.matchAll(/uses: (.*)/g)].map((match) => match[1]!);
        assert.ok(uses.length >= 6);
        for (const action of uses) assert.match(action, /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    test("the schema goes to the release on GitHub", () => {
        assert.match(commands(jobs["github-release"]), /gh release create .* released\/schema\.json/);
    });
});
