/** Transactions on the server that the provider's configuration names, one after another. */

import { begin, commit, identifier, ownNamesOnly, rollback } from "../../components/provider/sql";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";

type Row = Record<string, unknown>;

export interface SqlSession {
    query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Ended after each transaction, so that each signs in anew, with a fresh token where it needs one. */
export interface SqlConnection extends SqlSession {
    end(): Promise<void>;
}

export interface ConnectOptions {
    host: string;
    port: number;
    user: string;
    database: string;
    /** Of `password` or `PGPASSWORD`. */
    password: string | undefined;
    /** `azureIdentityAuth`: the password is a token, fetched by who connects. */
    azureIdentity: boolean;
    sslmode: string | undefined;
    sslrootcert: string | undefined;
    connectTimeoutSeconds: number;
}

export type Connect = (options: ConnectOptions) => Promise<SqlConnection>;

const TAKEN: readonly string[] = [
    ...[
        "host",
        "port",
        "username",
        "database",
        "password",
        "azureIdentityAuth",
        "azureTenantId",
        "sslmode",
        "sslMode",
    ],
    ...["sslrootcert", "connectTimeout", "superuser", "maxConnections", "expectedVersion", "scheme"],
    ...["version", "pluginDownloadURL"],
];

/** From the provider's configuration and the `PG…` variables. @throws Error for a setting that the local provider does not have. */
export function connectOptions(
    config: PropertyMap,
    environment: Record<string, string | undefined>,
): ConnectOptions | undefined {
    const unknown = Object.keys(config).find(
        (name) => !TAKEN.includes(name) && !name.startsWith("__") && isSet(config[name]),
    );
    if (unknown)
        throw new Error(
            `The local postgresql provider has no setting '${unknown}'. Known: ${TAKEN.join(", ")}.`,
        );
    const text = (name: string, variable?: string) =>
        isSet(config[name]) ? String(config[name]) : (variable && environment[variable]) || undefined;
    const host = text("host", "PGHOST");
    if (!host || Object.values(config).includes(UNKNOWN)) return undefined;
    return {
        host,
        port: Number(text("port", "PGPORT") ?? 5432),
        user: text("username", "PGUSER") ?? "postgres",
        database: text("database", "PGDATABASE") ?? "postgres",
        password: text("password", "PGPASSWORD"),
        azureIdentity: text("azureIdentityAuth") === "true",
        sslmode: text("sslmode", "PGSSLMODE") ?? text("sslMode"),
        sslrootcert: text("sslrootcert", "PGSSLROOTCERT"),
        connectTimeoutSeconds: Number(text("connectTimeout", "PGCONNECT_TIMEOUT") ?? 180),
    };
}

function isSet(value: unknown): boolean {
    return value !== undefined && value !== null && value !== "";
}

export class SqlServer {
    readonly #connect: Connect;
    #options: ConnectOptions | undefined;
    readonly #last = new Map<string, Promise<unknown>>();

    constructor(connect: Connect) {
        this.#connect = connect;
    }

    /**
     * The engine configures one process for all provider resources of a project and does not say for whom it then calls. So a
     * second server is refused, else its roles and grants would land on the last one configured. Several databases of one
     * server are served: each resource but the schema must name its own, and should.
     */
    configure(options: ConnectOptions | undefined): void {
        if (!options) return;
        const [old, now] = [this.#options, options].map((o) => o && `${o.host}:${o.port} as ${o.user}`);
        if (old && old !== now) {
            throw new Error(
                `The local postgresql provider serves ${old} already, and can serve one server only, not ${now} too. ` +
                    "Use one provider resource; after a change of its host, start the local Azure anew.",
            );
        }
        this.#options = options;
    }

    /** The database that is meant where a resource names none. */
    get database(): string {
        return this.#required().database;
    }

    /**
     * Commits, or rolls back where `action` throws. One at a time in a database: concurrent changes of one role fail in
     * PostgreSQL.
     *
     * @param database Default: `postgres`, which is always there, for what belongs to the server and not to a database
     */
    transaction<T>(action: (session: SqlSession) => Promise<T>, database = "postgres"): Promise<T> {
        const before = this.#last.get(database) ?? Promise.resolve();
        const run = before.then(() => this.#run(action, database));
        this.#last.set(
            database,
            run.catch(() => undefined),
        );
        return run;
    }

    async #run<T>(action: (session: SqlSession) => Promise<T>, database: string): Promise<T> {
        const options = this.#required();
        const connection = await this.#connect({ ...options, database });
        try {
            await connection.query(begin.text);
            await connection.query(ownNamesOnly.text);
            const result = await action(connection);
            await connection.query(commit.text);
            return result;
        } catch (error) {
            await connection.query(rollback.text).catch(() => undefined);
            throw readable(error);
        } finally {
            await connection.end();
        }
    }

    #required(): ConnectOptions {
        if (this.#options) return this.#options;
        throw new Error(
            "The postgresql provider has no server. Give resources an explicit provider with a host: " +
                "new postgresql.Provider(name, { host, username, azureIdentityAuth: true, azureTenantId, sslmode: 'verify-full' }).",
        );
    }
}

/** PostgreSQL's error with what it says beside the text. */
function readable(error: unknown): unknown {
    const { code, detail, hint, message } = error as {
        code?: string;
        detail?: string;
        hint?: string;
        message?: string;
    };
    if (!code || !/^[0-9A-Z]{5}$/.test(code)) return error;
    const more = [detail, hint].filter(Boolean).join(" ");
    return Object.assign(
        new Error(`${message} (SQLSTATE ${code})${more ? `. ${more}` : ""}`, { cause: error }),
        { code },
    );
}

/**
 * Makes the signed-in role a member of `roles` while `action` runs, where it is none and no superuser: it then may do
 * what their owner may. As the real provider does.
 */
export async function asMemberOf(
    session: SqlSession,
    roles: readonly string[],
    action: () => Promise<void>,
): Promise<void> {
    const granted: string[] = [];
    for (const role of new Set(roles)) if (await join(session, role)) granted.push(role);
    await action();
    for (const role of granted) {
        const { rows } = await session.query("select from pg_roles where rolname = $1", [role]);
        if (rows.length > 0) await session.query(`revoke ${identifier(role)} from current_user`);
    }
}

async function join(session: SqlSession, role: string): Promise<boolean> {
    const { rows } = await session.query(
        `select r.rolsuper or me.rolsuper or pg_has_role(me.oid, r.oid, case when v.version >= 160000 then 'SET' else 'MEMBER' end)
                and pg_has_role(me.oid, r.oid, 'USAGE') as may, v.version
           from pg_roles r, pg_roles me, (select current_setting('server_version_num')::int as version) v
          where r.rolname = $1 and me.rolname = current_user`,
        [role],
    );
    if (rows.length === 0) throw new Error(`The role '${role}' does not exist.`);
    if (rows[0]!["may"] === true) return false;
    const options = Number(rows[0]!["version"]) >= 160000 ? " with inherit true, set true" : "";
    await session.query(`grant ${identifier(role)} to current_user${options}`);
    return true;
}
