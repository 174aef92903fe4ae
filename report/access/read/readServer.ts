/** Reads a live server: read-only transactions, a fixed number of queries per database, whatever it holds. */

import type { PoolClient, QueryResult } from "pg";
import type { ConnectionArgs, Connections } from "../../../components/provider/connection";
import { sqlState } from "../../../components/provider/errors";
import { parseLabels } from "../../../components/provider/label";
import { sendAll } from "../../../components/provider/pipeline";
import { commit, ownNamesOnly, type Statement } from "../../../components/provider/sql";
import type { DatabaseContent, DatabaseSnapshot, RoleSnapshot, ServerSnapshot } from "../snapshot";
import * as sql from "./catalog.sql";

/** Databases that are read at the same time. */
const AT_ONCE = 4;

/** Insufficient privilege, no such database (any more), and one that takes no connections. */
const CLOSED_DATABASE = new Set(["42501", "3D000", "55000"]);

const CLOSED_TO_ALL = "it takes no connections from anybody (datallowconn).";

type RoleRow = Omit<RoleSnapshot, "label" | "mfa"> & { labels: [string, string][] };
type DatabaseRow = Omit<DatabaseSnapshot, "inside"> & { allowsConnections: boolean };

/**
 * @param progress is told what is read next
 * @throws SignInError, DatabaseError where the server or its database postgres cannot be read
 */
export async function readServer(
    connections: Connections,
    args: ConnectionArgs,
    progress: (what: string) => void = () => undefined,
): Promise<ServerSnapshot> {
    progress("reading roles and databases");
    const notRead: string[] = [];
    const { session, roles, memberships, databases } = await connections.use(args, readCluster);
    const factors = await readSecondFactors(connections, args, notRead);
    const contents: DatabaseSnapshot[] = [];
    const queue = [...databases.entries()];
    const work = async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
            const [i, { allowsConnections, ...database }] = next;
            progress(`reading database ${database.name}`);
            if (!allowsConnections)
                notRead.push(`What is inside the database '${database.name}': ${CLOSED_TO_ALL}`);
            const inside = allowsConnections
                ? await readDatabase(connections, args, database.name, notRead)
                : undefined;
            contents[i] = { ...database, inside };
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return {
        version: session.version.split(" ")[0]!,
        signedInAs: session.user,
        roles: roles.map((row) => roleSnapshot(row, factors)),
        memberships,
        databases: contents,
        notRead: notRead.sort(),
    };
}

async function readCluster(client: PoolClient) {
    const [session, roles, memberships, databases] = await readAll(client, [
        sql.session,
        sql.roles,
        sql.memberships,
        sql.databases,
    ]);
    return {
        session: session!.rows[0] as { user: string; version: string },
        roles: roles!.rows as RoleRow[],
        memberships: memberships!.rows as ServerSnapshot["memberships"],
        databases: databases!.rows as DatabaseRow[],
    };
}

/** In a transaction of its own: on a server without Entra authentication the function is missing. */
async function readSecondFactors(
    connections: Connections,
    args: ConnectionArgs,
    notRead: string[],
): Promise<Map<string, boolean> | undefined> {
    try {
        const [result] = await connections.use(args, (client) => readAll(client, [sql.secondFactors]));
        const rows = result!.rows as { name: string; mfa: boolean }[];
        return new Map(rows.map(({ name, mfa }) => [name, mfa]));
    } catch (error) {
        if (sqlState(error) === undefined) throw error;
        notRead.push(`Who must use a second factor: pgaadauth_list_principals failed (${sqlState(error)}).`);
        return undefined;
    }
}

async function readDatabase(
    connections: Connections,
    args: ConnectionArgs,
    database: string,
    notRead: string[],
): Promise<DatabaseContent | undefined> {
    try {
        return await connections.use(args, readContent, { database });
    } catch (error) {
        const state = sqlState(error);
        if (state === undefined || !CLOSED_DATABASE.has(state)) throw error;
        notRead.push(
            `What is inside the database '${database}': '${args.user}' may not connect to it (${state}).`,
        );
        return undefined;
    }
}

async function readContent(client: PoolClient): Promise<DatabaseContent> {
    const [schemas, owned, granted, defaults] = await readAll(client, [
        sql.schemas,
        sql.owned,
        sql.granted,
        sql.defaults,
    ]);
    return {
        schemas: schemas!.rows as DatabaseContent["schemas"],
        owned: owned!.rows as DatabaseContent["owned"],
        granted: granted!.rows as DatabaseContent["granted"],
        defaults: defaults!.rows as DatabaseContent["defaults"],
    };
}

/** All statements in one read-only transaction and one round trip. */
async function readAll(client: PoolClient, statements: Statement[]): Promise<QueryResult[]> {
    const results = await sendAll(client, [sql.beginReadOnly, ownNamesOnly, ...statements, commit]);
    return results.slice(2, -1);
}

function roleSnapshot({ labels, ...row }: RoleRow, factors: Map<string, boolean> | undefined): RoleSnapshot {
    const label = parseLabels(labels);
    // The label alone is believed only where it says yes.
    const told = factors ? (factors.get(row.name) ?? label?.mfa) : label?.mfa || undefined;
    return { ...row, label, mfa: label && told };
}
