/**
 * A server's front door: one loopback port, TLS, sign-in by token or password, and behind it PostgreSQL's
 * unix socket.
 */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Faults } from "../faults";
import type { DirectoryLookup } from "./directoryTable";
import { Refused, runSession, type SessionHost } from "./gatewaySession";
import { readPasswordMessage } from "./messageReader";
import { passwordSignIn } from "./passwordSignIn";
import { relay } from "./relay";
import { findRole, type RowSource } from "./roleDirectory";
import {
    LONGEST_NAME,
    signInMethod,
    tokenRefusal,
    wrongPassword,
    type Authentication,
    type RoleRecord,
} from "./signIn";
import type { SecurityLabel } from "./securityLabel";
import { roleOfUser, SettingFilter, WRONG_USER_FORM } from "./singleServer";
import { withUser, type StartupMessage } from "./startupMessage";
import { StatementFilter } from "./statementFilter";
import { TokenRefused, type TokenVerifier, type VerifiedToken } from "./tokenCheck";
import type { ServerCertificate } from "./certificates";
import type { Surroundings } from "./serverTypes";
import { ASK_FOR_CLEARTEXT_PASSWORD, LONGEST_PASSWORD_MESSAGE } from "./wireMessages";

/** From connect to signed in, as PostgreSQL's `authentication_timeout`. */
const SIGN_IN_TIMEOUT_MS = 60_000;
const READY_FOR_QUERY = 0x5a;

export interface GatewayOptions {
    serverName: string;
    certificate: ServerCertificate;
    verifyToken: TokenVerifier;
    directory: DirectoryLookup;
    faults: Faults;
    surroundings: Surroundings;
    clientAddress(): string;
    authentication(): Authentication;
    /** Path of PostgreSQL's unix socket; `undefined` while PostgreSQL is down. */
    upstream(): string | undefined;
    superuser(): RowSource;
    /** See `DirectoryTable.update`. */
    updateDirectory(): Promise<void> | undefined;
    /** Work that must be done before a role is looked up. */
    beforeSignIn?(): Promise<void> | undefined;
    /** Users are of the form USER@SERVER, and statements in the dialect of Single Server (F36, F40). */
    isSingleServer?: boolean;
    /** For the fault `RestartPostgres`; PostgreSQL is down when this returns. */
    restart(): void;
}

export class Gateway implements SessionHost {
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    readonly #context: SecureContext;
    readonly #saltSecret = randomBytes(32);
    readonly #options: GatewayOptions;

    private constructor(options: GatewayOptions) {
        this.#options = options;
        const { certificate, privateKey } = options.certificate;
        this.#context = createSecureContext({ cert: certificate, key: privateKey, minVersion: "TLSv1.2" });
        this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    }

