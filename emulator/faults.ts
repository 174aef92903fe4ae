/** Faults on demand: counted, and in a fixed sequence, never by chance. Somebody adds one, the local Azure takes it when its time comes. */

export type FaultKind =
    /** The resource API answers 409 `ServerIsBusy`. */
    | "ServerIsBusy"
    /** The resource API answers 400 `AadAuthOperationCannotBePerformedWhenServerIsNotAccessible`. */
    | "ServerNotAccessible"
    /** The resource API, or Microsoft Graph (target `graph`), answers 429 with a Retry-After. */
    | "Throttled"
    /** The resource API answers 403 `AuthorizationFailed`; Microsoft Graph (target `graph`) 403 as to somebody without its permissions. */
    | "Forbidden"
    /** A long-running operation ends as `Failed`. */
    | "OperationFailed"
    /** The resource API answers 409 `QuotaExceeded`. */
    | "QuotaExceeded"
    /** The call takes `milliseconds` longer; the server is busy all the while. */
    | "Latency"
    /** PostgreSQL restarts before the call is served. */
    | "RestartPostgres"
    /** The next token issued is already expired. */
    | "ExpiredToken"
    /** The gateway cuts the connection after the sign-in. */
    | "DropConnection"
    /** The metadata service answers 429. */
    | "MetadataThrottled"
    /** The metadata service answers 500. */
    | "MetadataFailed";

/** Lists every kind, so that a new one is not forgotten where they are checked. */
export const FAULT_KINDS: Record<FaultKind, true> = {
    ServerIsBusy: true,
    ServerNotAccessible: true,
    Throttled: true,
    OperationFailed: true,
    Forbidden: true,
    QuotaExceeded: true,
    Latency: true,
    RestartPostgres: true,
    ExpiredToken: true,
    DropConnection: true,
    MetadataThrottled: true,
    MetadataFailed: true,
};

/** As a target: everything that belongs to a server, but not the server itself. */
export const SERVER_CHILDREN = "server-children";

export interface Fault {
    kind: FaultKind;
    /**
     * What it strikes: a resource's type token or name, a server's name, `server-children`, the name of a machine, `graph`, `resource-reads`
     * (the resource API over HTTPS), or for tokens an object id. Everything of its kind when left out.
     */
    target?: string;
    /** How many calls it strikes. Default: 1; with `share` no end. */
    times?: number;
    /** How many calls it lets pass first. Default: 0. */
    skip?: number;
    /** Which part of the calls it strikes, above 0 and at most 1, in a sequence that is the same in every run. Default: all. */
    share?: number;
    /** Chooses the sequence. Default: 1. */
    seed?: number;
    /** For `Latency` and `Throttled` (Retry-After). */
    milliseconds?: number;
}

/** A fault with what has become of it. */
export interface FaultState extends Fault {
    /** Calls that it struck. */
    struck: number;
    /** Calls that it could have struck and let pass. */
    passed: number;
}

interface Pending extends FaultState {
    times: number;
    skip: number;
    /** From 0 to 1, another number for each call. */
    next: () => number;
}

export class Faults {
    #added: Pending[] = [];

    add(fault: Fault): void {
        const times = fault.times ?? (fault.share === undefined ? 1 : Infinity);
        const next = sequence(fault.seed ?? 1);
        this.#added.push({ ...fault, skip: fault.skip ?? 0, times, struck: 0, passed: 0, next });
    }

    /**
     * The first fault that strikes this call, if one does; those before it have let it pass, and count it.
     *
     * @param names everything that a fault may name to mean this call
     */
    take(kind: FaultKind, ...names: string[]): Fault | undefined {
        const concerns = ({ target }: Fault) => target === undefined || names.includes(target);
        for (const fault of this.#added) {
            if (fault.kind !== kind || fault.struck >= fault.times || !concerns(fault)) continue;
            if (fault.passed + fault.struck >= fault.skip && fault.next() < (fault.share ?? 1)) {
                fault.struck++;
                return fault;
            }
            fault.passed++;
        }
        return undefined;
    }

    /** Every fault that was added, those too that have struck for the last time. */
    list(): FaultState[] {
        return this.#added.map(({ next: _, times, skip, ...fault }) => ({
            ...fault,
            ...(Number.isFinite(times) ? { times } : {}),
            ...(skip > 0 ? { skip } : {}),
        }));
    }

    clear(): void {
        this.#added = [];
    }
}

/** Numbers from 0 to 1 that look like chance and are the same in every run (mulberry32). */
function sequence(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}
