import { parseArgs, type ParseArgsConfig } from "node:util";

/** A wrong command line: shown with the help, without a stack. */
export class Misuse extends Error {}

/**
 * Reads the options of a command.
 *
 * @throws Misuse for an option that it does not have, or a missing value
 */
export function readOptions<T extends NonNullable<ParseArgsConfig["options"]>>(words: string[], options: T) {
    try {
        return parseArgs({ args: words, options, strict: true, allowPositionals: false }).values;
    } catch (error) {
        throw new Misuse((error as Error).message.replace(/\. To specify a positional.*$/s, ""));
    }
}

/** `dev`, also where the CLI's full name is given: `organization/project/dev`. */
export function stackName(given: string | undefined): string {
    const name = given?.split("/").at(-1);
    if (name === undefined || name === "") throw new Misuse("say for which stack: --stack dev");
    if (!/^[\w.-]+$/.test(name))
        throw new Misuse(`--stack ${name}: a stack's name has letters, digits, '-', '_' and '.'`);
    return name;
}

/**
 * Runs a command and ends the process with its exit code. Errors go to standard error, without a stack.
 *
 * @param misuse exit code for a wrong command line
 */
export function runCommand(
    help: string,
    misuse: number,
    command: (words: string[]) => Promise<number>,
): void {
    const words = process.argv.slice(2);
    if (words.includes("--help") || words.includes("-h")) {
        process.stdout.write(help, () => process.exit(0));
        return;
    }
    command(words).then(
        // Standard output may be a pipe that is not empty yet.
        (code) => process.stdout.write("", () => process.exit(code)),
        (error: Error) => {
            const wrong = error instanceof Misuse;
            process.stderr.write(`${error.message}\n${wrong ? `\n${help}` : ""}`, () =>
                process.exit(wrong ? misuse : 1),
            );
        },
    );
}
