/**
 * Makes a set of principals what they are declared to be: one transaction, three round trips whatever their number
 * (read; change and read again; commit). All or nothing.
 */
import type { PoolClient, QueryResult } from "pg";
import type { ConnectionArgs, Connections, UseOptions } from "./connection";
import { DatabaseError, explained, fixFor } from "./errors";
import { sendAll, StatementError } from "./pipeline";
import type { OnDelete } from "./onDelete";
import { findRole, plan, type PlannedPrincipal } from "./plan";
import { preflight, type Removed } from "./preflight";
import { isLostConnection } from "./retry";
import {
    RoleIndex,
    roleState,
    type RoleRow,
    type RoleState,
    type ServerState,
    type SessionState,
} from "./roleState";
import * as sql from "./sql";
import { change } from "./stepRun";

/** A principal that is declared no more, found by its object id alone. */
export interface Leaving {
    name: string;
    objectId: string;
    onDelete: OnDelete;
    /** The role (`oid`) of the same object id that a declared principal has, where there is one: it stays. */
    but?: string;
}

export interface ReconcileOptions extends UseOptions {
    /** They are removed afterwards (`removal.ts`); here only what that takes is checked, and names are made free. */
    leaving?: Leaving[];
}

/**
 * @returns What the database holds about each principal, in their order.
 * @throws RefusedError where a role belongs to somebody else or a right is missing; DatabaseError where a statement fails.
 */
export async function reconcile(
    connections: Connections,
    args: ConnectionArgs,
    principals: PlannedPrincipal[],
    options: ReconcileOptions = {},
): Promise<RoleState[]> {
    const leaving = options.leaving ?? [];
    // A commit whose answer got lost: its transaction is asked for before anything is done again.
    let unanswered: string | undefined;
    const attempt = async (client: PoolClient) => {
        if (unanswered !== undefined && (await isCommitted(client, unanswered))) {
            return allVerified(principals, await read(client, args, lookedFor(principals, [])), args);
        }
        unanswered = undefined;
        return transaction(client, args, { principals, leaving }, (id) => (unanswered = id));
    };
    return connections.alone(args, () => connections.use(args, attempt, options), options.signal);
}

/** Which roles to look for, by name and object id; and whether to ask the service about MFA. */
export interface LookedFor {
    names: string[];
    objectIds: string[];
    mfa?: boolean;
}

/** What the database holds about principals, without changing anything. One round trip. */
export async function inspect(
    connections: Connections,
    args: ConnectionArgs,
    wanted: LookedFor,
    options: UseOptions = {},
): Promise<ServerState> {
    return connections.use(args, (client) => read(client, args, wanted), options);
}

async function read(client: PoolClient, args: ConnectionArgs, wanted: LookedFor): Promise<ServerState> {
    const all = [sql.begin, sql.ownNamesOnly, sql.session, ...roleStatements(wanted), sql.rollback];
    return sendAll(client, all).then(
        (answers) => stateOf(answers.slice(2)),
        (error: unknown) => {
            throw readFailure(error, args);
        },
    );
}

/** All that can matter to these principals. */
function lookedFor(principals: PlannedPrincipal[], leaving: Leaving[]): LookedFor {
    const ids = principals.map(({ spec, ownedObjectId }) => [spec.objectId, ownedObjectId, spec.rebindFrom]);
    const left = leaving.map(({ objectId }) => objectId);
    const names = principals.flatMap(({ spec }) => [spec.name, ...spec.memberOf]);
    return {
        names: [...new Set(names)],
        objectIds: [...new Set([...ids.flat().filter((id) => id !== undefined), ...left])],
        mfa: principals.some(({ spec, hadMfa }) => spec.requireMfa || hadMfa),
    };
}

const roleStatements = ({ names, objectIds, mfa }: LookedFor) => [
    sql.rolesNamed(names, objectIds),
    ...(mfa ? [sql.mfaOf(names, objectIds)] : []),
];

function stateOf([session, ...roles]: QueryResult[]): ServerState {
    return { session: session!.rows[0] as SessionState, roles: rolesOf(roles) };
}

