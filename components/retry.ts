/** Which failures of the resource API and of PostgreSQL pass by themselves, and how long to wait for that. Pure. */

/** Why an operation is tried again. */
export type PassingReason =
    /** The server is busy with another operation, or restarts (F70, E1). */
    | "busy"
    /** Too many calls; azure-native itself has honoured Retry-After three times by then. */
    | "throttled"
    /** PostgreSQL restarts, or came to the same row as another session. */
    | "restarting"
    /** The service failed while it did it, with nothing said about why. */
    | "failed"
    /** The connection to PostgreSQL was refused or lost. */
    | "disconnected";

/**
 * The service's codes. For a server that is busy, their texts are: "Cannot complete operation while server 'x' is busy
 * processing another operation. Try again later."
 */
const PASSING_CODES = {
    busy: ["ServerIsBusy", "ServerBusy", "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible"],
    throttled: ["TooManyRequests", "SubscriptionRequestsThrottled"],
    failed: ["InternalServerError", "ServiceUnavailable", "GatewayTimeout"],
};

/**
 * What has no code: the resource API's busy server, PostgreSQL's own words (classes 57P01 to 57P03), and those of Go's and
 * Node's network libraries. A host that is not found or does not answer is no passing matter: the network is wrong.
 */
const PASSING_TEXTS: [PassingReason, RegExp][] = [
    ["busy", /\bserver\b.{0,80}\bis busy processing another operation\b/is],
    [
        "restarting",
        /\bthe database system is (?:starting up|shutting down|in recovery mode|not (?:yet )?accepting connections)\b|\bterminating connection due to (?:administrator command|unexpected postmaster exit)\b|\btuple concurrently (?:updated|deleted)\b/,
    ],
    [
        "disconnected",
        /\bconnection (?:refused|reset by peer)\b|\bECONN(?:REFUSED|RESET)\b|\bbroken pipe\b|\bConnection terminated\b|\bunexpected EOF\b/i,
    ],
];

/** Reasons that need not pass: after a few attempts they stand. */
const FEW_ATTEMPTS: ReadonlySet<PassingReason> = new Set(["failed", "disconnected"]);

/** Mistakes and refusals that no waiting mends. Their presence settles it, whatever else an error says. */
const LASTING =
    /\b(?:AuthorizationFailed|Forbidden|Unauthorized|InvalidAuthenticationToken\w*|AuthenticationFailed|LinkedAuthorizationFailed|RequestDisallowedByPolicy|\w*Quota\w*|SkuNotAvailable|SubscriptionNotFound|ResourceGroupNotFound|ScopeLocked|(?:Invalid|Conflicting|Missing|Unsupported|Bad)[A-Z]\w*|EngineCredentialsNotProvided|PasswordTooShort|PasswordNotComplex|AadAuthPrincipalCreationFailed|NameAlreadyExists|ServerNameAlreadyExists)\b/;

export interface RetryPolicy {
    /** The first wait, in milliseconds, before jitter. */
    first: number;
    /** The longest wait, in milliseconds, before jitter. */
    longest: number;
    /** No wait begins that would end later than this many milliseconds after the first failure. */
    deadline: number;
    /** How often an operation is done again that failed or lost its connection; being busy has the deadline alone. */
    failures: number;
}

/** Enabling Entra restarts the server, and scaling it takes minutes; the engine itself stops after 100 attempts. */
export const RETRY_POLICY: RetryPolicy = {
    first: 5_000,
    longest: 60_000,
    deadline: 30 * 60_000,
    failures: 3,
};

/** Operations of the local Azure take a hundredth of Azure's time, and so do the waits. */
export const LOCAL_RETRY_POLICY: RetryPolicy = { first: 50, longest: 600, deadline: 18_000, failures: 3 };

/**
 * Why an error of the resource API passes by itself; `undefined` where it is a real one (A7).
 * Names and resource ids within the text do not count, so that a server called `ServerIsBusy` fools nobody.
 */
export function passingReason(error: string): PassingReason | undefined {
    const text = withoutNames(error);
    if (LASTING.test(text)) return undefined;
    const reasons = Object.keys(PASSING_CODES) as (keyof typeof PASSING_CODES)[];
    const byCode = reasons.find((reason) => codeIn(PASSING_CODES[reason], text) !== undefined);
    return byCode ?? PASSING_TEXTS.find(([, words]) => words.test(text))?.[0];
}

/** Whether the errors of an operation, newest first, are too many of a reason that need not pass. */
export function failedTooOften(errors: string[], policy: RetryPolicy): boolean {
    const reasons = errors.map(passingReason);
    if (reasons[0] === undefined || !FEW_ATTEMPTS.has(reasons[0])) return false;
    return reasons.filter((reason) => reason && FEW_ATTEMPTS.has(reason)).length > policy.failures;
}

/** The service's code in an error that passes, for people: texts could hold anything. */
export function passingCode(error: string): string | undefined {
    return codeIn(Object.values(PASSING_CODES).flat(), withoutNames(error));
}

function codeIn(codes: string[], text: string): string | undefined {
    return codes.find((code) => new RegExp(`\\b${code}\\b`).test(text));
}

/**
 * Whether a failed creation has left the resource behind. The engine keeps such a one, and the next deployment completes it; created
 * again, it would be refused because it exists, and forgotten. The engine lists the reasons then. Providers that are bridged from
 * Terraform, as `postgresql` is, list the reasons of every failure; what they left behind begins with `creating urn:`.
 *
 * @param type of the resource, as `postgresql:index/role:Role`
 */
export function leftBehind(type: string, failedOperation: string, error: string): boolean {
    if (failedOperation !== "create") return false;
    const partly = type.startsWith("postgresql:")
        ? /^\d+ errors? occurred:\n\s*\* creating urn:/
        : /^\d+ errors? occurred:\n/;
    return partly.test(error);
}

/** Leaves out what other people chose: text in single quotes, resource ids and URNs. */
function withoutNames(error: string): string {
    return error
        .replace(/urn:pulumi:\S+/g, "")
        .replace(/\/subscriptions\/[^\s"']+/gi, "")
        .replace(/'[^'\n]*'/g, "''");
}

/**
 * How long to wait before the next attempt, in milliseconds, or `undefined` where the deadline is over.
 *
 * Doubles with each attempt up to the longest wait; a random part of up to half of it keeps servers apart.
 *
 * @param attempt 1 after the first failure
 * @param elapsed milliseconds since the first failure
 * @param random from 0 to 1
 */
export function nextDelay(
    attempt: number,
    elapsed: number,
    random: number,
    policy: RetryPolicy = RETRY_POLICY,
): number | undefined {
    const full = Math.min(policy.longest, policy.first * 2 ** Math.min(attempt - 1, 30));
    const delay = Math.round(full * (1 - random / 2));
    return elapsed + delay > policy.deadline ? undefined : delay;
}
