/**
 * Removes principals from the server together, in steps of which each is committed and a rerun goes on where it stopped (no
 * transaction spans databases). The number of round trips depends on the databases, not on the principals. Absence is success.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import type { ConnectionArgs, Connections, UseOptions } from "./connection";
import { DatabaseError, explained, sqlState } from "./errors";
import { sendAll, StatementError } from "./pipeline";
import { RefusedError, type Step } from "./plan";
import { preflight, type Removed } from "./preflight";
import { inspect, removedRoles, type Leaving } from "./reconcile";
import { RoleIndex, type SessionState } from "./roleState";
import * as sql from "./sql";
import { inOneMessage } from "./stepGroups";
import { changeAndCommit } from "./stepRun";

/** How often sessions are waited for that were told to end: 100 times 50 ms. */
const SESSION_CHECKS = 100;
const SESSION_PAUSE = 50;
/** Somebody may still be making objects through another role while these are handed over. */
const ROUNDS = 3;
/** A transaction holds a lock for each role, and a server has room for some thousands. */
const AT_ONCE = 1_000;

interface Removal {
    connections: Connections;
    args: ConnectionArgs;
    roles: Removed[];
    session: SessionState;
    options: UseOptions;
}

/**
 * @param leaving Found by their object ids alone; a role of the same name that belongs to somebody else stays untouched.
 * @throws RefusedError before anything is changed, or where objects have nowhere to go; DatabaseError where a step fails.
 */
export async function remove(
    connections: Connections,
    args: ConnectionArgs,
    leaving: Leaving[],
    options: UseOptions = {},
): Promise<void> {
    if (leaving.length === 0) return;
    const action = async () => {
        const objectIds = leaving.map(({ objectId }) => objectId.toLowerCase());
        const { roles, session } = await inspect(connections, args, { names: [], objectIds }, options);
        const removed = removedRoles(leaving, new RoleIndex(roles));
        preflight([], removed, session);
        for (let start = 0; start < removed.length; start += AT_ONCE) {
            const part = removed.slice(start, start + AT_ONCE);
            await new Run({ connections, args, session, roles: part, options }).run();
        }
    };
    await connections.alone(args, action, options.signal);
}

class Run {
    constructor(private readonly removal: Removal) {}

    async run(): Promise<void> {
        const { roles, session } = this.removal;
        const going = roles.filter(({ onDelete }) => onDelete.action !== "Keep");
        // Ending sessions demands the role's privileges, where the administrator may not end everybody's.
        const granting = session.endsSessions ? [] : this.#grantsOf(going);
        await this.#change(roles, [...noLogin(roles), ...granting]);
        await this.#endSessions();
        if (going.length === 0) return;
        const dropping = sql.dropRoles(going.map(({ role }) => role.name));
        for (let round = 1; ; round++) {
            await this.#emptyDatabases(going);
            try {
                return await this.#inPostgres("dropping", going, [dropping]);
            } catch (error) {
                if (sqlState(error) !== "2BP01" || round === ROUNDS) throw error;
            }
        }
    }

