/**
 * Looks through what a client sends, message by message, for label statements, and rewrites those. All else
 * goes through untouched and, as far as can be, uncopied: this is on the way of every byte.
 */

import { labelCall, parseLabelStatement } from "./securityLabelStatement";

const QUERY = 0x51;
const PARSE = 0x50;
const HEAD = 5;

/** No label statement is longer; a longer message is never held back. */
const LONGEST_STATEMENT = 16_384;

export class StatementFilter {
    /** Bytes still to come of a message that goes through as it is. */
    #passing = 0;
    /** The beginning of a message that cannot be judged yet. */
    #held: Buffer | undefined;

    /** @returns what to send on; `undefined` where everything must wait for more. */
    push(chunk: Buffer): Buffer | undefined {
        if (this.#passing >= chunk.length) {
            this.#passing -= chunk.length;
            return chunk;
        }
        const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
        this.#held = undefined;
        return this.#judge(bytes);
    }

    #judge(bytes: Buffer): Buffer | undefined {
        const parts: Buffer[] = [];
        let sent = 0;
        let at = this.#passing;
        this.#passing = 0;
        while (at < bytes.length) {
            const size = bytes.length - at < HEAD ? undefined : bytes.readUInt32BE(at + 1) + 1;
            const end = size === undefined ? Infinity : at + size;
            const judged = size === undefined ? "unclear" : judge(bytes, at, end);
            if (judged === "unclear" || (judged === "perhaps" && end > bytes.length)) {
                this.#held = Buffer.from(bytes.subarray(at));
                if (sent === 0 && at === 0) return undefined;
                parts.push(bytes.subarray(sent, at));
                return joined(parts);
            }
            const rewritten = judged === "perhaps" ? rewrite(bytes.subarray(at, end)) : undefined;
            if (rewritten) {
                parts.push(bytes.subarray(sent, at), rewritten);
                sent = end;
            }
            at = end;
        }
        this.#passing = at - bytes.length;
        if (sent === 0) return bytes;
        parts.push(bytes.subarray(sent));
        return joined(parts);
    }
}

function joined(parts: Buffer[]): Buffer | undefined {
    const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    return whole.length > 0 ? whole : undefined;
}

/** `perhaps`: it may be a label statement, read it. `unclear`: too little of it is here to say. */
function judge(bytes: Buffer, at: number, end: number): "no" | "perhaps" | "unclear" {
    const type = bytes[at];
    if ((type !== QUERY && type !== PARSE) || end - at > LONGEST_STATEMENT || end - at < HEAD) return "no";
    const here = Math.min(end, bytes.length);
    const ranOut = end > bytes.length ? "unclear" : "no";
    let text = at + HEAD;
    if (type === PARSE) {
        while (text < here && bytes[text] !== 0) text++;
        text++;
    }
    while (text < here && bytes[text]! <= 0x20 && bytes[text] !== 0) text++;
    const first = text < here ? bytes[text] : undefined;
    const second = text + 1 < here ? bytes[text + 1] : undefined;
    const third = text + 2 < here ? bytes[text + 2] : undefined;
    if (first === undefined) return ranOut;
    const dash = first === 0x2d;
    if (dash || first === 0x2f)
        return second === undefined ? ranOut : second === (dash ? 0x2d : 0x2a) ? "perhaps" : "no";
    if (!is(first, "s")) return "no";
    if (second === undefined) return ranOut;
    if (!is(second, "e")) return "no";
    if (third === undefined) return ranOut;
    return is(third, "c") ? "perhaps" : "no";
}

/** In upper or lower case. */
function is(byte: number, letter: string): boolean {
    return (byte | 0x20) === letter.charCodeAt(0);
}

/** @returns `undefined` where the message is no label statement after all. */
function rewrite(message: Buffer): Buffer | undefined {
    const start = message[0] === PARSE ? message.indexOf(0, HEAD) + 1 : HEAD;
    const end = message.indexOf(0, start);
    if (start < HEAD || end < 0) return undefined;
    const statement = parseLabelStatement(message.subarray(start, end));
    if (!statement) return undefined;
    const whole = Buffer.concat([message.subarray(0, start), labelCall(statement), message.subarray(end)]);
    whole.writeUInt32BE(whole.length - 1, 1);
    return whole;
}
