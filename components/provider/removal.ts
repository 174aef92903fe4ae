/**
 * Removes a principal from the server, in steps of which each is committed and a rerun goes on where it stopped (no
 * transaction spans databases). Absence is success.
 */
import type { PoolClient } from "pg";
import type { ConnectionArgs, Connections, UseOptions } from "./connection";
import { DatabaseError, explained, sqlState } from "./errors";
import type { OnDelete } from "./onDelete";
import { sendAll, StatementError } from "./pipeline";
import { inspect } from "./reconcile";
import { RefusedError } from "./plan";
import { roleOf, type RoleState, type SessionState } from "./roleState";
import * as sql from "./sql";
import { setTimeout as sleep } from "node:timers/promises";

/** How often a session is waited for that was told to end: 100 times 50 ms. */
const SESSION_CHECKS = 100;
const SESSION_PAUSE = 50;
/** Somebody may still be making objects through another role while these are handed over. */
const ROUNDS = 3;

interface Removal {
    connections: Connections;
    args: ConnectionArgs;
    role: RoleState;
    session: SessionState;
    onDelete: OnDelete;
    options: UseOptions;
}

/**
 * @param principal Found by its object id alone; a role of the same name that belongs to somebody else stays untouched.
 * @throws RefusedError before anything is changed; DatabaseError where a step fails.
 */
export async function remove(
    connections: Connections,
    args: ConnectionArgs,
    principal: { name: string; objectId: string },
    onDelete: OnDelete,
    options: UseOptions = {},
): Promise<void> {
    await connections.alone(
        args,
        async () => {
            const { roles, session } = await inspect(
                connections,
                args,
                { names: [], objectIds: [principal.objectId] },
                options,
            );
            const role = roleOf(principal.objectId.toLowerCase(), roles, principal.name);
            if (!role) return;
            const run = new Run({ connections, args, role, session, onDelete, options });
            await run.check();
            await run.run();
        },
        options.signal,
    );
}

class Run {
    constructor(private readonly removal: Removal) {}

