/**
 * Group sync (F73): every member of a group that has a role gets a role under its own name, as a member of
 * the group's role. What the sync grants is granted by the superuser, without ADMIN OPTION (which the maker
 * of a role has from the superuser); by that it knows its own memberships again, and takes those back whose
 * reason is gone.
 */

import { SUPERUSER } from "./roles.sql";

/** Members of a group, directly or through other groups: users and service principals. */
const MEMBERS_OF = `
create or replace function pg_catalog.pgaadauth_local_members_of(group_id text)
returns table (object_id text, type text, name text)
language sql stable set search_path = pg_catalog, pg_temp as $body$
  with recursive reached(id) as (
    select unnest(d.members) from pgaadauth_local_directory d where d.object_id = group_id
    union
    select unnest(d.members) from reached join pgaadauth_local_directory d on d.object_id = reached.id
  )
  select d.object_id, d.type, d.name from reached join pgaadauth_local_directory d on d.object_id = reached.id
  where d.type <> 'group'
$body$`;

/**
 * The role of a member; made where there is none. Null where its name is taken by somebody else, or too long
 * for a role.
 */
const ROLE_OF_MEMBER = `
create or replace function pg_catalog.pgaadauth_local_role_of_member(member_id text, type text, name text) returns name
language plpgsql set search_path = pg_catalog, pg_temp as $body$
declare
  existing name := (select p.rolname from pgaadauth_local_principals p where p.object_id = member_id limit 1);
begin
  if existing is not null then return existing; end if;
  if octet_length(name) > 63 or exists (select from pg_roles r where r.rolname = name::name) then
    raise warning 'group sync: no role for "%", the name is taken or longer than 63 bytes', name;
    return null;
  end if;
  execute format('create role %I login', name);
  perform pgaadauth_local_write_label((select r.oid from pg_roles r where r.rolname = name), concat('aadauth,oid=', member_id, ',type=', type));
  return name::name;
end
$body$`;

const SYNC = `
create or replace function pg_catalog.pgaadauth_sync_roles_for_group_members() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  granted record;
begin
  if not pgaadauth_local_caller_is_administrator() then
    raise exception using errcode = '42501',
      message = 'Only Microsoft Entra administrators can synchronize roles for group members.';
  end if;
  if not coalesce(current_setting('pgaadauth.enable_group_sync', true), 'off')::boolean then
    raise exception using errcode = '55000', message = 'pgaadauth.enable_group_sync is off';
  end if;
  for granted in
    select g.rolname as group_role, pgaadauth_local_role_of_member(m.object_id, m.type, m.name) as member_role
    from pgaadauth_local_principals g cross join lateral pgaadauth_local_members_of(g.object_id) m
    where g.type = 'group'
  loop
    if granted.member_role is not null and not pg_has_role(granted.member_role, granted.group_role, 'MEMBER') then
      execute format('grant %I to %I', granted.group_role, granted.member_role);
    end if;
  end loop;
  for granted in
    select g.rolname as group_role, p.rolname as member_role
    from pg_auth_members a
    join pgaadauth_local_principals g on g.role = a.roleid and g.type = 'group'
    join pgaadauth_local_principals p on p.role = a.member and p.type <> 'group'
    where a.grantor = '${SUPERUSER}'::regrole and not a.admin_option
      and not exists (select from pgaadauth_local_members_of(g.object_id) m where m.object_id = p.object_id)
  loop
    execute format('revoke %I from %I', granted.group_role, granted.member_role);
  end loop;
end
$body$`;

/** In the database `postgres` only (F60). */
export const GROUP_SYNC_SETUP: string[] = [MEMBERS_OF, ROLE_OF_MEMBER, SYNC];
