/** One flexible server: a real PostgreSQL, its gateway, and what the resource API does to it. */

import { AzureError } from "./azureError";
import { addAdministrator, removeAdministrator, setPasswordAdministrator } from "./administrators";
import type { CertificateAuthority } from "./certificates";
import { createDatabase, dropDatabase } from "./databases";
import { DirectoryTable, type DirectoryLookup } from "./directoryTable";
import type { Faults } from "../faults";
import { Gateway } from "./gateway";
import { checkParameter, configurationFile, readParameter, type ParameterState } from "./parameters";
import type { StopMode } from "./postmaster";
import type { PostgresProcess } from "./postgresProcess";
import { SingleServerRoles } from "./singleServer";
import { writeState, type ServerState } from "./serverState";
import type { EntraAdministrator, ServerSpec, Surroundings } from "./serverTypes";
import type { Row, SuperuserPool } from "./superuserPool";
import type { TokenVerifier } from "./tokenCheck";

/** As Azure syncs groups by itself (F73). */
const GROUP_SYNC_INTERVAL_MS = 30 * 60 * 1000;
const GROUP_SYNC = "pgaadauth.enable_group_sync";

export interface AuthenticationChange {
    entraEnabled: boolean;
    passwordEnabled: boolean;
    administratorLogin?: string;
    administratorLoginPassword?: string;
}

/** What all servers of a local Azure share. */
export interface ServerContext {
    directory: DirectoryLookup;
    verifyToken: TokenVerifier;
    /** For nodes of clusters, whose tokens have another audience (F49). */
    verifyClusterToken: TokenVerifier;
    faults: Faults;
    ca: CertificateAuthority;
    clientAddress(): string;
}

export class PostgresServer {
    #spec: ServerSpec;
    readonly #state: ServerState;
    readonly #process: PostgresProcess;
    readonly #context: ServerContext;
    readonly #table: DirectoryTable;
    /** Of a Single Server. */
    readonly #legacy: SingleServerRoles | undefined;
    #gateway: Gateway | undefined;
    readonly #syncTimer: NodeJS.Timeout;

    /** @internal `PostgresServers` makes servers. */
    constructor(spec: ServerSpec, state: ServerState, process: PostgresProcess, context: ServerContext) {
        this.#spec = spec;
        this.#state = state;
        this.#process = process;
        this.#context = context;
        this.#table = new DirectoryTable(context.directory, () => process.pool);
        if (spec.kind === "SingleServer")
            this.#legacy = new SingleServerRoles(context.directory, () => process.pool);
        this.#syncTimer = setInterval(() => void this.#syncGroups(), GROUP_SYNC_INTERVAL_MS);
        this.#syncTimer.unref();
    }

    get spec(): ServerSpec {
        return this.#spec;
    }

    /** Of the gateway, on 127.0.0.1. */
    get port(): number {
        return this.#gateway!.port;
    }

    /** Where other servers of this local Azure reach it, as the superuser. */
    get socketFolder(): string {
        return this.#process.socketFolder;
    }

