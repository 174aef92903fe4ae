/** Quoting for shells and connection strings. Each function is given any text without control characters. Pure. */

/** The shells in which commands can be shown. */
export enum Shell {
    /** Also zsh and other POSIX shells. */
    Bash = "Bash",
    /** PowerShell 7 and Windows PowerShell 5.1. */
    PowerShell = "PowerShell",
    /** At the prompt of cmd.exe. In a batch file each percent sign is doubled. */
    Cmd = "Cmd",
}

/** One word for a POSIX shell. */
export function quoteBash(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One string for PowerShell, which also takes typographic quotes for quotes. Not for text with double quotes. */
export function quotePowerShell(text: string): string {
    return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}

/**
 * One argument at the prompt of cmd.exe, for programs that take their command line apart as C programs do.
 * Not for text with double quotes: see `needsPercentEncoding`. Text with percent signs has to be percent-encoded, thus
 * without spaces: it stands outside of quotes, where a caret after each percent sign keeps `%20B%` from being read as a
 * variable named 20B.
 */
export function quoteCmd(text: string): string {
    if (text.includes("%")) return text.replace(/[&|<>()^]/g, "^$&").replaceAll("%", "%^");
    return `"${text.replace(/(\\+)$/, "$1$1")}"`;
}

export function quoteFor(shell: Shell, text: string): string {
    if (shell === Shell.Bash) return quoteBash(text);
    return shell === Shell.PowerShell ? quotePowerShell(text) : quoteCmd(text);
}

/**
 * Whether a text cannot be handed to a program as it is. Windows PowerShell loses double quotes in arguments, cmd.exe reads
 * variables between percent signs even within quotes, and programs there read other than ASCII in the code page of the day.
 */
export function needsPercentEncoding(shell: Shell, text: string): boolean {
    return shell !== Shell.Bash && !/^[ !#$&-~]*$/.test(text);
}

/** A value for a connection string of keywords and values (libpq). Single quotes protect spaces (F18). */
export function quoteKeywordValue(text: string): string {
    if (/^[A-Za-z0-9_.:/@+,-]+$/.test(text)) return text;
    return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

/** A part of a URI; everything but letters, digits, `-`, `.`, `_` and `~` is percent-encoded. */
export function encodeUriPart(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

/** A value for an ADO.NET connection string (Npgsql). */
export function quoteAdoNet(text: string): string {
    if (/^[A-Za-z0-9_.:/@+-]+$/.test(text)) return text;
    return `"${text.replaceAll('"', '""')}"`;
}
