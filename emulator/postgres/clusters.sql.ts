/**
 * What makes a PostgreSQL a node of an Azure Cosmos DB for PostgreSQL cluster. The binaries have no Citus: no data is distributed
 * here. What stands in is its hand-over of privileges (F53): `create_distributed_table` makes an empty shard on the worker, and
 * every GRANT and REVOKE on the coordinator gives the shards the privileges of their tables, in the same transaction.
 */

import pg from "pg";
import { ADMIN_GROUP, SUPERUSER } from "./roles.sql";

/** The one role that every cluster has (F42). */
export const CITUS = "citus";

/** Functions of Flexible Server that a cluster does not have: its Entra roles are made by the resource API alone (F80). */
const NOT_HERE = [
    "pgaadauth_create_principal",
    "pgaadauth_create_principal_with_oid",
    "pgaadauth_list_principals",
    "pgaadauth_sync_roles_for_group_members",
];

/** In the database `postgres` of every node; may run again. `citus` makes no roles and no databases. */
export const NODE_SETUP: string[] = [
    `do $body$ begin
       if not exists (select from pg_roles where rolname = '${CITUS}') then create role ${CITUS} login; end if;
     end $body$`,
    `grant ${ADMIN_GROUP}, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables to ${CITUS}`,
    `do $body$ declare f regprocedure; begin
       for f in select p.oid::regprocedure from pg_proc p
                where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in (${NOT_HERE.map((n) => `'${n}'`).join(", ")})
       loop execute format('drop function %s', f); end loop;
     end $body$`,
];

/** An administrator has the rights of `citus`. @param role quoted. */
export function clusterAdministrator(role: string, isAdmin: boolean): string {
    return isAdmin ? `grant ${CITUS} to ${role}` : `revoke ${CITUS} from ${role}`;
}

/** What the worker does for the coordinator, as its superuser. In the cluster's database of the worker; may run again. */
export const WORKER_SETUP: string[] = [
    "create schema if not exists citus_local",
    "create table if not exists citus_local.statements (statement text)",
    `create or replace function citus_local.run() returns trigger language plpgsql as $body$
     begin execute new.statement; return null; end $body$`,
    `create or replace trigger run before insert on citus_local.statements
     for each row execute function citus_local.run()`,
    `create or replace function citus_local.set_privileges(kind text, target text, wanted jsonb) returns void
     language plpgsql as $body$
     declare
       given aclitem[];
       entry record;
     begin
       if kind = 'table' then
         select coalesce(relacl, acldefault('r', relowner)) into given from pg_class where oid = target::regclass;
       else
         select coalesce(nspacl, acldefault('n', nspowner)) into given from pg_namespace where oid = target::regnamespace;
       end if;
       for entry in select distinct grantee from aclexplode(given) loop
         execute format('revoke all on %s %s from %s cascade', kind, target,
           case when entry.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(entry.grantee)) end);
       end loop;
       for entry in select * from jsonb_to_recordset(wanted) as w (grantee text, privilege text, grantable boolean) loop
         execute format('grant %s on %s %s to %s%s', entry.privilege, kind, target, entry.grantee,
           case when entry.grantable then ' with grant option' else '' end);
       end loop;
     end $body$`,
];

/** Where the worker is reached: through its unix socket, by the superuser alone. */
export interface WorkerAddress {
    socketFolder: string;
    port: number;
    database: string;
}

/**
 * In the cluster's database of the coordinator; may run again. What is sent to the worker is sent by postgres_fdw, so it is
 * committed and rolled back with the transaction that caused it.
 *
 * @param worker `undefined` for a cluster of one node
 */
export function coordinatorSetup(worker: WorkerAddress | undefined): string[] {
    return [
        "create schema if not exists citus_local",
        "create extension if not exists postgres_fdw schema citus_local",
        "drop server if exists citus_local_worker cascade",
        ...(worker ? connectionTo(worker) : []),
        "create table if not exists citus_local.distributed (relation oid primary key, shard text not null)",
        send(worker !== undefined),
        PRIVILEGES,
        SYNC,
        DISTRIBUTE,
        FORGET,
        "drop event trigger if exists citus_local_privileges",
        `create event trigger citus_local_privileges on ddl_command_end when tag in ('GRANT', 'REVOKE')
         execute function citus_local.sync()`,
        "drop event trigger if exists citus_local_drops",
        "create event trigger citus_local_drops on sql_drop execute function citus_local.forget()",
    ];
}

