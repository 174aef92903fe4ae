/** Repeating what failed for a passing reason, until a deadline. What is repeated must be idempotent. */
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, DatabaseError, SignInError, sqlState } from "./errors";

export interface RetryOptions {
    /** No new attempt starts after this many milliseconds. */
    deadline: number;
    signal?: AbortSignal;
    /** Hears once that and why something is being repeated. */
    log?: (message: string) => void;
    /** What is worth repeating. Default: `isPassing`. */
    passes?: (error: unknown) => boolean;
    /** The shortest pause after an error, in milliseconds. Default: none. */
    leastPause?: (error: unknown) => number;
}

const NETWORK = new Set([
    "ECONNRESET",
    "ECONNREFUSED",
    "EPIPE",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    // Those of `fetch`.
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
]);

/**
 * Serialisation and deadlock, the server shutting down, crashing or starting, connection trouble, and the unique violations
 * of two sessions making the same thing: every statement here is found anew from what the database then holds.
 * Refused sign-ins (28xxx), missing rights (42501) and dependent objects (2BP01) never pass by themselves.
 */
const PASSING = /^(40001|40P01|23505|57P01|57P02|57P03|08...)$/;

/** pg's own errors for a lost connection carry no code. */
const LOST =
    /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|Client network socket disconnected)/;

export function isPassing(failure: unknown): boolean {
    const error = rootOf(failure);
    const message = error instanceof Error ? error.message : String(error);
    const state = sqlState(error);
    if (state === "XX000") return /tuple concurrently (updated|deleted)/.test(message);
    if (state !== undefined) return PASSING.test(state);
    const code = codeOf(error);
    return code !== undefined ? NETWORK.has(code) : LOST.test(message);
}

/**
 * May the failure of several principals be that of one alone? Not where it is the connection's, the sign-in's, the server's or
 * everybody's: shutdowns, no room, its own faults.
 */
export function mayConcernOne(failure: unknown): boolean {
    const error = rootOf(failure);
    if (error instanceof SignInError || isPassing(error)) return false;
    return !/^(28|53|57|58|XX)/.test(sqlState(error) ?? "");
}

/** What the driver threw, under the explanation. */
function rootOf(error: unknown): unknown {
    return error instanceof DatabaseError && error.cause !== undefined ? error.cause : error;
}

/** Was the connection lost, so that nobody knows whether what was sent took effect? */
export function isLostConnection(failure: unknown): boolean {
    const state = sqlState(rootOf(failure));
    return isPassing(failure) && (state === undefined || /^(57P0|08)/.test(state));
}

/** Pause before the next attempt: doubling from 50 ms, at most 2 s, the upper half by chance. */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
    const most = Math.min(2_000, 50 * 2 ** Math.min(attempt, 10));
    return most / 2 + (random() * most) / 2;
}

/** @throws What the last attempt threw. */
export async function withRetry<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
    const { passes = isPassing, leastPause = () => 0 } = options;
    const end = performance.now() + options.deadline;
    for (let attempt = 0; ; attempt++) {
        options.signal?.throwIfAborted();
        try {
            return await action();
        } catch (error) {
            const pause = Math.max(pauseBefore(attempt), leastPause(error));
            if (!passes(error) || options.signal?.aborted || performance.now() + pause > end) throw error;
            if (attempt === 1)
                options.log?.(`repeating: ${error instanceof Error ? error.message : String(error)}`);
            await sleep(pause, undefined, { signal: options.signal });
        }
    }
}
