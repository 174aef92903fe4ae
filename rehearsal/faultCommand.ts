import { parseArgs } from "node:util";
import {
    FAULT_KINDS,
    SERVER_CHILDREN,
    type Fault,
    type FaultKind,
    type FaultState,
} from "../emulator/faults";
import type { EndpointFile } from "../emulator/endpoint";
import { terminalTable } from "../report/terminalTable";
import { callLocalAzure } from "./localSession";

export const FAULT_HELP = `npm run local -- fault: what goes wrong in the local Azure that runs in the foreground.

  npm run local -- fault [--json]               the faults that are set, and how often each has struck
  npm run local -- fault clear                  ends them all
  npm run local -- fault <kind> [options]       sets one, beside those that are there

Kinds: ${Object.keys(FAULT_KINDS).join(", ")}
  --target <what>        a resource's type or name, a server's name, an object id (tokens), graph, resource-reads, or
                         ${SERVER_CHILDREN}: administrators, databases, parameters and firewall rules. Default: all
  --times <n>            how many calls it strikes. Default: 1; with --share no end
  --skip <n>             how many calls it lets pass first. Default: 0
  --share <part>         which part of the calls, for instance 0.2, in a sequence that is the same in every run
  --seed <n>             another sequence
  --milliseconds <n>     how long, for Latency and for the Retry-After of Throttled

A busy Azure:
  npm run local -- fault ServerIsBusy --target ${SERVER_CHILDREN} --share 0.2
  npm run local -- up --yes
`;

const OPTIONS = {
    target: { type: "string" },
    times: { type: "string" },
    skip: { type: "string" },
    share: { type: "string" },
    seed: { type: "string" },
    milliseconds: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

export type FaultCommand =
    | { what: "help" }
    | { what: "list"; json: boolean }
    | { what: "clear"; json: boolean }
    | { what: "add"; json: boolean; fault: Fault };

/** @throws Error for what is no such command; ranges are the local Azure's to check. */
export function parseFaultCommand(words: string[]): FaultCommand {
    const { values, positionals } = parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
    const { json = false, help, target, ...numbers } = values;
    const [kind, second] = positionals;
    if (help) return { what: "help" };
    if (second !== undefined) throw new Error(`one fault at a time: '${second}' is one word too many`);
    const given = Object.keys(numbers).length > 0 || target !== undefined;
    if (kind === undefined || kind === "clear") {
        if (given) throw new Error("say which kind of fault: npm run local -- fault <kind> [options]");
        return { what: kind === undefined ? "list" : "clear", json };
    }
    if (!Object.hasOwn(FAULT_KINDS, kind))
        throw new Error(`there is no fault '${kind}'; known: ${Object.keys(FAULT_KINDS).join(", ")}`);
    const fault: Fault = { kind: kind as FaultKind, ...(target === undefined ? {} : { target }) };
    for (const [name, value] of Object.entries(numbers)) {
        if (value.trim() === "" || !Number.isFinite(Number(value)))
            throw new Error(`--${name} is '${value}'; give a number`);
        fault[name as keyof typeof numbers] = Number(value);
    }
    return { what: "add", json, fault };
}

/** Does it, and says what is set then. */
export async function runFaultCommand(
    endpoint: EndpointFile,
    command: Exclude<FaultCommand, { what: "help" }>,
): Promise<string> {
    if (command.what === "add") await callLocalAzure(endpoint, "POST", "fault", command.fault);
    if (command.what === "clear") await callLocalAzure(endpoint, "POST", "clear-faults", {});
    const { faults } = (await callLocalAzure(endpoint, "GET", "faults")) as { faults: FaultState[] };
    if (command.json) return `${JSON.stringify(faults, null, 2)}\n`;
    if (faults.length === 0) return "No fault is set.\n";
    return `${terminalTable(COLUMNS, faults)}\n`;
}

const COLUMNS = [
    { title: "fault", value: (fault: FaultState) => fault.kind },
    { title: "strikes", value: (fault: FaultState) => fault.target ?? "all" },
    { title: "how often", value: howOften },
    { title: "struck", value: (fault: FaultState) => String(fault.struck) },
    { title: "let pass", value: (fault: FaultState) => String(fault.passed) },
];

function howOften({ times, share, skip, milliseconds }: FaultState): string {
    const parts = [
        share === undefined ? "every call" : `${share * 100} % of the calls`,
        skip === undefined ? undefined : `after ${skip}`,
        times === undefined ? undefined : times === 1 ? "once" : `${times} times`,
        milliseconds === undefined ? undefined : `${milliseconds} ms`,
    ];
    return parts.filter((part) => part !== undefined).join(", ");
}
