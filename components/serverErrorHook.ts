import * as pulumi from "@pulumi/pulumi";
import { oncePerEngine, tolerateSecondRegistration } from "./hookRegistration";
import { isPassing, nextDelay, RETRY_POLICY, type RetryPolicy } from "./retry";

/** What the hook does beside deciding; replaced in tests. */
export interface RetrySurroundings {
    sleep(milliseconds: number): Promise<void>;
    now(): number;
    random(): number;
    /** Tells whoever waits; the line is not kept. */
    tell(message: string): void;
}

const REAL: RetrySurroundings = {
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: Date.now,
    random: Math.random,
    tell: (message) => void pulumi.log.info(message, undefined, undefined, true),
};

export const SERVER_ERROR_HOOK = "azure-postgres-entra:server-busy";

/**
 * The one `onError` hook of everything that belongs to a server: `hooks: { onError: [serverErrorHook()] }`. It waits and
 * has the operation done again while the server is busy or not accessible (F70, E1); any other error stands.
 */
export function serverErrorHook(): pulumi.ErrorHook {
    return oncePerEngine(SERVER_ERROR_HOOK, () =>
        tolerateSecondRegistration(new pulumi.ErrorHook(SERVER_ERROR_HOOK, retryWhileBusy())),
    );
}

/** The hook's function, with its own memory of when each operation failed first. */
export function retryWhileBusy(
    surroundings: RetrySurroundings = REAL,
    policy: RetryPolicy = RETRY_POLICY,
): pulumi.ErrorHookFunction {
    const firstFailures = new Map<string, number>();
    return async ({ urn, name, failedOperation, errors }) => {
        const [latest = ""] = errors;
        const operation = `${failedOperation} ${urn}`;
        const now = surroundings.now();
        if (errors.length <= 1) firstFailures.set(operation, now);
        const elapsed = now - (firstFailures.get(operation) ?? now);
        const delay = isPassing(latest)
            ? nextDelay(errors.length, elapsed, surroundings.random(), policy)
            : undefined;
        if (delay === undefined) {
            firstFailures.delete(operation);
            return false;
        }
        surroundings.tell(
            `${name}: the server is busy or restarting; ${failedOperation} is tried again in ${Math.ceil(delay / 1000)} s`,
        );
        await surroundings.sleep(delay);
        return true;
    };
}
