/** Inputs that tests start from. */

export const URN = "urn:pulumi:local::project::azure-postgres-entra:index:DatabasePrincipal::ada";
export const ADA = "a1111111-1111-4111-8111-111111111111";
export const BOB = "b2222222-2222-4222-8222-222222222222";

export const connection = { host: "pg-test.postgres.database.azure.com", user: "DBA" };

export const inputs = (more: Record<string, unknown> = {}) => ({
    connection,
    name: "ada@contoso.com",
    principalType: "User",
    objectId: ADA,
    ...more,
});