function connectionTo({ socketFolder, port, database }: WorkerAddress): string[] {
    const options = `host ${pg.escapeLiteral(socketFolder)}, port '${port}', dbname ${pg.escapeLiteral(database)}`;
    return [
        `create server citus_local_worker foreign data wrapper postgres_fdw options (${options})`,
        `create user mapping for ${SUPERUSER} server citus_local_worker options (user '${SUPERUSER}')`,
        `create foreign table citus_local.worker (statement text) server citus_local_worker
         options (schema_name 'citus_local', table_name 'statements')`,
    ];
}

const send = (hasWorker: boolean): string => `
create or replace function citus_local.send(sql text) returns void language plpgsql as $body$
begin
  ${hasWorker ? "insert into citus_local.worker values (sql)" : "null"};
end $body$`;

const PRIVILEGES = `
create or replace function citus_local.privileges(acl aclitem[]) returns jsonb language sql stable as $body$
select coalesce(jsonb_agg(jsonb_build_object(
  'grantee', case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
  'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
from aclexplode(acl) a $body$`;

/** Of all distributed tables and their schemas, whatever the statement named: cheap, as there are few. */
const SYNC = `
create or replace function citus_local.sync() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  entry record;
begin
  for entry in select distinct n.nspname, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
               from citus_local.distributed d join pg_class c on c.oid = d.relation join pg_namespace n on n.oid = c.relnamespace loop
    perform citus_local.send(format('select citus_local.set_privileges(%L, %L, %L)', 'schema', quote_ident(entry.nspname),
      citus_local.privileges(entry.acl)));
  end loop;
  for entry in select d.shard, coalesce(c.relacl, acldefault('r', c.relowner)) as acl
               from citus_local.distributed d join pg_class c on c.oid = d.relation loop
    perform citus_local.send(format('select citus_local.set_privileges(%L, %L, %L)', 'table', entry.shard,
      citus_local.privileges(entry.acl)));
  end loop;
end $body$`;

/** As Citus calls it. The owner is given its own privileges once more, which hands over those of everybody. */
const DISTRIBUTE = `
create or replace function pg_catalog.create_distributed_table(table_name regclass, distribution_column text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  t record;
  shard text;
  columns text;
begin
  select c.relname, c.relowner, n.nspname into t
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = table_name and c.relkind = 'r';
  if not found then
    raise exception using errcode = '42809', message = format('%s is not a regular table', table_name);
  end if;
  if not pg_has_role(session_user, t.relowner, 'USAGE') then
    raise exception using errcode = '42501', message = format('must be owner of table %s', t.relname);
  end if;
  if not exists (select from pg_attribute where attrelid = table_name and attname = distribution_column and attnum > 0 and not attisdropped) then
    raise exception using errcode = '42703',
      message = format('column "%s" of relation "%s" does not exist', distribution_column, t.relname);
  end if;
  if exists (select from citus_local.distributed d where d.relation = table_name) then
    raise exception using errcode = '42809', message = format('table "%s" is already distributed', t.relname);
  end if;
  shard := format('%I.%I', t.nspname, left(t.relname, 50) || '_102008');
  select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) into columns
  from pg_attribute where attrelid = table_name and attnum > 0 and not attisdropped;
  perform citus_local.send(format('create schema if not exists %I', t.nspname));
  perform citus_local.send(format('create table %s (%s)', shard, columns));
  perform citus_local.send(format('alter table %s owner to %I', shard, pg_get_userbyid(t.relowner)));
  insert into citus_local.distributed values (table_name, shard);
  execute format('grant all on table %s to %I', table_name, pg_get_userbyid(t.relowner));
end $body$`;

const FORGET = `
create or replace function citus_local.forget() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  gone record;
begin
  for gone in delete from citus_local.distributed d using pg_event_trigger_dropped_objects() o
              where o.classid = 'pg_class'::regclass and o.objid = d.relation returning d.shard loop
    perform citus_local.send(format('drop table if exists %s', gone.shard));
  end loop;
end $body$`;
