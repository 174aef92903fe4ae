/**
 * The server's side of SCRAM-SHA-256 (RFC 5802, 7677), with the verifiers that PostgreSQL stores. Pure but
 * for random numbers.
 */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

export const SCRAM = "SCRAM-SHA-256";

/** PostgreSQL's default. */
const ITERATIONS = 4096;

interface Verifier {
    iterations: number;
    salt: string;
    storedKey: Buffer;
    serverKey: Buffer;
}

/** What PostgreSQL stores for a password: so that the password itself appears in no statement and no log. */
export function scramVerifier(password: string): string {
    const salt = randomBytes(16);
    const salted = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
    const stored = createHash("sha256").update(hmac(salted, "Client Key")).digest("base64");
    const server = hmac(salted, "Server Key").toString("base64");
    return `${SCRAM}$${ITERATIONS}:${salt.toString("base64")}$${stored}:${server}`;
}

/** Whether a stored verifier is that of this password. */
export function isScramPassword(stored: string, password: string): boolean {
    const verifier = parseVerifier(stored);
    if (!verifier) return false;
    const salt = Buffer.from(verifier.salt, "base64");
    const salted = pbkdf2Sync(password.normalize("NFKC"), salt, verifier.iterations, 32, "sha256");
    const key = createHash("sha256").update(hmac(salted, "Client Key")).digest();
    return timingSafeEqual(key, verifier.storedKey);
}

function parseVerifier(text: string | undefined): Verifier | undefined {
    const match = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(text ?? "");
    if (!match) return undefined;
    const [, iterations, salt, stored, server] = match as unknown as [string, string, string, string, string];
    return {
        iterations: Number(iterations),
        salt,
        storedKey: Buffer.from(stored, "base64"),
        serverKey: Buffer.from(server, "base64"),
    };
}

/** The client does not keep to the protocol; the text is PostgreSQL's. */
export class ScramError extends Error {
    override readonly name = "ScramError";
}

/** One exchange. `first` and then `final` are called with what the client sends. */
export class ScramExchange {
    readonly #verifier: Verifier;
    /**
     * Without a verifier the exchange runs to its end, and fails there: whether a role exists is not told.
     */
    readonly #doomed: boolean;
    #clientFirstBare = "";
    #serverFirst = "";
    #channelBinding = "";
    #nonce = "";

    /**
     * @param stored the role's verifier, if it has one.
     * @param user for a made-up salt that is the same at each try.
     * @param secret of this server, for the same.
     */
    constructor(stored: string | undefined, user: string, secret: Buffer) {
        const verifier = parseVerifier(stored);
        this.#doomed = verifier === undefined;
        this.#verifier = verifier ?? madeUpVerifier(user, secret);
    }

    /** @returns the server's first message. @throws ScramError */
    first(message: string): string {
        // gs2-header, then «n=<name>,r=<nonce>». The name is not used: the startup message's counts.
        const match =
            /^((?:n|y),(?:a=[^,]*)?,)((?:m=[^,]*,)?n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(
                message,
            );
        if (!match) throw new ScramError("malformed SCRAM message");
        const [, header, bare, nonce] = match as unknown as [string, string, string, string];
        this.#channelBinding = Buffer.from(header).toString("base64");
        this.#clientFirstBare = bare;
        this.#nonce = nonce + randomBytes(18).toString("base64");
        this.#serverFirst = `r=${this.#nonce},s=${this.#verifier.salt},i=${this.#verifier.iterations}`;
        return this.#serverFirst;
    }

    /** @returns the server's last message; `undefined` where the password is wrong. @throws ScramError */
    final(message: string): string | undefined {
        const match = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/s.exec(message);
        if (!match) throw new ScramError("malformed SCRAM message");
        const [, withoutProof, binding, nonce, proof64] = match as unknown as [
            string,
            string,
            string,
            string,
            string,
        ];
        if (binding !== this.#channelBinding)
            throw new ScramError("unexpected SCRAM channel-binding attribute");
        if (nonce !== this.#nonce) throw new ScramError("invalid SCRAM response");
        const text = `${this.#clientFirstBare},${this.#serverFirst},${withoutProof}`;
        const signature = hmac(this.#verifier.storedKey, text);
        const proof = Buffer.from(proof64, "base64");
        if (proof.length !== signature.length) throw new ScramError("malformed SCRAM message");
        const clientKey = Buffer.from(proof.map((byte, i) => byte ^ signature[i]!));
        const matches = timingSafeEqual(
            createHash("sha256").update(clientKey).digest(),
            this.#verifier.storedKey,
        );
        if (!matches || this.#doomed) return undefined;
        return `v=${hmac(this.#verifier.serverKey, text).toString("base64")}`;
    }
}

function madeUpVerifier(user: string, secret: Buffer): Verifier {
    const salt = hmac(secret, user).subarray(0, 16).toString("base64");
    return { iterations: ITERATIONS, salt, storedKey: randomBytes(32), serverKey: randomBytes(32) };
}

function hmac(key: Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}
