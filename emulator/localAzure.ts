import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { JWK } from "jose";
import { version } from "../package.json";
import type { ResourceProvider } from "../components/provider/resourceProvider";
import { ResourceApi } from "./arm/resourceApi";
import { LocalAzureEndpoint, writeEndpointFile, type Environment } from "./endpoint";
import { Directory } from "./entra/directory";
import { SEED_CLIENT_IDS, SEED_IDS, seedDirectory } from "./entra/seedDirectory";
import { TokenIssuer } from "./entra/tokenIssuer";
import { Faults } from "./faults";
import { forLocalStackOnly } from "./localProvider";
import { CertificateAuthority } from "./postgres/certificates";
import { PostgresServers } from "./postgres/postgresServers";
import { openRunFolder, type RunFolder } from "./postgres/runFolder";
import { tokenVerifier } from "./postgres/tokenCheck";
import { azureNativeProvider } from "./providers/azureNative";
import { azureadProvider } from "./providers/azuread";
import { connectToLocalServers, postgresqlProvider } from "./providers/postgresql";

/** The one subscription of the local Azure. */
export const LOCAL_SUBSCRIPTION_ID = "f0000000-0000-4000-8000-000000000001";

export interface LocalAzureOptions {
    /** Where everything is kept for the next start. Default: nothing is kept. */
    stateFolder?: string;
    /** The tenant. Default: the kept one, else the seed tenant. */
    directory?: Directory;
    /** From where clients seem to come, for the firewalls of public servers. Default: 203.0.113.25. */
    clientAddress?: string;
}

/** A whole Azure for PostgreSQL on this machine: tenant, tokens, resource API, servers, and Pulumi providers onto them. */
export class LocalAzure {
    readonly faults = new Faults();
    #parts!: Parts;

    /** Starts it, with the servers that were kept. */
    static async start(options: LocalAzureOptions = {}): Promise<LocalAzure> {
        const azure = new LocalAzure();
        const run = await openRunFolder();
        try {
            azure.#parts = await startParts(azure, run, options);
            await azure.api.open();
            return azure;
        } catch (error) {
            if (azure.#parts) await azure.stop();
            else await run.close();
            throw error;
        }
    }

    get directory(): Directory {
        return this.#parts.directory;
    }

    get tokens(): TokenIssuer {
        return this.#parts.tokens;
    }

    get api(): ResourceApi {
        return this.#parts.api;
    }

    get servers(): PostgresServers {
        return this.#parts.servers;
    }

    get endpoint(): LocalAzureEndpoint {
        return this.#parts.endpoint;
    }

    /** PEM text of the authority that signs the servers' certificates. */
    get certificate(): string {
        return this.#parts.ca.certificate;
    }

    /** The same as a file, for `sslrootcert`. */
    get caFile(): string {
        return this.#parts.ca.certificateFile!;
    }

    /** The file by which providers and the command line find this local Azure. */
    get endpointFile(): string {
        return this.#parts.endpointFile;
    }

    /** The local providers, each for the stack `local` alone. */
    providers(): ResourceProvider[] {
        const caller = { objectId: SEED_IDS.deployer, clientId: SEED_CLIENT_IDS.deployer };
        const connect = connectToLocalServers({
            resolve: (host) => this.resolve(host),
            ca: this.certificate,
            token: () => this.tokens.issue({ objectId: caller.objectId }),
        });
        return [
            azureNativeProvider(this.api, { caller }),
            azureadProvider(this.directory, { callerId: caller.objectId }),
            postgresqlProvider({ connect }),
        ].map(forLocalStackOnly);
    }

    /** Where the server of this host name listens on this machine. */
    resolve(host: string): { address: string; port: number } | undefined {
        const server = this.servers.get(host.split(".")[0]!);
        return server && server.spec.host === host ? { address: "127.0.0.1", port: server.port } : undefined;
    }

    /** For a process that deploys: the deployer's identity and this local Azure. `undefined`: take the variable away. */
    environment(own: Environment = process.env): Environment {
        return { ...this.endpoint.metadataEnvironment(own), LOCAL_AZURE_ENDPOINT: this.endpointFile };
    }

    /** Stops everything. What was kept stays. */
    async stop(): Promise<void> {
        const { endpoint, servers, run, save } = this.#parts;
        await endpoint.close();
        await save();
        await servers.stop();
        await run.close();
    }
}

interface Parts {
    run: RunFolder;
    ca: CertificateAuthority;
    directory: Directory;
    tokens: TokenIssuer;
    servers: PostgresServers;
    api: ResourceApi;
    endpoint: LocalAzureEndpoint;
    endpointFile: string;
    save: () => Promise<void>;
}

async function startParts(azure: LocalAzure, run: RunFolder, options: LocalAzureOptions): Promise<Parts> {
    const { stateFolder } = options;
    const folder = stateFolder ?? path.join(run.path, "azure");
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const ca = await CertificateAuthority.open(path.join(folder, "ca"));
    const tenant = new TenantFiles(folder);
    const directory = options.directory ?? tenant.directory() ?? seedDirectory();
    const tokens = await TokenIssuer.create(directory, {
        privateJwk: tenant.signingKey(),
        faults: azure.faults,
    });
    const servers = new PostgresServers({
        folder: stateFolder && path.join(folder, "servers"),
        run,
        directory,
        verifyToken: tokenVerifier({ jwks: tokens.jwks, tenantId: directory.tenantId }),
        faults: azure.faults,
        ca,
        clientAddress: options.clientAddress,
    });
    const api = new ResourceApi({
        subscriptionId: LOCAL_SUBSCRIPTION_ID,
        directory,
        servers,
        faults: azure.faults,
        stateFile: stateFolder && path.join(folder, "resources.json"),
    });
    const endpoint = await LocalAzureEndpoint.start({
        directory,
        issuer: tokens,
        version,
        caFile: ca.certificateFile!,
        defaultIdentity: SEED_IDS.deployer,
        resolve: (host) => azure.resolve(host),
        fault: (fault) => azure.faults.add(fault),
    });
    const endpointFile = path.join(folder, "endpoint.json");
    const { url, key } = endpoint;
    writeEndpointFile(endpointFile, {
        url,
        key,
        caFile: ca.certificateFile!,
        tenantId: directory.tenantId,
        pid: process.pid,
    });
    const save = () => tenant.save(directory, tokens);
    if (stateFolder) directory.onChange(() => void save());
    await save();
    return { run, ca, directory, tokens, servers, api, endpoint, endpointFile, save };
}

/** The tenant's objects and signing key, kept so that ids and tokens outlive a restart. */
class TenantFiles {
    readonly #file: string;
    #writing: Promise<void> = Promise.resolve();

    constructor(folder: string) {
        this.#file = path.join(folder, "tenant.json");
    }

    directory(): Directory | undefined {
        const kept = this.#read();
        return kept && Directory.fromJSON(kept.directory);
    }

    signingKey(): JWK | undefined {
        return this.#read()?.signingKey;
    }

    /** One write after another, each whole. */
    save(directory: Directory, tokens: TokenIssuer): Promise<void> {
        this.#writing = this.#writing.then(async () => {
            const text = JSON.stringify({
                directory: directory.toJSON(),
                signingKey: tokens.exportPrivateJwk(),
            });
            const partial = `${this.#file}.partial`;
            await writeFile(partial, text, { mode: 0o600 });
            await chmod(partial, 0o600);
            await rename(partial, this.#file);
        });
        return this.#writing;
    }

    #read(): { directory: ReturnType<Directory["toJSON"]>; signingKey: JWK } | undefined {
        return existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, "utf8")) : undefined;
    }
}
