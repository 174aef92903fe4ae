import path from "node:path";
import { PROJECT_FOLDER, projectName } from "../rehearsal/stackFile";
import { Progress, styleFor } from "../rehearsal/terminal";
import { Misuse, readOptions, runCommand, stackName } from "./commandLine";
import { forgetDeployment } from "./environment";
import { planText } from "./planText";
import { planStack } from "./planStack";
import { readStackValues } from "./stackValues";

const HELP = `npm run plan: what a stack's program would register, without credentials, CLI or network. Nothing is touched.

  npm run plan -- --stack dev                  the resources with their inputs, sorted
  npm run plan -- --stack dev --json           the same as JSON on standard output (docs/plan-and-policies.md has its shape)
  npm run plan -- --stack dev --config-file f  with another file than Pulumi.dev.yaml
  npm run plan -- --help                       this text

Secrets are shown as [secret], values that only the deployment knows as [unknown]. Ids that are placeholders and secrets
that are not in the file are named first.

Exit codes: 0; 1 where the program fails or a deployment would be refused; 2 for a wrong command line.
NO_COLOR is honoured.
`;

async function main(words: string[]): Promise<number> {
    const options = readOptions(words, {
        stack: { type: "string" },
        "config-file": { type: "string" },
        json: { type: "boolean" },
    });
    const stack = stackName(options.stack);
    const given = options["config-file"];
    if (given === "") throw new Misuse("--config-file needs a file");
    // npm changes to the project's folder and keeps the caller's in INIT_CWD.
    const file = given
        ? path.resolve(process.env.INIT_CWD ?? process.cwd(), given)
        : path.join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`);
    const project = projectName();
    const values = readStackValues(project, file);
    forgetDeployment();
    const progress = new Progress();
    progress.begin(`evaluating the stack ${stack}`);
    const plan = await planStack({ project, stack, values }).finally(() =>
        progress.end(`evaluating the stack ${stack}`),
    );
    process.stdout.write(
        options.json ? `${JSON.stringify(plan, undefined, 2)}\n` : planText(plan, styleFor(process.stdout)),
    );
    return plan.problems.length > 0 ? 1 : 0;
}

runCommand(HELP, 2, main);
