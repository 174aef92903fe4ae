/** PostgreSQL's wire protocol, as far as the gateway speaks it itself. Pure. */

/** Codes in the place of a protocol version. */
export const SSL_REQUEST = 80877103;
export const GSSENC_REQUEST = 80877104;
export const CANCEL_REQUEST = 80877102;

/** PostgreSQL's own limits, in bytes, length field included. */
export const LONGEST_STARTUP = 10_000;
export const LONGEST_PASSWORD_MESSAGE = 65_535;

export interface ServerError {
    /** SQLSTATE. */
    code: string;
    message: string;
    detail?: string;
}

/** A fatal error; the connection ends after it. */
export function fatalMessage({ code, message, detail }: ServerError): Buffer {
    const fields: [string, string][] = [
        ["S", "FATAL"],
        ["V", "FATAL"],
        ["C", code],
        ["M", message],
    ];
    if (detail) fields.push(["D", detail]);
    // A NUL would end a field early.
    const text = fields.map(([type, value]) => `${type}${value.replaceAll("\0", "")}\0`).join("");
    return encoded("E", Buffer.from(`${text}\0`));
}

export const ASK_FOR_CLEARTEXT_PASSWORD = authentication(3);

/** @param mechanisms in the server's order of preference. */
export function askForSasl(mechanisms: readonly string[]): Buffer {
    return authentication(10, Buffer.from(`${mechanisms.map((name) => `${name}\0`).join("")}\0`));
}

export function saslContinue(data: string): Buffer {
    return authentication(11, Buffer.from(data));
}

export function saslFinal(data: string): Buffer {
    return authentication(12, Buffer.from(data));
}

/** The server speaks 3.0 only, and knows none of the given options. */
export function negotiateProtocolVersion(unknownOptions: readonly string[]): Buffer {
    const head = Buffer.alloc(8);
    head.writeInt32BE(0, 0);
    head.writeInt32BE(unknownOptions.length, 4);
    return encoded(
        "v",
        Buffer.concat([head, Buffer.from(unknownOptions.map((name) => `${name}\0`).join(""))]),
    );
}

function authentication(kind: number, rest: Buffer = Buffer.alloc(0)): Buffer {
    const code = Buffer.alloc(4);
    code.writeInt32BE(kind);
    return encoded("R", Buffer.concat([code, rest]));
}

function encoded(type: string, body: Buffer): Buffer {
    const head = Buffer.alloc(5);
    head.write(type, 0, "latin1");
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
}
