import path from "node:path";
import { quoteBash } from "../components/shellQuoting";
import { readEndpointFile } from "../emulator/endpoint";
import { metadataEnvironment } from "../emulator/endpoint/environment";
import type { LocalAzure } from "../emulator/localAzure";
import { LOCAL_STACK } from "../emulator/localProvider";
import { keptFolder } from "../emulator/postgres/cacheFolder";
import { accessCommand } from "../report/access/command";
import { FAULT_HELP, parseFaultCommand, runFaultCommand, type FaultCommand } from "./faultCommand";
import { linesFor, scenarioOption, type LocalServerAddress } from "./howToSignIn";
import { onInterrupt } from "./interrupt";
import { refuseOtherStacks, runPulumi } from "./localPulumi";
import { callLocalAzure, endpointFileOf, runningSession, type LocalSession } from "./localSession";
import { startSession, withSession, type KeptAzure } from "./ownSession";
import type { Scenario } from "./scenarios/scenario";
import { scenarioLines, scenarioNamed, SCENARIOS, takeScenario, UnknownScenario } from "./scenarios/table";
import { configOf, PROJECT_FOLDER, projectName } from "./stackFile";
import { styleFor } from "./terminal";
import { tokenFor } from "./tokenCommand";

const HELP = `npm run local: the stack local on a local Azure whose data stays, through the real Pulumi CLI.

  npm run local                                 keeps the local Azure running in the foreground; Ctrl-C ends it
  npm run local -- up [--yes]                   any command of the Pulumi CLI, on the stack local:
  npm run local -- preview | refresh | destroy  (destroy with --run-program, so that retries work)
  npm run local -- --cwd <folder> up            the same for another Pulumi project, on its stack local
  npm run local -- token <name>                 a token: of a user, an application, a managed identity, or a member of a group
                                                (--audience <resource>: for another service than Flexible Server)
  npm run local -- machine <name>               the environment of a workload on a virtual machine, for eval in a shell
  npm run local -- sign-in                      the psql line and the token command for each principal
  npm run local -- sign-in <host> <role> [<db>] the same for one role of any server that runs here
  npm run local -- fault                        lets the local Azure be busy, throttled or broken; fault --help says more
  npm run local -- --real postgresql <command>  with the real provider of that name, which the CLI finds on PATH or among its plugins
  npm run local -- --scenario <name> ...        all but access with another configuration, data and state: each has its own
  npm run local -- access [--json …]            who may do what: npm run access -- --stack local
  npm run local -- --help                       this text

Scenarios:
${scenarioLines()}

The commands use the local Azure that runs in the foreground; where none does, one is started for the command alone.
Exit codes: that of the Pulumi CLI; 1 where the local Azure fails; 2 for a wrong command line.
`;

/** One scenario's local Azure, as it is kept. */
interface Kept extends KeptAzure {
    scenario: Scenario;
}

async function main(given: string[]): Promise<number> {
    if (["--help", "-h"].includes(given[0] ?? "")) return print(HELP);
    const { name = SCENARIOS[0]!.name, rest: words } = takeScenario(given);
    const [command, ...rest] = words;
    if (command === "access")
        return name === SCENARIOS[0]!.name
            ? readAccess(rest)
            : misuse("access reads the server of the stack local alone; leave --scenario out");
    const kept = await keptAzure(scenarioNamed(name));
    if (command === undefined) return keepRunning(kept);
    if (command === "token") return printToken(kept, rest);
    if (command === "machine") return printMachine(kept, rest);
    if (command === "sign-in") return printSignIn(kept, rest);
    if (command === "fault") return fault(kept, rest);
    if (command === "--real") return runReal(kept, rest);
    if (command.startsWith("-") && !CWD.test(command)) return misuse(`unknown option: ${command}`);
    return run(kept, words);
}

/** Each scenario has data and state of its own: one stack is never changed into another. */
async function keptAzure(scenario: Scenario): Promise<Kept> {
    const part = scenario === SCENARIOS[0] ? undefined : scenario.name;
    return { scenario, prepare: scenario.prepare, stateFolder: await keptFolder(PROJECT_FOLDER, part) };
}

