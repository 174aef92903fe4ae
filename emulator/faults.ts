/** Faults on demand: deterministic, counted, never by chance. A test adds one, the local Azure takes it when its time comes. */

export type FaultKind =
    /** The resource API answers 409 `ServerIsBusy`. */
    | "ServerIsBusy"
    /** The resource API answers 400 `AadAuthOperationCannotBePerformedWhenServerIsNotAccessible`. */
    | "ServerNotAccessible"
    /** The resource API, or Microsoft Graph (target `graph`), answers 429 with a Retry-After. */
    | "Throttled"
    /** Microsoft Graph answers 403, as to somebody without its permissions (target `graph`). */
    | "Forbidden"
    /** A long-running operation ends as `Failed`. */
    | "OperationFailed"
    /** The call takes `milliseconds` longer. */
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

export interface Fault {
    kind: FaultKind;
    /** What it strikes: a resource type token, a server name, an object id, the name of a machine or `graph`. Everything of its kind when left out. */
    target?: string;
    /** How many calls it strikes. Default: 1. */
    times?: number;
    /** How many calls it lets pass first. Default: 0. */
    skip?: number;
    /** For `Latency` and `Throttled` (Retry-After). */
    milliseconds?: number;
}

export class Faults {
    #pending: (Fault & Required<Pick<Fault, "times" | "skip">>)[] = [];

    add(fault: Fault): void {
        this.#pending.push({ times: 1, skip: 0, ...fault });
    }

    /** The fault that strikes this call, if one does; counts the call. */
    take(kind: FaultKind, target: string): Fault | undefined {
        const fault = this.#pending.find((f) => f.kind === kind && (f.target ?? target) === target);
        if (!fault) return undefined;
        if (fault.skip > 0) {
            fault.skip--;
            return undefined;
        }
        if (--fault.times === 0) this.#pending = this.#pending.filter((f) => f !== fault);
        return fault;
    }

    clear(): void {
        this.#pending = [];
    }
}
