import * as pulumi from "@pulumi/pulumi";
import { parseStackConfig, type StackConfig } from "./stackConfig";

export type { StackConfig } from "./stackConfig";

/**
 * Reads the configuration of the running stack, typed and validated, before any resource is registered.
 *
 * @throws StackConfigError that names every wrong key, what was given and what is allowed.
 */
export function readStackConfig(): StackConfig {
    const project = pulumi.getProject();
    return parseStackConfig(project, pulumi.runtime.allConfig());
}
