import { parse } from "yaml";

/** What this project asks of its GitHub workflows, beside what actionlint knows. Pure. */

export interface Finding {
    file: string;
    message: string;
}

interface Step {
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
}

interface Job {
    permissions?: unknown;
    concurrency?: { "cancel-in-progress"?: unknown; queue?: unknown };
    steps?: Step[];
    "timeout-minutes"?: number;
}

interface Workflow {
    on?: unknown;
    permissions?: unknown;
    defaults?: { run?: { shell?: string } };
    jobs?: Record<string, Job>;
    /** Of a composite action. */
    runs?: { steps?: Step[] };
}

/** Text of somebody outside, put into a script before the shell reads it. */
const UNTRUSTED_IN_SCRIPT =
    /\$\{\{[^}]*\b(?:github\.event\b|github\.head_ref|inputs\.|matrix\.|steps\.)[^}]*\}\}/;
/** A hash and, beside it, the version that it is. */
const PINNED = /^\s*(?:- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+){0,2}$/;

/** A workflow, or the `action.yml` of a composite action. */
export function workflowFindings(file: string, text: string): Finding[] {
    const workflow = parse(text) as Workflow;
    const messages = workflow.runs ? actionMessages(workflow) : workflowMessages(workflow);
    return [...pinMessages(text), ...messages].map((message) => ({ file, message }));
}

function pinMessages(text: string): string[] {
    return text
        .split("\n")
        .filter((line) => /^\s*(?:- )?uses:/.test(line) && !/uses: \.\//.test(line) && !PINNED.test(line))
        .map(
            (line) =>
                `${line.trim()}: pin it by its commit's hash, with the version behind it: uses: owner/name@<40 hex digits> # v1.2.3`,
        );
}

function actionMessages(action: Workflow): string[] {
    return (action.runs!.steps ?? []).flatMap((step) => stepMessages(step));
}

function workflowMessages(workflow: Workflow): string[] {
    const events = eventsOf(workflow.on);
    const jobs = Object.entries(workflow.jobs ?? {});
    return [
        ...(events.includes("pull_request_target")
            ? [
                  "pull_request_target gives a fork's pull request this repository's rights: use pull_request, and workflow_run for what needs to write",
              ]
            : []),
        ...(isNothing(workflow.permissions)
            ? []
            : ["the workflow's own permissions are not {}: give each job its own"]),
        ...(workflow.defaults?.run?.shell === "bash"
            ? []
            : ["defaults.run.shell is not bash: without it a failure before a pipe goes unseen"]),
        ...jobs.flatMap(([name, job]) => jobMessages(name, job, events)),
    ];
}

/** One event, several, or several with options. */
function eventsOf(on: unknown): string[] {
    if (typeof on === "string") return [on];
    return Array.isArray(on) ? on.map(String) : Object.keys(on ?? {});
}

function jobMessages(name: string, job: Job, events: string[]): string[] {
    const steps = job.steps ?? [];
    const { permissions } = job;
    const writes = Object.entries((permissions ?? {}) as Record<string, string>).filter(
        ([, may]) => may === "write",
    );
    return [
        ...(typeof permissions === "object" ? [] : [`job ${name}: say which permissions it needs`]),
        ...(losesWhatWaits(job)
            ? [
                  `job ${name}: of those that wait in its concurrency group only the newest runs: say queue: max`,
              ]
            : []),
        ...(job["timeout-minutes"] === undefined ? [`job ${name}: give it timeout-minutes`] : []),
        ...writes
            .filter(([scope]) => events.includes("pull_request") && scope !== "id-token")
            .map(
                ([scope]) =>
                    `job ${name}: ${scope}: write in a run that a pull request starts; do it in a workflow_run`,
            ),
        ...steps.flatMap((step) => stepMessages(step)).map((message) => `job ${name}: ${message}`),
        ...(events.includes("workflow_run") ? steps.flatMap(foreignCheckout) : []).map(
            (m) => `job ${name}: ${m}`,
        ),
    ];
}

/** A job that cancels nobody means to let each one run; by default a third one takes the place of the second, which is cancelled. */
function losesWhatWaits({ concurrency }: Job): boolean {
    return concurrency?.["cancel-in-progress"] === false && concurrency.queue !== "max";
}

function stepMessages(step: Step): string[] {
    const script =
        step.run ?? (step.uses?.startsWith("actions/github-script@") ? String(step.with?.["script"]) : "");
    return [
        ...(UNTRUSTED_IN_SCRIPT.test(script)
            ? [
                  `\${{ … }} inside a script lets whoever chose the text run it: pass it through env (${script.split("\n")[0]})`,
              ]
            : []),
        ...(/\$\{\{\s*secrets\./.test(script) ? ["a secret in a script's text: pass it through env"] : []),
        ...(step.uses?.startsWith("pulumi/actions@") && !step.with?.["pulumi-version-file"]
            ? ["pulumi/actions installs whatever CLI is the newest: pulumi-version-file: .pulumi.version"]
            : []),
        ...(step.uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false
            ? ["actions/checkout leaves a token in the folder: persist-credentials: false"]
            : []),
    ];
}

/** With write permissions and somebody else's code, that code writes. */
function foreignCheckout(step: Step): string[] {
    const foreign =
        step.uses?.startsWith("actions/checkout@") && (step.with?.["ref"] ?? step.with?.["repository"]);
    return foreign ? ["checks out something else than the default branch"] : [];
}

function isNothing(permissions: unknown): boolean {
    return typeof permissions === "object" && permissions !== null && Object.keys(permissions).length === 0;
}

/** The variables and secrets that a workflow takes from the repository or an environment: `vars.NAME`, `secrets.NAME`. */
export function settingsIn(text: string): string[] {
    const found = [...text.matchAll(/\b(?:vars|secrets)\.([A-Z][A-Z0-9_]*)\b/g)].map(([, name]) => name!);
    return [...new Set(found)].sort();
}
