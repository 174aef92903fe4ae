import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { TemporaryRepository } from "../plan/temporaryRepository";

/** The script of preview.yml's job `plan`, as a runner runs it, in a repository whose pull request breaks one stack and removes another. */
describe("the plans of a pull request", { concurrency: 1 }, () => {
    let repository: TemporaryRepository;
    let run: { status: number | null; stderr: string };
    const plan = (stack: string) =>
        readFileSync(path.join(repository.folder, "review", `plan-${stack}.md`), "utf8");

    before(() => {
        repository = new TemporaryRepository();
        repository.changeStack("dev", (document) =>
            document.setIn(["config", "passwordless-postgres:network", "access"], "Everywhere"),
        );
        repository.git("rm", "--quiet", "Pulumi.prod.yaml");
        repository.commit("A pull request, merged");
        mkdirSync(path.join(repository.parent, "runner"));
        const summary = path.join(repository.parent, "runner", "summary.md");
        const { jobs } = parse(
            readFileSync(path.join(repository.folder, ".github", "workflows", "preview.yml"), "utf8"),
        ) as { jobs: { plan: { steps: { run?: string }[] } } };
        const script = jobs.plan.steps.find((step) => step.run?.includes("plan:diff"))!.run!;
        // What `shell: bash` of a workflow means.
        run = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
            cwd: repository.folder,
            encoding: "utf8",
            env: { ...process.env, GITHUB_STEP_SUMMARY: summary, NO_COLOR: "1" },
        });
    });
    after(() => repository.remove());

    test("a stack that cannot be evaluated fails the run, and keeps nobody from the other plans", () => {
        assert.equal(run.status, 1, run.stderr);
        assert.deepEqual(readdirSync(path.join(repository.folder, "review")), [
            "plan-dev.md",
            "plan-local.md",
            "plan-prod.md",
        ]);
        assert.match(plan("dev"), /\*\*`dev` cannot be evaluated\*\*/);
        assert.match(run.stderr, /network\.access: given "Everywhere"/);
        assert.match(plan("local"), /Access to the stack `local`: nothing changes/);
        const summary = readFileSync(path.join(repository.parent, "runner", "summary.md"), "utf8");
        for (const stack of ["dev", "local", "prod"]) assert.ok(summary.includes(plan(stack)), stack);
    });

    test("a stack that is removed is shown with all that goes", () => {
        assert.match(plan("prod"), /no `Pulumi\.prod\.yaml` any more: the stack is gone/);
        assert.match(plan("prod"), /The server `pg-contoso-prod` is removed, with all its data/);
    });
});
