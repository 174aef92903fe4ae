/** The configuration of Pulumi's own providers for the adopted server, beside the project's. Pure. */

import { cloudEndpoints } from "../../components/clouds";

/**
 * In which cloud and subscription the providers work, by full key. Without the subscription, they would look for the server in the one
 * that is chosen on the machine. The local Azure's providers need neither: they know one cloud and one subscription, and a file
 * for a rehearsal names none of anybody's.
 */
export function providerConfig(cloud: string, subscription: string): Record<string, string> {
    const environment = cloudEndpoints(cloud).providerEnvironments?.[0];
    if (environment === undefined) return {};
    return {
        "azure-native:subscriptionId": subscription,
        ...(cloud !== "Public" && {
            "azure-native:environment": environment,
            "azuread:environment": environment,
        }),
    };
}
