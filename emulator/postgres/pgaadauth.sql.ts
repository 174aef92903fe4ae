/**
 * Azure's extension pgaadauth, in SQL. The public functions run with the rights of their caller (SECURITY
 * INVOKER): from PostgreSQL 16 on the caller could otherwise neither alter nor drop the role that was made
 * for it. What only a superuser may do, writing label rows and reading the directory, is in helpers
 * (`pgaadauth_local_…`) that check the caller first.
 */

import { ADMIN_GROUP } from "./roles.sql";

/** Names under which labels are stored. Real servers have two layouts, see `securityLabel.ts`. */
const PROVIDERS = `('pgaadauth', 'pgaadauth-int')`;

/** Texts of refusals that Azure is known to give. Others are ours; docs/local-azure.md lists them. */
const NOT_IN_TENANT = "Could not validate AAD user % because its name is not found in the tenant.";
const NO_UPDATE =
    "Updating an existing principal isn't supported. Drop and recreate the Microsoft Entra principal.";

/** Label rows taken apart. Both layouts: all parts of both labels count. */
const PRINCIPALS_VIEW = `
create or replace view pg_catalog.pgaadauth_local_principals as
select r.oid as role, r.rolname,
       lower(max(substr(part, 5)) filter (where part like 'oid=%')) as object_id,
       max(substr(part, 6)) filter (where part like 'type=%') as type,
       max(substr(part, 11)) filter (where part like 'tenant_id=%') as tenant_id,
       bool_or(part = 'admin') as admin,
       bool_or(part = 'mfa') as mfa
from pg_catalog.pg_roles r
join pg_catalog.pg_shseclabel l
  on l.objoid = r.oid and l.classoid = 'pg_catalog.pg_authid'::regclass and l.provider in ${PROVIDERS}
cross join lateral regexp_split_to_table(l.label, ',') part
group by r.oid, r.rolname`;

/**
 * Settings of all functions that run once per principal. A plan is kept for the session, so one made while the
 * server had few roles would go through all of them when it has ten thousand.
 */
const BY_INDEX = "set search_path = pg_catalog, pg_temp set enable_seqscan = off";

/**
 * From object ids to roles, found by an index. No index can be added to `pg_shseclabel`, and a table of our own would
 * be in one database only, while labels can be set in all of them. So the pointers are rows of
 * `pg_shdescription`, which all databases share and which has an index: `objoid` is the object id's hash,
 * `classoid` the role. Nobody else's row looks like that: comments have a catalog as `classoid`, below 16384.
 * A pointer is only a hint, its role's label counts: that of a dropped role is harmless.
 */
const POINTER = "pgaadauth-local";
const HASH_OF = `
create or replace function pg_catalog.pgaadauth_local_hash(objectid text) returns oid
language sql immutable as $body$ select (hashtext(lower(objectid))::bigint & 4294967295)::oid $body$`;

/** As the view has it, without taking all of it apart. */
const OBJECT_ID_IN_LABEL = "substr(l.label, strpos(l.label, 'oid=') + 4, 36)";
const LABELS_OF_ROLES = `pg_shseclabel l where l.classoid = 'pg_authid'::regclass and l.provider in ${PROVIDERS}`;

/** For the labels that are there already: a kept server of an earlier version. */
const POINT_TO_ALL = [
    `delete from pg_catalog.pg_shdescription where description = '${POINTER}'`,
    `insert into pg_catalog.pg_shdescription (objoid, classoid, description)
    select distinct pgaadauth_local_hash(${OBJECT_ID_IN_LABEL}), l.objoid, '${POINTER}'
    from ${LABELS_OF_ROLES} and l.label like '%oid=%'`,
];

/**
 * Only Microsoft Entra administrators may make or change Entra roles (F6, F25). The superuser is the service
 * itself.
 */
const CALLER_IS_ADMINISTRATOR = `
create or replace function pg_catalog.pgaadauth_local_caller_is_administrator() returns boolean
language plpgsql stable ${BY_INDEX} as $body$
declare
  caller oid;
  super boolean;
begin
  select r.oid, r.rolsuper into caller, super from pg_roles r where r.rolname = session_user;
  return super or exists (select from ${LABELS_OF_ROLES} and l.objoid = caller and ',' || l.label || ',' like '%,admin,%');
end
$body$`;

/**
 * The rule of the real label statement: ADMIN OPTION on the role from PostgreSQL 16 on, CREATEROLE before.
 */
