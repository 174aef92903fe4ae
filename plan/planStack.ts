import { AzurePostgresEntraProvider } from "../components/provider/provider";
import { evaluateOnly } from "../evaluation";
import { runProgram } from "../rehearsal/deployment";
import { PLAN_FORMAT, type Plan, type PlanMessage } from "./planDocument";
import { PlanMonitor } from "./planMonitor";
import type { StackValues } from "./stackValues";

export interface PlanRequest {
    project: string;
    stack: string;
    values: StackValues;
    /** Default: the project's own program. */
    program?: () => Promise<Record<string, unknown>>;
}

/**
 * Evaluates the program for a stack, in this process, and gives what it would register. Needs no credentials, no CLI and no
 * network; touches nothing.
 *
 * @throws the program's own error, for instance for a mistake in the configuration
 */
export async function planStack({
    project,
    stack,
    values,
    program = ownProgram,
}: PlanRequest): Promise<Plan> {
    evaluateOnly();
    const ours = new AzurePostgresEntraProvider();
    const monitor = new PlanMonitor({ project, stack, checking: [ours] });
    const { messages, stop } = captureMessages();
    try {
        const run = { project, stack, config: values.config, secretKeys: values.secretKeys, program };
        await runProgram(run, monitor, { preview: true }, async () => undefined);
    } finally {
        stop();
        await ours.close();
    }
    const { planned, problems, outputs } = monitor;
    return {
        formatVersion: PLAN_FORMAT,
        project,
        stack,
        open: sorted(values.open, (value) => value.key),
        resources: sorted(planned, (resource) => resource.urn),
        outputs,
        messages: sorted(messages, (message) => message.text),
        problems: sorted(problems, (problem) => `${problem.urn} ${problem.property}`),
    };
}

async function ownProgram(): Promise<Record<string, unknown>> {
    return (await import("../index.js")).default();
}

function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
    return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

const CONSOLE = { log: "info", info: "info", warn: "warning", error: "error" } as const;

/** Without an engine the SDK writes `pulumi.log` to the console. */
function captureMessages(): { messages: PlanMessage[]; stop: () => void } {
    const messages: PlanMessage[] = [];
    const console = globalThis.console as unknown as Record<string, unknown>;
    const original = Object.fromEntries(Object.keys(CONSOLE).map((name) => [name, console[name]]));
    for (const [name, severity] of Object.entries(CONSOLE))
        console[name] = (text: unknown) =>
            void messages.push({
                severity,
                text: String(text).replace(/^(info|warning|error): \[runtime\] /, ""),
            });
    return { messages, stop: () => void Object.assign(console, original) };
}
