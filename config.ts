import * as pulumi from "@pulumi/pulumi";
import { isEvaluatedOnly } from "./evaluation";
import { StackConfigError } from "./stackConfig";
import type { ProviderEnvironments } from "./stackResources";
import { parseStack, type Stack } from "./stackSystem";
import { UserMistake } from "./userMistake";

/** What the configuration or the environment tells Pulumi's providers of the cloud that they work in. */
export function providerEnvironments(): ProviderEnvironments {
    const told = (provider: string) =>
        new pulumi.Config(provider).get("environment") ?? process.env["ARM_ENVIRONMENT"];
    return { azureNative: told("azure-native"), azuread: told("azuread") };
}

/**
 * Reads the configuration of the running stack, typed and validated, before any resource is registered.
 *
 * @throws RunError, which the CLI shows without a stack, that names every wrong key, what was given and what is allowed.
 */
export function readStack(): Stack {
    try {
        return parseStack(pulumi.getProject(), pulumi.runtime.allConfig(), {
            allowPlaceholders: isEvaluatedOnly(),
        });
    } catch (error) {
        throw error instanceof StackConfigError ? new UserMistake(error.message) : error;
    }
}
