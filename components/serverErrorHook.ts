import * as pulumi from "@pulumi/pulumi";
import { Cloud } from "./clouds";
import { oncePerEngine, tolerateSecondRegistration } from "./hookRegistration";
import {
    failedTooOften,
    leftBehind,
    LOCAL_RETRY_POLICY,
    nextDelay,
    passingCode,
    passingReason,
    RETRY_POLICY,
    type PassingReason,
    type RetryPolicy,
} from "./retry";

/** What the hook does beside deciding; replaced in tests. */
export interface RetrySurroundings {
    sleep(milliseconds: number): Promise<void>;
    now(): number;
    random(): number;
    /** Tells whoever waits, beside the resource of this URN. */
    tell(message: string, urn: string): void;
    /** The same, for what ends the deployment. */
    fail(message: string, urn: string): void;
}

const REAL: RetrySurroundings = {
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: Date.now,
    random: Math.random,
    tell: (message, urn) => void pulumi.log.info(message, resourceOf(urn)),
    fail: (message, urn) => void pulumi.log.error(message, resourceOf(urn)),
};

/** The log wants a resource, of which it reads the URN alone. */
function resourceOf(urn: string): pulumi.Resource {
    return { urn: pulumi.output(urn) } as unknown as pulumi.Resource;
}

export const SERVER_ERROR_HOOK = "azure-postgres-entra:server-busy";

/**
 * The one `onError` hook of everything that belongs to a server: `hooks: { onError: [serverErrorHook()] }`. It waits and
 * has the operation done again while the server is busy, not accessible or restarting and while calls are throttled, and a few
 * times where the service failed without a reason or the connection was lost (F70, E1); any other error stands.
 *
 * @param cloud where the server is; on the local Azure the waits are a hundredth as long. Default: Public
 */
export function serverErrorHook(cloud?: Cloud): pulumi.ErrorHook {
    const [name, policy] =
        cloud === Cloud.Local
            ? [`${SERVER_ERROR_HOOK}-local`, LOCAL_RETRY_POLICY]
            : [SERVER_ERROR_HOOK, RETRY_POLICY];
    return oncePerEngine(name, () =>
        tolerateSecondRegistration(new pulumi.ErrorHook(name, retryWhileBusy(REAL, policy))),
    );
}

/** The hook's function, with its own memory of when each operation failed first. */
export function retryWhileBusy(
    surroundings: RetrySurroundings = REAL,
    policy: RetryPolicy = RETRY_POLICY,
): pulumi.ErrorHookFunction {
    const firstFailures = new Map<string, number>();
    return async ({ urn, name, type, failedOperation, errors }) => {
        const [latest = ""] = errors;
        const operation = `${failedOperation} ${urn}`;
        const now = surroundings.now();
        if (errors.length <= 1) firstFailures.set(operation, now);
        const elapsed = now - (firstFailures.get(operation) ?? now);
        const reason = passingReason(latest);
        const giveUp = (message?: string) => {
            firstFailures.delete(operation);
            if (message !== undefined) surroundings.fail(`${name}: ${message}`, urn);
            return false;
        };
        if (reason === undefined) return giveUp();
        if (leftBehind(type, failedOperation, latest)) return giveUp(PARTLY_MADE);
        const delay = failedTooOften(errors, policy)
            ? undefined
            : nextDelay(errors.length, elapsed, surroundings.random(), policy);
        const code = passingCode(latest);
        const why = WHY[reason] + (code === undefined ? "" : ` (${code})`);
        if (delay === undefined) return giveUp(givenUp(failedOperation, why, errors.length, elapsed));
        surroundings.tell(
            `${name}: ${why}; ${failedOperation} is tried again in ${duration(delay)} ` +
                `(attempt ${errors.length + 1}; waited ${duration(elapsed)}, at most ${duration(policy.deadline)})`,
            urn,
        );
        await surroundings.sleep(delay);
        return true;
    };
}

const WHY: Record<PassingReason, string> = {
    busy: "the server is busy with another operation or restarts",
    throttled: "Azure takes no more calls for now",
    restarting: "PostgreSQL restarts",
    failed: "Azure failed to do it, for no reason that it names",
    disconnected: "the connection to PostgreSQL was refused or lost",
};

const PARTLY_MADE =
    "it was made, but not completely; it is kept, and the next `pulumi up` completes it. The error follows.";

function givenUp(operation: string, why: string, attempts: number, elapsed: number): string {
    return (
        `given up after ${attempts} attempts in ${duration(elapsed)}: ${why}. What was done before stays. ` +
        "See in the Azure portal or by `az resource show --ids <id> --query properties.state` what the server is doing, " +
        `wait until it says Ready, and run \`pulumi up\` again: it goes on with this ${operation}. The last error follows.`
    );
}

function duration(milliseconds: number): string {
    if (milliseconds >= 120_000) return `${Math.round(milliseconds / 60_000)} min`;
    return milliseconds >= 1000 ? `${Math.ceil(milliseconds / 1000)} s` : `${milliseconds} ms`;
}
