import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LOCAL_STACK } from "../emulator/localProvider";
import { findPulumi } from "./pulumiCli";
import { PROJECT_FOLDER } from "./stackFile";
import { LOCAL_PASSPHRASE } from "./stackSecrets";

/** Commands that read the stack's configuration, and so are given `--config-file`. */
const CONFIG_COMMANDS = new Set([
    "up",
    "update",
    "preview",
    "pre",
    "refresh",
    "destroy",
    "down",
    "import",
    "config",
    "watch",
]);

/** Commands of the CLI that work on a stack, and so are given `--stack local`. */
const STACK_COMMANDS = new Set([...CONFIG_COMMANDS, "state", "stack", "cancel", "logs"]);

export interface LocalPulumi {
    projectFolder: string;
    project: string;
    /** The configuration; relative to the project's folder. */
    stackFile: string;
    /** Holds the CLI's file backend between calls. */
    stateFolder: string;
    /** What the local Azure changes in the environment: identity, endpoint. `undefined`: take the variable away. */
    environment: Record<string, string | undefined>;
    /** `azure-native:<port>,azuread:<port>,…` */
    debugProviders: string;
}

/**
 * Runs one command of the Pulumi CLI on the stack `local`, with the local providers attached.
 *
 * @returns the CLI's exit code
 */
export async function runPulumi(local: LocalPulumi, args: string[]): Promise<number> {
    refuseOtherStacks(args);
    await makeStack(local);
    return spawnPulumi(local, withConfigFile(withStack(args), local.stackFile));
}

/** @throws Error where the arguments name another stack than `local` */
export function refuseOtherStacks(args: string[]): void {
    const other = namedStacks(args).find((name) => name !== LOCAL_STACK);
    if (other === undefined) return;
    throw new Error(
        `stack ${other}: the local Azure serves the stack '${LOCAL_STACK}' alone; for '${other}' run npx pulumi ${args[0]} --stack ${other}`,
    );
}

/** `-s x`, `-sx`, `-s=x`, `--stack x`, `--stack=x`, and the stack that `stack select|init|rm` take as a word. */
function namedStacks(args: string[]): string[] {
    const byOption = args.flatMap((arg, i) => {
        if (arg === "-s" || arg === "--stack") return [args[i + 1] ?? ""];
        const joined = /^(?:--stack=|-s=?)(.+)$/.exec(arg);
        return joined && !/^--(?!stack=)/.test(arg) ? [joined[1]!] : [];
    });
    const [command, verb, word] = args;
    const takesStack = command === "stack" && ["select", "init", "rm"].includes(verb ?? "");
    return takesStack && word !== undefined && !word.startsWith("-") ? [...byOption, word] : byOption;
}

/** The arguments with `--stack local`, where the command takes a stack and names none. */
export function withStack(args: string[]): string[] {
    const [command, ...rest] = args;
    if (!command || !STACK_COMMANDS.has(command) || namedStacks(args).length > 0) return args;
    // What comes after `--` is not the CLI's own.
    return [command, "--stack", LOCAL_STACK, ...rest];
}

/** The arguments with `--config-file`, where the command takes one, names none, and the stack's own is not meant. */
export function withConfigFile(args: string[], stackFile: string): string[] {
    const [command, ...rest] = args;
    const named = args.some((arg) => arg === "--config-file" || arg.startsWith("--config-file="));
    if (!command || !CONFIG_COMMANDS.has(command) || named || stackFile === `Pulumi.${LOCAL_STACK}.yaml`)
        return args;
    return [command, "--config-file", stackFile, ...rest];
}

async function makeStack(local: LocalPulumi): Promise<void> {
    const backend = backendFolder(local);
    await mkdir(backend, { recursive: true, mode: 0o700 });
    if (existsSync(path.join(backend, ".pulumi", "stacks", local.project, `${LOCAL_STACK}.json`))) return;
    const code = await spawnPulumi(
        local,
        ["stack", "init", LOCAL_STACK, "--no-select", "--non-interactive"],
        "ignore",
    );
    if (code !== 0) throw new Error(`'pulumi stack init ${LOCAL_STACK}' failed with exit code ${code}`);
}

function spawnPulumi(
    local: LocalPulumi,
    args: string[],
    output: "inherit" | "ignore" = "inherit",
): Promise<number> {
    const { command, argumentsBefore } = findPulumi(PROJECT_FOLDER);
    const child = spawn(command, [...argumentsBefore, ...args], {
        cwd: local.projectFolder,
        env: environmentOf(local),
        stdio: ["inherit", output, "inherit"],
    });
    // Ctrl-C in a terminal reaches the CLI by itself; other signals are handed on, so that it ends in order.
    const pass = () => child.kill("SIGINT");
    for (const signal of HANDED_ON) process.on(signal, pass);
    return new Promise<number>((resolve, reject) => {
        child.on("error", (error) => reject(new Error(`the Pulumi CLI did not start: ${error.message}`)));
        child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 1)));
    }).finally(() => {
        for (const signal of HANDED_ON) process.off(signal, pass);
    });
}

const HANDED_ON = ["SIGTERM", "SIGHUP"] as const;

/** The environment of the CLI. `own`: that of this process. */
export function environmentOf(local: LocalPulumi, own: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    // A real cloud's credentials have no business here, and must not be sent to a stand-in.
    const harmless = Object.entries(own).filter(
        ([name]) => !/^(AZURE|ARM|AZUREAD|PG)_?/.test(name) || name.startsWith("AZURE_POSTGRES_ENTRA"),
    );
    const merged = { ...Object.fromEntries(harmless), ...local.environment };
    return {
        ...Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)),
        PULUMI_BACKEND_URL: pathToFileURL(backendFolder(local)).href,
        PULUMI_CONFIG_PASSPHRASE: LOCAL_PASSPHRASE,
        PULUMI_DEBUG_PROVIDERS: local.debugProviders,
        // Otherwise the CLI tries to download every provider that it finds in node_modules.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
}

function backendFolder(local: LocalPulumi): string {
    return path.join(local.stateFolder, "pulumi");
}