function readAccess(words: string[]): Promise<number> {
    refuseOtherStacks(["access", ...words]);
    return accessCommand(["--stack", LOCAL_STACK, ...words]);
}

/** The one provider that finds the local Azure by variables alone; the others' addresses are the real Azure's. */
const CAN_BE_REAL = ["postgresql"];

function runReal(kept: Kept, [provider, ...words]: string[]): Promise<number> | number {
    if (provider === undefined || !CAN_BE_REAL.includes(provider))
        return misuse(
            `--real '${provider ?? ""}': only ${CAN_BE_REAL.join(", ")} can be the real one; write --real postgresql`,
        );
    if (words.length === 0) return misuse(`say which command: npm run local -- --real ${provider} up`);
    return run(kept, words, provider);
}

/** @param real the provider that is not attached, so that the CLI starts the real one */
function run(kept: Kept, given: string[], real?: string): Promise<number> | number {
    const { folder, words } = takeFolder(given);
    if (words.length === 0) return misuse("say which command: npm run local -- --cwd <folder> up");
    refuseOtherStacks(words);
    // From here on an interrupt is the CLI's to answer; the local Azure ends after it.
    void onInterrupt();
    return withSession(kept, async (session) =>
        pulumi(kept, real === undefined ? session : await withReal(session, real), folder, words),
    );
}

/** The Pulumi CLI's own option, here only in front of the command. */
const CWD = /^(?:-C|--cwd(?:=(.+))?)$/;

/** The project's folder, relative to where npm was called; default: this project's. */
function takeFolder([first = "", ...rest]: string[]): { folder: string; words: string[] } {
    const option = CWD.exec(first);
    if (!option) return { folder: PROJECT_FOLDER, words: first === "" ? [] : [first, ...rest] };
    const [named, words] = option[1] === undefined ? [rest[0], rest.slice(1)] : [option[1], rest];
    if (named === undefined) return { folder: PROJECT_FOLDER, words: [] };
    return { folder: path.resolve(process.env["INIT_CWD"] ?? process.cwd(), named), words };
}

/** The foreground: serves until it is interrupted. */
async function keepRunning(kept: Kept): Promise<number> {
    const running = await runningSession(kept.stateFolder);
    if (running) throw new Error(`the local Azure of this project runs already (process ${running.pid})`);
    const interrupted = onInterrupt();
    const own = await startSession(kept);
    try {
        const { good, dim } = styleFor(process.stdout);
        print(`${good("The local Azure is running.")} ${dim("Ctrl-C ends it; its data stays.")}\n\n`);
        print(`${signInText(kept, own.azure)}\n`);
        return await interrupted;
    } finally {
        await own.stop();
    }
}

function signInText({ scenario }: Kept, azure: LocalAzure): string {
    const config = configOf(scenario.stackFile);
    const host = scenario.host(config);
    const found = azure.resolve(host);
    if (found) return signInLines(scenario, { host, ...found, caFile: azure.caFile });
    const words = `npm run local --${optionOf(scenario)}`;
    return `No server is deployed. In another terminal: ${words} up, then ${words} sign-in`;
}

async function printSignIn(kept: Kept, [named, role, database]: string[]): Promise<number> {
    if (named !== undefined && role === undefined)
        return misuse("say as whom: npm run local -- sign-in <host> <role> [<database>]");
    const session = await mustRun(kept);
    const host = named ?? kept.scenario.host(configOf(kept.scenario.stackFile));
    const found = (await callLocalAzure(session, "GET", `resolve?host=${host}`)) as {
        address: string;
        port: number;
    };
    const server = { host, ...found, caFile: session.caFile };
    const one = { name: role ?? "", database: database ?? "postgres" };
    const lines =
        role === undefined
            ? signInLines(kept.scenario, server)
            : linesFor(one, server, optionOf(kept.scenario));
    return print(`${lines}\n`);
}

/** What a command takes for another scenario than the first. */
function optionOf(scenario: Scenario): string {
    return scenario === SCENARIOS[0] ? "" : scenarioOption(scenario.name);
}

