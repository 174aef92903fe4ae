import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { version } from "../package.json";
import type { ResourceProvider } from "../components/provider/resourceProvider";
import { ResourceApi } from "./arm/resourceApi";
import { LocalAzureEndpoint, writeEndpointFile, type Environment } from "./endpoint";
import { Machines } from "./endpoint/machines";
import { Closers } from "./closers";
import { CLUSTER_AUDIENCE } from "./entra/audiences";
import type { Directory } from "./entra/directory";
import { SEED_CLIENT_IDS, SEED_IDS, seedDirectory } from "./entra/seedDirectory";
import { TenantFile } from "./entra/tenantFile";
import { TokenIssuer } from "./entra/tokenIssuer";
import { Faults } from "./faults";
import { graphService } from "./graph/graphService";
import { forLocalStackOnly } from "./localProvider";
import { SocksProxy } from "./socksProxy";
import { seedResources } from "./seedResources";
import { lockState } from "./stateLock";
import { CertificateAuthority } from "./postgres/certificates";
import { PostgresServers } from "./postgres/postgresServers";
import { openRunFolder } from "./postgres/runFolder";
import { tokenVerifier } from "./postgres/tokenCheck";
import { azureNativeProvider } from "./providers/azureNative";
import { azureadProvider } from "./providers/azuread";
import { connectToLocalServers, postgresqlProvider } from "./providers/postgresql";
import { resourceManagerService } from "./rest/resourceManagerService";
import { RestServer } from "./rest/restServer";

/** The one subscription of the local Azure. */
export const LOCAL_SUBSCRIPTION_ID = "f0000000-0000-4000-8000-000000000001";

export interface LocalAzureOptions {
    /** Where everything is kept for the next start. Default: nothing is kept. */
    stateFolder?: string;
    /** The tenant. Default: the kept one, else the seed tenant. */
    directory?: Directory;
    /** From where clients seem to come, for the firewalls of public servers. Default: 203.0.113.25. */
    clientAddress?: string;
    /** How the latency of a fault is waited for: a clock of one's own. Default: in real time. */
    sleep?: (milliseconds: number) => Promise<void>;
}

/** A whole Azure for PostgreSQL on this machine: tenant, tokens, resource API, servers, and Pulumi providers onto them. */
export class LocalAzure {
    readonly faults = new Faults();
    readonly #closers = new Closers();
    #parts!: Parts;

    /**
     * Starts it, with the servers that were kept.
     *
     * @throws Error where another process has the state folder
     */
    static async start(options: LocalAzureOptions = {}): Promise<LocalAzure> {
        const azure = new LocalAzure();
        try {
            azure.#parts = await startParts(azure, azure.#closers, options);
            await azure.api.open();
            await seedResources(azure.api, azure.directory);
            azure.#announce();
            return azure;
        } catch (error) {
            await azure.stop().catch(() => undefined);
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

    /** Virtual machines, as the workloads on them see them. */
    get machines(): Machines {
        return this.#parts.machines;
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
            exportedToken: (host) =>
                this.servers.byHost(host)?.spec.kind === "ClusterNode"
                    ? this.tokens.issue({ objectId: caller.objectId, audience: CLUSTER_AUDIENCE })
                    : undefined,
        });
        return [
            azureNativeProvider(this.api, { caller }),
            azureadProvider(this.directory, { callerId: caller.objectId }),
            postgresqlProvider({ connect }),
        ].map(forLocalStackOnly);
    }

    /** Where the server of this host name listens on this machine. */
    resolve(host: string): { address: string; port: number } | undefined {
        const server = this.servers.byHost(host);
        return server && { address: "127.0.0.1", port: server.port };
    }

    /** For a process that deploys: the deployer's identity and this local Azure. `undefined`: take the variable away. */
    environment(own: Environment = process.env): Environment {
        return { ...this.endpoint.metadataEnvironment(own), LOCAL_AZURE_ENDPOINT: this.endpointFile };
    }

