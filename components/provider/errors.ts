/** Errors that a person can act on: what failed, PostgreSQL's own words with SQLSTATE, detail and hint, and the fix. */

/** No connection could be made or authenticated for a reason that a repetition does not change. */
export class SignInError extends Error {
    override name = "SignInError";
}

/** A statement failed. `code` is the SQLSTATE where the server gave one. */
export class DatabaseError extends Error {
    override name = "DatabaseError";
    readonly code: string | undefined;

    constructor(message: string, cause: unknown) {
        super(message, { cause });
        this.code = sqlState(cause);
    }
}

/** The SQLSTATE (five characters) or the system's error code (such as ECONNRESET). */
export function codeOf(error: unknown): string | undefined {
    const code = (error as { code?: unknown } | undefined)?.code;
    if (typeof code === "string") return code;
    const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown[] };
    // Node tries all addresses of a name and reports them together.
    if (Array.isArray(errors)) return codeOf(errors[0]);
    return cause && cause !== error ? codeOf(cause) : undefined;
}

export function sqlState(error: unknown): string | undefined {
    const code = codeOf(error);
    // Every SQLSTATE that servers send holds a digit; EPIPE does not.
    return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** PostgreSQL's words: message, SQLSTATE, detail, hint. */
export function describe(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const { detail, hint } = error as { detail?: string; hint?: string };
    const code = codeOf(error);
    const extras = [
        code && sqlState(error) ? `SQLSTATE ${code}` : code,
        detail && `detail: ${detail}`,
        hint && `hint: ${hint}`,
    ].filter(Boolean);
    const nested = (error as { errors?: unknown[] }).errors?.[0];
    const message = error.message || (nested instanceof Error ? nested.message : "") || error.name;
    return extras.length > 0 ? `${message} (${extras.join("; ")})` : message;
}

/** What to do about an error, as the end of a sentence; `undefined` where nothing more is known than the server says. */
export function fixFor(error: unknown, user: string): string | undefined {
    const message = error instanceof Error ? error.message : "";
    switch (sqlState(error)) {
        case "42883":
            return "the pgaadauth functions exist in the database postgres of a server with Microsoft Entra authentication only (F60); turn it on for this server";
        case "42501":
            if (/set parameter/.test(message)) {
                return "only the service itself may set this parameter for a role; set it as a server parameter";
            }
            return `only Microsoft Entra administrators can create or change Entra roles (F6), and from PostgreSQL 16 on only with ADMIN OPTION on the role; '${user}' is signed in: sign in as an Entra administrator, or as the one who made the role`;
        case "0LP01":
            return "the name must be spelled exactly as in Microsoft Entra ID, be unique there, and the server must reach Entra ID; give objectId to find the identity by its id (F61, F18)";
        case "28000":
        case "28P01":
            return `connection.user must be the role name of the administrator that the token belongs to, or of a group that it is a member of (case counts); '${user}' was tried`;
        case "2BP01":
            return "something still belongs to the role; see the detail, and onDelete";
        case "53200":
            if (!/shared memory/.test(message)) return undefined;
            return "a transaction holds locks for every role that it changes, and the server has no room for so many: raise its parameter max_locks_per_transaction (it takes a restart), or split the set into several";
        case "25006":
            return "the server is read-only: principals are made on the primary, never on a replica (F72)";
    }
    if (/certificate|self.signed|altnames|hostname/i.test(message)) {
        return "the server's certificate must be valid for connection.host; a tunnel goes into connection.address, with the host name unchanged";
    }
    if (message === "The server does not support SSL connections") {
        return "connections are made with TLS only (F16); see what answers at this address";
    }
    return undefined;
}

/** One sentence of everything. @param subject For instance `principal 'ada@contoso.com'`. */
export function explained(subject: string, what: string, error: unknown, user: string): DatabaseError {
    if (error instanceof DatabaseError) return error;
    const fix = fixFor(error, user);
    const text = `${subject}: ${what} failed: ${describe(error)}`;
    return new DatabaseError(fix ? `${text}. Fix: ${fix}.` : text, error);
}
