import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../support/properties";
import {
    LOCAL_RETRY_POLICY,
    nextDelay,
    passingReason,
    type PassingReason,
    RETRY_POLICY,
    retryWhileBusy,
    type RetrySurroundings,
} from "../../components/index";

const BUSY =
    'Code="ServerIsBusy" Message="Cannot complete operation while server \'pg-prod\' is busy processing another operation. Try again later."';
const RESTARTING =
    "RESPONSE 400: 400 Bad Request\nERROR CODE: AadAuthOperationCannotBePerformedWhenServerIsNotAccessible\n{...}";

const THROTTLED = 'Status=429 Code="TooManyRequests" Message="The request was throttled. Try again later."';
const FAILED = 'Status=500 Code="InternalServerError" Message="The long-running operation has failed."';

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
    for (const [title, error] of passing) test(title, () => assert.equal(passingReason(error), "busy"));

    const others: [string, PassingReason, string][] = [
        ["throttled, when the provider's own tries are over", "throttled", THROTTLED],
        [
            "throttled by the subscription's limit",
            "throttled",
            "RESPONSE 429\nERROR CODE: SubscriptionRequestsThrottled",
        ],
        ["a long operation that failed", "failed", FAILED],
        ["PostgreSQL that restarts, as pq says it", "restarting", "pq: the database system is starting up"],
        [
            "PostgreSQL that is not there yet",
            "restarting",
            "the database system is not yet accepting connections",
        ],
        [
            "a session that a restart ended",
            "restarting",
            "pq: terminating connection due to administrator command",
        ],
        ["E15: two sessions at one row", "restarting", "pq: tuple concurrently updated"],
        ["a refused connection", "disconnected", "dial tcp 10.0.0.4:5432: connect: connection refused"],
        ["a lost connection", "disconnected", "read tcp 10.0.0.4:5432: read: connection reset by peer"],
        ["a gateway that gave up", "failed", 'Status=504 Code="GatewayTimeout" Message="…"'],
    ];
    for (const [title, reason, error] of others)
        test(title, () => assert.equal(passingReason(error), reason));

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
        [
            "a host that nobody knows: the network is wrong",
            "dial tcp: lookup pg.postgres.database.azure.com: no such host",
        ],
        ["a host that does not answer", "dial tcp 10.0.0.4:5432: connect: i/o timeout"],
        ["a refused sign-in", 'pq: password authentication failed for user "x" (28P01)'],
        ["a missing right", "pq: permission denied to create role (42501)"],
        ["another resource is busy", "AnotherOperationInProgress: the subnet is busy"],
    ];
    for (const [title, error] of lasting)
        test(`never: ${title}`, () => assert.equal(passingReason(error), undefined));
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

    for (const [where, policy] of [
        ["Azure", RETRY_POLICY],
        ["the local Azure", LOCAL_RETRY_POLICY],
    ] as const)
        test(`the engine's own limit of 100 attempts comes later than the deadline on ${where}`, () => {
            let [attempts, elapsed] = [0, 0];
            while (attempts <= 100) {
                const delay = nextDelay(attempts + 1, elapsed, 1, policy);
                if (delay === undefined) break;
                attempts++;
                elapsed += delay;
            }
            assert.ok(attempts > 5 && attempts < 100, String(attempts));
        });
});

/** A world in which time passes only by waiting. */
function world() {
    const told: string[] = [];
    const failed: string[] = [];
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
        tell: (message, urn) => void told.push(`${urn.split("::").at(-1)} ${message}`),
        fail: (message, urn) => void failed.push(`${urn.split("::").at(-1)} ${message}`),
    };
    return {
        hook: retryWhileBusy(surroundings),
        told,
        failed,
        slept,
        pass: (ms: number) => void (now += ms),
    };
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
            "orders orders: the server is busy with another operation or restarts (ServerIsBusy); create is tried again in 5 s (attempt 2; waited 0 ms, at most 30 min)",
            "orders orders: the server is busy with another operation or restarts (AadAuthOperationCannotBePerformedWhenServerIsNotAccessible); create is tried again in 10 s (attempt 3; waited 5 s, at most 30 min)",
        ]);
    });

    test("what it tells holds nothing of the error, which could hold anything", async () => {
        const { hook, told } = world();
        await hook(failure([`${BUSY} token eyJhbGciOi`]));
        assert.equal(told.join().includes("eyJ"), false);
    });

    test("a real error stands at once, also after busy ones: only the latest counts", async () => {
        const { hook, slept, told, failed } = world();
        assert.equal(await hook(failure(['Code="AuthorizationFailed"', BUSY])), false);
        assert.deepEqual([slept, told, failed], [[], [], []]);
    });

    test("an operation that the service failed to do is done again three times and no more, whatever came between", async () => {
        const { hook, failed } = world();
        const errors: string[] = [];
        for (const error of [FAILED, BUSY, FAILED, THROTTLED, FAILED]) {
            errors.unshift(error);
            assert.equal(await hook(failure([...errors])), true);
        }
        assert.equal(await hook(failure([FAILED, ...errors])), false);
        assert.equal(failed.length, 1);
        assert.match(failed[0]!, /^orders orders: given up after 6 attempts in 2 min: .*InternalServerError/);
    });

    test("what was made in part is not made a second time: the engine keeps it, and the next deployment completes it", async () => {
        const { hook, slept, failed } = world();
        const partly = `1 error occurred:\n\t* ${FAILED}\n\n`;
        assert.equal(await hook(failure([partly])), false);
        assert.match(
            failed[0]!,
            /made, but not completely; it is kept, and the next `pulumi up` completes it/,
        );
        assert.deepEqual(slept, []);
        assert.equal(await hook(failure([partly], { failedOperation: "update" })), true);
    });

    test("providers bridged from Terraform list the reasons of every failure: made in part is what says so", async () => {
        const role = { type: "postgresql:index/role:Role" };
        const lost = "error detecting capabilities: dial tcp 10.0.0.4:5432: connect: connection refused";
        const { hook, failed } = world();
        assert.equal(await hook(failure([`1 error occurred:\n\t* ${lost}\n\n`], role)), true);
        const partly = `1 error occurred:\n\t* creating urn:pulumi:s::p::t::orders: 1 error occurred:\n\t* ${lost}\n\n`;
        assert.equal(await hook(failure([partly], role)), false);
        assert.match(failed[0]!, /made, but not completely/);
    });

    test("it gives up at the deadline, and begins anew for the next operation", async () => {
        const { hook, pass, failed } = world();
        assert.equal(await hook(failure([BUSY])), true);
        pass(RETRY_POLICY.deadline);
        assert.equal(await hook(failure([BUSY, BUSY])), false);
        assert.deepEqual(failed.length, 1);
        assert.match(
            failed[0]!,
            /^orders orders: given up after 2 attempts in 30 min: the server is busy .*\(ServerIsBusy\)/,
        );
        assert.match(
            failed[0]!,
            /wait until it says Ready, and run `pulumi up` again: it goes on with this create/,
        );
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