    /** Stops everything. What was kept stays. */
    stop(): Promise<void> {
        return this.#closers.closeAll();
    }

    /** Last of all, so that whoever finds the file finds everything ready. */
    #announce(): void {
        const { url, key } = this.endpoint;
        const { endpointFile, caFile } = this;
        writeEndpointFile(endpointFile, {
            url,
            key,
            caFile,
            tenantId: this.directory.tenantId,
            pid: process.pid,
        });
        this.#closers.add(() => rm(endpointFile, { force: true }));
    }
}

interface Parts {
    ca: CertificateAuthority;
    directory: Directory;
    tokens: TokenIssuer;
    servers: PostgresServers;
    api: ResourceApi;
    machines: Machines;
    rest: RestServer;
    endpoint: LocalAzureEndpoint;
    endpointFile: string;
}

async function startParts(azure: LocalAzure, closers: Closers, options: LocalAzureOptions): Promise<Parts> {
    const { stateFolder } = options;
    if (stateFolder) await mkdir(stateFolder, { recursive: true, mode: 0o755 });
    if (stateFolder) closers.add(await lockState(stateFolder));
    const run = await openRunFolder();
    closers.add(() => run.close());
    const folder = stateFolder ?? path.join(run.path, "azure");
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const ca = await CertificateAuthority.open(path.join(folder, "ca"));
    const { directory, tokens } = await openTenant(azure, closers, folder, options);
    const servers = new PostgresServers({
        folder: stateFolder && path.join(folder, "servers"),
        run,
        directory,
        verifyToken: tokenVerifier({ jwks: tokens.jwks, tenantId: directory.tenantId }),
        verifyClusterToken: tokenVerifier({
            jwks: tokens.jwks,
            tenantId: directory.tenantId,
            audience: CLUSTER_AUDIENCE,
        }),
        faults: azure.faults,
        ca,
        clientAddress: options.clientAddress,
    });
    closers.add(() => servers.stop());
    const api = new ResourceApi({
        subscriptionId: LOCAL_SUBSCRIPTION_ID,
        directory,
        servers,
        faults: azure.faults,
        sleep: options.sleep,
        stateFile: stateFolder && path.join(folder, "resources.json"),
    });
    const proxy = await SocksProxy.start({ resolve: (host) => azure.resolve(host) });
    closers.add(() => proxy.close());
    const machines = new Machines({ api, directory, issuer: tokens, faults: azure.faults });
    closers.add(() => machines.close());
    const graph = graphService({ directory, jwks: tokens.jwks, faults: azure.faults });
    const resourceManager = resourceManagerService({ api, jwks: tokens.jwks, faults: azure.faults });
    const rest = await RestServer.start({ ca, services: [graph, resourceManager] });
    closers.add(() => rest.close());
    const endpoint = await LocalAzureEndpoint.start({
        directory,
        issuer: tokens,
        version,
        caFile: ca.certificateFile!,
        graphUrl: rest.url,
        resourceManagerUrl: rest.url,
        defaultIdentity: SEED_IDS.deployer,
        api,
        metadataUrl: (machine) => machines.metadataUrl(machine),
        resolve: (host) => azure.resolve(host),
        faults: azure.faults,
        socksUrl: proxy.url,
    });
    closers.add(() => endpoint.close());
    return {
        ca,
        directory,
        tokens,
        servers,
        api,
        machines,
        rest,
        endpoint,
        endpointFile: path.join(folder, "endpoint.json"),
    };
}

async function openTenant(azure: LocalAzure, closers: Closers, folder: string, options: LocalAzureOptions) {
    const file = new TenantFile(folder);
    const directory = options.directory ?? file.directory() ?? seedDirectory();
    const tokens = await TokenIssuer.create(directory, {
        privateJwk: file.signingKey(),
        faults: azure.faults,
    });
    const save = () => file.save(directory, tokens);
    await save();
    // What a change could not save is tried again at the end, where a failure is told.
    directory.onChange(() => void save().catch(() => undefined));
    closers.add(save);
    return { directory, tokens };
}
