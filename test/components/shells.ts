import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Ways to find out what a program would be given by a command line: real shells where they are, their rules where not. */

export interface Call {
    program: string;
    argv: string[];
    password: string | undefined;
}

/** A folder with a `psql` that writes down how it was called and an `az` and a `curl` that print a token. */
export class FakeTools {
    readonly folder = mkdtempSync(path.join(tmpdir(), "sign-in-"));

    constructor() {
        this.#write("psql", `printf '%s\\0' "psql" "$PGPASSWORD" "$@"`);
        this.#write("az", `printf 'token of:%s' "$*"`);
        this.#write("curl", `printf '{"access_token" : "ey.from-curl.x","args":"%s"}' "$*"`);
    }

    #write(name: string, line: string): void {
        const file = path.join(this.folder, name);
        writeFileSync(file, `#!/bin/sh\n${line}\n`);
        chmodSync(file, 0o755);
    }

    /** Runs a command in a shell and gives what `psql` was called with. */
    async run(shell: string[], command: string): Promise<Call> {
        const output = await this.output(shell, command);
        const [program = "", password, ...argv] = output.split("\0").slice(0, -1);
        return { program, password, argv };
    }

    output(shell: string[], command: string): Promise<string> {
        const [executable, ...args] = shell;
        const environment = {
            PATH: `${this.folder}${path.delimiter}${process.env["PATH"]}`,
            LC_ALL: "C.UTF-8",
        };
        const child = spawn(executable!, [...args, command], {
            env: environment,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", () => resolve(output));
        });
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}

/**
 * What cmd.exe makes of a line typed at its prompt: variables between percent signs first, quotes or not, and every name
 * that does not begin with a caret is taken for one; then the special characters, which outside of quotes would redirect,
 * chain or escape.
 *
 * @throws Error where a special character stands outside of quotes and without a caret before it
 */
export function cmdLine(line: string): string {
    const expanded = line.replace(/%([^%:^][^%:]*)(:[^%]*)?%/g, "value of $1");
    let [quoted, escaped, read] = [false, false, ""];
    for (const character of expanded) {
        if (!quoted && !escaped && character === "^") {
            escaped = true;
            continue;
        }
        if (character === '"' && !escaped) quoted = !quoted;
        else if (!quoted && !escaped && "&|<>()".includes(character))
            throw new Error(`'${character}' outside of quotes: ${expanded}`);
        escaped = false;
        read += character;
    }
    if (quoted || escaped) throw new Error(`an open end: ${expanded}`);
    return read;
}

/** How a C program on Windows takes its command line apart: quotes group, backslashes count only before quotes. */
export function windowsArguments(line: string): string[] {
    const found: string[] = [];
    let [current, quoted, some] = ["", false, false];
    for (let i = 0; i < line.length; i++) {
        const backslashes = /^\\+/.exec(line.slice(i))?.[0].length ?? 0;
        if (backslashes > 0) {
            const beforeQuote = line[i + backslashes] === '"';
            current += "\\".repeat(beforeQuote ? Math.floor(backslashes / 2) : backslashes);
            some = true;
            i += backslashes - 1;
            if (beforeQuote && backslashes % 2 === 1) {
                current += '"';
                i++;
            }
        } else if (line[i] === '"') {
            quoted = !quoted;
            some = true;
        } else if (/\s/.test(line[i]!) && !quoted) {
            if (some) found.push(current);
            [current, some] = ["", false];
        } else {
            current += line[i]!;
            some = true;
        }
    }
    return some ? [...found, current] : found;
}

const POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b";

/**
 * The words of a PowerShell command that consists of bare words and single-quoted strings, as handed to a program by
 * Windows PowerShell 5.1, the least careful one: what has spaces is put in double quotes, and nothing in it is escaped.
 *
 * @throws Error where a bare word holds a character with a meaning
 */
export function powerShellArguments(command: string): string[] {
    const words: string[] = [];
    let i = 0;
    while (i < command.length) {
        if (command[i] === " ") {
            i++;
            continue;
        }
        let word = "";
        if (POWERSHELL_QUOTES.includes(command[i]!)) {
            for (i++; ; i++) {
                if (i >= command.length) throw new Error(`an open quote: ${command}`);
                if (!POWERSHELL_QUOTES.includes(command[i]!)) word += command[i]!;
                else if (i + 1 < command.length && POWERSHELL_QUOTES.includes(command[i + 1]!))
                    word += command[++i]!;
                else break;
            }
            i++;
        } else {
            while (i < command.length && command[i] !== " ") {
                if (!/[A-Za-z0-9-]/.test(command[i]!))
                    throw new Error(`'${command[i]}' unquoted: ${command}`);
                word += command[i++]!;
            }
        }
        words.push(word);
    }
    return windowsArguments(words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(" "));
}
