import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = path.join(__dirname, "..", ".github");

export interface WorkflowFile {
    /** Relative to the project. */
    file: string;
    text: string;
    /** A workflow, not the `action.yml` of an action. */
    isWorkflow: boolean;
}

/** Every workflow and action of the project. */
export function workflowFiles(): WorkflowFile[] {
    return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => ({
            file: path.join(".github", name),
            text: readFileSync(path.join(FOLDER, name), "utf8"),
            isWorkflow: name.startsWith(`workflows${path.sep}`),
        }));
}
