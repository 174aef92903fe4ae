import { checkProviderEnvironment, checkSingleServer } from "./components/index";
import { checkCosmosStack } from "./cosmosResources";
import { singleServerArgs } from "./singleServerProgram";
import { checkStack, UNKNOWN_TENANT, type ProviderEnvironments } from "./stackResources";
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
    if (stack.system === "cosmosCluster") return checkCosmosStack(stack.config);
    checkSingleServer(singleServerArgs(stack.config, stack.config.tenantId ?? UNKNOWN_TENANT));
}
