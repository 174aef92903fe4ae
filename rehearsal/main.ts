import { terminalTable } from "../report/terminalTable";
import { LocalAzure } from "../emulator/localAzure";
import { showResource } from "./deploymentProgress";
import { endpointOption } from "./howToSignIn";
import { onInterrupt } from "./interrupt";
import { privilegeTable } from "./privilegeTable";
import { deployScenario } from "./rehearsal";
import type { Outcome, Scenario } from "./scenarios/scenario";
import {
    ALL,
    scenarioLines,
    scenarioNamed,
    SCENARIOS,
    takeScenario,
    UnknownScenario,
} from "./scenarios/table";
import type { SignInResult } from "./signInAttempt";
import { seconds, Progress, styleFor } from "./terminal";

const HELP = `npm start: deploys a scenario on a local Azure, then signs in as everybody and tries what each may do.

  npm start                       the tables of sign-ins and of privileges, for the scenario ${SCENARIOS[0]!.name}
  npm start -- --scenario <name>  for another scenario; ${ALL} for all of them, one after another
  npm start -- --json             the tables as JSON on standard output:
                                  {signIns: [{who, role, database, expected, seen, asExpected}],
                                   privileges: [{who, role, database, profiles, expected, seen, asExpected, problem?}]}
                                  with --scenario ${ALL}: {<name>: {signIns, privileges}}
  npm start -- --keep             leaves it running and prints how to sign in; Ctrl-C ends it
  npm start -- --help             this text

Scenarios:
${scenarioLines()}

Exit codes: 0 only where all is as expected, else 1; 2 for a wrong option; 130 for Ctrl-C before the tables.
NO_COLOR is honoured. Progress goes to standard error, the tables to standard output.
`;

const WIDTH_WITHOUT_TERMINAL = 200;
const WIDTH = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL;

interface Options {
    scenarios: readonly Scenario[];
    /** True where every scenario is asked for, whatever their number. */
    all: boolean;
    json: boolean;
    keep: boolean;
}

async function main(words: string[]): Promise<number> {
    if (words.includes("--help") || words.includes("-h")) return print(HELP, 0);
    const options = readOptions(words);
    if (typeof options === "string") return print(`${options}\n\n${HELP}`, 2, process.stderr);
    return rehearse(options);
}

/** The options, or what is wrong with them. */
function readOptions(words: string[]): Options | string {
    try {
        const { name, rest } = takeScenario(words);
        const unknown = rest.filter((word) => !["--json", "--keep"].includes(word));
        if (unknown.length > 0) return `unknown option: ${unknown.join(" ")}`;
        const all = name === ALL;
        const scenarios = all ? SCENARIOS : [name === undefined ? SCENARIOS[0]! : scenarioNamed(name)];
        return { scenarios, all, json: rest.includes("--json"), keep: rest.includes("--keep") };
    } catch (error) {
        if (error instanceof UnknownScenario) return error.message;
        throw error;
    }
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
    const outcomes: Record<string, Outcome> = {};
    const lines: string[] = [];
    // All of them first: tokens are cached in this process, with the memberships of when they were issued.
    for (const scenario of options.scenarios) await scenario.prepare?.(azure);
    for (const scenario of options.scenarios) {
        const outcome = await Promise.race([deployAndTry(azure, scenario, progress), interrupted]);
        if (typeof outcome === "number") return outcome;
        outcomes[scenario.name] = outcome;
        lines.push(outcome.lines);
        if (!options.json) report(scenario, outcome, options);
    }
    if (options.json) printJson(outcomes, options);
    if (options.keep) {
        // Beside JSON the lines must not stand on standard output.
        const stream = options.json ? process.stderr : process.stdout;
        print(`\n${lines.join("\n\n")}\n\nRunning; Ctrl-C ends it and leaves nothing.\n`, 0, stream);
        await interrupted;
    } else if (!options.json && options.scenarios.length < SCENARIOS.length) {
        const style = styleFor(process.stdout);
        const others = SCENARIOS.filter((s) => !options.scenarios.includes(s)).map((s) => s.name);
        print(style.dim(`\nMore: npm start -- --scenario ${[...others, ALL].join(" | ")}\n`), 0);
    }
    const results = Object.values(outcomes).flatMap((o) => [...o.signIns, ...o.privileges]);
    return results.every((r) => r.asExpected) ? 0 : 1;
}

/** `lines`: how a person signs in. */
async function deployAndTry(
    azure: LocalAzure,
    scenario: Scenario,
    progress: Progress,
): Promise<Outcome & { lines: string }> {
    const started = Date.now();
    const deployed = await deployScenario(azure, scenario, (event) => showResource(progress, event));
    const host = scenario.host(deployed.config);
    progress.line(`Deployed ${host} in ${seconds(Date.now() - started)}. Signing in as everybody.`);
    const outcome = await scenario.attempt(deployed);
    const server = { host, ...azure.resolve(host)!, caFile: azure.caFile };
    const lines = scenario.howToSignIn(deployed.config, server, endpointOption(azure.endpointFile));
    return { ...outcome, lines };
}

function printJson(outcomes: Record<string, Outcome>, options: Options): void {
    const plain = Object.entries(outcomes).map(([name, { signIns, privileges }]) => [
        name,
        { signIns, privileges },
    ]);
    const whole: unknown = options.all ? Object.fromEntries(plain) : plain[0]![1];
    print(`${JSON.stringify(whole, undefined, 2)}\n`, 0);
}

function isWelcome({ seen, expected }: SignInResult): boolean {
    return seen === expected && !expected.startsWith("refused");
}

function report(scenario: Scenario, { signIns: results, privileges }: Outcome, { scenarios }: Options): void {
    const style = styleFor(process.stdout);
    if (scenarios.length > 1) print(`\n${style.bold(`${scenario.name}: ${scenario.summary}`)}\n`, 0);
    const table = terminalTable<SignInResult>(
        [
            { title: "", value: (r) => (r.asExpected ? style.good("✓") : style.bad("✗")) },
            { title: "who", value: (r) => r.who },
            { title: "as role", value: (r) => r.role },
            { title: "database", value: (r) => r.database },
            { title: "expected", value: (r) => (r.expected.startsWith("refused") ? "refused" : "signed in") },
            // Where all is well, the role and the database are those that stand beside it.
            { title: "seen", value: (r) => (isWelcome(r) ? "signed in" : r.seen) },
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
