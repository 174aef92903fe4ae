/** All SQL of the access report. It reads catalogs alone, in read-only transactions. */

import type { Statement } from "../../../components/provider/sql";

/** One moment for everything within a database. */
export const beginReadOnly: Statement = { text: "begin isolation level repeatable read read only" };

/** The service's own, into which nobody is let. */
const SERVICE_DATABASES = "('azure_maintenance', 'azure_sys')";

const ROLE = (oid: string) => `case when ${oid} = 0 then null else pg_get_userbyid(${oid})::text end`;

/** An access list as JSON; where none is stored, what PostgreSQL takes in its place. */
const PRIVILEGES = (acl: string, type: string, owner: string) => `
    (select coalesce(json_agg(json_build_object('role', ${ROLE("a.grantee")}, 'privilege', a.privilege_type,
        'grantable', a.is_grantable) order by a.privilege_type), '[]')
     from aclexplode(coalesce(${acl}, acldefault('${type}', ${owner}))) a) as privileges`;

export const session: Statement = {
    text: "select current_user::text as \"user\", current_setting('server_version') as version",
};

export const roles: Statement = {
    text: `with labels as (
    select l.objoid as oid, json_agg(json_build_array(l.provider, l.label)) as labels from pg_shseclabel l
    where l.classoid = 'pg_authid'::regclass and l.provider in ('pgaadauth', 'pgaadauth-int') group by 1
)
select r.rolname::text as name, r.rolcanlogin as "canLogin", r.rolsuper as superuser, r.rolcreaterole as "createRole",
    r.rolcreatedb as "createDatabase", r.rolreplication as replication, r.rolbypassrls as "bypassRowSecurity",
    r.rolinherit as inherits, r.rolconnlimit as "connectionLimit", coalesce(l.labels, '[]') as labels
from pg_roles r left join labels l on l.oid = r.oid where r.rolname !~ '^pg_' order by r.rolname`,
};

/** `inherit_option` and `set_option` exist from PostgreSQL 16 on, hence by way of JSON. */
export const memberships: Statement = {
    text: `select g.rolname::text as role, u.rolname::text as member, m.admin_option as admin,
    to_jsonb(m) -> 'inherit_option' as inherit, to_jsonb(m) -> 'set_option' as "set"
from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles u on u.oid = m.member
where u.rolname !~ '^pg_' order by g.rolname, u.rolname`,
};

export const databases: Statement = {
    text: `select d.datname::text as name, pg_get_userbyid(d.datdba)::text as owner, d.datallowconn as "allowsConnections",
    ${PRIVILEGES("d.datacl", "d", "d.datdba")}
from pg_database d where not d.datistemplate and d.datname not in ${SERVICE_DATABASES} order by d.datname`,
};

/** MFA as the service itself tells it (F63): how the label says it is not documented. Columns by position: names differ by version. */
export const secondFactors: Statement = {
    text: `select p.role_name::text as name, p.is_mfa::text in ('1', 't', 'true') as mfa
from pgaadauth_list_principals(false) as p(role_name, principal_type, object_id, tenant_id, is_mfa, is_admin)`,
};

const USER_SCHEMA = (n: string) => `${n}.nspname !~ '^pg_' and ${n}.nspname <> 'information_schema'`;
const OF_EXTENSION = (catalog: string, oid: string) =>
    `exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

export const schemas: Statement = {
    text: `select n.nspname::text as name, pg_get_userbyid(n.nspowner)::text as owner,
    ${OF_EXTENSION("pg_namespace", "n.oid")} as "ofExtension",
    ${PRIVILEGES("n.nspacl", "n", "n.nspowner")}
from pg_namespace n where ${USER_SCHEMA("n")} order by n.nspname`,
};

/** Tables, views and foreign tables are one kind, as for GRANT; functions, procedures and aggregates too. */
const OBJECTS = `objects as (
    select n.nspname::text as schema, case c.relkind when 'S' then 'sequence' else 'table' end as kind, c.oid, c.relowner as owner,
        coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)) as acl
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${USER_SCHEMA("n")} and not ${OF_EXTENSION("pg_class", "c.oid")}
    union all
    select n.nspname::text, 'function', p.oid, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${USER_SCHEMA("n")} and not ${OF_EXTENSION("pg_proc", "p.oid")}
)`;

export const owned: Statement = {
    text: `with ${OBJECTS}
select schema, kind, pg_get_userbyid(owner)::text as owner, count(*)::int as objects from objects group by 1, 2, 3 order by 1, 2, 3`,
};

export const granted: Statement = {
    text: `with ${OBJECTS}, grants as (
    select o.schema, o.kind, o.oid, a.grantee, a.privilege_type, a.is_grantable, false as "onColumns"
    from objects o, aclexplode(o.acl) a where a.grantee <> o.owner
    union all
    select o.schema, o.kind, o.oid, a.grantee, a.privilege_type, a.is_grantable, true
    from objects o join pg_attribute c on o.kind = 'table' and c.attrelid = o.oid and c.attacl is not null and not c.attisdropped,
        aclexplode(c.attacl) a where a.grantee <> o.owner
)
select schema, kind, ${ROLE("grantee")} as role, privilege_type as privilege, "onColumns",
    bool_or(is_grantable) as grantable, count(distinct oid)::int as objects
from grants group by schema, kind, grantee, privilege_type, "onColumns" order by 1, 2, 3, 4`,
};

export const defaults: Statement = {
    text: `select pg_get_userbyid(d.defaclrole)::text as owner, n.nspname::text as schema,
    case d.defaclobjtype when 'r' then 'table' when 'S' then 'sequence' when 'f' then 'function' when 'n' then 'schema'
        else 'type' end as kind,
    ${ROLE("a.grantee")} as role, a.privilege_type as privilege, a.is_grantable as grantable
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
where a.grantee <> d.defaclrole order by 1, 2, 3, 4, 5`,
};
