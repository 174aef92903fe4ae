/** The local Azure's own connections to one PostgreSQL, as the superuser, over the unix socket. */

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { SOCKET_PORT } from "./postmaster";
import { SUPERUSER } from "./roles.sql";

const RELOAD_POLL_MS = 2;
const RELOAD_POLLS = 2500;

export type Row = Record<string, unknown>;

/** Everything is stated, so that no PG… variable of the caller's environment counts. */
function settings(socketFolder: string, database: string): pg.ClientConfig {
    return {
        host: socketFolder,
        port: SOCKET_PORT,
        user: SUPERUSER,
        password: "",
        database,
        ssl: false,
        application_name: "local-azure",
        options: "-c search_path=pg_catalog,public -c statement_timeout=0",
        keepAlive: false,
    };
}

export class SuperuserPool {
    readonly #pool: pg.Pool;

    constructor(private readonly socketFolder: string) {
        this.#pool = new pg.Pool({ ...settings(socketFolder, "postgres"), max: 4, allowExitOnIdle: true });
        // A connection that PostgreSQL ends while it is idle; the pool has let go of it already.
        this.#pool.on("error", () => undefined);
        // One that it ends while it is in use: the query fails, and nothing else is to happen.
        this.#pool.on("connect", (client) => client.on("error", () => undefined));
    }

    async query<R extends Row = Row>(
        query: pg.QueryConfig | string,
        values?: unknown[],
    ): Promise<{ rows: R[] }> {
        return this.#pool.query<R>(typeof query === "string" ? { text: query, values } : query);
    }

    /** Statements in one transaction. */
    async transaction(
        work: (query: (text: string, values?: unknown[]) => Promise<Row[]>) => Promise<void>,
    ): Promise<void> {
        const client = await this.#pool.connect();
        try {
            await client.query("begin");
            await work(async (text, values) => (await client.query<Row>(text, values)).rows);
            await client.query("commit");
            client.release();
        } catch (error) {
            // Whatever state it is in, it is not used again.
            client.release(true);
            throw error;
        }
    }

    /**
     * Makes PostgreSQL read its configuration files anew. Returns when it has: sessions of now on have the
     * new values.
     */
    async reloadConfiguration(): Promise<void> {
        const client = await this.#pool.connect();
        try {
            const loaded = async (): Promise<string> =>
                (await client.query<{ at: string }>("select pg_conf_load_time()::text as at")).rows[0]!.at;
            const before = await loaded();
            await client.query("select pg_reload_conf()");
            // The postmaster reads them first, then its sessions do, each when it has nothing else to do.
            for (let i = 0; i < RELOAD_POLLS && (await loaded()) === before; i++) await sleep(RELOAD_POLL_MS);
        } finally {
            client.release();
        }
    }

    /** In another database than `postgres`; over a connection of its own. */
    async queryIn<R extends Row = Row>(
        database: string,
        text: string,
        values?: unknown[],
    ): Promise<{ rows: R[] }> {
        const client = new pg.Client(settings(this.socketFolder, database));
        client.on("error", () => undefined);
        try {
            await client.connect();
            return await client.query<R>(text, values);
        } finally {
            await client.end().catch(() => undefined);
        }
    }

    async end(): Promise<void> {
        await this.#pool.end();
    }
}
