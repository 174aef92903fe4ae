/** For whom tokens can be asked in the local tenant. */

import { CLOUDS } from "../../components/clouds";

const { tokenAudience, cosmosTokenAudience, resourceManager, graph } = CLOUDS.Local;

/** The audience of Azure Database for PostgreSQL, exactly as written (F14). */
export const POSTGRES_AUDIENCE = tokenAudience;

/** The audience of the resource API. */
export const RESOURCE_MANAGER_AUDIENCE = resourceManager;

/** What the public cloud knows; those of other clouds are no resources of this tenant. */
const RESOURCES: readonly string[] = [
    POSTGRES_AUDIENCE,
    cosmosTokenAudience!,
    RESOURCE_MANAGER_AUDIENCE,
    "https://management.core.windows.net",
    graph,
    "https://vault.azure.net",
];

/** With or without a slash at the end; the token's `aud` is as asked. */
export function isKnownAudience(audience: string): boolean {
    return RESOURCES.includes(audience.replace(/\/$/, ""));
}
