/**
 * All SQL of the package. Names go in through `identifier` alone, texts that cannot be parameters through `literal`
 * alone; everything else is a parameter.
 */
import type { PrincipalKind } from "./label";
import { LABEL_TYPES } from "./label";
import { settingValues, type RoleSetting } from "./settings";

/** One statement; sent as a message of its own. */
export interface Statement {
    text: string;
    values?: unknown[];
}

/**
 * A name as SQL, always quoted, so that case, spaces and reserved words stay what they are.
 *
 * @throws Error for the empty name and for the NUL character, which PostgreSQL's names cannot hold.
 */
export function identifier(name: string): string {
    if (name === "") throw new Error("a name in SQL must not be empty");
    if (name.includes("\0")) throw new Error("a name in SQL must not hold the NUL character");
    return `"${name.replaceAll('"', '""')}"`;
}

const identifiers = (names: string[]) => names.map(identifier).join(", ");

/**
 * A text as SQL, right whether or not `standard_conforming_strings` is on: backslashes force the E form.
 *
 * @throws Error for the NUL character, which PostgreSQL's texts cannot hold.
 */
export function literal(text: string): string {
    if (text.includes("\0")) throw new Error("a text in SQL must not hold the NUL character");
    const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
    return text.includes("\\") ? ` E${quoted}` : quoted;
}

/** Everybody who changes roles through this package waits for the others. ASCII "azpgentr" as a 64-bit number. */
const LOCK_KEY = "7024050158223389810";

/** Read committed whatever the role's default: what is read after the lock was waited for must be new. */
export const begin: Statement = { text: "begin isolation level read committed read write" };
/** Unqualified names then mean PostgreSQL's own, whatever a database's schemas hold. */
export const ownNamesOnly: Statement = { text: "set local search_path = pg_catalog" };
export const commit: Statement = { text: "commit" };
export const rollback: Statement = { text: "rollback" };
export const lockForTransaction: Statement = { text: `select pg_advisory_xact_lock(${LOCK_KEY})` };
/** How every change of roles begins. */
export const lockedTransaction: Statement[] = [begin, ownNamesOnly, lockForTransaction];

/** Who is signed in, where. One row. */
export const session: Statement = {
    text: `select current_user::text as "user", current_database()::text as "database",
    current_setting('server_version_num')::int as version,
    r.rolsuper as superuser, r.rolcreaterole or r.rolsuper as "createsRoles",
    pg_catalog.pg_has_role(r.oid, 'pg_signal_backend', 'USAGE') as "endsSessions",
    exists (select from pg_catalog.pg_shseclabel l where l.objoid = r.oid
            and l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass and l.provider in ('pgaadauth', 'pgaadauth-int')
            and 'admin' = any(string_to_array(l.label, ',')))
        or exists (select from pg_catalog.pg_roles a where a.rolname = 'azure_pg_admin'
            and pg_catalog.pg_has_role(r.oid, a.oid, 'MEMBER')) as "isEntraAdmin"
from pg_catalog.pg_roles r where r.rolname = current_user`,
};

/** Not by a regular expression: that takes ten times as long, for every label of the server. */
const OID_IN_LABEL = "lower(substr(l.label, strpos(l.label, 'oid=') + 4, 36))";
const ENTRA_LABELS = `pg_catalog.pg_shseclabel l where l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    and l.provider in ('pgaadauth', 'pgaadauth-int')`;

/**
 * The roles with one of these names or object ids, with all that this package cares for. Joined sets, so that a thousand roles
 * take one pass over each catalog. `inherit_option` and `set_option` exist from PostgreSQL 16 on, hence by way of JSON.
 */