    /** Who may grant a role may grant it to himself. */
    #grantsOf(removed: Removed[]): Step[] {
        const { user, version } = this.removal.session;
        return removed.map(({ role }) => ({
            principal: role.name,
            what: `membership of '${user}', to hand over what it owns`,
            ...inOneMessage("grants", sql.grantMembership(role.name, [user], version)),
            needs: {},
        }));
    }

    /** One transaction in the database `postgres`. Where it fails for one of many, the error names that one. */
    async #change(of: Removed[], steps: Step[]): Promise<void> {
        const { args } = this.removal;
        await this.#use(undefined, "preparing the removal", of, (client) =>
            changeAndCommit(client, steps, args),
        );
    }

    /** One transaction in the database `postgres`, under the lock of all role changes. */
    async #inPostgres(what: string, of: Removed[], statements: sql.Statement[]): Promise<void> {
        await this.#transaction(undefined, what, of, [sql.lockForTransaction, ...statements]);
    }

    async #transaction(
        database: string | undefined,
        what: string,
        of: Removed[],
        statements: sql.Statement[],
    ): Promise<void> {
        await this.#use(database, what, of, async (client) => {
            // The commit of a transaction in which something failed is a rollback.
            await sendAll(client, [sql.begin, sql.ownNamesOnly, ...statements, sql.commit]);
        });
    }

    async #use<T>(
        database: string | undefined,
        what: string,
        of: Removed[],
        action: (client: PoolClient) => Promise<T>,
    ): Promise<T> {
        const { connections, args, options } = this.removal;
        const explaining = (client: PoolClient) =>
            action(client).catch((error: unknown) => {
                if (error instanceof RefusedError) throw error;
                const cause = error instanceof StatementError ? error.cause : error;
                const where = database === undefined ? "" : ` in database '${database}'`;
                throw explained(subjectOf(of), `${what}${where}`, cause, args.user);
            });
        return connections.use(args, explaining, { ...options, database });
    }

    /** F32: an open session outlives its role. */
    async #endSessions(): Promise<void> {
        const { roles, options } = this.removal;
        const oids = roles.map(({ role }) => role.oid);
        await this.#use(undefined, "ending sessions", roles, async (client) => {
            for (let check = 0; check < SESSION_CHECKS; check++) {
                const left = await client.query(sql.countSessions(oids));
                const count = (left.rows[0] as { left: number }).left;
                if (count === 0) return;
                if (check === 0) options.log?.(`ending ${count} open session(s) of ${subjectOf(roles)}`);
                await client.query(sql.endSessions(oids));
                await sleep(SESSION_PAUSE, undefined, { signal: options.signal });
            }
            throw new DatabaseError(`${subjectOf(roles)}: open sessions did not end; run again`, undefined);
        });
    }

    async #emptyDatabases(going: Removed[]): Promise<void> {
        const oids = going.map(({ role }) => role.oid);
        const byOid = new Map(going.map((one) => [one.role.oid, one]));
        const { places, owned } = await this.#use(undefined, "looking for objects", going, async (client) => {
            const [found, databases] = await sendAll(client, [
                sql.databasesWithObjectsOf(oids),
                sql.databasesOwnedBy(oids),
            ]);
            return {
                places: found!.rows as (DatabaseRow & { oid: string })[],
                owned: databases!.rows as { name: string; oid: string }[],
            };
        });
        const withObjects = byDatabase(places.map((row) => ({ ...row, removed: byOid.get(row.oid)! })));
        // REASSIGN and DROP OWNED demand the role's privileges. Only where there is something: each grant makes the next slower.
        const holders = [...new Set([...places, ...owned].map(({ oid }) => byOid.get(oid)!))];
        if (holders.length === 0) return;
        await this.#change(holders, this.#grantsOf(holders));
        if (owned.length > 0) {
            // DROP OWNED leaves databases alone, and nobody means to lose one: they are handed over in either case.
            const owners = [...new Set(owned.map(({ oid }) => byOid.get(oid)!))];
            const statements = await this.#forHeirs(owners, (heir, from) => {
                const ownOids = new Set(from.map(({ role }) => role.oid));
                const own = owned.filter(({ oid }) => ownOids.has(oid));
                return own.map(({ name }) => sql.setDatabaseOwner(name, heir));
            });
            await this.#inPostgres("handing over databases", owners, statements);
        }
        for (const [database, removed] of withObjects) {
            this.removal.options.log?.(
                `emptying database '${database}' of what belongs to ${subjectOf(removed)}`,
            );
            const leaving = removed.filter(({ onDelete }) => onDelete.action === "Reassign");
            const reassigning = await this.#forHeirs(leaving, (heir, from) => [
                sql.reassignOwned(namesOf(from), heir),
            ]);
            // After REASSIGN only privileges and default privileges are left, which DROP OWNED takes.
            const statements = [...reassigning, sql.dropOwned(namesOf(removed))];
            await this.#transaction(database, "handing over or dropping what is owned", removed, statements);
        }
    }

    /** The statements for each role that gets something, and around them what lets the administrator act as it. */
    async #forHeirs(
        removed: Removed[],
        statementsFor: (heir: string, from: Removed[]) => sql.Statement[],
    ): Promise<sql.Statement[]> {
        const { session } = this.removal;
        const byHeir = new Map<string, Removed[]>();
        for (const one of removed) {
            const heir = one.onDelete.reassignTo ?? session.user;
            const others = byHeir.get(heir);
            if (others) others.push(one);
            else byHeir.set(heir, [one]);
        }
        const all: sql.Statement[] = [];
        for (const [heir, from] of byHeir)
            all.push(...(await this.#asMemberOf(heir, from, statementsFor(heir, from))));
        return all;
    }

    /** PostgreSQL lets objects be given only to a role that one can act as; the membership ends with the transaction. */
    async #asMemberOf(heir: string, from: Removed[], statements: sql.Statement[]): Promise<sql.Statement[]> {
        const { session } = this.removal;
        if (heir === session.user) return statements;
        const answer = await this.#use(undefined, `looking for '${heir}'`, from, (client) =>
            client.query(sql.actsAs(heir)),
        );
        const { exists, acts } = answer.rows[0] as { exists: boolean; acts: boolean };
        if (!exists) {
            throw new RefusedError([
                `${subjectOf(from)}: the objects cannot be handed to '${heir}' (onDelete.reassignTo): there is no such role`,
            ]);
        }
        if (acts) return statements;
        const grant = sql.grantMembership(heir, [session.user], session.version);
        const revoke = sql.revokeMembership(heir, [session.user], session.user, session.version);
        return [grant, ...statements, revoke];
    }
}

interface DatabaseRow {
    /** `null`: outside all databases, such as a privilege on a database. */
    name: string | null;
    connectable: boolean;
}

function byDatabase(rows: (DatabaseRow & { removed: Removed })[]): Map<string, Removed[]> {
    const closed = rows.find((row) => !row.connectable);
    if (closed) {
        const { role } = closed.removed;
        throw new RefusedError([
            `principal '${role.name}': it holds something in '${closed.name}', where no connection is allowed`,
        ]);
    }
    const databases = new Map<string, Set<Removed>>();
    for (const { name, removed } of rows) {
        // What lies outside all databases is dealt with in any one of them.
        const database = name ?? "postgres";
        databases.set(database, (databases.get(database) ?? new Set()).add(removed));
    }
    return new Map([...databases].map(([name, removed]) => [name, [...removed]]));
}

const noLogin = (removed: Removed[]): Step[] =>
    removed.map(({ role }) => ({
        principal: role.name,
        what: "taking LOGIN away",
        ...inOneMessage("nologin", sql.alterRole(role.name, ["nologin"])),
        needs: {},
    }));

const namesOf = (removed: Removed[]) => removed.map(({ role }) => role.name);

function subjectOf(removed: Removed[]): string {
    const names = namesOf(removed);
    if (names.length === 1) return `principal '${names[0]}'`;
    const shown = names.slice(0, 3).map((name) => `'${name}'`);
    const more = names.length - shown.length;
    return `principals ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
