import { Client } from "pg";

/** Where to sign in: the host's name, which TLS checks, and the address that stands for it. */
export interface SignInTarget {
    host: string;
    address: string;
    port: number;
    /** PEM text of the certificate authority that signed the server's certificate. */
    ca: string;
}

export interface SignInAttempt {
    /** Who tries, in words: «Grace Guest (guest user)». */
    who: string;
    role: string;
    database: string;
    /** The token, fetched right before signing in (F17). */
    token: () => Promise<string>;
    /** `undefined` where the sign-in is to succeed; else a text that the refusal must contain. */
    refusal?: string;
    /** Whom the session is to be, where that is another name than the one signed in with (F40). Default: `role`. */
    sessionRole?: string;
    /** True tries without TLS (F16). */
    plaintext?: boolean;
}

export interface SignInResult {
    who: string;
    role: string;
    database: string;
    expected: string;
    seen: string;
    asExpected: boolean;
}

const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** Signs in as a client would, with `pg` over TLS and the token as password (F13), and says what came of it. */
export async function attemptSignIn(target: SignInTarget, attempt: SignInAttempt): Promise<SignInResult> {
    const seen = await outcome(target, attempt);
    const expected =
        attempt.refusal === undefined
            ? signedIn({ ...attempt, role: attempt.sessionRole ?? attempt.role })
            : `refused: ${attempt.refusal}`;
    const asExpected =
        attempt.refusal === undefined
            ? seen === expected
            : seen.startsWith("refused") && seen.includes(attempt.refusal);
    return { who: attempt.who, role: attempt.role, database: attempt.database, expected, seen, asExpected };
}

/** One after another, in order. */
export async function attemptSignIns(
    target: SignInTarget,
    attempts: SignInAttempt[],
): Promise<SignInResult[]> {
    const results: SignInResult[] = [];
    for (const attempt of attempts) results.push(await attemptSignIn(target, attempt));
    return results;
}

async function outcome(target: SignInTarget, attempt: SignInAttempt): Promise<string> {
    const token = await attempt.token().catch((error: Error) => error);
    if (token instanceof Error) return `no token: ${token.message}`;
    const client = new Client({
        host: target.address,
        port: target.port,
        user: attempt.role,
        database: attempt.database,
        password: token,
        ssl: attempt.plaintext ? false : { ca: target.ca, servername: target.host },
        connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    });
    // Without a listener, a connection that breaks after the sign-in would end the process.
    client.on("error", () => undefined);
    try {
        await client.connect();
        const { rows } = await client.query(
            "select session_user::text as role, current_database()::text as database",
        );
        return signedIn(rows[0]);
    } catch (error) {
        return `refused: ${(error as Error).message}`;
    } finally {
        await client.end().catch(() => undefined);
    }
}

function signedIn(as: { role: string; database: string }): string {
    return `signed in as ${as.role} to ${as.database}`;
}
