import * as pulumi from "@pulumi/pulumi";
import { parseStackConfig, StackConfigError, type StackConfig } from "./stackConfig";
import { UserMistake } from "./userMistake";

export type { StackConfig } from "./stackConfig";

/**
 * Reads the configuration of the running stack, typed and validated, before any resource is registered.
 *
 * @throws RunError, which the CLI shows without a stack, that names every wrong key, what was given and what is allowed.
 */
export function readStackConfig(): StackConfig {
    try {
        return parseStackConfig(pulumi.getProject(), pulumi.runtime.allConfig());
    } catch (error) {
        throw error instanceof StackConfigError ? new UserMistake(error.message) : error;
    }
}
