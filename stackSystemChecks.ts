import { checkProviderEnvironment, checkSingleServer, ValidationError } from "./components/index";
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
    if (stack.system === "cosmosCluster")
        return inTheWordsOfTheStack(COSMOS_KEYS, () => checkCosmosStack(stack.config));
    const args = singleServerArgs(stack.config, stack.config.tenantId ?? UNKNOWN_TENANT);
    inTheWordsOfTheStack(SINGLE_SERVER_KEYS, () => checkSingleServer(args));
}

/** What the stack's file calls arguments of the components. */
const COSMOS_KEYS: [RegExp, string][] = [
    [/^entraRoles(\[\d+\])\.principalName$/, "principals$1.name"],
    [/^entraRoles/, "principals"],
    [/^name$/, "cosmosCluster.name"],
];
const SINGLE_SERVER_KEYS: [RegExp, string][] = [
    [/^roles/, "principals"],
    [/^serverName$/, "singleServer.name"],
    [/^(existing|address)$/, "singleServer.$1"],
];

function inTheWordsOfTheStack(keys: [RegExp, string][], check: () => void): void {
    try {
        check();
    } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        const { argument, value, rule, fix } = error;
        const [from, to] = keys.find(([pattern]) => pattern.test(argument)) ?? [/^$/, ""];
        throw new ValidationError(argument.replace(from, to), value, rule, fix);
    }
}
