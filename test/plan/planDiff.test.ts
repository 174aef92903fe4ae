import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { checkedInExample, makeExample } from "./accessDiffExample";
import { TemporaryRepository } from "./temporaryRepository";

interface Diff {
    formatVersion: number;
    base: { ref: string; commit: string; program: string };
    changes: boolean;
    notes: string[];
    access: { text: string }[];
    resources: { name: string; change: string }[];
}

describe("npm run plan:diff", { concurrency: 1 }, () => {
    let repository: TemporaryRepository;
    before(() => void (repository = new TemporaryRepository("database")));
    after(() => repository.remove());

    const json = (...words: string[]): Diff => {
        const { code, stdout, stderr } = repository.planDiff(...words, "--json");
        assert.equal(code, words.includes("--exit-code") ? 2 : 0, stderr);
        return JSON.parse(stdout) as Diff;
    };
    const reset = (ref = "main") => {
        repository.git("reset", "--quiet", "--hard", ref);
        repository.git("clean", "--quiet", "--force", "-d");
    };

    test("the example in the documentation is what the command prints", () => {
        assert.equal(makeExample(), checkedInExample());
    });

    test("compares the working tree with a commit by each one's own program; exit code 2 where asked", () => {
        const same = repository.planDiff("--stack", "dev", "--base", "main", "--exit-code");
        assert.equal(same.code, 0, same.stderr);
        assert.match(same.stdout, /Nothing changes/);
        repository.changeStack("dev", (d) =>
            d.setIn(["config", "passwordless-postgres:principals", 1, "access"], { orders: "readonly" }),
        );
        // The program itself changes too: that shows only if the base is evaluated by its own.
        repository.changeFile("stackResources.ts", (text) =>
            text.replace('principals: "principals"', 'principals: "people"'),
        );
        const status = repository.git("status", "--porcelain");
        const diff = json("--stack", "dev", "--base", "main", "--exit-code");
        assert.equal(diff.base.program, "own");
        assert.match(diff.base.commit, /^[0-9a-f]{40}$/);
        assert.deepEqual(diff.notes, []);
        assert.deepEqual(
            diff.access.map((change) => change.text),
            [
                "'orders-api-dev' (application or managed identity) has the profile 'readonly' on the database 'orders' (may read all of it), before 'owner'.",
            ],
        );
        assert.deepEqual(diff.resources.map(({ name, change }) => `${change} ${name}`).sort(), [
            "added people",
            "removed principals",
        ]);
        // It leaves neither folders, nor the index, nor the working tree changed.
        assert.equal(repository.git("status", "--porcelain"), status);
        assert.equal(repository.git("worktree", "list").trim().split("\n").length, 1);
        assert.deepEqual(
            readdirSync(repository.parent).filter((name) => name.startsWith("plan-base-")),
            [],
        );
        reset();
    });

    test("a base without the command, or with other packages, is evaluated by the present program, and that is said", () => {
        repository.git("rm", "-r", "--quiet", "plan/main.ts");
        repository.commit("without");
        repository.git("tag", "--force", "without");
        reset("HEAD~1");
        const without = json("--stack", "dev", "--base", "without");
        assert.equal(without.base.program, "present");
        assert.match(
            without.notes.join(),
            /own 'Pulumi.dev.yaml', because it has no plan command: what changed in the program itself does not show/,
        );
        assert.equal(without.changes, false);
        repository.changeFile("package-lock.json", (text) =>
            text.replace('"version": "3.28.0"', '"version": "3.27.0"'),
        );
        repository.commit("other packages");
        const others = json("--stack", "dev", "--base", "HEAD~1");
        assert.equal(others.base.program, "present");
        assert.match(others.notes.join(), /package-lock\.json has other runtime packages/);
        reset("HEAD~1");
    });

    test("a stack that is new, and one that is gone", () => {
        repository.git("mv", "Pulumi.dev.yaml", "Pulumi.test.yaml");
        const fresh = json("--stack", "test", "--base", "main");
        assert.match(fresh.notes.join(), /has no 'Pulumi.test.yaml': the stack is new/);
        assert.ok(fresh.resources.length > 50 && fresh.resources.every((r) => r.change === "added"));
        const gone = json("--stack", "dev", "--base", "main");
        assert.match(gone.notes.join(), /There is no 'Pulumi.dev.yaml' any more/);
        assert.ok(gone.resources.every((r) => r.change === "removed"));
        reset();
    });

    test("what cannot be done is said in one line", () => {
        const unknown = repository.planDiff("--stack", "dev", "--base", "nowhere");
        assert.equal(unknown.code, 1);
        assert.match(unknown.stderr, /^git knows no commit 'nowhere'/);
        const option = repository.planDiff("--stack", "dev", "--base=--output=made-by-git");
        assert.equal(option.code, 1);
        assert.match(option.stderr, /^git knows no commit '--output=made-by-git'/);
        assert.ok(!existsSync(path.join(repository.folder, "made-by-git")));
        repository.changeFile("Pulumi.dev.yaml", (text) => text.replace("Burstable", "Cheap"));
        repository.commit("broken");
        reset("HEAD~1");
        const broken = repository.planDiff("--stack", "dev", "--base", "HEAD@{1}");
        assert.equal(broken.code, 1);
        assert.match(broken.stderr, /cannot be evaluated .*sku\.tier: given "Cheap"/s);
        assert.match(repository.planDiff("--stack", "dev").stderr, /say what to compare with: --base/);
        assert.equal(repository.planDiff("--help").code, 0);
    });

    test("npm run plan: another file, text for people, a wrong command line", () => {
        repository.changeFile("Pulumi.dev.yaml", (text) => text.replace("pg-contoso-dev", "pg-other"));
        const text = repository.plan("--stack", "prod", "--config-file", "Pulumi.dev.yaml");
        assert.equal(text.code, 0, text.stderr);
        assert.match(text.stdout, /^Plan of the stack prod: \d+ resources\. Nothing has been touched\./);
        assert.match(
            text.stdout,
            /administrators\[0\]\.objectId 00000000-.* is a placeholder; a deployment refuses it/,
        );
        assert.match(text.stdout, /^ {4}serverName: pg-other$/m);
        assert.equal(repository.plan("--stack", "prod", "--nonsense").code, 2);
        assert.equal(repository.plan("--stack", "nobody").code, 1);
        reset();
    });

    test("F24: policies: the plan ends with 3, the diff says which are new, the stack's own file counts", () => {
        const kept = repository.plan("--stack", "prod");
        assert.equal(kept.code, 0, kept.stderr);
        assert.match(kept.stdout, /Policies \(policy\/prod\.json\): every rule is kept\./);
        repository.changeStack("prod", (d) =>
            d.addIn(["config", "passwordless-postgres:administrators"], {
                principalName: "ada@contoso.com",
                objectId: "a1000000-0000-4000-8000-000000000001",
                principalType: "User",
            }),
        );
        repository.commit("Ada");
        const violated = repository.plan("--stack", "prod", "--json");
        assert.equal(violated.code, 3);
        const { policies } = JSON.parse(violated.stdout) as {
            policies: { configuration: string; violations: { rule: string; level: string }[] };
        };
        assert.equal(policies.configuration, "policy/prod.json");
        assert.deepEqual(
            policies.violations.map(({ rule, level }) => `${level} ${rule}`),
            ["mandatory people-administer-as-group"],
        );
        const markdown = (base: string) =>
            repository.planDiff("--stack", "prod", "--base", base, "--markdown").stdout;
        assert.match(
            markdown("HEAD~1"),
            /^> \[!CAUTION\]\n> Policies are violated:\n> - \*\*people-administer-as-group\*\* \(mandatory, new\): `'ada@contoso\.com'/m,
        );
        assert.match(markdown("HEAD"), /\*\*people-administer-as-group\*\* \(mandatory\): /);
        repository.changeFile("policy/prod.json", () => '{ "all": "advisory" }');
        const advisory = repository.plan("--stack", "prod");
        assert.equal(advisory.code, 0, advisory.stderr);
        assert.match(advisory.stdout, /advisory people-administer-as-group, /);
        repository.changeFile("policy/prod.json", () => '{ "people": "advisory" }');
        const wrong = repository.plan("--stack", "prod");
        assert.equal(wrong.code, 1);
        assert.match(wrong.stderr, /'people' is no rule; there are: /);
        reset("HEAD~1");
    });
});