function rolesOf([roles, mfa]: QueryResult[]): RoleState[] {
    const told = (mfa?.rows ?? []) as { name: string; mfa: boolean }[];
    const byName = new Map(told.map((row) => [row.name, row.mfa]));
    return (roles!.rows as RoleRow[]).map((row) => roleState(row, byName));
}

interface Wanted {
    principals: PlannedPrincipal[];
    leaving: Leaving[];
}

async function transaction(
    client: PoolClient,
    args: ConnectionArgs,
    { principals, leaving }: Wanted,
    onCommit: (transactionId: string) => void,
): Promise<RoleState[]> {
    const reading = roleStatements(lookedFor(principals, leaving));
    const before = await sendAll(client, [...sql.lockedTransaction, sql.session, ...reading]).then(
        (answers) => stateOf(answers.slice(3)),
        (error: unknown) => {
            throw readFailure(error, args);
        },
    );
    const index = new RoleIndex(before.roles);
    // A role that stays keeps its name.
    const vacating = leaving.filter(({ onDelete }) => onDelete.action !== "Keep");
    const steps = plan(principals, before, new Set(vacating.map(({ objectId }) => objectId)));
    preflight(steps, removedRoles(leaving, index), before.session);
    if (steps.length === 0) {
        await sendAll(client, [sql.rollback]);
        return principals.map((principal) => findRole(principal, index)!);
    }
    const answers = await change(client, steps, [sql.transactionId, ...reading], args);
    const [id, ...roleAnswers] = answers as [QueryResult, ...QueryResult[]];
    const after = { session: before.session, roles: rolesOf(roleAnswers) };
    const roles = allVerified(principals, after, args);
    await commit(client, args, (id.rows[0] as { id: string | null }).id, onCommit);
    return roles;
}

/** The roles of leaving principals, each once; those that are gone already need nothing. */
export function removedRoles(leaving: Leaving[], index: RoleIndex): Removed[] {
    const removed = new Map<string, Removed>();
    for (const { name, objectId, onDelete, but } of leaving) {
        const role = index.of(objectId, name, but);
        if (role && !removed.has(role.oid)) removed.set(role.oid, { role, onDelete });
    }
    return [...removed.values()];
}

/** What was to be done must be done, before it counts: services and versions differ in what they silently leave out. */
function allVerified(principals: PlannedPrincipal[], after: ServerState, args: ConnectionArgs): RoleState[] {
    const index = new RoleIndex(after.roles);
    const roles = principals.map((principal) => {
        const role = findRole(principal, index);
        if (role?.label) return { role, principal: { ...principal, ownedObjectId: role.label.objectId } };
        const why = "the server made no Microsoft Entra role for it";
        throw new DatabaseError(`principal '${principal.spec.name}': ${why}`, undefined);
    });
    const left = plan(
        roles.map(({ principal: { spec, ownedObjectId } }) => ({ spec, ownedObjectId })),
        after,
    );
    const [first] = left;
    if (!first) return roles.map(({ role }) => role);
    const missing = left.filter((step) => step.principal === first.principal).map((step) => step.what);
    const fix = fixFor({ code: "42501" }, args.user);
    throw new DatabaseError(
        `principal '${first.principal}': the server accepted the change, but this is still to be done: ${missing.join("; ")}. Nothing was changed. Fix: ${fix}.`,
        undefined,
    );
}

async function commit(
    client: PoolClient,
    args: ConnectionArgs,
    transactionId: string | null,
    onCommit: (transactionId: string) => void,
): Promise<void> {
    try {
        const [answer] = await sendAll(client, [sql.commit]);
        if (answer!.command !== "COMMIT") throw new Error(`the server answered ${answer!.command}`);
    } catch (error) {
        const cause = error instanceof StatementError ? error.cause : error;
        if (transactionId !== null && isLostConnection(cause)) onCommit(transactionId);
        throw explained(`server '${args.host}'`, "the commit", cause, args.user);
    }
}

async function isCommitted(client: PoolClient, transactionId: string): Promise<boolean> {
    const answer = await client.query(sql.transactionStatus(transactionId));
    return (answer.rows[0] as { status: string | null }).status === "committed";
}

function readFailure(error: unknown, args: ConnectionArgs): unknown {
    const cause = error instanceof StatementError ? error.cause : error;
    return explained(`server '${args.host}'`, "reading the roles", cause, args.user);
}