const MAY_LABEL = `
create or replace function pg_catalog.pgaadauth_local_check_may_label(caller name, target oid, rolename name) returns void
language plpgsql stable ${BY_INDEX} as $body$
declare
  caller_oid oid;
begin
  if not pgaadauth_local_caller_is_administrator() then
    raise exception using errcode = '42501',
      message = 'Only Microsoft Entra administrators can create or change Microsoft Entra roles.';
  end if;
  if (select rolsuper from pg_roles where rolname = caller) then return; end if;
  if (select rolsuper from pg_roles where oid = target) then
    raise exception using errcode = '42501', message = 'permission denied',
      detail = 'The current user must have the SUPERUSER attribute.';
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    -- Whoever made a role holds it directly. pg_has_role goes through all roles of the caller.
    caller_oid := (select r.oid from pg_roles r where r.rolname = caller);
    if not exists (select from pg_auth_members m where m.roleid = target and m.member = caller_oid and m.admin_option)
       and not pg_has_role(caller, target, 'MEMBER WITH ADMIN OPTION') then
      raise exception using errcode = '42501', message = 'permission denied',
        detail = format('The current user must have the ADMIN option on role "%s".', rolename);
    end if;
  elsif not (select rolcreaterole from pg_roles where rolname = caller) then
    raise exception using errcode = '42501', message = 'must have CREATEROLE privilege';
  end if;
end
$body$`;

/**
 * A label is «aadauth,oid=<GUID>,type=<user|group|service>» and then, where they hold, «,admin» and «,mfa».
 */
const CHECK_LABEL = `
create or replace function pg_catalog.pgaadauth_local_check_label(target oid, newlabel text) returns void
language plpgsql stable ${BY_INDEX} as $body$
declare
  parts text[] := regexp_match(newlabel,
    '^aadauth,oid=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}),type=(user|group|service)(,admin)?(,mfa)?$');
  actual text;
  other oid;
begin
  if parts is null then
    raise exception using errcode = '22023',
      message = format('invalid security label "%s"', newlabel),
      hint = 'aadauth,oid=<object id>,type=<user|group|service>[,admin]';
  end if;
  for other in select d.classoid from pg_shdescription d
               where d.objoid = pgaadauth_local_hash(parts[1]) and d.description = '${POINTER}' and d.classoid <> target loop
    if exists (select from pgaadauth_local_principals p
               where p.role = other and p.object_id = lower(parts[1]) and (p.admin or parts[3] is not null)) then
      raise exception using errcode = '42710', message = $text$${NO_UPDATE}$text$,
        detail = format('The object id %s belongs to another role, and one of the two is an administrator.', parts[1]);
    end if;
  end loop;
  if to_regclass('pg_catalog.pgaadauth_local_directory') is null then return; end if;
  select d.type into actual from pgaadauth_local_directory d where d.object_id = lower(parts[1]);
  if actual is null then
    raise exception '${NOT_IN_TENANT}', parts[1] using errcode = '0LP01';
  end if;
  if actual <> parts[2] then
    raise exception using errcode = '22023', message = format(
      'incorrect object type provided for principal, given object type: ''%s'', actual object type: ''%s''',
      parts[2], actual);
  end if;
end
$body$`;

/** The one place that writes labels; only for the superuser. `newlabel` null takes the label away. */
const WRITE_LABEL = `
create or replace function pg_catalog.pgaadauth_local_write_label(target oid, newlabel text) returns void
language plpgsql ${BY_INDEX} as $body$
declare
  hash oid := pgaadauth_local_hash(substr(newlabel, strpos(newlabel, 'oid=') + 4, 36));
  old oid;
begin
  if newlabel is not null then perform pgaadauth_local_check_label(target, newlabel); end if;
  -- One writer per role. Not by an advisory lock: the lock table holds some thousands, and a set may have more roles.
  perform from pg_authid r where r.oid = target for no key update;
  delete from pg_shdescription d where d.objoid = hash and d.classoid = target;
  for old in select pgaadauth_local_hash(${OBJECT_ID_IN_LABEL}) from ${LABELS_OF_ROLES} and l.objoid = target loop
    delete from pg_shdescription d where d.objoid = old and d.classoid = target;
  end loop;
  delete from pg_shseclabel where objoid = target and classoid = 'pg_authid'::regclass and provider in ${PROVIDERS};
  if newlabel is not null then
    insert into pg_shseclabel (objoid, classoid, provider, label)
    values (target, 'pg_authid'::regclass, 'pgaadauth', newlabel);
    insert into pg_shdescription (objoid, classoid, description) values (hash, target, '${POINTER}');
  end if;
end
$body$`;

/** What the label statement becomes; whoever calls it must be allowed to label the role. */
const SET_LABEL = `
create or replace function pg_catalog.pgaadauth_local_set_label(rolename text, newlabel text) returns void
language plpgsql security definer ${BY_INDEX} as $body$
declare
  caller name := case when current_setting('role') = 'none' then session_user else current_setting('role')::name end;
  target oid := (select oid from pg_authid where rolname = rolename::name);
begin
  if target is null then
    raise exception using errcode = '42704', message = format('role "%s" does not exist', rolename::name);
  end if;
  perform pgaadauth_local_check_may_label(caller, target, rolename::name);
  perform pgaadauth_local_write_label(target, newlabel);
end
$body$`;

