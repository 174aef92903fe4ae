/** What PostgreSQL knows about roles, asked anew at every sign-in: nothing here may go stale. */

import { parseLabels } from "./securityLabel";
import type { RoleRecord } from "./signIn";

/** The superuser's way into one PostgreSQL; `SuperuserPool` is one. */
export interface RowSource {
    query(query: {
        name?: string;
        text: string;
        values?: unknown[];
    }): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Prepared once per connection: it is on the way of every sign-in. */
const FIND_ROLE = {
    name: "find-role",
    text: `select r.rolsuper, case when r.rolvaliduntil <= now() then null else r.rolpassword end as verifier,
                  array(select l.label from pg_shseclabel l
                        where l.objoid = r.oid and l.classoid = 'pg_authid'::regclass
                          and l.provider in ('pgaadauth', 'pgaadauth-int')) as labels
           from pg_authid r where r.rolname = $1`,
};

/** @returns `undefined` where there is no such role. @throws where PostgreSQL cannot be asked. */
export async function findRole(source: RowSource, name: string): Promise<RoleRecord | undefined> {
    const { rows } = await source.query({ ...FIND_ROLE, values: [name] });
    const row = rows[0];
    return (
        row && {
            superuser: row.rolsuper === true,
            label: parseLabels(row.labels as string[]),
            passwordVerifier: (row.verifier as string | null) ?? undefined,
        }
    );
}
