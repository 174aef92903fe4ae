/** PostgreSQL of one server: its folders, its process, and the superuser's connections to it. */

import { appendFile, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { binaries } from "./binaries";
import { copyTemplate, renewSetup } from "./dataTemplate";
import { SOCKET_PORT, startPostmaster, stopPostmaster, type Postmaster, type StopMode } from "./postmaster";
import { isWatchedElsewhere, type RunFolder } from "./runFolder";
import { SuperuserPool } from "./superuserPool";
import { unprivilegedUser } from "./unprivilegedUser";

const CONFIGURATION = "azure.conf";

export class PostgresProcess {
    readonly data: string;
    #pool: SuperuserPool | undefined;
    #postmaster: Postmaster | undefined;
    #accepting = false;
    /** Starts and stops one after another. */
    #queue: Promise<void> = Promise.resolve();

    /**
     * @param folder of the server; `data` in it is PostgreSQL's.
     * @param socketFolder where PostgreSQL makes its socket; unique to this server, and short.
     */
    constructor(
        readonly folder: string,
        readonly socketFolder: string,
        private readonly run: RunFolder,
    ) {
        this.data = path.join(folder, "data");
    }

    /** A new data folder. */
    async create(): Promise<void> {
        await copyTemplate(this.data);
        await appendFile(path.join(this.data, "postgresql.conf"), `\ninclude_if_exists '${CONFIGURATION}'\n`);
    }

    /** @throws Error where the data folder is that of another major version than the programs. */
    async checkVersion(): Promise<void> {
        const { major } = await binaries();
        const version = (await readFile(path.join(this.data, "PG_VERSION"), "utf8")).trim();
        if (Number(version) !== major) {
            throw new Error(
                `The data in ${this.data} is that of PostgreSQL ${version}, the programs are of version ${major}. ` +
                    "Remove the kept local Azure, or use programs of the old version (AZURE_POSTGRES_ENTRA_PG_BIN).",
            );
        }
    }

    /** Brings the data up to date where another version of this program made it. */
    async renew(): Promise<void> {
        await this.start();
        const { rows } = await this.pool.query<{ datname: string }>("select datname from pg_database");
        await this.stop();
        await renewSetup(
            this.data,
            rows.map((row) => row.datname),
        );
    }

    /** Takes effect with the next start or `pg_reload_conf()`. */
    async writeConfiguration(text: string): Promise<void> {
        const file = path.join(this.data, CONFIGURATION);
        await writeFile(file, text, { mode: 0o600 });
        const user = unprivilegedUser();
        if (user) await chown(file, user.uid, user.gid);
    }

    /** Path of the unix socket, while PostgreSQL takes connections. */
    get socket(): string | undefined {
        return this.#accepting ? path.join(this.socketFolder, `.s.PGSQL.${SOCKET_PORT}`) : undefined;
    }

    /** @throws Error while PostgreSQL is down. */
    get pool(): SuperuserPool {
        if (!this.#accepting || !this.#pool) throw new Error(`PostgreSQL in ${this.folder} is not running`);
        return this.#pool;
    }

    /** Nothing to do where it runs. Whatever was left running on the data folder is stopped first. */
    start(): Promise<void> {
        return this.#inTurn(() => this.#start());
    }

    /** At once for those who sign in; resolves when the process has ended. */
    stop(mode: StopMode = "fast"): Promise<void> {
        this.#accepting = false;
        return this.#inTurn(() => this.#stop(mode));
    }

    restart(): Promise<void> {
        this.#accepting = false;
        return this.#inTurn(async () => {
            await this.#stop("fast");
            await this.#start();
        });
    }

    async #start(): Promise<void> {
        if (this.#accepting) return;
        const programs = await binaries();
        // One that ended by itself leaves its pool.
        await this.#stop("immediate");
        if (await isWatchedElsewhere(this.data, this.run)) {
            throw new Error(`The data in ${this.data} is in use by another local Azure that is running.`);
        }
        await stopPostmaster(programs, this.data, "immediate");
        await this.run.watch(this.data);
        await mkdir(this.socketFolder, { recursive: true, mode: 0o700 });
        const user = unprivilegedUser();
        if (user) await chown(this.socketFolder, user.uid, user.gid);
        const { data, socketFolder } = this;
        const logFile = path.join(this.folder, "postgres.log");
        const postmaster = await startPostmaster({ programs, data, socketFolder, logFile });
        void postmaster.ended.then(() => {
            if (this.#postmaster === postmaster) this.#accepting = false;
        });
        this.#postmaster = postmaster;
        this.#pool = new SuperuserPool(socketFolder);
        this.#accepting = true;
    }

    async #stop(mode: StopMode): Promise<void> {
        this.#accepting = false;
        const [postmaster, pool] = [this.#postmaster, this.#pool];
        this.#postmaster = this.#pool = undefined;
        await postmaster?.stop(mode);
        await pool?.end();
        await this.run.forget(this.data);
    }

    #inTurn(work: () => Promise<void>): Promise<void> {
        const turn = this.#queue.then(work);
        this.#queue = turn.catch(() => undefined);
        return turn;
    }
}