/** In every database: `SECURITY LABEL` works in all of them. */
export const LABEL_SETUP: string[] = [
    PRINCIPALS_VIEW,
    "grant select on pg_catalog.pgaadauth_local_principals to public",
    HASH_OF,
    CALLER_IS_ADMINISTRATOR,
    MAY_LABEL,
    CHECK_LABEL,
    WRITE_LABEL,
    "revoke all on function pg_catalog.pgaadauth_local_write_label(oid, text) from public",
    SET_LABEL,
];

/** The tenant as the server sees it; `directoryTable.ts` keeps it up to date. */
const DIRECTORY_TABLE = `
create table if not exists pg_catalog.pgaadauth_local_directory (
  object_id text primary key,
  type text not null,
  name text not null,
  members text[] not null
)`;

const FIND_BY_NAME = `
create or replace function pg_catalog.pgaadauth_local_find(wanted text) returns table (object_id text, type text)
language plpgsql stable security definer ${BY_INDEX} as $body$
begin
  if not pgaadauth_local_caller_is_administrator() then return; end if;
  return query select d.object_id, d.type from pgaadauth_local_directory d where d.name = wanted;
end
$body$`;

const CREATE_WITH_OID = `
create or replace function pg_catalog.pgaadauth_create_principal_with_oid(
  rolename text, objectid text, objecttype text, isadmin boolean, ismfa boolean) returns text
language plpgsql ${BY_INDEX} as $body$
begin
  if not pgaadauth_local_caller_is_administrator() then
    raise exception using errcode = '42501',
      message = 'Only Microsoft Entra administrators can create Microsoft Entra principals.';
  end if;
  if objecttype is null or objecttype not in ('user', 'group', 'service') then
    raise exception using errcode = '22023',
      message = format('invalid object type: ''%s'', must be one of ''user'', ''group'', ''service''', objecttype);
  end if;
  execute format('create role %I login', rolename);
  if isadmin then
    execute format('alter role %I createrole createdb', rolename);
    execute format('grant ${ADMIN_GROUP} to %I with admin option', rolename);
  end if;
  perform pgaadauth_local_set_label(rolename, concat('aadauth,oid=', objectid, ',type=', objecttype,
    case when isadmin then ',admin' end, case when ismfa then ',mfa' end));
  return 'Created role for ' || rolename;
end
$body$`;

const CREATE_BY_NAME = `
create or replace function pg_catalog.pgaadauth_create_principal(rolename text, isadmin boolean, ismfa boolean) returns text
language plpgsql ${BY_INDEX} as $body$
declare
  found_ids text[];
  found_types text[];
begin
  if not pgaadauth_local_caller_is_administrator() then
    raise exception using errcode = '42501',
      message = 'Only Microsoft Entra administrators can create Microsoft Entra principals.';
  end if;
  select array_agg(f.object_id), array_agg(f.type) into found_ids, found_types from pgaadauth_local_find(rolename) f;
  if found_ids is null then
    raise exception '${NOT_IN_TENANT}', rolename using errcode = '0LP01';
  end if;
  if cardinality(found_ids) > 1 then
    raise exception using errcode = '0LP01', message = format(
      'Could not validate AAD user %s because its name is not unique in the tenant.', rolename),
      hint = 'Use pgaadauth_create_principal_with_oid.';
  end if;
  return pgaadauth_create_principal_with_oid(rolename, found_ids[1], found_types[1], isadmin, ismfa);
end
$body$`;

const LIST = `
create or replace function pg_catalog.pgaadauth_list_principals(isadminvalue boolean) returns table (
  rolname text, principaltype text, objectid text, tenantid text, ismfa integer, isadmin integer)
language sql stable set search_path = pg_catalog, pg_temp as $body$
  select p.rolname::text, p.type, p.object_id,
         coalesce(p.tenant_id, current_setting('pgaadauth.tenant_id', true)), p.mfa::int, p.admin::int
  from pgaadauth_local_principals p
  where p.object_id is not null and (p.admin or not isadminvalue)
  order by p.rolname
$body$`;

/** In the database `postgres` only (F60). */
export const PGAADAUTH_SETUP: string[] = [
    DIRECTORY_TABLE,
    "create index if not exists pgaadauth_local_directory_name on pg_catalog.pgaadauth_local_directory (name)",
    "revoke all on pg_catalog.pgaadauth_local_directory from public",
    FIND_BY_NAME,
    CREATE_WITH_OID,
    CREATE_BY_NAME,
    LIST,
    ...POINT_TO_ALL,
];
