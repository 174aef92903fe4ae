import { serveProvider } from "../components/provider/grpcServer";
import { readEndpointFile } from "../emulator/endpoint";
import { Closers } from "../emulator/closers";
import { metadataEnvironment } from "../emulator/endpoint/environment";
import { LocalAzure } from "../emulator/localAzure";
import { LOCAL_STACK } from "../emulator/localProvider";
import { keptFolder } from "../emulator/postgres/cacheFolder";
import { parseStackConfig } from "../stackConfig";
import { expectedHost } from "../stackResources";
import { howToSignIn } from "./howToSignIn";
import { onInterrupt } from "./interrupt";
import { refuseOtherStacks, runPulumi } from "./localPulumi";
import {
    callLocalAzure,
    endpointFileOf,
    removeProviders,
    runningSession,
    writeProviders,
    type LocalSession,
} from "./localSession";
import { PROJECT_FOLDER, projectName, stackFileConfig } from "./stackFile";
import { Progress, styleFor } from "./terminal";
import { tokenFor } from "./tokenCommand";

const HELP = `npm run local: the stack local on a local Azure whose data stays, through the real Pulumi CLI.

  npm run local                                 keeps the local Azure running in the foreground; Ctrl-C ends it
  npm run local -- up [--yes]                   any command of the Pulumi CLI, on the stack local:
  npm run local -- preview | refresh | destroy  (destroy with --run-program, so that retries work)
  npm run local -- token <name>                 a token: of a user, an application, a managed identity, or a member of a group
  npm run local -- sign-in                      the psql line and the token command for each principal
  npm run local -- --real postgresql <command>  with the real provider of that name, which the CLI finds on PATH or among its plugins
  npm run local -- --help                       this text

The commands use the local Azure that runs in the foreground; where none does, one is started for the command alone.
Exit codes: that of the Pulumi CLI; 1 where the local Azure fails; 2 for a wrong command line.
`;

async function main(words: string[]): Promise<number> {
    const [command, ...rest] = words;
    if (command === "--help" || command === "-h") return print(HELP);
    const stateFolder = await keptFolder(PROJECT_FOLDER);
    if (command === undefined) return keepRunning(stateFolder);
    if (command === "token") return printToken(stateFolder, rest);
    if (command === "sign-in") return printSignIn(stateFolder);
    if (command === "--real") return runReal(stateFolder, rest);
    if (command.startsWith("-")) return misuse(`unknown option: ${command}`);
    return run(stateFolder, words);
}

/** The one provider that finds the local Azure by variables alone; the others' addresses are the real Azure's. */
const CAN_BE_REAL = ["postgresql"];

function runReal(stateFolder: string, [provider, ...words]: string[]): Promise<number> | number {
    if (provider === undefined || !CAN_BE_REAL.includes(provider))
        return misuse(
            `--real '${provider ?? ""}': only ${CAN_BE_REAL.join(", ")} can be the real one; write --real postgresql`,
        );
    if (words.length === 0) return misuse(`say which command: npm run local -- --real ${provider} up`);
    return run(stateFolder, words, provider);
}

/** @param real the provider that is not attached, so that the CLI starts the real one */
function run(stateFolder: string, words: string[], real?: string): Promise<number> {
    refuseOtherStacks(words);
    // From here on an interrupt is the CLI's to answer; the local Azure ends after it.
    void onInterrupt();
    return withSession(stateFolder, async (session) =>
        pulumi(stateFolder, real === undefined ? session : await withReal(session, real), words),
    );
}

/** The foreground: serves until it is interrupted. */
async function keepRunning(stateFolder: string): Promise<number> {
    const running = await runningSession(stateFolder);
    if (running) throw new Error(`the local Azure of this project runs already (process ${running.pid})`);
    const interrupted = onInterrupt();
    const own = await startSession(stateFolder);
    try {
        const { good, dim } = styleFor(process.stdout);
        print(`${good("The local Azure is running.")} ${dim("Ctrl-C ends it; its data stays.")}\n\n`);
        print(`${signInText(own.azure)}\n`);
        return await interrupted;
    } finally {
        await own.stop();
    }
}

function signInText(azure: LocalAzure): string {
    const config = localConfig();
    const host = expectedHost(config);
    const found = azure.resolve(host);
    if (!found)
        return "No server is deployed. In another terminal: npm run local -- up, then npm run local -- sign-in";
    return howToSignIn(config, { host, ...found, caFile: azure.caFile });
}

async function printSignIn(stateFolder: string): Promise<number> {
    const session = await mustRun(stateFolder);
    const config = localConfig();
    const host = expectedHost(config);
    const found = (await callLocalAzure(session, "GET", `resolve?host=${host}`)) as {
        address: string;
        port: number;
    };
    return print(`${howToSignIn(config, { host, ...found, caFile: session.caFile })}\n`);
}

async function printToken(stateFolder: string, words: string[]): Promise<number> {
    const at = words.indexOf("--endpoint");
    const file = at < 0 ? undefined : words[at + 1];
    const names = at < 0 ? words : words.filter((_, i) => i !== at && i !== at + 1);
    if (names.length !== 1 || (at >= 0 && !file))
        return misuse("say for whom: npm run local -- token <name or object id>");
    const endpoint = file ? readEndpointFile(file) : await mustRun(stateFolder);
    const { token, whose } = await tokenFor(endpoint, names[0]!);
    if (process.stderr.isTTY) process.stderr.write(`token of ${whose}\n`);
    return print(`${token}\n`);
}

async function mustRun(stateFolder: string): Promise<LocalSession> {
    const session = await runningSession(stateFolder);
    if (!session)
        throw new Error(
            "no local Azure of this project is running; start it in another terminal: npm run local",
        );
    return session;
}

/** Runs with the local Azure that is there, or with one for this command alone. */
async function withSession(
    stateFolder: string,
    work: (session: LocalSession) => Promise<number>,
): Promise<number> {
    const running = await runningSession(stateFolder);
    if (running) return work(running);
    const own = await startSession(stateFolder);
    try {
        return await work(own.session);
    } finally {
        await own.stop();
    }
}

async function startSession(stateFolder: string) {
    const progress = new Progress();
    const closers = new Closers();
    const stop = () => closers.closeAll();
    progress.begin("starting the local Azure");
    try {
        const azure = await LocalAzure.start({ stateFolder });
        closers.add(() => azure.stop());
        const ports: string[] = [];
        for (const provider of azure.providers()) {
            const server = await serveProvider(provider);
            closers.add(() => server.close());
            ports.push(`${provider.name}:${server.port}`);
        }
        const endpoint = readEndpointFile(azure.endpointFile);
        const debugProviders = ports.join(",");
        writeProviders(stateFolder, endpoint, debugProviders);
        closers.add(() => removeProviders(stateFolder));
        return { azure, session: { ...endpoint, debugProviders } satisfies LocalSession, stop };
    } catch (error) {
        await stop().catch(() => undefined);
        throw error;
    } finally {
        progress.end("starting the local Azure");
    }
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

function pulumi(stateFolder: string, session: RealSession, words: string[]): Promise<number> {
    const local = {
        projectFolder: PROJECT_FOLDER,
        project: projectName(),
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

function localConfig() {
    return parseStackConfig(projectName(), stackFileConfig(LOCAL_STACK));
}

function print(text: string): number {
    process.stdout.write(text);
    return 0;
}

function misuse(message: string): number {
    process.stderr.write(`${message}\n\n${HELP}`);
    return 2;
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
        process.stderr.write(`${styleFor(process.stderr).bad(error.message)}\n`);
        process.exit(1);
    },
);
