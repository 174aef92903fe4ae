/** A local Azure's PostgreSQL for one test file: its servers, its tenant, and clients that sign in. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { Directory } from "../../emulator/entra/directory";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { Faults } from "../../emulator/faults";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { PostgresServers, type PostgresServer } from "../../emulator/postgres/postgresServers";
import type { ServerSpec, Surroundings } from "../../emulator/postgres/serverTypes";
import { tokenVerifier } from "../../emulator/postgres/tokenCheck";
import { newDirectory, TENANT, TestTokens } from "./testTenant";

export const HOST = "pg-test.postgres.database.azure.com";

export interface TestServers {
    servers: PostgresServers;
    server: PostgresServer;
    directory: Directory;
    tokens: TestTokens;
    faults: Faults;
    ca: CertificateAuthority;
    /** `ca.pem` as a file. */
    caFile: string;
    /** May be changed by a test, who changes it back. */
    surroundings: { -readonly [K in keyof Surroundings]: Surroundings[K] };
    clock: { now: () => number };
    /** Signs in; the caller ends it. */
    connect(user: string, password: string, options?: pg.ClientConfig): Promise<pg.Client>;
    /** Signs in as `user`, asks who it is, and leaves. */
    whoami(user: string, password: string, options?: pg.ClientConfig): Promise<string>;
    /** As the given identity, under its own name (or `user`). */
    as(object: DirectoryObject, user?: string, options?: pg.ClientConfig): Promise<pg.Client>;
    stop(): Promise<void>;
}

export const OPEN: Surroundings = { refusalOfAddress: () => undefined, entraUnreachable: () => undefined };

export async function startTestServers(spec: Partial<ServerSpec> = {}): Promise<TestServers> {
    const directory = newDirectory();
    const tokens = await TestTokens.create(directory);
    const faults = new Faults();
    const folder = await mkdtemp(path.join(tmpdir(), "test-ca-"));
    const ca = await CertificateAuthority.create();
    const caFile = path.join(folder, "ca.pem");
    await writeFile(caFile, ca.certificate);
    const clock = { now: () => Date.now() };
    const verifyToken = tokenVerifier({ jwks: tokens.jwks, tenantId: TENANT, now: () => clock.now() });
    const servers = new PostgresServers({ directory, verifyToken, faults, ca });
    const surroundings = { ...OPEN };
    const server = await servers.create({ ...defaultSpec(), ...spec }, surroundings);
    const connect: TestServers["connect"] = async (user, password, options = {}) => {
        const client = new pg.Client({ ...connection(server, ca), user, password, ...options });
        client.on("error", () => undefined);
        await client.connect();
        return client;
    };
    return {
        ...{ servers, server, directory, tokens, faults, ca, caFile, surroundings, clock, connect },
        whoami: async (user, password, options) => {
            const client = await connect(user, password, options);
            const { rows } = await client.query<{ current_user: string }>("select current_user");
            await client.end();
            return rows[0]!.current_user;
        },
        as: async (object, user = nameOf(object), options) =>
            connect(user, await tokens.token(object), options),
        stop: async () => {
            await servers.stop();
            await rm(folder, { recursive: true });
        },
    };
}

export function defaultSpec(): ServerSpec {
    return { name: "pg-test", host: HOST, tenantId: TENANT, entraEnabled: true, passwordEnabled: false };
}

export function nameOf(object: DirectoryObject): string {
    return object.userPrincipalName ?? object.displayName;
}

/**
 * As a map of names to addresses gives it: connects to loopback, checks the certificate for the real name.
 */
export function connection(server: PostgresServer, ca: CertificateAuthority): pg.ClientConfig {
    return {
        host: "127.0.0.1",
        port: server.port,
        database: "postgres",
        ssl: { ca: ca.certificate, servername: server.spec.host },
    };
}

/** For `assert.rejects`: an error of PostgreSQL with this SQLSTATE and this text. */
export function sqlError(code: string, message?: string | RegExp): object {
    return { code, ...(message !== undefined && { message }) };
}
