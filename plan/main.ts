import path from "node:path";
import { PROJECT_FOLDER, projectName } from "../rehearsal/stackFile";
import { Progress, styleFor } from "../rehearsal/terminal";
import { Misuse, readOptions, runCommand, stackName } from "./commandLine";
import { forgetDeployment } from "./environment";
import { planText } from "./planText";
import { policyLines, policyReport, rulesOf, violatesMandatory } from "./planPolicies";
import { planStack } from "./planStack";
import { readStackValues } from "./stackValues";

const HELP = `npm run plan: what a stack's program would register, without credentials, CLI or network. Nothing is touched.

  npm run plan -- --stack dev                  the resources with their inputs, sorted
  npm run plan -- --stack dev --json           the same as JSON on standard output (docs/plan-and-policies.md has its shape)
  npm run plan -- --stack dev --config-file f  with another file than Pulumi.dev.yaml
  npm run plan -- --stack dev --policy-config f  with another policy configuration than policy/dev.json
  npm run plan -- --help                       this text

Where standard output goes to a tool: npm run --silent plan -- …, because npm writes a heading of its own.

Secrets are shown as [secret], values that only the deployment knows as [unknown]. Ids that are placeholders and secrets
that are not in the file are named first. The rules of the policy pack are checked, as pulumi preview --policy-pack policy does.

Exit codes: 0; 1 where the program fails or a deployment would be refused; 2 for a wrong command line; 3 where a mandatory
policy is violated.
NO_COLOR is honoured.
`;

const EXIT_POLICY_VIOLATED = 3;

async function main(words: string[]): Promise<number> {
    const options = readOptions(words, {
        stack: { type: "string" },
        "config-file": { type: "string" },
        "policy-config": { type: "string" },
        json: { type: "boolean" },
    });
    const stack = stackName(options.stack);
    const file = fileOf(options["config-file"]) ?? path.join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`);
    const rules = rulesOf(PROJECT_FOLDER, stack, fileOf(options["policy-config"]));
    const project = projectName();
    const values = readStackValues(project, file);
    forgetDeployment();
    const progress = new Progress();
    progress.begin(`evaluating the stack ${stack}`);
    const plan = await planStack({ project, stack, values }).finally(() =>
        progress.end(`evaluating the stack ${stack}`),
    );
    const policies = policyReport(rules, plan);
    const style = styleFor(process.stdout);
    process.stdout.write(
        options.json
            ? `${JSON.stringify({ ...plan, policies }, undefined, 2)}\n`
            : `${planText(plan, style)}\n${policyLines(policies, style).join("\n")}\n`,
    );
    if (plan.problems.length > 0) return 1;
    return violatesMandatory(policies) ? EXIT_POLICY_VIOLATED : 0;
}

/** npm changes to the project's folder and keeps the caller's in INIT_CWD. */
function fileOf(given: string | undefined): string | undefined {
    if (given === "") throw new Misuse("an option that names a file needs its name");
    return given && path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
}

runCommand(HELP, 2, main);
