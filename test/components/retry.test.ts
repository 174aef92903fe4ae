import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
    isPassing,
    nextDelay,
    RETRY_POLICY,
    retryWhileBusy,
    type RetrySurroundings,
} from "../../components/index";

const BUSY =
    'Code="ServerIsBusy" Message="Cannot complete operation while server \'pg-prod\' is busy processing another operation. Try again later."';
const RESTARTING =
    "RESPONSE 400: 400 Bad Request\nERROR CODE: AadAuthOperationCannotBePerformedWhenServerIsNotAccessible\n{...}";

describe("F70, E1: which errors pass by themselves", () => {
    const passing: [string, string][] = [
        ["the server is busy, as the old SDK writes it", BUSY],
        ["the server restarts, as the new SDK writes it", RESTARTING],
        ["the other code for busy", '{"error": {"code": "ServerBusy", "message": "…"}}'],
        [
            "busy in words alone",
            "Cannot complete operation while server 'pg' is busy processing another operation.",
        ],
        ["busy, for a server that is called like a mistake", BUSY.replace("pg-prod", "InvalidParameter")],
        [
            "busy, with an id that holds a mistake's name",
            `PUT /subscriptions/s/resourceGroups/Forbidden/x: ${BUSY}`,
        ],
    ];
    for (const [title, error] of passing) test(title, () => assert.equal(isPassing(error), true));

    const lasting: [string, string][] = [
        ["a bad argument", 'Code="InvalidParameterValue" Message="Invalid value given for parameter"'],
        [
            "forbidden",
            'Status=403 Code="AuthorizationFailed" Message="The client does not have authorization"',
        ],
        ["a quota", 'Code="QuotaExceeded" Message="…"'],
        ["a policy", 'Code="RequestDisallowedByPolicy" Message="…"'],
        ["conflicting network settings", "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration"],
        ["a role that exists", 'AadAuthPrincipalCreationFailed: 42710: role "x" already exists'],
        ["no credentials for passwords", "EngineCredentialsNotProvided"],
        [
            "a mistake on a server that is called busy",
            'Code="BadRequest" Message="server \'ServerIsBusy\' has no such parameter"',
        ],
        [
            "an unknown error on a server that is called busy",
            'Code="NotFound" Message="\'ServerIsBusy\' was not found" /subscriptions/s/ServerIsBusy',
        ],
        ["both at once: a mistake is not mended by waiting", `${BUSY} Code="InvalidParameterValue"`],
        ["nothing", ""],
        ["another resource is busy", "AnotherOperationInProgress: the subnet is busy"],
    ];
    for (const [title, error] of lasting)
        test(`never: ${title}`, () => assert.equal(isPassing(error), false));
});

describe("how long to wait", () => {
    test("it doubles up to the longest wait, at least half of it, and never beyond the deadline", () => {
        const attempts = fc.integer({ min: 1, max: 1000 });
        const elapsed = fc.integer({ min: 0, max: RETRY_POLICY.deadline });
        fc.assert(
            fc.property(
                attempts,
                elapsed,
                fc.double({ min: 0, max: 1, noNaN: true }),
                (attempt, past, random) => {
                    const delay = nextDelay(attempt, past, random);
                    const full = Math.min(RETRY_POLICY.longest, RETRY_POLICY.first * 2 ** (attempt - 1));
                    if (delay === undefined) return assert.ok(past + full > RETRY_POLICY.deadline);
                    assert.ok(delay <= full && delay >= full / 2 - 1, `${delay} of ${full}`);
                    assert.ok(past + delay <= RETRY_POLICY.deadline);
                },
            ),
        );
    });

    test("the engine's own limit of 100 attempts comes later than the deadline", () => {
        let [attempts, elapsed] = [0, 0];
        while (attempts <= 100) {
            const delay = nextDelay(attempts + 1, elapsed, 1);
            if (delay === undefined) break;
            attempts++;
            elapsed += delay;
        }
        assert.ok(attempts < 100, String(attempts));
    });
});

/** A world in which time passes only by waiting. */
function world() {
    const told: string[] = [];
    const slept: number[] = [];
    let now = 0;
    const surroundings: RetrySurroundings = {
        sleep: (milliseconds) => {
            slept.push(milliseconds);
            now += milliseconds;
            return Promise.resolve();
        },
        now: () => now,
        random: () => 0,
        tell: (message) => void told.push(message),
    };
    return { hook: retryWhileBusy(surroundings), told, slept, pass: (ms: number) => void (now += ms) };
}

const failure = (errors: string[], more: object = {}) => ({
    urn: "urn:pulumi:s::p::azure-native:dbforpostgresql:Database::orders",
    id: "",
    name: "orders",
    type: "azure-native:dbforpostgresql:Database",
    failedOperation: "create",
    errors,
    ...more,
});

describe("the hook", () => {
    test("E1: it waits, tells, and asks for another attempt while the server is busy", async () => {
        const { hook, told, slept } = world();
        assert.equal(await hook(failure([BUSY])), true);
        assert.equal(await hook(failure([RESTARTING, BUSY])), true);
        assert.deepEqual(slept, [5000, 10000]);
        assert.deepEqual(told, [
            "orders: the server is busy or restarting; create is tried again in 5 s",
            "orders: the server is busy or restarting; create is tried again in 10 s",
        ]);
    });

    test("what it tells holds nothing of the error, which could hold anything", async () => {
        const { hook, told } = world();
        await hook(failure([`${BUSY} token eyJhbGciOi`]));
        assert.equal(told.join().includes("eyJ"), false);
    });

    test("a real error stands at once, also after busy ones: only the latest counts", async () => {
        const { hook, slept } = world();
        assert.equal(await hook(failure(['Code="AuthorizationFailed"', BUSY])), false);
        assert.deepEqual(slept, []);
    });

    test("it gives up at the deadline, and begins anew for the next operation", async () => {
        const { hook, pass } = world();
        assert.equal(await hook(failure([BUSY])), true);
        pass(RETRY_POLICY.deadline);
        assert.equal(await hook(failure([BUSY, BUSY])), false);
        assert.equal(await hook(failure([BUSY])), true);
    });

    test("an operation that succeeded after a wait has a deadline of its own when it is done again", async () => {
        const { hook, pass } = world();
        assert.equal(await hook(failure([BUSY])), true);
        pass(RETRY_POLICY.deadline);
        assert.equal(await hook(failure([BUSY])), true);
    });

    test("two operations that wait at once have a deadline each", async () => {
        const { hook, pass } = world();
        const other = {
            urn: "urn:pulumi:s::p::azure-native:dbforpostgresql:Database::billing",
            name: "billing",
        };
        await hook(failure([BUSY]));
        pass(RETRY_POLICY.deadline - 60_000);
        assert.equal(await hook(failure([BUSY], other)), true);
        pass(60_000);
        assert.equal(await hook(failure([BUSY, BUSY])), false);
        assert.equal(await hook(failure([BUSY, BUSY], other)), true);
    });
});
