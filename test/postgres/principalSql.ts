import type { TestServers } from "./testServers";

export const WITH_OID = "select pgaadauth_create_principal_with_oid($1, $2, $3, $4, $5) as answer";
export const BY_NAME = "select pgaadauth_create_principal($1, $2, $3) as answer";

/** The role's security label as it stands in the catalog, or undefined. */
export async function labelOf({ server }: TestServers, role: string): Promise<string | undefined> {
    const sql = "select label from pg_seclabels where objtype = 'role' and objoid = $1::regrole::oid";
    const [found] = await server.superuserQuery<{ label: string }>(sql, [`"${role.replaceAll('"', '""')}"`]);
    return found?.label;
}
