/** Connections to servers: pooled, TLS with full checks always, a token of its own for each. */
import { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Client, Pool, PoolClient, PoolConfig } from "pg";
import { parseAddress, type ConnectionArgs } from "./connectionArgs";
import { DatabaseError, explained, SignInError } from "./errors";
import { findLocalServer } from "./localAzure";
import { withRetry } from "./retry";
import { azureTokens, type TokenSource } from "./token";
import { Turns } from "./turns";

export type { ConnectionArgs } from "./connectionArgs";

export interface ConnectionsOptions {
    /** Default: Azure's default credential chain. */
    tokens?: TokenSource;
    environment?: NodeJS.ProcessEnv;
    /** How long a passing trouble is waited out, in milliseconds. Default: one minute. */
    deadline?: number;
}

export interface UseOptions {
    signal?: AbortSignal;
    log?: (message: string) => void;
}

/** Connections per server and database; changes take turns anyway, only reads run side by side. */
const AT_ONCE = 4;
/** For one attempt to connect and sign in, in milliseconds. */
const CONNECT_TIMEOUT = 20_000;
/** How long an unused connection is kept, in milliseconds. */
const IDLE_TIMEOUT = 5_000;

interface Entry {
    pool: Promise<Pool>;
    turns: Turns;
}

export class Connections {
    readonly #entries = new Map<string, Entry>();
    readonly #serverTurns = new Map<string, Turns>();
    readonly #tokens: TokenSource;
    readonly #environment: NodeJS.ProcessEnv;
    readonly #deadline: number;
    #closed = false;

    constructor(options: ConnectionsOptions = {}) {
        this.#environment = options.environment ?? process.env;
        this.#tokens = options.tokens ?? azureTokens(this.#environment);
        this.#deadline = options.deadline ?? 60_000;
    }

    /**
     * Runs the action with a connection, again with another one where the trouble is a passing one; so the action must be
     * idempotent. The connection is used by nobody else meanwhile.
     *
     * @param database Default: `postgres`.
     * @throws SignInError, DatabaseError, or what the action throws.
     */
    async use<T>(
        args: ConnectionArgs,
        action: (client: PoolClient) => Promise<T>,
        options: UseOptions & { database?: string } = {},
    ): Promise<T> {
        const database = options.database ?? args.database ?? "postgres";
        const entry = this.#entry(args, database);
        const attempt = async () => {
            const pool = await entry.pool;
            const client = await pool.connect();
            return runWith(client, action, options.signal);
        };
        const retried = () => withRetry(attempt, { ...options, deadline: this.#deadline });
        try {
            return await entry.turns.take(retried, options.signal);
        } catch (error) {
            if (error instanceof DatabaseError || error instanceof SignInError || !isDriverError(error))
                throw error;
            throw explained(`server '${args.host}', database '${database}'`, "connecting", error, args.user);
        }
    }

    /** Only one change at a time per server: the others would only wait for the lock with a connection in hand. */
    alone<T>(args: ConnectionArgs, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
        const key = `${args.host}:${args.port ?? 5432}`;
        let turns = this.#serverTurns.get(key);
        if (!turns) this.#serverTurns.set(key, (turns = new Turns(1)));
        return turns.take(action, signal);
    }

    /** Ends all connections. Later uses are refused. */
    async close(): Promise<void> {
        this.#closed = true;
        const entries = [...this.#entries.values()];
        this.#entries.clear();
        await Promise.allSettled(entries.map(async (entry) => (await entry.pool).end()));
    }

    #entry(args: ConnectionArgs, database: string): Entry {
        if (this.#closed) throw new SignInError("the provider is closed already");
        const { host, port = 5432, user, cloud = "Public", address, caFile } = args;
        const key = JSON.stringify([host, port, user, cloud, address, caFile, database]);
        const known = this.#entries.get(key);
        if (known) return known;
        const entry = { pool: this.#open(args, database), turns: new Turns(AT_ONCE) };
        this.#entries.set(key, entry);
        // A server that could not be found is looked for anew next time.
        entry.pool.catch(() => this.#entries.delete(key));
        return entry;
    }

    async #open(args: ConnectionArgs, database: string): Promise<Pool> {
        const cloud = args.cloud ?? "Public";
        const target = await this.#target(args);
        // Loaded with the first connection. Not by `import()`: that takes node's other loader, which this process needs for nothing else.
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        const { Pool } = require("pg") as typeof import("pg");
        const config: PoolConfig = {
            // The host's own name, even where the connection goes elsewhere: it is the one that TLS checks.
            host: args.host,
            port: args.port ?? 5432,
            user: args.user,
            database,
            password: () => this.#tokens(cloud),
            ssl: tlsOptions(target.ca),
            application_name: "azure-postgres-entra",
            max: AT_ONCE,
            connectionTimeoutMillis: CONNECT_TIMEOUT,
            idleTimeoutMillis: IDLE_TIMEOUT,
            allowExitOnIdle: true,
            keepAlive: true,
            // Balancers forget a connection that is silent for some minutes.
            keepAliveInitialDelayMillis: 30_000,
            pipeline: true,
        };
        if (target.host !== undefined) config.stream = () => new SocketTo(target.host!, target.port!);
        const pool = new Pool(config);
        // Without a listener a lost connection would end the process, in use or idle.
        pool.on("error", () => undefined);
        pool.on("connect", (client: Client) => void client.on("error", () => undefined));
        return pool;
    }

    async #target(args: ConnectionArgs): Promise<{ host?: string; port?: number; ca?: string }> {
        if (args.cloud === "Local") return findLocalServer(args, this.#environment);
        // The check refused it already; nothing may get past it either.
        if (args.caFile) throw new SignInError("connection.caFile is for cloud Local only");
        return args.address ? (parseAddress(args.address, args.port ?? 5432) ?? {}) : {};
    }
}

/** Full checks whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED, PGSSLMODE). */
function tlsOptions(ca: string | undefined): ConnectionOptions {
    return { rejectUnauthorized: true, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) };
}

/** A socket that connects to one address, whatever it is asked for. */
class SocketTo extends Socket {
    readonly #target: { host: string; port: number };

    constructor(host: string, port: number) {
        super();
        this.#target = { host, port };
    }

    override connect(): this {
        return super.connect(this.#target);
    }
}

async function runWith<T>(
    client: PoolClient,
    action: (client: PoolClient) => Promise<T>,
    signal?: AbortSignal,
): Promise<T> {
    // An aborted operation loses its connection; PostgreSQL then rolls back what is open.
    const cut = () => destroy(client);
    signal?.addEventListener("abort", cut, { once: true });
    try {
        signal?.throwIfAborted();
        const result = await action(client);
        client.release();
        return result;
    } catch (error) {
        // Nobody knows what an action that failed left behind: such a connection is not used again.
        client.release(true);
        throw signal?.aborted ? signal.reason : error;
    } finally {
        signal?.removeEventListener("abort", cut);
    }
}

function destroy(client: PoolClient): void {
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

/** An error of the driver or the server, not one of this package or of the program. */
function isDriverError(error: unknown): boolean {
    if (!(error instanceof Error) || error.name === "AbortError") return false;
    return error.constructor === Error || "code" in error || "severity" in error;
}