export function rolesNamed(names: string[], objectIds: string[]): Statement {
    return {
        text: `with recursive wanted as materialized (
    select r.oid from pg_catalog.pg_roles r where r.rolname::text = any($1::text[])
    union
    select l.objoid from ${ENTRA_LABELS} and ${OID_IN_LABEL} = any($2::text[])
), mine(oid) as (
    select r.oid from pg_catalog.pg_roles r where r.rolname = current_user
    union
    select m.roleid from pg_catalog.pg_auth_members m join mine on m.member = mine.oid
), administered as (
    select distinct m.roleid as oid from pg_catalog.pg_auth_members m join mine on m.member = mine.oid where m.admin_option
), labels as (
    select l.objoid as oid, json_agg(json_build_array(l.provider, l.label)) as labels
    from ${ENTRA_LABELS} and l.objoid in (select oid from wanted) group by 1
), memberships as (
    select m.member as oid, json_agg(json_build_object('role', g.rolname,
        'grantor', pg_catalog.pg_get_userbyid(m.grantor), 'admin', m.admin_option,
        'inherit', to_jsonb(m) -> 'inherit_option', 'set', to_jsonb(m) -> 'set_option') order by g.rolname) as memberships
    from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
    where m.member in (select oid from wanted) group by 1
), settings as (
    select s.setrole as oid, json_agg(json_build_object('database', d.datname, 'settings', to_json(s.setconfig))
        order by d.datname nulls first) as settings
    from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_database d on d.oid = s.setdatabase
    where s.setrole in (select oid from wanted) group by 1
)
select r.oid::text as oid, r.rolname::text as name, r.rolcanlogin as "canLogin", r.rolsuper as superuser,
    r.rolreplication as replication, r.rolcreaterole as "createRole", r.rolcreatedb as "createDb",
    r.rolconnlimit as "connectionLimit", a.oid is not null as administered,
    coalesce(l.labels, '[]') as labels, coalesce(m.memberships, '[]') as memberships,
    coalesce(s.settings, '[]') as settings
from wanted w join pg_catalog.pg_roles r on r.oid = w.oid left join administered a on a.oid = w.oid
    left join labels l on l.oid = w.oid left join memberships m on m.oid = w.oid left join settings s on s.oid = w.oid`,
        values: [names, objectIds.map((id) => id.toLowerCase())],
    };
}

/**
 * MFA as the service itself tells it (F63). Columns by position: the first is `rolname` or `rolename`, by version. It goes through
 * all principals of the server, so it is asked only where MFA matters.
 */
export function mfaOf(names: string[], objectIds: string[]): Statement {
    return {
        text: `select p.role_name::text as name, p.is_mfa::text in ('1', 't', 'true') as mfa
from pgaadauth_list_principals(false) as p(role_name, principal_type, object_id, tenant_id, is_mfa, is_admin)
where p.role_name::text = any($1) or lower(p.object_id::text) = any($2)`,
        values: [names, objectIds.map((id) => id.toLowerCase())],
    };
}

/** Remembers a transaction, so that a lost answer to its commit can be asked for. */
export const transactionId: Statement = { text: "select pg_catalog.txid_current_if_assigned()::text as id" };
export function transactionStatus(id: string): Statement {
    return { text: "select pg_catalog.txid_status($1::bigint) as status", values: [id] };
}

/** A principal that is to be made. */
export interface NewPrincipal {
    name: string;
    objectId?: string;
    kind: PrincipalKind;
    isAdmin: boolean;
    requireMfa: boolean;
}

/** By object id (F62): the role's name is then free to choose. One call of the function each, in one statement. */
export function createByObjectId(principals: NewPrincipal[]): Statement {
    return {
        text: `select pgaadauth_create_principal_with_oid(p.name, p.id, p.type, p.admin, p.mfa)
from unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bool[]) as p(name, id, type, admin, mfa)`,
        values: [
            principals.map(({ name }) => name),
            principals.map(({ objectId }) => objectId),
            principals.map(({ kind }) => LABEL_TYPES[kind]),
            principals.map(({ isAdmin }) => isAdmin),
            principals.map(({ requireMfa }) => requireMfa),
        ],
    };
}

/** By name (F61): Microsoft Entra ID must know exactly one identity of this name. One call of the function each. */
export function createByName(principals: NewPrincipal[]): Statement {
    return {
        text: `select pgaadauth_create_principal(p.name, p.admin, p.mfa)
from unnest($1::text[], $2::bool[], $3::bool[]) as p(name, admin, mfa)`,
        values: [
            principals.map(({ name }) => name),
            principals.map(({ isAdmin }) => isAdmin),
            principals.map(({ requireMfa }) => requireMfa),
        ],
    };
}

/** F64. Must be a message of its own, and it takes no parameters. */
export function setLabel(role: string, text: string): Statement {
    return { text: `security label for "pgaadauth" on role ${identifier(role)} is ${literal(text)}` };
}

export function renameRole(from: string, to: string): Statement {
    return { text: `alter role ${identifier(from)} rename to ${identifier(to)}` };
}

export type RoleOption = "login" | "nologin" | "createrole" | "nocreaterole" | "createdb" | "nocreatedb";

