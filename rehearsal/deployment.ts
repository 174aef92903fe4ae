import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { setMocks } from "@pulumi/pulumi/runtime/mocks";
import type { ResourceProvider } from "../components/provider/resourceProvider";
import { RehearsalMonitor, type ResourceEvent } from "./rehearsalMonitor";

export interface Deployment {
    project: string;
    stack: string;
    /** Every configuration value of the stack, as the CLI would hand it over. */
    config: Record<string, string>;
    secretKeys?: string[];
    providers: ResourceProvider[];
    /** Loads and runs the program; its result is the stack's outputs. */
    program: () => Promise<Record<string, unknown>>;
    onEvent: (event: ResourceEvent) => void;
}

/**
 * Runs a Pulumi program in this process, without the CLI: what it registers is created by the providers.
 *
 * @returns the stack's outputs, secrets unwrapped
 * @throws the first failure: of the program, of a check or of a create
 */
export async function deploy(deployment: Deployment): Promise<Record<string, unknown>> {
    const monitor = new RehearsalMonitor(deployment);
    await setMocks(monitor.mocks, deployment.project, deployment.stack, false);
    runtime.setMockOptions(monitor, deployment.project, deployment.stack, false);
    runtime.setAllConfig(deployment.config, deployment.secretKeys);
    const { firstRejection, stopListening } = listenForRejections();
    try {
        const outputs = await Promise.race([runToTheEnd(deployment.program), firstRejection]);
        if (monitor.failure) throw monitor.failure;
        stopListening();
        return outputs;
    } catch (error) {
        await monitor.settled();
        // What the program sees is often a consequence; the first failure is the cause.
        throw monitor.failure ?? error;
    } finally {
        monitor.close();
    }
}

async function runToTheEnd(program: Deployment["program"]): Promise<Record<string, unknown>> {
    const outputs = (await runtime.runInPulumiStack(program)) as Record<string, unknown>;
    await runtime.disconnect();
    return resolve(outputs);
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
