/** What the access report does not read. Catalogs alone, in a read-only transaction. */

import type { Statement } from "../../components/provider/sql";

/** Settings of roles (`ALTER ROLE … SET`), in every database or in one. */
export const roleSettings: Statement = {
    text: `select r.rolname::text as role, d.datname::text as database, to_json(s.setconfig) as settings
from pg_db_role_setting s join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
order by r.rolname, d.datname nulls first`,
};