    /** Listens on 127.0.0.1. @param wishedPort used where it is free; else, and with 0, any free one. */
    static async listen(options: GatewayOptions, wishedPort = 0): Promise<Gateway> {
        const gateway = new Gateway(options);
        try {
            await listening(gateway.#server, wishedPort);
        } catch (error) {
            if (wishedPort === 0) throw error;
            await listening(gateway.#server, 0);
        }
        // A failing accept (no file handles left) concerns the client alone.
        gateway.#server.on("error", () => undefined);
        return gateway;
    }

    get port(): number {
        return (this.#server.address() as AddressInfo).port;
    }

    /** Ends all connections. */
    async close(): Promise<void> {
        const closed = once(this.#server, "close");
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }

    secureContext(): SecureContext {
        return this.#context;
    }

    clientAddress(): string {
        return this.#options.clientAddress();
    }

    refusalOfAddress(): string | undefined {
        return this.#options.surroundings.refusalOfAddress(this.clientAddress());
    }

    cancel(request: Buffer): void {
        const path = this.#options.upstream();
        if (!path) return;
        const socket = connect(path);
        socket.on("error", () => socket.destroy());
        socket.end(request);
        socket.resume();
    }

    async serve(client: Duplex, given: StartupMessage): Promise<void> {
        const { faults, serverName } = this.#options;
        const startup = this.#options.isSingleServer ? singleServerStartup(given, serverName) : given;
        const { user } = startup;
        if (faults.take("RestartPostgres", serverName)) this.#options.restart();
        this.#requireUpstream();
        if (startup.userBytes > LONGEST_NAME) {
            const length = `${startup.userBytes} bytes; names have at most ${LONGEST_NAME}`;
            throw new Refused({ code: "28000", message: `role name "${user}" has ${length}` });
        }
        await this.#options.beforeSignIn?.();
        const method = signInMethod(await this.#findRole(user), this.#options.authentication());
        if (method === "password") {
            const find = async (): Promise<RoleRecord | undefined> => this.#findRole(user);
            await passwordSignIn(client, user, find, this.#saltSecret);
        } else await this.#tokenSignIn(client, user);
        await this.#connectThrough(client, startup, faults.take("DropConnection", serverName) !== undefined);
    }

    async #tokenSignIn(client: Duplex, user: string): Promise<void> {
        client.write(ASK_FOR_CLEARTEXT_PASSWORD);
        const body = await readPasswordMessage(client, LONGEST_PASSWORD_MESSAGE);
        const end = body.indexOf(0);
        if (end !== body.length - 1)
            throw new Refused({ code: "08P01", message: "invalid password packet size" });
        if (end === 0) throw new Refused({ code: "28P01", message: "empty password returned by client" });
        // The role is read again: much may have happened since the client was asked.
        const role = await this.#findRole(user);
        if (!role?.label || signInMethod(role, this.#options.authentication()) !== "token") {
            throw new Refused(wrongPassword(user));
        }
        const unreachable = this.#options.surroundings.entraUnreachable();
        if (unreachable !== undefined) {
            const message =
                "Microsoft Entra ID cannot be reached from this server, so no access token can be validated";
            throw new Refused({ code: "28000", message, detail: unreachable });
        }
        await this.#checkToken(user, role.label, body.toString("utf8", 0, end));
    }

    async #checkToken(user: string, label: SecurityLabel, token: string): Promise<void> {
        let verified: VerifiedToken;
        try {
            verified = await this.#options.verifyToken(token);
        } catch (error) {
            if (error instanceof TokenRefused) throw new Refused({ code: "28000", message: error.message });
            throw error;
        }
        const groups = verified.groupsLeftOut
            ? this.#options.directory.groupsOf(verified.objectId)
            : verified.groups;
        const refusal = tokenRefusal(user, label, verified, groups);
        if (refusal) throw new Refused(refusal);
    }

    async #findRole(user: string): Promise<RoleRecord | undefined> {
        try {
            return await findRole(this.#options.superuser(), user);
        } catch {
            // The role could not be looked up, which says nothing about the role: never 28000, clients do not
            // retry that.
            throw notAccepting();
        }
    }

    #requireUpstream(): string {
        const path = this.#options.upstream();
        if (!path) throw notAccepting();
        return path;
    }

    /** PostgreSQL trusts the gateway, and takes it from here with its own «authentication ok». */
    async #connectThrough(client: Duplex, startup: StartupMessage, drop: boolean): Promise<void> {
        const upstream = connect(this.#requireUpstream());
        await once(upstream, "connect").catch(() => {
            throw notAccepting();
        });
        upstream.write(startup.forwarded);
        if (drop) dropWhenReady(client, upstream);
        const filter = this.#options.isSingleServer ? new SettingFilter() : new StatementFilter();
        const before = (): Promise<void> | undefined => this.#options.updateDirectory();
        relay({ client, upstream, before, filter: (chunk) => filter.push(chunk) });
    }

    #accept(socket: Socket): void {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
        socket.on("error", () => socket.destroy());
        const tooLong = setTimeout(() => socket.destroy(), SIGN_IN_TIMEOUT_MS);
        // A session has run when it is signed in, or refused. From then on it may be silent for as long as it
        // likes.
        void runSession(socket, this).finally(() => clearTimeout(tooLong));
    }
}

/** F40. */
function singleServerStartup(startup: StartupMessage, serverName: string): StartupMessage {
    const role = roleOfUser(startup.user, serverName);
    if (role === undefined) throw new Refused({ code: "28000", message: WRONG_USER_FORM });
    return withUser(startup, role);
}

function notAccepting(): Refused {
    return new Refused({ code: "57P03", message: "the database system is not accepting connections" });
}

/** The fault `DropConnection`: the client sees that it is signed in, and then nothing any more. */
function dropWhenReady(client: Duplex, upstream: Socket): void {
    upstream.on("data", (chunk: Buffer) => {
        const isReady = chunk.length >= 6 && chunk[chunk.length - 6] === READY_FOR_QUERY;
        if (isReady) setImmediate(() => client.destroy());
    });
}

function listening(server: Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            server.off("error", reject);
            resolve();
        });
    });
}
