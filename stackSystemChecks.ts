import { checkProviderEnvironment } from "./components/index";
import { checkCosmosStack } from "./cosmosResources";
import { checkStack, type ProviderEnvironments } from "./stackResources";
import type { Stack } from "./stackSystem";

/**
 * Checks everything that is known before anything is registered, so that bad input never half-applies.
 *
 * @throws ValidationError
 */
export function checkSystem(stack: Stack, providers: ProviderEnvironments = {}): void {
    if (stack.system === "server") return checkStack(stack.config, providers);
    checkProviderEnvironment("azure-native:environment", providers.azureNative, stack.config.cloud);
    checkProviderEnvironment("azuread:environment", providers.azuread, stack.config.cloud);
    checkCosmosStack(stack.config);
}
