/** Which failures of the resource API pass by themselves, and how long to wait for that. Pure. */

/**
 * The service's codes for a server that is busy with another operation or restarts (F70, E1). Their texts: "Cannot
 * complete operation while server 'x' is busy processing another operation. Try again later."
 */
const PASSING_CODES = [
    "ServerIsBusy",
    "ServerBusy",
    "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible",
];
const PASSING_TEXT = /\bserver\b.{0,80}\bis busy processing another operation\b/is;

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
}

/** Enabling Entra restarts the server, and scaling it takes minutes; the engine itself stops after 100 attempts. */
export const RETRY_POLICY: RetryPolicy = { first: 5_000, longest: 60_000, deadline: 30 * 60_000 };

/**
 * Whether an error of the resource API passes by itself: the server is busy or not accessible right now (A7).
 * Names and resource ids within the text do not count, so that a server called `ServerIsBusy` fools nobody.
 */
export function isPassing(error: string): boolean {
    const text = withoutNames(error);
    if (LASTING.test(text)) return false;
    return PASSING_CODES.some((code) => new RegExp(`\\b${code}\\b`).test(text)) || PASSING_TEXT.test(text);
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
