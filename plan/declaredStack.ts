import path from "node:path";
import { projectName, stacksWithFile } from "../rehearsal/stackFile";
import { parseStack, type Stack } from "../stackSystem";
import { readStackValues } from "./stackValues";

/**
 * What a stack's file declares, for those who need none of its secrets: something else stands in for each, so it does not matter
 * which provider keeps them.
 *
 * @param folder of the project
 * @throws Error where there is no such stack
 * @throws StackConfigError where its configuration is wrong or has placeholders
 */
export function declaredStack(stack: string, folder: string): Stack {
    const known = stacksWithFile(folder);
    if (!known.includes(stack))
        throw new Error(`there is no Pulumi.${stack}.yaml; stacks of this project: ${known.join(", ")}`);
    const project = projectName(folder);
    const { config } = readStackValues(project, path.join(folder, `Pulumi.${stack}.yaml`));
    return parseStack(project, config);
}

/** What people call the database system of a stack. */
export const SYSTEM_NAMES: Record<Stack["system"], string> = {
    server: "Flexible Server",
    cosmosCluster: "Azure Cosmos DB for PostgreSQL cluster",
    singleServer: "Single Server",
};
