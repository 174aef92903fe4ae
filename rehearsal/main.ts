import { terminalTable } from "../report/terminalTable";
import { LocalAzure } from "../emulator/localAzure";
import { showResource } from "./deploymentProgress";
import { howToSignIn } from "./howToSignIn";
import { onInterrupt } from "./interrupt";
import { privilegeTable } from "./privilegeTable";
import type { PrivilegeResult } from "./privilegeAttempt";
import { deployLocalStack, signInAsEverybody, tryPrivileges } from "./rehearsal";
import type { SignInResult } from "./signInAttempt";
import { seconds, Progress, styleFor } from "./terminal";

const HELP = `npm start: deploys the stack local on a local Azure, then signs in as everybody and tries what each may do.

  npm start                the tables of sign-ins and of privileges
  npm start -- --json      the tables as JSON on standard output:
                           {signIns: [{who, role, database, expected, seen, asExpected}],
                            privileges: [{who, role, database, profiles, expected, seen, asExpected, problem?}]}
  npm start -- --keep      leaves it running and prints how to sign in; Ctrl-C ends it
  npm start -- --help      this text

Exit codes: 0 only where all is as expected, else 1; 2 for a wrong option; 130 for Ctrl-C before the tables.
NO_COLOR is honoured. Progress goes to standard error, the tables to standard output.
`;

const WIDTH_WITHOUT_TERMINAL = 200;
const WIDTH = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL;

interface Options {
    json: boolean;
    keep: boolean;
}

async function main(words: string[]): Promise<number> {
    if (words.includes("--help") || words.includes("-h")) return print(HELP, 0);
    const unknown = words.filter((word) => !["--json", "--keep"].includes(word));
    if (unknown.length > 0)
        return print(`unknown option: ${unknown.join(" ")}\n\n${HELP}`, 2, process.stderr);
    return rehearse({ json: words.includes("--json"), keep: words.includes("--keep") });
}

async function rehearse(options: Options): Promise<number> {
    const progress = new Progress();
    showProgramLogs(progress);
    const started = Date.now();
    const interrupted = onInterrupt();
    progress.begin("starting the local Azure");
    const azure = await LocalAzure.start();
    try {
        progress.end("starting the local Azure");
        progress.line(`Local Azure: tenant ${azure.directory.tenantId}, ${seconds(Date.now() - started)}`);
        return await runRehearsal(azure, progress, options, interrupted);
    } finally {
        await azure.stop();
    }
}

/** Without an engine the SDK writes `pulumi.log` to the console; standard output is for the table alone. */
function showProgramLogs(progress: Progress): void {
    const show = (text: unknown) =>
        progress.line(`  ${String(text).replace(/^(info|warning|error): \[runtime\] /, "")}`);
    Object.assign(console, { log: show, warn: show, error: show });
}

async function runRehearsal(
    azure: LocalAzure,
    progress: Progress,
    options: Options,
    interrupted: Promise<number>,
): Promise<number> {
    const outcome = await Promise.race([deployAndTry(azure, progress), interrupted]);
    if (typeof outcome === "number") return outcome;
    const { config, host, signIns, privileges } = outcome;
    report(signIns, privileges, options);
    if (options.keep) {
        const server = { host, ...azure.resolve(host)!, caFile: azure.caFile };
        const lines = howToSignIn(config, server, azure.endpointFile);
        // Beside JSON the lines must not stand on standard output.
        const stream = options.json ? process.stderr : process.stdout;
        print(`\n${lines}\n\nRunning; Ctrl-C ends it and leaves nothing.\n`, 0, stream);
        await interrupted;
    }
    return [...signIns, ...privileges].every((r) => r.asExpected) ? 0 : 1;
}

async function deployAndTry(azure: LocalAzure, progress: Progress) {
    const started = Date.now();
    const { config, outputs } = await deployLocalStack(azure, (event) => showResource(progress, event));
    const host = outputs.host as string;
    progress.line(`Deployed ${host} in ${seconds(Date.now() - started)}. Signing in as everybody.`);
    const privileges = await tryPrivileges(azure, config, host);
    const signIns = await signInAsEverybody(azure, config, host, () => undefined);
    return { config, host, signIns, privileges };
}

function report(results: SignInResult[], privileges: PrivilegeResult[], options: Options): void {
    if (options.json)
        return void print(`${JSON.stringify({ signIns: results, privileges }, undefined, 2)}\n`, 0);
    const style = styleFor(process.stdout);
    const table = terminalTable<SignInResult>(
        [
            { title: "", value: (r) => (r.asExpected ? style.good("✓") : style.bad("✗")) },
            { title: "who", value: (r) => r.who },
            { title: "as role", value: (r) => r.role },
            { title: "database", value: (r) => r.database },
            { title: "expected", value: (r) => (r.expected.startsWith("refused") ? "refused" : "signed in") },
            // Where all is well, the role and the database are those that stand beside it.
            { title: "seen", value: (r) => (r.seen === r.expected ? "signed in" : r.seen) },
        ],
        results,
        WIDTH,
    );
    const wrong = results.filter((r) => !r.asExpected).length;
    const summary =
        wrong === 0
            ? style.good(`All ${results.length} sign-ins are as expected.`)
            : style.bad(`${wrong} of ${results.length} sign-ins are not as expected.`);
    print(`${table}\n${summary}\n`, 0);
    if (privileges.length > 0) print(privilegeTable(privileges, style, WIDTH), 0);
}

function print(text: string, code: number, stream: NodeJS.WriteStream = process.stdout): number {
    stream.write(text);
    return code;
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
        process.stderr.write(`\n${styleFor(process.stderr).bad(error.message)}\n`);
        process.exit(1);
    },
);
