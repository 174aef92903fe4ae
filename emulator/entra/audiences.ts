/** For whom tokens can be asked in the local tenant. */

/** The audience of Azure Database for PostgreSQL, exactly as written (F14). */
export const POSTGRES_AUDIENCE = "https://ossrdbms-aad.database.windows.net";

/** What the public cloud knows; those of other clouds are no resources of this tenant. */
const RESOURCES: readonly string[] = [
    POSTGRES_AUDIENCE,
    "https://token.postgres.cosmos.azure.com",
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://graph.microsoft.com",
    "https://vault.azure.net",
];

/** With or without a slash at the end; the token's `aud` is as asked. */
export function isKnownAudience(audience: string): boolean {
    return RESOURCES.includes(audience.replace(/\/$/, ""));
}
