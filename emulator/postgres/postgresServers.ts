/** All PostgreSQL servers of one local Azure. */

import { chown, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { AzureError } from "./azureError";
import type { CertificateAuthority } from "./certificates";
import type { DirectoryLookup } from "./directoryTable";
import type { Faults } from "../faults";
import { SETUP_KEY } from "./dataTemplate";
import { PostgresClusters } from "./postgresClusters";
import { PostgresProcess } from "./postgresProcess";
import { PostgresServer, type ServerContext } from "./postgresServer";
import { isOpenTo, openRunFolder, type RunFolder } from "./runFolder";
import { readState, type ServerState } from "./serverState";
import type { ServerSpec, Surroundings } from "./serverTypes";
import type { TokenVerifier } from "./tokenCheck";
import { unprivilegedUser } from "./unprivilegedUser";

export { PostgresServer } from "./postgresServer";

/** From the block for documentation: nobody's. */
const DEFAULT_CLIENT_ADDRESS = "203.0.113.25";

export interface PostgresServersOptions {
    /** Where the servers' data lives; kept at the end. Default: in the run folder, gone at the end. */
    folder?: string;
    /** Shared with others of this run, who also close it. Default: an own one. */
    run?: RunFolder;
    directory: DirectoryLookup;
    verifyToken: TokenVerifier;
    /** For nodes of clusters. Default: `verifyToken`. */
    verifyClusterToken?: TokenVerifier;
    faults: Faults;
    ca: CertificateAuthority;
    /** From where clients seem to come, for the servers' firewalls. Default: 203.0.113.25. */
    clientAddress?: string;
}

export class PostgresServers {
    /** From where clients seem to come; may be changed at any time. */
    clientAddress: string;
    readonly clusters = new PostgresClusters(this);
    readonly #options: PostgresServersOptions;
    readonly #servers = new Map<string, PostgresServer>();
    readonly #context: ServerContext;
    #run: Promise<RunFolder> | undefined;
    readonly #underway = new Set<Promise<unknown>>();
    #stopping = false;
    #sockets = 0;

    constructor(options: PostgresServersOptions) {
        this.#options = options;
        this.clientAddress = options.clientAddress ?? DEFAULT_CLIENT_ADDRESS;
        const { directory, verifyToken, verifyClusterToken = verifyToken, faults, ca } = options;
        const clientAddress = () => this.clientAddress;
        this.#context = { directory, verifyToken, verifyClusterToken, faults, ca, clientAddress };
    }

    /** A new server, started and listening. @throws AzureError `ServerNameAlreadyExists`. */
    create(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer> {
        return this.#begin(() => this.#create(spec, surroundings));
    }

    async #create(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer> {
        const { process, folder } = await this.#prepare(spec.name);
        if (await readState(folder)) throw taken(spec.name);
        // What an interrupted creation left.
        await rm(folder, { recursive: true, force: true });
        await makeFolder(folder);
        const { entraEnabled, passwordEnabled, administratorLogin } = spec;
        const state = {
            port: 0,
            setup: SETUP_KEY,
            entraEnabled,
            passwordEnabled,
            administratorLogin,
            parameters: {},
        };
        try {
            await process.create();
            return await this.#launch(spec, state, process, surroundings);
        } catch (error) {
            await rm(folder, { recursive: true, force: true });
            throw error;
        }
    }

    /**
     * A server of an earlier run, as it was, on the same port where that is free.
     * @throws Error where there is none.
     */
    open(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer> {
        return this.#begin(() => this.#open(spec, surroundings));
    }

    async #open(spec: ServerSpec, surroundings: Surroundings): Promise<PostgresServer> {
        const { process, folder } = await this.#prepare(spec.name);
        const state = await readState(folder);
        if (!state)
            throw new AzureError("ResourceNotFound", `There is no data of a server '${spec.name}'.`, 404);
        await process.checkVersion();
        if (state.setup !== SETUP_KEY) {
            await process.renew();
            state.setup = SETUP_KEY;
        }
        return this.#launch(spec, state, process, surroundings);
    }

    get(name: string): PostgresServer | undefined {
        return this.#servers.get(name);
    }

    /** The server of a host name. */
    byHost(host: string): PostgresServer | undefined {
        return [...this.#servers.values()].find((server) => server.spec.host === host);
    }

    /** Stops the server and deletes its data. Absence is success. */
    async remove(name: string): Promise<void> {
        checkName(name);
        const server = this.#servers.get(name);
        this.#servers.delete(name);
        await server?.close("immediate");
        await rm(path.join(await this.#folder(), name), { recursive: true, force: true });
    }

    /** The end of this run. Data stays where a folder was given. */
    async stop(): Promise<void> {
        this.#stopping = true;
        await Promise.allSettled(this.#underway);
        const servers = [...this.#servers.values()];
        this.#servers.clear();
        const mode = this.#options.folder ? "fast" : "immediate";
        await Promise.all(servers.map((server) => server.close(mode)));
        if (this.#run && !this.#options.run) await (await this.#run).close();
        this.#run = undefined;
    }

    /** What is being started when the end comes is waited for, so that it ends as well. */
    #begin(start: () => Promise<PostgresServer>): Promise<PostgresServer> {
        if (this.#stopping)
            return Promise.reject(
                new AzureError("OperationNotAllowed", "The local Azure is being stopped.", 409),
            );
        const underway = start();
        this.#underway.add(underway);
        const forget = () => void this.#underway.delete(underway);
        underway.then(forget, forget);
        return underway;
    }

    async #launch(
        spec: ServerSpec,
        state: ServerState,
        process: PostgresProcess,
        surroundings: Surroundings,
    ): Promise<PostgresServer> {
        const server = new PostgresServer(spec, state, process, this.#context);
        try {
            await server.launch(surroundings);
        } catch (error) {
            await server.close("fast").catch(() => undefined);
            throw error;
        }
        this.#servers.set(spec.name, server);
        return server;
    }

    async #prepare(name: string): Promise<{ process: PostgresProcess; folder: string }> {
        checkName(name);
        if (this.#servers.has(name)) throw taken(name);
        const run = await this.#openRun();
        const folder = path.join(await this.#folder(), name);
        // Numbered, as a socket's path must be short and a server's name may be long.
        const process = new PostgresProcess(folder, path.join(run.sockets, String(++this.#sockets)), run);
        return { process, folder };
    }

    async #folder(): Promise<string> {
        const { folder } = this.#options;
        if (!folder) return (await this.#openRun()).data;
        const absolute = path.resolve(folder);
        await mkdir(path.dirname(absolute), { recursive: true });
        if (!(await isOpenTo(unprivilegedUser(), path.dirname(absolute)))) {
            throw new Error(
                `The data of servers cannot live in ${absolute}: PostgreSQL does not run as root, and its user cannot enter ` +
                    "that folder. Choose one that all users can enter, as `keptFolder` gives.",
            );
        }
        await makeFolder(absolute);
        return absolute;
    }

    #openRun(): Promise<RunFolder> {
        this.#run ??= this.#options.run ? Promise.resolve(this.#options.run) : openRunFolder();
        return this.#run;
    }
}

/** For PostgreSQL's user alone (and root). */
async function makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const user = unprivilegedUser();
    if (user) await chown(folder, user.uid, user.gid);
}

/** Azure's rule; it also makes the name safe as that of a folder. */
function checkName(name: string): void {
    if (/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/.test(name)) return;
    throw new AzureError(
        "InvalidServerName",
        `'${name}' is no server name: 3 to 63 lower-case letters, digits and hyphens, no hyphen at the ends.`,
    );
}

function taken(name: string): AzureError {
    return new AzureError("ServerNameAlreadyExists", `Specified server name '${name}' is already used.`, 409);
}
