import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actionlintFindings } from "../../checks/actionlint";
import { workflowFiles } from "../../checks/workflowFiles";
import { workflowFindings } from "../../checks/workflowRules";

const GOOD = `on: pull_request
permissions: {}
defaults:
  run:
    shell: bash
jobs:
  build:
    runs-on: \${{ vars.RUNS_ON || 'ubuntu-latest' }}
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.pull_request.title }}
`;

describe("the project's own rules", () => {
    const messages = (text: string) => workflowFindings("x.yml", text).map(({ message }) => message);
    const changed = (from: string | RegExp, to: string) => {
        const text = GOOD.replace(from, to);
        assert.notEqual(text, GOOD);
        return messages(text);
    };

    test("a workflow that keeps them all is left alone", () => assert.deepEqual(messages(GOOD), []));

    const broken: [string, string | RegExp, string, RegExp][] = [
        [
            "an action by its tag",
            / actions\/checkout@.*/,
            " actions/checkout@v7",
            /checkout@v7: pin it by its commit's hash/,
        ],
        ["a hash without its version", / # v7\.0\.1/, "", /pin it by its commit's hash, with the version/],
        ["a short hash", "3d3c42e5aac5ba805825da76410c181273ba90b1", "3d3c42e", /pin it/],
        ["an action by docker tag", / actions\/checkout@.*/, " docker://alpine:3", /pin it/],
        [
            "no permissions of the workflow",
            "permissions: {}\n",
            "",
            /the workflow's own permissions are not \{\}/,
        ],
        ["read-all", "permissions: {}", "permissions: read-all", /own permissions are not \{\}/],
        ["a job without permissions", / {4}permissions:\n.*\n/, "", /job build: say which permissions/],
        [
            "a job that may do anything",
            /permissions:\n.*contents: read/,
            "permissions: write-all",
            /job build: say which/,
        ],
        [
            "a write in a pull request's run",
            "contents: read",
            "contents: write",
            /contents: write in a run that a pull request starts/,
        ],
        [
            "a queue that keeps the newest alone",
            "    steps:\n",
            "    concurrency:\n      group: stack\n      cancel-in-progress: false\n    steps:\n",
            /job build: of those that wait in its concurrency group only the newest runs: say queue: max/,
        ],
        [
            "a Pulumi CLI of any version",
            /actions\/checkout(@.*)\n.*\n.*/,
            "pulumi/actions$1",
            /pulumi\/actions installs whatever CLI is the newest/,
        ],
        ["no time limit", / {4}timeout.*\n/, "", /job build: give it timeout-minutes/],
        [
            "pull_request_target",
            "on: pull_request",
            "on: [pull_request_target]",
            /pull_request_target gives a fork/,
        ],
        [
            "pull_request_target with options",
            "on: pull_request",
            "on:\n  pull_request_target:\n    branches: [main]",
            /pull_request_target/,
        ],
        ["no pipefail", /defaults:[\s\S]*bash\n/, "", /shell is not bash/],
        [
            "a title in a script",
            'echo "$TITLE"',
            "echo ${{ github.event.pull_request.title }}",
            /lets whoever chose the text run it/,
        ],
        [
            "a branch name in a script",
            'echo "$TITLE"',
            "git log ${{ github.head_ref }}",
            /lets whoever chose the text run it/,
        ],
        ["an input in a script", 'echo "$TITLE"', "up ${{ inputs.stack }}", /lets whoever chose/],
        ["a secret in a script", 'echo "$TITLE"', "login ${{ secrets.PASSWORD }}", /a secret in a script/],
        [
            "credentials left in the folder",
            "persist-credentials: false",
            "fetch-depth: 1",
            /persist-credentials: false/,
        ],
    ];
    for (const [title, from, to, message] of broken)
        test(`refused: ${title}`, () => {
            const found = changed(from, to);
            assert.equal(found.length, 1, JSON.stringify(found));
            assert.match(found[0]!, message);
        });

    test("refused: foreign code in a run that may write", () => {
        const found = messages(
            GOOD.replace("on: pull_request", "on: workflow_run")
                .replace("contents: read", "pull-requests: write")
                .replace(
                    "persist-credentials: false",
                    "persist-credentials: false\n          ref: ${{ github.event.workflow_run.head_sha }}",
                ),
        );
        assert.deepEqual(found, ["job build: checks out something else than the default branch"]);
    });

    test("refused: a title in a github-script, and in an action's script", () => {
        const step =
            "uses: actions/github-script@ed597411d8f924073f98dfc5c65a23a2325f34cd # v8.0.0\n        with:\n          script: ";
        assert.match(
            changed('run: echo "$TITLE"\n        env:\n          TITLE:', `${step}`)[0]!,
            /lets whoever/,
        );
        const action =
            "runs:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.client-id }}\n      shell: bash\n";
        assert.match(messages(action)[0]!, /lets whoever/);
    });
});

describe("every workflow of the project", async () => {
    const files = workflowFiles();

    test("there are the six, and the action that they share", () => {
        const names = [
            "actions/azure/action",
            "workflows/ci",
            "workflows/comment",
            "workflows/deploy",
            "workflows/drift",
            "workflows/preview",
            "workflows/release",
        ];
        assert.deepEqual(
            files.map(({ file }) => file),
            names.map((name) => `.github/${name}.yml`),
        );
    });

    for (const { file, text } of files)
        test(`${file} keeps the rules`, () => assert.deepEqual(workflowFindings(file, text), []));

    test("actionlint finds nothing", async () => {
        assert.deepEqual(await actionlintFindings(files.filter(({ isWorkflow }) => isWorkflow)), []);
    });

    test("actionlint would find a wrong expression, beside a variable too", async () => {
        const broken = GOOD.replace("vars.RUNS_ON ||", "vars.RUNS_ON || matrx.os ||");
        const found = await actionlintFindings([{ file: "x.yml", text: broken }]);
        assert.match(found[0]!.message, /undefined variable "matrx"/);
        assert.match(
            (await actionlintFindings([{ file: "x.yml", text: GOOD.replace("runs-on", "run-on") }]))[0]!
                .message,
            /runs-on/,
        );
        assert.deepEqual(await actionlintFindings([{ file: "x.yml", text: GOOD }]), []);
    });
});