    /** @internal Starts PostgreSQL, then opens the door. */
    async launch(surroundings: Surroundings): Promise<void> {
        await this.#process.writeConfiguration(this.#configuration());
        await this.start();
        const { directory, faults, ca } = this.#context;
        const isNode = this.#spec.kind === "ClusterNode";
        const verifyToken = isNode ? this.#context.verifyClusterToken : this.#context.verifyToken;
        const options = {
            serverName: this.#spec.name,
            certificate: await ca.issue(this.#spec.host),
            verifyToken,
            directory,
            faults,
            surroundings,
            clientAddress: () => this.#context.clientAddress(),
            authentication: () => this.#state,
            upstream: () => this.#process.socket,
            superuser: () => this.#process.pool,
            updateDirectory: () => (this.#legacy ? this.#legacy.beforeStatement() : this.#table.update()),
            beforeSignIn: () => this.#legacy?.settle(),
            isSingleServer: this.#legacy !== undefined,
            restart: () => void this.restart().catch(() => undefined),
        };
        this.#gateway = await Gateway.listen(options, this.#state.port);
        this.#state.port = this.#gateway.port;
        await this.#setPassword(this.#spec);
        await this.#legacy?.setUp();
        await this.#save();
    }

    /**
     * @internal The end of this run: closes the door and stops PostgreSQL.
     * @param mode `immediate` where the data is of no more use.
     */
    async close(mode: StopMode): Promise<void> {
        clearInterval(this.#syncTimer);
        this.#table.close();
        this.#legacy?.close();
        await this.#gateway?.close();
        await this.#process.stop(mode);
    }

    /** PostgreSQL starts; nothing to do where it runs. */
    async start(): Promise<void> {
        await this.#process.start();
    }

    /** PostgreSQL stops; the port stays, and answers that no connections are taken (57P03). */
    async stop(): Promise<void> {
        await this.#process.stop();
    }

    async restart(): Promise<void> {
        await this.#process.restart();
    }

    /**
     * Sets how the server authenticates (F1). Turning Entra on restarts it (F70). Roles stay; those of a way
     * that is off cannot sign in.
     *
     * @throws AzureError `EngineCredentialsNotProvided` where passwords are turned on and there is no
     *     password administrator to be.
     */
    async setAuthentication(change: AuthenticationChange): Promise<void> {
        const pool = this.#pool();
        const login = change.administratorLogin ?? this.#state.administratorLogin;
        if (
            change.passwordEnabled &&
            !this.#state.passwordEnabled &&
            !(login && (change.administratorLoginPassword ?? this.#state.administratorLogin))
        ) {
            throw new AzureError(
                "EngineCredentialsNotProvided",
                "Password authentication needs an administrator login and a password.",
            );
        }
        const turnedOn = change.entraEnabled && !this.#state.entraEnabled;
        await this.#setPassword(change, pool);
        this.#state.entraEnabled = change.entraEnabled;
        this.#state.passwordEnabled = change.passwordEnabled;
        const { entraEnabled, passwordEnabled } = change;
        this.#spec = { ...this.#spec, entraEnabled, passwordEnabled, administratorLogin: login };
        await this.#save();
        if (turnedOn) await this.restart();
    }

    /** Of a cluster's node: who may sign in from now on. Nothing restarts. */
    async switchAuthentication(entraEnabled: boolean, passwordEnabled: boolean): Promise<void> {
        Object.assign(this.#state, { entraEnabled, passwordEnabled });
        this.#spec = { ...this.#spec, entraEnabled, passwordEnabled };
        await this.#save();
    }

    /** F5. @throws AzureError, see `addAdministrator` in administrators.ts. */
    async addAdministrator(administrator: EntraAdministrator): Promise<void> {
        const pool = this.#pool();
        if (!this.#state.entraEnabled) {
            throw new AzureError(
                "AadAuthPrincipalCreationFailed",
                "Microsoft Entra authentication is not enabled on this server.",
            );
        }
        await this.#table.update();
        await addAdministrator(pool, this.#context.directory, administrator);
    }

    /** Of a Single Server (F23, F27). */
    async setSingleServerAdministrator(administrator: EntraAdministrator | undefined): Promise<void> {
        await this.#legacy!.settle();
        await this.#legacy!.setAdministrator(administrator);
        await this.switchAuthentication(administrator !== undefined, this.#state.passwordEnabled);
    }

    /** F67. @throws AzureError, see `removeAdministrator` in administrators.ts. */
    async removeAdministrator(objectId: string): Promise<void> {
        await removeAdministrator(this.#pool(), objectId);
    }

    /** See databases.ts. */
    async createDatabase(name: string, charset = "UTF8", collation = "en_US.utf8"): Promise<void> {
        await createDatabase(this.#pool(), name, charset, collation);
    }

    async dropDatabase(name: string): Promise<void> {
        await dropDatabase(this.#pool(), name);
    }

    /** @returns whether it counts only after a restart. @throws AzureError, see parameters.ts. */
    async setParameter(name: string, value: string): Promise<ParameterState> {
        const pool = this.#pool();
        await checkParameter(pool, name, value);
        this.#state.parameters[name] = value;
        await this.#process.writeConfiguration(this.#configuration());
        await this.#save();
        await pool.reloadConfiguration();
        return this.getParameter(name);
    }

    async getParameter(name: string): Promise<ParameterState> {
        return readParameter(this.#pool(), this.#state.parameters, name);
    }

    /** For the local Azure itself, and for tests. @param database default: `postgres`. */
    async superuserQuery<R extends Row = Row>(
        sql: string,
        params?: unknown[],
        database = "postgres",
    ): Promise<R[]> {
        const pool = this.#pool();
        await this.#table.update();
        const result =
            database === "postgres" ? pool.query<R>(sql, params) : pool.queryIn<R>(database, sql, params);
        return (await result).rows;
    }

    /** Statements in one transaction, in the database `postgres`. */
    async superuserTransaction(
        work: (query: (text: string, values?: unknown[]) => Promise<Row[]>) => Promise<void>,
    ): Promise<void> {
        const pool = this.#pool();
        await this.#table.update();
        await pool.transaction(work);
    }

    /** @throws AzureError while PostgreSQL is down. */
    #pool(): SuperuserPool {
        if (this.#process.socket) return this.#process.pool;
        throw new AzureError(
            "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible",
            `The server '${this.#spec.name}' is not accessible. Try again when it is ready.`,
        );
    }

    async #setPassword(
        { administratorLogin, administratorLoginPassword }: Partial<AuthenticationChange>,
        pool = this.#pool(),
    ): Promise<void> {
        const login = administratorLogin ?? this.#state.administratorLogin;
        if (login && administratorLoginPassword !== undefined) {
            await setPasswordAdministrator(pool, login, administratorLoginPassword);
            this.#state.administratorLogin = login;
        }
    }

    #configuration(): string {
        // Statements that fail may hold passwords: PostgreSQL's log gets their errors alone.
        const own = { "pgaadauth.tenant_id": this.#spec.tenantId, log_min_error_statement: "panic" };
        return configurationFile({ ...own, ...this.#state.parameters });
    }

    async #save(): Promise<void> {
        await writeState(this.#process.folder, this.#state);
    }

    async #syncGroups(): Promise<void> {
        if (this.#state.parameters[GROUP_SYNC]?.toLowerCase() !== "on" || !this.#process.socket) return;
        await this.superuserQuery("select pgaadauth_sync_roles_for_group_members()").catch(() => undefined);
    }
}
