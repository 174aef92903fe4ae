/** A deployment that does a bit of everything, and what the server holds before, within and after it. */
import type { ConnectionArgs } from "../../components/provider/connectionArgs";
import { Connections } from "../../components/provider/connection";
import type { PlannedPrincipal } from "../../components/provider/plan";
import { reconcile, type Leaving } from "../../components/provider/reconcile";
import { remove } from "../../components/provider/removal";
import type { Running } from "../provider/running";

/** What a process needs to do the job; travels as JSON. */
export interface Job {
    connection: ConnectionArgs;
    set: PlannedPrincipal[];
    removed: Leaving;
}

export const specOfRole = (name: string, objectId: string, more: Partial<PlannedPrincipal["spec"]> = {}) => ({
    name,
    kind: "ServicePrincipal" as const,
    objectId,
    isAdmin: false,
    requireMfa: false,
    memberOf: [],
    settings: [],
    connectionLimit: -1,
    ...more,
});

/**
 * Makes what is there before the job: one to be renamed, one to be made an administrator, one to be removed that owns a table.
 *
 * @param prefix of all names, so that jobs do not meet.
 */
export async function prepare(
    local: Running,
    connections: Connections,
    connection: ConnectionArgs,
    prefix: string,
): Promise<Job> {
    const name = (role: string) => `${prefix}-${role}`;
    const id = (role: string) => local.identity(name(role));
    const [fresh, renamed, raised, removed] = [id("fresh"), id("renamed"), id("raised"), id("removed")];
    await local.sql(`create role "${name("group")}"`);
    await local.sql(`grant "${name("group")}" to "${connection.user}" with admin option`);
    const before = [
        specOfRole(name("old name"), renamed, { memberOf: [name("group")] }),
        specOfRole(name("raised"), raised, { settings: [{ name: "work_mem", value: "64MB" }] }),
        specOfRole(name("removed"), removed),
    ];
    await reconcile(
        connections,
        connection,
        before.map((one) => ({ spec: one })),
    );
    await local.sql(`create table public."${name("table")}" (a int)`);
    await local.sql(`alter table public."${name("table")}" owner to "${name("removed")}"`);
    const set = [
        { spec: specOfRole(name("fresh"), fresh, { memberOf: [name("group")], connectionLimit: 5 }) },
        { spec: specOfRole(name("new name"), renamed), ownedObjectId: renamed },
        { spec: specOfRole(name("raised"), raised, { isAdmin: true }), ownedObjectId: raised },
    ];
    return {
        connection,
        set,
        removed: { name: name("removed"), objectId: removed, onDelete: { action: "Reassign" } },
    };
}

export async function run(connections: Connections, job: Job): Promise<void> {
    await reconcile(connections, job.connection, job.set);
    await remove(connections, job.connection, [job.removed]);
}

export interface Snapshot {
    /** Roles of the set, each as one text with everything that matters about it. */
    set: string[];
    /** Of the role to be removed; `[]` when it is gone. */
    removed: string[];
    tableOwner: string;
}

const ROLES = `
    select r.rolname || ' login=' || r.rolcanlogin || ' create=' || r.rolcreaterole || r.rolcreatedb || ' limit=' || r.rolconnlimit
        || ' labels=' || coalesce((select string_agg(label, ';' order by label) from pg_shseclabel l where l.objoid = r.oid), '')
        || ' roles=' || coalesce((select string_agg(distinct g.rolname, ';' order by g.rolname) from pg_auth_members m
            join pg_roles g on g.oid = m.roleid where m.member = r.oid), '')
        || ' settings=' || coalesce((select s.setconfig::text from pg_db_role_setting s where s.setrole = r.oid), '') as role
    from pg_roles r where r.rolname like $1 and r.rolname not like '%-group' and (r.rolname like '%-removed') = $2 order by 1`;

export async function snapshot(local: Running, prefix: string, admin = "DBA"): Promise<Snapshot> {
    const roles = async (removed: boolean) =>
        (await local.sql(ROLES, [`${prefix}-%`, removed])).map((row) =>
            String(row["role"])
                .replaceAll(prefix, "P")
                .replaceAll(/oid=[^,]+/g, "oid=?"),
        );
    const [table] = await local.sql("select tableowner from pg_tables where tablename = $1", [
        `${prefix}-table`,
    ]);
    const [set, removed] = await Promise.all([roles(false), roles(true)]);
    const owner = String(table!["tableowner"]);
    return {
        set,
        removed,
        tableOwner: owner === admin ? "the administrator" : owner.replaceAll(prefix, "P"),
    };
}

/** @param admin object id of who signs in. */
export function connectionsOf(local: Running, admin: string): Connections {
    return new Connections({ tokens: () => local.issuer.issue({ objectId: admin }), deadline: 30_000 });
}
