import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { diffMarkdown } from "../../plan/compare/diffMarkdown";
import { diffPlans } from "../../plan/compare/planDiff";
import { planOf } from "../plan/plans";
import { FakeGithub } from "./fakeGithub";

type Script = (args: object) => Promise<void>;
const scripts = path.join(__dirname, "..", "..", ".github", "scripts");
const load = (name: string) => createRequire(__filename)(path.join(scripts, name)) as Script;
const comment = load("pullRequestComment.cjs");
const driftIssue = load("driftIssue.cjs");

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function folderWith(files: Record<string, string>): string {
    const folder = mkdtempSync(path.join(tmpdir(), "workflow-scripts-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return folder;
}

const repo = { owner: "contoso", repo: "postgres" };
const SHA = "0123456789abcdef0123456789abcdef01234567";

function run(changes: object = {}) {
    const head_repository = { full_name: "contoso/postgres", owner: { login: "contoso" } };
    const made = {
        head_repository,
        head_branch: "more-readers",
        head_sha: SHA,
        conclusion: "success",
        html_url: "https://run",
    };
    return { repo, payload: { workflow_run: { ...made, ...changes } } };
}

/** What `plan:diff --markdown` says of a stack with many new principals, and of many resources. */
async function longPlanDiff(stack: string): Promise<string> {
    const base = await planOf(stack);
    const after = await planOf(stack, (config) => {
        for (let i = 0; i < 400; i++)
            config.principals.push({
                name: `person-${i}@contoso.com`,
                principalType: "User",
                objectId: `a1000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
                access: { orders: "readonly" },
            });
        for (let i = 0; i < 12; i++) config.databases.push({ name: `more_${i}` });
    });
    const markdown = diffMarkdown(await diffPlans(base, after), "main");
    assert.ok(markdown.length < 65_536, String(markdown.length));
    assert.match(markdown, /^- and \d+ more; `npm run plan:diff` prints them all$/m);
    return markdown;
}

describe("the comment on a pull request", () => {
    const github = () => {
        const fake = new FakeGithub();
        fake.pulls.push({ number: 7, state: "open", head: { sha: SHA, label: "contoso:more-readers" } });
        return fake;
    };
    const write = (fake: FakeGithub, files: Record<string, string>, context = run()) =>
        comment({ github: fake, context, core: fake.core, folder: folderWith(files) });

    test("is made once, and then written anew", async () => {
        const fake = github();
        fake.bySomebody(7, "Looks good to me");
        await write(fake, { "plan-dev.md": "### dev\nkim gains orders_readonly" });
        await write(fake, { "plan-dev.md": "### dev\nnothing changes", "preview-dev.txt": "+ 1 to create" });
        assert.deepEqual(
            fake.calls.filter((call) => !call.startsWith("info")),
            ["create comment on 7", "update comment 2"],
        );
        const [theirs, ours] = fake.comments;
        assert.equal(theirs!.body, "Looks good to me");
        assert.match(
            ours!.body,
            /nothing changes[\s\S]*<details><summary><code>pulumi preview --stack dev<\/code>[\s\S]*\+ 1 to create/,
        );
        assert.doesNotMatch(ours!.body, /kim gains|fork/);
    });

    test("a person's comment that looks like it is not taken for it", async () => {
        const fake = github();
        fake.bySomebody(7, "<!-- passwordless-postgres: review -->\nmine");
        await write(fake, { "plan-dev.md": "x" });
        assert.equal(fake.comments.length, 2);
    });

    test("a fork's says so; what it holds calls nobody, hides nothing and breaks out of nothing", async () => {
        const fake = github();
        fake.pulls[0]!.head.label = "mallory:more-readers";
        const text = "@everyone <!-- passwordless-postgres: review --> <!<!-- -->-- \n```\n# out\n```";
        const fork = { full_name: "mallory/postgres", owner: { login: "mallory" } };
        await write(fake, { "plan-dev.md": text, "preview-dev.txt": text }, run({ head_repository: fork }));
        const { body } = fake.comments[0]!;
        assert.match(body, /From a fork: made by the code of this pull request/);
        assert.doesNotMatch(body, /@everyone/);
        assert.equal(body.match(/<!--/g)!.length, 1);
        assert.match(body, /````text\n[\s\S]*\n````/);
    });

    test("the pull request is found by what GitHub says of the run: not by another commit, not where it is closed", async () => {
        for (const change of [
            { head: { sha: "f".repeat(40), label: "contoso:more-readers" } },
            { state: "closed" },
        ]) {
            const fake = github();
            Object.assign(fake.pulls[0]!, change);
            await write(fake, { "plan-dev.md": "x", "number.txt": "7", "plan-7.json": "7" });
            assert.deepEqual(fake.comments, []);
            assert.match(fake.calls[0]!, /no open pull request/);
        }
    });

    test("a run that failed, with no plan at all, is told with its address", async () => {
        const fake = github();
        await write(fake, {}, run({ conclusion: "failure" }));
        assert.match(
            fake.comments[0]!.body,
            /\*\*The run ended as failure\*\*: \[see why\]\(https:\/\/run\)[\s\S]*There is no plan/,
        );
    });

    test("real plans that are cut end with a whole line and with every part closed; what follows is seen", async () => {
        const fake = github();
        const dev = await longPlanDiff("dev");
        const prod = await longPlanDiff("prod");
        await write(fake, { "plan-dev.md": dev, "plan-prod.md": prod, "preview-dev.txt": "+ 1 to create" });
        const { body } = fake.comments[0]!;
        assert.ok(dev.length + prod.length > 65_536 && body.length < 65_536, String(body.length));
        assert.equal(body.match(/more characters: see the run/g)!.length, 2);
        let depth = 0;
        const heads = body.split("\n").flatMap((line) => {
            depth += (line.match(/^<details>/) ? 1 : 0) - (line.match(/<\/details>$/) ? 1 : 0);
            if (/^- \*\*/.test(line)) assert.match(line, /`$|`\)?$|\.$|\)$/, "a line was cut");
            return /^###|^\[The run\]/.test(line) ? [[depth, line.slice(0, 30)]] : [];
        });
        assert.deepEqual([depth, heads.map(([at]) => at)], [0, [0, 0, 0]], JSON.stringify(heads));
    });

    test("what is made harmless is measured afterwards", async () => {
        const fake = github();
        await write(fake, { "plan-dev.md": "@a ".repeat(19_000) });
        assert.ok(fake.comments[0]!.body.length < 65_536, String(fake.comments[0]!.body.length));
    });

    test("it stays below GitHub's limit, and each stack has its share", async () => {
        const fake = github();
        await write(fake, {
            "plan-dev.md": "d".repeat(200_000),
            "plan-prod.md": "### prod",
            "preview-dev.txt": "p".repeat(200_000),
        });
        const { body } = fake.comments[0]!;
        assert.ok(body.length < 65_000, String(body.length));
        assert.match(body, /### prod/);
        assert.equal(body.match(/more characters: see the run/g)!.length, 2);
    });
});

describe("the issue of a drift", () => {
    const context = { repo, serverUrl: "https://github.com", runId: 99 };
    const write = (fake: FakeGithub, ...reports: object[]) =>
        driftIssue({
            github: fake,
            context,
            core: fake.core,
            folder: folderWith(
                Object.fromEntries(reports.map((report, i) => [`${i}.json`, JSON.stringify(report)])),
            ),
        });
    const drift = {
        stack: "prod",
        outcome: "drift",
        refresh: "~ principals",
        access: "| mallory | orders_owner |",
    };

    test("one is opened for each stack, then updated, then closed when all is well again", async () => {
        const fake = new FakeGithub();
        await write(fake, drift, { ...drift, stack: "dev", access: "" });
        await write(fake, { ...drift, access: "| nobody |" }, { ...drift, stack: "dev" });
        assert.deepEqual(
            fake.issues.map((issue) => [issue.title, issue.labels, issue.state]),
            [
                ["Drift: prod", ["drift"], "open"],
                ["Drift: dev", ["drift"], "open"],
            ],
        );
        assert.match(fake.issues[0]!.body, /\| nobody \|[\s\S]*<details>[\s\S]*~ principals/);
        assert.match(fake.issues[0]!.body, /https:\/\/github\.com\/contoso\/postgres\/actions\/runs\/99/);
        await write(fake, { stack: "prod", outcome: "none", refresh: "", access: "" });
        assert.deepEqual(
            fake.issues.map((issue) => issue.state),
            ["closed", "open"],
        );
        assert.match(fake.comments[0]!.body, /as its code says again/);
        await write(fake, drift);
        assert.equal(fake.issues.length, 3, "a closed issue was written to");
    });

    test("an access report that failed stands beside what the refresh found, as text", async () => {
        const fake = new FakeGithub();
        await write(fake, { ...drift, access: "", accessFailed: "connection refused @team" });
        assert.match(
            fake.issues[0]!.body,
            /npm run access, which failed<\/code><\/summary>\n\n```text\nconnection refused @\u200bteam\n```[\s\S]*~ principals/,
        );
    });

    test("where nothing could be found out, nothing is written; where nothing differs, neither", async () => {
        const fake = new FakeGithub();
        await write(fake, { ...drift, outcome: "failed" }, { ...drift, stack: "dev", outcome: "none" });
        assert.deepEqual([fake.issues, fake.comments], [[], []]);
    });
});
