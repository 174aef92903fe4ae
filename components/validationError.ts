/** The value of an argument that must not be shown. */
export const SECRET_VALUE = Symbol("secret");

/**
 * An argument that was refused before anything was registered. Pulumi shows it without a stack trace.
 *
 * The message is one sentence: argument, value, rule, fix.
 */
export class ValidationError extends Error {
    /** The marker by which Pulumi's runtime knows errors of the user, whichever copy of the SDK is loaded. */
    readonly __pulumiRunError = true;

    /**
     * @param argument path of the argument, for instance `administrators[0].objectId`
     * @param value what was given; `undefined` where nothing was, `SECRET_VALUE` where it must not be shown
     * @param rule what the argument must fulfil
     * @param fix what to do, as an imperative
     */
    constructor(
        readonly argument: string,
        readonly value: unknown,
        readonly rule: string,
        readonly fix: string,
    ) {
        super(`${argument} ${shown(value)}: ${rule}; ${fix}.`);
        this.name = "ValidationError";
    }

    /** The SDK hangs the failed promise, and with it every resource, onto errors; printing all that takes a minute. */
    [Symbol.for("nodejs.util.inspect.custom")](): string {
        return this.stack ?? this.message;
    }
}

const LONGEST = 120;

function shown(value: unknown): string {
    if (value === undefined || value === null) return "is not given";
    if (value === SECRET_VALUE) return "is [secret]";
    return `is ${visible(value)}`;
}

/** The value as JSON in which nothing is invisible: control, format and bidirectional characters are escaped. */
export function visible(value: unknown): string {
    const json = JSON.stringify(value) ?? String(value);
    const escaped = json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeCharacter);
    return escaped.length > LONGEST ? `${escaped.slice(0, LONGEST - 3)}...` : escaped;
}

function escapeCharacter(character: string): string {
    return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
        .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
        .join("");
}