    /** @throws RefusedError before anything is changed. */
    async check(): Promise<void> {
        const { role, session } = this.removal;
        const refuse = (why: string) =>
            new RefusedError([`principal '${role.name}': cannot be removed: ${why}`]);
        if (role.superuser) throw refuse("it is a superuser");
        if (role.name === session.user) {
            throw refuse(
                "it is the role that is signed in now; sign in as another administrator (connection.user)",
            );
        }
        if (session.version < 160000) return;
        const answer = await this.#use(undefined, "reading it", (client) =>
            client.query(sql.mayAlter(role.oid)),
        );
        if ((answer.rows[0] as { may: boolean }).may) return;
        const grant = `GRANT ${sql.identifier(role.name)} TO ${sql.identifier(session.user)} WITH ADMIN OPTION`;
        throw refuse(
            `from PostgreSQL 16 on this takes ADMIN OPTION on the role, which '${session.user}' does not hold; sign in as the administrator that created it, or let that one run: ${grant}`,
        );
    }

    async run(): Promise<void> {
        const { role, onDelete, session } = this.removal;
        await this.#inPostgres("taking its LOGIN away", [sql.alterRole(role.name, ["nologin"])]);
        if (onDelete.action === "Keep") return this.#endSessions();
        // REASSIGN and ending its sessions demand the role's privileges; who may grant the role may grant it to himself.
        const grant = sql.grantMembership(role.name, session.user, session.version);
        await this.#inPostgres(`granting it to '${session.user}'`, [grant]);
        await this.#endSessions();
        for (let round = 1; ; round++) {
            await this.#emptyDatabases();
            try {
                return await this.#inPostgres("dropping it", [sql.dropRole(role.name)]);
            } catch (error) {
                if (sqlState(error) === "42704") return;
                if (sqlState(error) !== "2BP01" || round === ROUNDS) throw error;
            }
        }
    }

    /** One transaction in the database `postgres`, under the lock of all role changes. */
    async #inPostgres(what: string, statements: sql.Statement[]): Promise<void> {
        await this.#transaction(undefined, what, [sql.lockForTransaction, ...statements]);
    }

    async #transaction(
        database: string | undefined,
        what: string,
        statements: sql.Statement[],
    ): Promise<void> {
        await this.#use(database, what, async (client) => {
            await sendAll(client, [sql.begin, sql.ownNamesOnly, ...statements]);
            await sendAll(client, [sql.commit]);
        });
    }

    async #use<T>(
        database: string | undefined,
        what: string,
        action: (client: PoolClient) => Promise<T>,
    ): Promise<T> {
        const { connections, args, role, options } = this.removal;
        const explaining = (client: PoolClient) =>
            action(client).catch((error: unknown) => {
                const cause = error instanceof StatementError ? error.cause : error;
                const where = database === undefined ? "" : ` in database '${database}'`;
                throw explained(`principal '${role.name}'`, `${what}${where}`, cause, args.user);
            });
        return connections.use(args, explaining, { ...options, database });
    }

    /** F32: an open session outlives its role. */
    async #endSessions(): Promise<void> {
        const { role, options } = this.removal;
        await this.#use(undefined, "ending its sessions", async (client) => {
            for (let check = 0; check < SESSION_CHECKS; check++) {
                const left = await client.query(sql.countSessions(role.oid));
                const count = (left.rows[0] as { left: number }).left;
                if (count === 0) return;
                if (check === 0) options.log?.(`ending ${count} open session(s) of '${role.name}'`);
                await client.query(sql.endSessions(role.oid));
                await sleep(SESSION_PAUSE, undefined, { signal: options.signal });
            }
            throw new DatabaseError(
                `principal '${role.name}': its sessions did not end; run again`,
                undefined,
            );
        });
    }

    async #emptyDatabases(): Promise<void> {
        const { role, onDelete, session } = this.removal;
        const { names, owned } = await this.#use(undefined, "looking for its objects", async (client) => {
            const found = await client.query(sql.databasesWithObjectsOf(role.oid));
            const ownedOnes = await client.query(sql.databasesOwnedBy(role.oid));
            return {
                names: databaseNames(found.rows as DatabaseRow[], role),
                owned: (ownedOnes.rows as { name: string }[]).map(({ name }) => name),
            };
        });
        const to = onDelete.action === "Reassign" ? (onDelete.reassignTo ?? session.user) : session.user;
        if (owned.length > 0) {
            // DROP OWNED leaves databases alone, and nobody means to lose one: they are handed over in either case.
            const statements = owned.map((name) => sql.setDatabaseOwner(name, to));
            await this.#inPostgres(
                `handing its databases to '${to}'`,
                await this.#asMemberOf(to, statements),
            );
        }
        for (const name of names) {
            this.removal.options.log?.(`${describeAction(onDelete, to)} in database '${name}'`);
            const reassign = onDelete.action === "Reassign" ? [sql.reassignOwned(role.name, to)] : [];
            // After REASSIGN only privileges and default privileges are left, which DROP OWNED takes.
            const statements = [...(await this.#asMemberOf(to, reassign)), sql.dropOwned(role.name)];
            await this.#transaction(name, describeAction(onDelete, to), statements);
        }
    }

    /** PostgreSQL lets objects be given only to a role that one can act as; the membership ends with the transaction. */
    async #asMemberOf(to: string, statements: sql.Statement[]): Promise<sql.Statement[]> {
        const { session, role } = this.removal;
        if (to === session.user || statements.length === 0) return statements;
        const answer = await this.#use(undefined, `looking for '${to}'`, (client) =>
            client.query(sql.actsAs(to)),
        );
        const { exists, acts } = answer.rows[0] as { exists: boolean; acts: boolean };
        if (!exists) {
            throw new RefusedError([
                `principal '${role.name}': its objects cannot be handed to '${to}' (onDelete.reassignTo): there is no such role`,
            ]);
        }
        if (acts) return statements;
        const grant = sql.grantMembership(to, session.user, session.version);
        return [grant, ...statements, sql.revokeMembership(to, session.user, session.user, session.version)];
    }
}

interface DatabaseRow {
    /** `null`: outside all databases, such as a privilege on a database. */
    name: string | null;
    connectable: boolean;
}

function databaseNames(rows: DatabaseRow[], role: RoleState): string[] {
    const closed = rows.filter((row) => !row.connectable).map((row) => `'${row.name}'`);
    if (closed.length > 0) {
        throw new RefusedError([
            `principal '${role.name}': it holds something in ${closed.join(", ")}, where no connection is allowed`,
        ]);
    }
    // What lies outside all databases is dealt with in any one of them.
    return [...new Set(rows.map((row) => row.name ?? "postgres"))];
}

function describeAction(onDelete: OnDelete, to: string): string {
    return onDelete.action === "Drop" ? "dropping what it owns" : `handing what it owns to '${to}'`;
}
