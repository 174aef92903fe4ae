import { existsSync } from "node:fs";
import path from "node:path";
import { PROJECT_FOLDER, projectName } from "../rehearsal/stackFile";
import { Progress, styleFor } from "../rehearsal/terminal";
import { Misuse, readOptions, runCommand, stackName } from "./commandLine";
import { emptyPlan, planOfBase } from "./compare/basePlan";
import { openBaseVersion, type BaseVersion } from "./compare/baseVersion";
import { diffJson } from "./compare/diffJson";
import { diffMarkdown } from "./compare/diffMarkdown";
import { diffText } from "./compare/diffText";
import { diffPlans, somethingChanges } from "./compare/planDiff";
import { forgetDeployment, withoutDeployment } from "./environment";
import { phrase, type Phrase } from "./phrase";
import type { Plan } from "./planDocument";
import { rulesOf } from "./planPolicies";
import { planStack } from "./planStack";
import { readStackValues } from "./stackValues";

const HELP = `npm run plan:diff: what changes for a stack between a version in git and the working tree: resources, and who gains or
loses what. Without credentials, CLI or network. Nothing is touched.

  npm run plan:diff -- --stack prod --base origin/main    for people
  npm run plan:diff -- --stack prod --base HEAD~1 --markdown   for a pull request
  npm run plan:diff -- --stack prod --base v1 --json      for tools (docs/plan-and-policies.md has its shape)
  npm run plan:diff -- … --exit-code                      exit code 2 where something changes
  npm run plan:diff -- --help                             this text

Where standard output goes to a file or a tool: npm run --silent plan:diff -- …, because npm writes a heading of its own.

The base is evaluated by its own program. Where that cannot run (it has no plan command, or other packages), the present
program is run with the base's Pulumi.<stack>.yaml, and the output says so. Values of secrets are not compared. What violates
the policy pack is told, with policy/<stack>.json, and whether it is new; npm run plan ends with 3 where it is mandatory.

Exit codes: 0; 2 where something changes and --exit-code is given; 1 for a failure or a wrong command line.
NO_COLOR is honoured. Progress goes to standard error.
`;

const EXIT_SOMETHING_CHANGES = 2;

async function main(words: string[]): Promise<number> {
    const options = readOptions(words, {
        stack: { type: "string" },
        base: { type: "string" },
        json: { type: "boolean" },
        markdown: { type: "boolean" },
        "exit-code": { type: "boolean" },
    });
    const stack = stackName(options.stack);
    if (!options.base) throw new Misuse("say what to compare with: --base origin/main");
    if (options.json && options.markdown) throw new Misuse("give one of --json and --markdown");
    const base = openBaseVersion(PROJECT_FOLDER, options.base);
    const stopWatching = removeAtTheEnd(base);
    try {
        const { diff, program } = await compareWith(base, stack);
        const name = `${base.ref} (${base.commit.slice(0, 12)})`;
        process.stdout.write(
            options.json
                ? diffJson(diff, { ref: base.ref, commit: base.commit, program })
                : options.markdown
                  ? diffMarkdown(diff, name)
                  : diffText(diff, name, styleFor(process.stdout)),
        );
        return options["exit-code"] && somethingChanges(diff) ? EXIT_SOMETHING_CHANGES : 0;
    } finally {
        stopWatching();
        base.remove();
    }
}

async function compareWith(base: BaseVersion, stack: string) {
    const project = projectName();
    const environment = withoutDeployment(process.env);
    forgetDeployment();
    const progress = new Progress();
    const step = async <T>(what: string, work: Promise<T>): Promise<T> => {
        progress.begin(what);
        return work.finally(() => progress.end(what));
    };
    const before = await step(
        `evaluating ${stack} at ${base.ref}`,
        planOfBase(base, project, stack, environment),
    );
    const after = await step(`evaluating ${stack}`, presentPlan(project, stack, before.program === "none"));
    const rules = rulesOf(PROJECT_FOLDER, stack, undefined);
    const diff = await diffPlans(before.plan, after.plan, [...before.notes, ...after.notes], rules);
    return { diff, program: before.program };
}

async function presentPlan(
    project: string,
    stack: string,
    isNew: boolean,
): Promise<{ plan: Plan; notes: Phrase[] }> {
    const name = `Pulumi.${stack}.yaml`;
    const file = path.join(PROJECT_FOLDER, name);
    if (!isNew && !existsSync(file)) {
        const note = phrase`There is no ${name} any more: the stack is gone, so everything is removed.`;
        return { plan: emptyPlan(project, stack), notes: [note] };
    }
    return { plan: await planStack({ project, stack, values: readStackValues(project, file) }), notes: [] };
}

/** Also where it is interrupted. */
function removeAtTheEnd(base: BaseVersion): () => void {
    const remove = () => base.remove();
    const interrupted = () => process.exit(130);
    process.on("exit", remove);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupted);
    return () => void process.off("exit", remove);
}

runCommand(HELP, 1, main);