function signInLines(scenario: Scenario, server: LocalServerAddress): string {
    const option = optionOf(scenario);
    return scenario.howToSignIn(configOf(scenario.stackFile), server, option);
}

async function printToken(kept: Kept, words: string[]): Promise<number> {
    const { values, rest: names } = takeOptions(words, ["--endpoint", "--audience"]);
    const [file, audience] = [values["--endpoint"], values["--audience"]];
    if (names.length !== 1 || names[0]!.startsWith("--"))
        return misuse("say for whom: npm run local -- token <name or object id>");
    const endpoint = file ? readEndpointFile(file) : await mustRun(kept);
    const { token, whose } = await tokenFor(endpoint, names[0]!, audience);
    if (process.stderr.isTTY) process.stderr.write(`token of ${whose}\n`);
    return print(`${token}\n`);
}

async function fault(kept: Kept, words: string[]): Promise<number> {
    let command: FaultCommand;
    try {
        command = parseFaultCommand(words);
    } catch (error) {
        return misuse((error as Error).message, FAULT_HELP);
    }
    if (command.what === "help") return print(FAULT_HELP);
    return print(await runFaultCommand(await mustRun(kept), command));
}

async function printMachine(kept: Kept, words: string[]): Promise<number> {
    if (words.length !== 1)
        return misuse("say which virtual machine: npm run local -- machine <name or resource id>");
    const session = await mustRun(kept);
    const found = await callLocalAzure(session, "GET", `machine?name=${encodeURIComponent(words[0]!)}`);
    const environment = metadataEnvironment(found.metadataService as string, process.env);
    const lines = Object.entries(environment).map(([name, value]) =>
        value === undefined ? `unset ${name}` : `export ${name}=${quoteBash(value)}`,
    );
    return print(`${lines.join("\n")}\n`);
}

/** Takes options with their values out of the words; one without a value stays. */
function takeOptions(words: string[], options: string[]): { values: Record<string, string>; rest: string[] } {
    const values: Record<string, string> = {};
    const rest: string[] = [];
    for (let i = 0; i < words.length; i++) {
        const word = words[i]!;
        if (options.includes(word) && words[i + 1]) values[word] = words[++i]!;
        else rest.push(word);
    }
    return { values, rest };
}

async function mustRun({ stateFolder }: Kept): Promise<LocalSession> {
    const session = await runningSession(stateFolder);
    if (!session)
        throw new Error(
            "no local Azure of this project is running; start it in another terminal: npm run local",
        );
    return session;
}

interface RealSession extends LocalSession {
    /** What the real provider needs to find the local Azure. */
    variables?: Record<string, string>;
}

async function withReal(session: LocalSession, real: string): Promise<RealSession> {
    const attached = session.debugProviders.split(",").filter((one) => !one.startsWith(`${real}:`));
    const variables = (await callLocalAzure(session, "GET", "environment")) as Record<string, string>;
    return { ...session, debugProviders: attached.join(","), variables };
}

function pulumi(
    { scenario, stateFolder }: Kept,
    session: RealSession,
    projectFolder: string,
    words: string[],
): Promise<number> {
    const local = {
        projectFolder,
        project: projectName(projectFolder),
        stackFile: projectFolder === PROJECT_FOLDER ? scenario.stackFile : `Pulumi.${LOCAL_STACK}.yaml`,
        stateFolder,
        debugProviders: session.debugProviders,
        environment: {
            ...metadataEnvironment(session.url, process.env),
            ...session.variables,
            LOCAL_AZURE_ENDPOINT: endpointFileOf(stateFolder),
        },
    };
    return runPulumi(local, words);
}

function print(text: string): number {
    process.stdout.write(text);
    return 0;
}

function misuse(message: string, help = HELP): number {
    process.stderr.write(`${message}\n\n${help}`);
    return 2;
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
        if (error instanceof UnknownScenario) process.exit(misuse(error.message));
        process.stderr.write(`${styleFor(process.stderr).bad(error.message)}\n`);
        process.exit(1);
    },
);
