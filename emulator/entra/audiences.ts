/** For whom tokens can be asked in the local tenant. */

import { CLOUDS } from "../../components/clouds";

const { tokenAudience, cosmosTokenAudience, resourceManager, graph } = CLOUDS.Local;

/** The audience of Azure Database for PostgreSQL, exactly as written (F14). */
export const POSTGRES_AUDIENCE = tokenAudience;

/** The audience of the resource API. */
export const RESOURCE_MANAGER_AUDIENCE = resourceManager;

/** The audience of Azure Cosmos DB for PostgreSQL (F49). */
export const CLUSTER_AUDIENCE = cosmosTokenAudience!;

/** The enterprise application that tokens for clusters are for; each tenant must enable it once (F45). */
export const CLUSTER_APPLICATION = "b4fa09d8-5da5-4352-83d9-05c2a44cf431";

/** What the public cloud knows; those of other clouds are no resources of this tenant. */
const RESOURCES: readonly string[] = [
    POSTGRES_AUDIENCE,
    CLUSTER_AUDIENCE,
    RESOURCE_MANAGER_AUDIENCE,
    "https://management.core.windows.net",
    graph,
    "https://vault.azure.net",
];

/** With or without a slash at the end; the token's `aud` is as asked. */
export function isKnownAudience(audience: string): boolean {
    return RESOURCES.includes(audience.replace(/\/$/, ""));
}
