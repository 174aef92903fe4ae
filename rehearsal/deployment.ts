import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { setMocks, type MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { ResourceProvider } from "../components/provider/resourceProvider";
import { RehearsalMonitor, type ResourceEvent } from "./rehearsalMonitor";

export interface ProgramRun {
    project: string;
    stack: string;
    /** Every configuration value of the stack, as the CLI would hand it over. */
    config: Record<string, string>;
    secretKeys?: string[];
    /** Loads and runs the program; its result is the stack's outputs. */
    program: () => Promise<Record<string, unknown>>;
}

export interface Deployment extends ProgramRun {
    providers: ResourceProvider[];
    onEvent: (event: ResourceEvent) => void;
}

/** Stands where the engine stands, and knows what failed first. */
export interface ProgramMonitor extends MockMonitor {
    readonly failure: Error | undefined;
    /** Resolves when nothing is being registered any more. */
    settled(): Promise<void>;
}

/**
 * Runs a Pulumi program in this process, without the CLI: what it registers is created by the providers.
 *
 * @returns the stack's outputs, secrets unwrapped
 * @throws the first failure: of the program, of a check or of a create
 */
export async function deploy(deployment: Deployment): Promise<Record<string, unknown>> {
    const monitor = new RehearsalMonitor(deployment);
    try {
        return await runProgram(deployment, monitor, { preview: false }, resolve);
    } finally {
        monitor.close();
    }
}

/**
 * Runs a Pulumi program in this process against a monitor.
 *
 * @param read what to make of the stack's outputs
 * @throws the first failure
 */
export async function runProgram<T>(
    run: ProgramRun,
    monitor: ProgramMonitor,
    { preview }: { preview: boolean },
    read: (outputs: Record<string, unknown>) => Promise<T>,
): Promise<T> {
    await setMocks(monitor.mocks, run.project, run.stack, preview);
    runtime.setMockOptions(monitor, run.project, run.stack, preview);
    runtime.setAllConfig(run.config, run.secretKeys);
    const { firstRejection, stopListening } = listenForRejections();
    try {
        const outputs = await Promise.race([runToTheEnd(run.program, read), firstRejection]);
        if (monitor.failure) throw monitor.failure;
        stopListening();
        return outputs;
    } catch (error) {
        await monitor.settled();
        // What the program sees is often a consequence; the first failure is the cause.
        throw monitor.failure ?? error;
    }
}

async function runToTheEnd<T>(
    program: ProgramRun["program"],
    read: (outputs: Record<string, unknown>) => Promise<T>,
): Promise<T> {
    const outputs = (await runtime.runInPulumiStack(program)) as Record<string, unknown>;
    await runtime.disconnect();
    return read(outputs);
}

/** The values behind the outputs, secrets too. */
function resolve(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
    return new Promise((done) => pulumi.unsecret(pulumi.output(outputs)).apply((plain) => done(plain)));
}

/**
 * A failed registration surfaces as unhandled rejections, one for every resource that waited for it. They must neither kill
 * the process nor be lost: the first ends the deployment. After a failure the listener stays, for the late ones.
 */
function listenForRejections(): { firstRejection: Promise<never>; stopListening: () => void } {
    let listener!: (reason: unknown) => void;
    const firstRejection = new Promise<never>((_, reject) => {
        listener = (reason) => reject(reason);
    });
    firstRejection.catch(() => undefined);
    process.on("unhandledRejection", listener);
    return { firstRejection, stopListening: () => process.off("unhandledRejection", listener) };
}
