/** The first message of a session: who, which database, with which settings. Pure. */

export interface StartupMessage {
    /** Minor number of protocol version 3. */
    minor: number;
    user: string;
    /** Default: the user's name. */
    database: string;
    /** The user's name as it came, for its length. */
    userBytes: number;
    /** Names of the protocol options (`_pq_.…`) that were asked for. */
    protocolOptions: string[];
    /** The message to send on, in version 3.0 and without protocol options; the rest as it came. */
    forwarded: Buffer;
}

/** The message is not one; the text is PostgreSQL's. */
export class StartupError extends Error {
    override readonly name = "StartupError";
    constructor(
        /** SQLSTATE. */
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

/**
 * @param body what follows the length: version and parameters.
 * @throws StartupError
 */
export function parseStartup(body: Buffer): StartupMessage {
    const version = body.readUInt32BE(0);
    const minor = version & 0xffff;
    if (version >>> 16 !== 3) {
        throw new StartupError(
            "0A000",
            `unsupported frontend protocol ${version >>> 16}.${minor}: server supports 3.0 to 3.0`,
        );
    }
    const parameters = parseParameters(body.subarray(4));
    const text = (name: string): string | undefined => lastOf(parameters, name)?.toString("utf8");
    const user = text("user");
    if (!user) throw new StartupError("28000", "no PostgreSQL user name specified in startup packet");
    const isOption = ([name]: Parameter): boolean => name.startsWith("_pq_.");
    return {
        minor,
        user,
        database: text("database") || user,
        userBytes: lastOf(parameters, "user")!.length,
        protocolOptions: parameters.filter(isOption).map(([name]) => name),
        forwarded: encodeStartup(parameters.filter((parameter) => !isOption(parameter))),
    };
}

/** The same for another user. */
export function withUser(startup: StartupMessage, user: string): StartupMessage {
    const parameters = parseParameters(startup.forwarded.subarray(8)).filter(([name]) => name !== "user");
    const bytes = Buffer.from(user, "utf8");
    const database = startup.database === startup.user ? user : startup.database;
    const forwarded = encodeStartup([["user", bytes], ...parameters]);
    return { ...startup, user, database, userBytes: bytes.length, forwarded };
}

type Parameter = [name: string, value: Buffer];

function parseParameters(bytes: Buffer): Parameter[] {
    const parameters: Parameter[] = [];
    let at = 0;
    for (;;) {
        const name = terminated(bytes, at);
        if (name === undefined) break;
        at += name.length + 1;
        if (name.length === 0) {
            if (at === bytes.length) return parameters;
            break;
        }
        const value = terminated(bytes, at);
        if (value === undefined) break;
        at += value.length + 1;
        parameters.push([name.toString("utf8"), value]);
    }
    throw new StartupError("08P01", "invalid startup packet layout: expected terminator as last byte");
}

function terminated(bytes: Buffer, at: number): Buffer | undefined {
    const end = bytes.indexOf(0, at);
    return end < 0 ? undefined : bytes.subarray(at, end);
}

/** As PostgreSQL: of parameters given twice the last one counts. */
function lastOf(parameters: Parameter[], name: string): Buffer | undefined {
    return parameters.findLast(([key]) => key === name)?.[1];
}

function encodeStartup(parameters: Parameter[]): Buffer {
    const parts = parameters.flatMap(([name, value]) => [Buffer.from(`${name}\0`), value, Buffer.of(0)]);
    const body = Buffer.concat([...parts, Buffer.of(0)]);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8, 0);
    head.writeUInt32BE(3 << 16, 4);
    return Buffer.concat([head, body]);
}
