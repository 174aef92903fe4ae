/**
 * Recognises a lone `SECURITY LABEL FOR pgaadauth ON ROLE … IS …` and writes it as a call of the label
 * function: PostgreSQL without Azure's extension knows no such label provider. Works on bytes, as the text
 * may be in any of PostgreSQL's client encodings; all of them keep the ASCII characters that matter here.
 * Pure.
 *
 * Not recognised, and so answered by PostgreSQL itself with «security label provider "pgaadauth" is not
 * loaded»: several statements in one message, EXECUTE in PL/pgSQL, names or texts as U&'…'.
 */

export interface LabelStatement {
    role: Buffer;
    /** `undefined`: the label is taken away (`IS NULL`). */
    label: Buffer | undefined;
}

type Token =
    | { kind: "word"; text: Buffer }
    | { kind: "name"; text: Buffer }
    | { kind: "string"; text: Buffer }
    | { kind: "semicolon" }
    | { kind: "end" };

/** @returns `undefined` where the text is anything else. */
export function parseLabelStatement(sql: Buffer): LabelStatement | undefined {
    const tokens = new Lexer(sql);
    const isWord = (token: Token | undefined, word: string): boolean =>
        token?.kind === "word" && token.text.toString("latin1") === word;
    const identifier = (token: Token | undefined): Buffer | undefined =>
        token?.kind === "word" || token?.kind === "name" ? token.text : undefined;

    if (!isWord(tokens.next(), "security") || !isWord(tokens.next(), "label")) return undefined;
    if (!isWord(tokens.next(), "for")) return undefined;
    const provider = tokens.next();
    const providerName = provider?.kind === "string" ? provider.text : identifier(provider);
    if (providerName?.toString("latin1") !== "pgaadauth") return undefined;
    if (!isWord(tokens.next(), "on") || !isWord(tokens.next(), "role")) return undefined;
    const role = identifier(tokens.next());
    if (!role || role.length === 0 || !isWord(tokens.next(), "is")) return undefined;
    const value = tokens.next();
    if (value?.kind !== "string" && !isWord(value, "null")) return undefined;
    let last = tokens.next();
    while (last?.kind === "semicolon") last = tokens.next();
    if (last?.kind !== "end") return undefined;
    return { role, label: value?.kind === "string" ? value.text : undefined };
}

/**
 * The statement as plain ASCII, whatever the names hold and however the session reads strings: both go as
 * hexadecimal digits, in the client's encoding.
 */
export function labelCall({ role, label }: LabelStatement): Buffer {
    const text = (bytes: Buffer): string =>
        `pg_catalog.convert_from(pg_catalog.decode(''${bytes.toString("hex")}'', ''hex''), pg_catalog.pg_client_encoding())`;
    const call = `pg_catalog.pgaadauth_local_set_label(${text(role)}, ${label ? text(label) : "null"})`;
    return Buffer.from(`DO 'begin perform ${call}; end'`);
}

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);

/** PostgreSQL's lexical rules, as far as the statement needs them. */
class Lexer {
    #at = 0;
    constructor(private readonly sql: Buffer) {}

    /** The next token; `undefined` for anything that the statement cannot hold. */
    next(): Token | undefined {
        if (!this.#skipSpace()) return undefined;
        const first = this.sql[this.#at];
        if (first === undefined) return { kind: "end" };
        const char = String.fromCharCode(first);
        if (char === ";") {
            this.#at++;
            return { kind: "semicolon" };
        }
        if (char === '"') return this.#quoted(char, "name", false);
        if (char === "'") return this.#quoted(char, "string", false);
        if (char === "$") return this.#dollarQuoted();
        if (!/[A-Za-z_\x80-\xff]/.test(char)) return undefined;
        if (/[eE]/.test(char) && this.sql[this.#at + 1] === 0x27) {
            this.#at++;
            return this.#quoted("'", "string", true);
        }
        return this.#word();
    }

    /** White space and comments; block comments nest. False where one never ends. */
    #skipSpace(): boolean {
        for (;;) {
            while (SPACE.has(this.sql[this.#at]!)) this.#at++;
            const two = this.sql.toString("latin1", this.#at, this.#at + 2);
            if (two === "--") {
                while (this.#at < this.sql.length && !/[\r\n]/.test(String.fromCharCode(this.sql[this.#at]!)))
                    this.#at++;
            } else if (two === "/*") {
                if (!this.#skipBlockComment()) return false;
            } else return true;
        }
    }

    #skipBlockComment(): boolean {
        let depth = 0;
        while (this.#at < this.sql.length) {
            const two = this.sql.toString("latin1", this.#at, this.#at + 2);
            if (two === "/*") depth++;
            if (two === "*/") depth--;
            this.#at += two === "/*" || two === "*/" ? 2 : 1;
            if (depth === 0) return true;
        }
        return false;
    }

    /** Folded to lower case, as PostgreSQL does with unquoted names; only A to Z, as in UTF-8. */
    #word(): Token | undefined {
        const start = this.#at;
        while (/[A-Za-z0-9_$\x80-\xff]/.test(String.fromCharCode(this.sql[this.#at] ?? 0))) this.#at++;
        const text = Buffer.from(this.sql.subarray(start, this.#at));
        for (let i = 0; i < text.length; i++) if (text[i]! >= 0x41 && text[i]! <= 0x5a) text[i]! += 0x20;
        return { kind: "word", text };
    }

    #quoted(quote: string, kind: "name" | "string", escapes: boolean): Token | undefined {
        const mark = quote.charCodeAt(0);
        const bytes: number[] = [];
        for (let i = this.#at + 1; i < this.sql.length; i++) {
            const byte = this.sql[i]!;
            if (byte === mark) {
                if (this.sql[i + 1] !== mark) {
                    this.#at = i + 1;
                    return { kind, text: Buffer.from(bytes) };
                }
                i++;
            } else if (escapes && byte === 0x5c) {
                const escaped = this.sql[++i];
                // \\ and \' are all that a label or a name can need; the others (\n, \x41, …) are not read.
                if (escaped !== 0x5c && escaped !== 0x27) return undefined;
                bytes.push(escaped);
                continue;
            }
            bytes.push(byte);
        }
        return undefined;
    }

    #dollarQuoted(): Token | undefined {
        const tag = /^\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$/.exec(
            this.sql.toString("latin1", this.#at),
        )?.[0];
        if (!tag) return undefined;
        const start = this.#at + tag.length;
        const end = this.sql.indexOf(tag, start, "latin1");
        if (end < 0) return undefined;
        this.#at = end + tag.length;
        return { kind: "string", text: Buffer.from(this.sql.subarray(start, end)) };
    }
}