export function alterRole(role: string, options: RoleOption[]): Statement {
    return { text: `alter role ${identifier(role)} with ${options.join(" ")}` };
}

export function setConnectionLimit(role: string, limit: number): Statement {
    return { text: `alter role ${identifier(role)} connection limit ${Math.trunc(limit)}` };
}

/**
 * Several members in one statement: each statement that changes memberships goes through all roles that the administrator
 * holds, so with ten thousand of them a hundred single grants take seconds. From PostgreSQL 16 on the options are said in
 * full: left out, they mean what the role's attributes happen to be.
 */
export function grantMembership(role: string, members: string[], version: number): Statement {
    const options = version >= 160000 ? " with inherit true, set true" : "";
    return { text: `grant ${identifier(role)} to ${identifiers(members)}${options}` };
}

/** From PostgreSQL 16 on one member can hold a role from several grantors, each revoked by itself. */
export function revokeMembership(
    role: string,
    members: string[],
    grantor: string,
    version: number,
): Statement {
    return { text: `revoke ${identifier(role)} from ${identifiers(members)}${grantedBy(grantor, version)}` };
}

export function revokeAdminOption(
    role: string,
    members: string[],
    grantor: string,
    version: number,
): Statement {
    const from = `${identifiers(members)}${grantedBy(grantor, version)}`;
    return { text: `revoke admin option for ${identifier(role)} from ${from}` };
}

const grantedBy = (grantor: string, version: number) =>
    version >= 160000 ? ` granted by ${identifier(grantor)}` : "";

/** `work_mem`, or `my.setting`: each part a name of its own. */
const parameter = (name: string) => name.split(".").map(identifier).join(".");
const within = (database: string | undefined) =>
    database === undefined ? "" : ` in database ${identifier(database)}`;

export function setSetting(role: string, setting: RoleSetting): Statement {
    const values = settingValues(setting).map(literal).join(", ");
    const target = `${identifier(role)}${within(setting.database)}`;
    return { text: `alter role ${target} set ${parameter(setting.name)} to ${values}` };
}

export function resetSetting(role: string, setting: { name: string; database?: string }): Statement {
    return {
        text: `alter role ${identifier(role)}${within(setting.database)} reset ${parameter(setting.name)}`,
    };
}

/** May the signed-in role act as this one, as REASSIGN OWNED demands of both its roles? */
export function actsAs(role: string): Statement {
    return {
        text: `select exists (select from pg_catalog.pg_roles where rolname = $1) as "exists",
    coalesce((select pg_catalog.pg_has_role(current_user, oid, 'USAGE') from pg_catalog.pg_roles where rolname = $1),
        false) as acts`,
        values: [role],
    };
}

/** Ends the sessions of roles, or counts those left. */
export function endSessions(roleOids: string[]): Statement {
    return {
        text: "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usesysid = any($1::oid[])",
        values: [roleOids],
    };
}
export function countSessions(roleOids: string[]): Statement {
    return {
        text: "select count(*)::int as left from pg_catalog.pg_stat_activity where usesysid = any($1::oid[])",
        values: [roleOids],
    };
}

/**
 * The databases that hold something of the roles, one row for each role and database. No name stands for what lies outside all
 * databases, such as privileges on one.
 */
export function databasesWithObjectsOf(roleOids: string[]): Statement {
    return {
        text: `select distinct s.refobjid::text as oid, d.datname::text as name, coalesce(d.datallowconn, true) as connectable
from pg_catalog.pg_shdepend s left join pg_catalog.pg_database d on d.oid = s.dbid
where s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass and s.refobjid = any($1::oid[]) order by 2, 1`,
        values: [roleOids],
    };
}

export function databasesOwnedBy(roleOids: string[]): Statement {
    return {
        text: `select datname::text as name, datdba::text as oid from pg_catalog.pg_database
where datdba = any($1::oid[]) order by 1`,
        values: [roleOids],
    };
}

export function setDatabaseOwner(database: string, owner: string): Statement {
    return { text: `alter database ${identifier(database)} owner to ${identifier(owner)}` };
}

export function reassignOwned(from: string[], to: string): Statement {
    return { text: `reassign owned by ${identifiers(from)} to ${identifier(to)}` };
}

export function dropOwned(roles: string[]): Statement {
    return { text: `drop owned by ${identifiers(roles)}` };
}

/** Absence is success: an earlier run may have dropped some. */
export function dropRoles(roles: string[]): Statement {
    return { text: `drop role if exists ${identifiers(roles)}` };
}
