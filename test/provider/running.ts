/** A running local Azure with one server, and the package's provider behind gRPC that signs in to it with real tokens. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { serveProvider, type ServedProvider } from "../../components/provider/grpcServer";
import { azureTokens, type TokenSource } from "../../components/provider/token";
import { LocalAzureEndpoint, writeEndpointFile } from "../../emulator/endpoint";
import { Directory } from "../../emulator/entra/directory";
import type { DirectoryObject, PrincipalType } from "../../emulator/entra/directoryObject";
import { TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { Faults } from "../../emulator/faults";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { PostgresServers, type PostgresServer } from "../../emulator/postgres/postgresServers";
import { tokenVerifier } from "../../emulator/postgres/tokenCheck";
import { ProviderClient } from "./grpcClient";
import { URN } from "./inputs";

export const HOST = "pg-test.postgres.database.azure.com";
const TENANT = "11111111-2222-4333-8444-555555555555";
export const DEPLOYER = "d0000000-0000-4000-8000-000000000001";
export const OTHER_ADMIN = "d0000000-0000-4000-8000-000000000002";
const GROUP = "d0000000-0000-4000-8000-000000000003";

/** An object id for a number, so that tests need not share any. */
export const idOf = (number: number) => `e0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** Looks for every token that was used in everything that the provider answered. */
export function assertNoTokens({ tokens, client }: Running): void {
    const heard = client.heard.join("\n");
    assert.ok(tokens.length > 0 && heard.length > 1_000, "nothing was heard");
    for (const token of new Set(tokens)) {
        for (const part of [token, ...token.split(".").slice(1)])
            assert.ok(!heard.includes(part), "a token was told");
    }
    assert.doesNotMatch(heard, /eyJ[\w-]{8,}\./);
}

export class Running {
    readonly faults = new Faults();
    readonly tokens: string[] = [];
    directory!: Directory;
    issuer!: TokenIssuer;
    ca!: CertificateAuthority;
    server!: PostgresServer;
    endpoint!: LocalAzureEndpoint;
    client!: ProviderClient;
    folder!: string;
    #servers!: PostgresServers;
    #served!: ServedProvider;
    #before = new Map<string, string | undefined>();
    #next = 100;

    static async start(): Promise<Running> {
        const running = new Running();
        await running.#start();
        return running;
    }

    async #start(): Promise<void> {
        this.folder = await mkdtemp(path.join(tmpdir(), "provider-test-"));
        this.directory = new Directory(TENANT);
        for (const [objectId, displayName] of [
            [DEPLOYER, "deployer"],
            [OTHER_ADMIN, "second-admin"],
        ] as const) {
            this.directory.add({
                objectId,
                displayName,
                principalType: "ServicePrincipal",
                managedIdentity: "UserAssigned",
                appId: idOf(this.#next++),
            });
        }
        this.directory.add({
            objectId: GROUP,
            displayName: "DBA",
            principalType: "Group",
            members: [DEPLOYER],
        });
        this.issuer = await TokenIssuer.create(this.directory, { faults: this.faults });
        this.ca = await CertificateAuthority.open(path.join(this.folder, "ca"));
        const verifyToken = tokenVerifier({ jwks: this.issuer.jwks, tenantId: TENANT });
        this.#servers = new PostgresServers({
            directory: this.directory,
            verifyToken,
            faults: this.faults,
            ca: this.ca,
        });
        const spec = {
            name: "pg-test",
            host: HOST,
            tenantId: TENANT,
            entraEnabled: true,
            passwordEnabled: true,
            administratorLogin: "pgadmin",
            administratorLoginPassword: "Passw0rd!",
        };
        this.server = await this.#servers.create(spec, {
            refusalOfAddress: () => undefined,
            entraUnreachable: () => undefined,
        });
        await this.server.addAdministrator({ roleName: "DBA", objectId: GROUP, principalType: "Group" });
        await this.server.addAdministrator({
            roleName: "second-admin",
            objectId: OTHER_ADMIN,
            principalType: "ServicePrincipal",
        });
        this.endpoint = await LocalAzureEndpoint.start({
            directory: this.directory,
            issuer: this.issuer,
            version: "0.0.0",
            caFile: this.ca.certificateFile!,
            metadataUrl: () => Promise.reject(new Error("there are no machines here")),
            defaultIdentity: DEPLOYER,
            resolve: (host) => (host === HOST ? { address: "127.0.0.1", port: this.server.port } : undefined),
            faults: this.faults,
        });
        this.writeEndpointFile();
        this.#setEnvironment({
            ...this.endpoint.metadataEnvironment(),
            LOCAL_AZURE_ENDPOINT: this.endpointFile,
        });
        this.#served = await serveProvider(this.provider());
        this.client = new ProviderClient(this.#served.port);
    }

    /** Another provider process on the same local Azure, as a second deployment would be. */
    static async second(first: Running): Promise<{ client: ProviderClient; stop(): Promise<void> }> {
        const served = await serveProvider(first.provider());
        const client = new ProviderClient(served.port);
        return {
            client,
            async stop() {
                client.close();
                await served.close();
            },
        };
    }

    get endpointFile(): string {
        return path.join(this.folder, "endpoint.json");
    }

    writeEndpointFile(changes: { url?: string; key?: string } = {}): void {
        const { url, key } = this.endpoint;
        writeEndpointFile(this.endpointFile, {
            url,
            key,
            caFile: this.ca.certificateFile!,
            tenantId: TENANT,
            pid: process.pid,
            ...changes,
        });
    }

    /** One that also notes its tokens, for the scans. */
    provider(deadline = 15_000): AzurePostgresEntraProvider {
        const source = azureTokens();
        const tokens: TokenSource = async (cloud, signal) => {
            const token = await source(cloud, signal);
            this.tokens.push(token);
            return token;
        };
        return new AzurePostgresEntraProvider({ tokens, deadline });
    }

    #setEnvironment(changes: Record<string, string | undefined>): void {
        for (const [name, value] of Object.entries(changes)) {
            if (!this.#before.has(name)) this.#before.set(name, process.env[name]);
            if (value === undefined) delete process.env[name];
            else process.env[name] = value;
        }
    }

    async stop(): Promise<void> {
        this.client.close();
        await this.#served.close();
        await this.endpoint.close();
        await this.#servers.stop();
        await rm(this.folder, { recursive: true, force: true });
        this.#setEnvironment(Object.fromEntries(this.#before));
    }

    /** A new identity in the tenant. */
    identity(
        displayName: string,
        principalType: PrincipalType = "ServicePrincipal",
        more: Partial<DirectoryObject> = {},
    ): string {
        const objectId = idOf(this.#next++);
        const upn = principalType === "User" ? { userPrincipalName: displayName } : {};
        const app = principalType === "ServicePrincipal" ? { appId: idOf(this.#next++) } : {};
        this.directory.add({ objectId, displayName, principalType, ...upn, ...app, ...more });
        return objectId;
    }

    connection(more: Record<string, unknown> = {}): Record<string, unknown> {
        return { host: HOST, user: "DBA", cloud: "Local", ...more };
    }

    /** A role that the signed-in administrator may grant. */
    async grantedRole(name: string): Promise<void> {
        await this.sql(`create role "${name}"`);
        await this.sql(`grant "${name}" to "DBA" with admin option`);
    }

    /** Without the administrator. */
    async membersOf(name: string): Promise<unknown[]> {
        const rows = await this.sql(
            `select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid
            where r.rolname = $1 and m.rolname <> 'DBA' order by 1`,
            [name],
        );
        return rows.map((row) => row["rolname"]);
    }

    /** Inputs of a service principal's role. */
    inputs(
        name: string,
        objectId: string | undefined,
        more: Record<string, unknown> = {},
    ): Record<string, unknown> {
        return { connection: this.connection(), name, principalType: "ServicePrincipal", objectId, ...more };
    }

    async create(inputs: Record<string, unknown>) {
        const { failures } = await this.client.check(URN, inputs);
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
        return this.client.create(URN, inputs);
    }

    /** Signs in as a role with the token of an identity. */
    async signIn(role: string, objectId: string, database = "postgres", mfa = false): Promise<pg.Client> {
        const client = new pg.Client({
            host: "127.0.0.1",
            port: this.server.port,
            user: role,
            database,
            password: await this.issuer.issue({ objectId, mfa }),
            ssl: { ca: this.ca.certificate },
        });
        client.on("error", () => undefined);
        await client.connect();
        return client;
    }

    /** Runs statements as a role. */
    async run(role: string, objectId: string, database: string, ...statements: string[]): Promise<void> {
        const client = await this.signIn(role, objectId, database);
        try {
            for (const statement of statements) await client.query(statement);
        } finally {
            await client.end();
        }
    }

    sql<R extends Record<string, unknown> = Record<string, unknown>>(
        text: string,
        values?: unknown[],
        database?: string,
    ): Promise<R[]> {
        return this.server.superuserQuery<R>(text, values, database);
    }

    /** Of PostgreSQL: 17 for 17.10. */
    async major(): Promise<number> {
        const [row] = await this.sql("select current_setting('server_version_num')::int / 10000 as major");
        return Number(row!["major"]);
    }

    async role(name: string): Promise<Record<string, unknown> | undefined> {
        const [row] = await this.sql(
            `select r.oid::text, rolcanlogin, rolcreaterole, rolcreatedb, rolconnlimit,
            (select string_agg(label, '|') from pg_shseclabel l where l.objoid = r.oid) as label
            from pg_roles r where rolname = $1`,
            [name],
        );
        return row;
    }
}
