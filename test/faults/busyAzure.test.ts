/** An Azure that is busy, throttled, restarting or broken: the stack `local` deployed in this process comes to a good end. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ProgressEvent } from "../../emulator/arm/resourceApi";
import { Faults, type Fault } from "../../emulator/faults";
import { LocalAzure } from "../../emulator/localAzure";
import { deployScenario } from "../../rehearsal/rehearsal";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import type { ResourceEvent } from "../../rehearsal/rehearsalMonitor";

const CHILDREN = "server-children";

describe("E1, F70: a rehearsal on a busy Azure", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    const calls: ProgressEvent[] = [];
    const events: ResourceEvent[] = [];
    before(async () => {
        azure = await LocalAzure.start();
        azure.api.onProgress((event) => calls.push(event));
    });
    after(() => azure.stop());

    test("comes to a good end; each fault is one retry, and nothing else is tried twice", async () => {
        const faults: Fault[] = [
            { kind: "ServerIsBusy", target: CHILDREN, share: 0.2, seed: 3 },
            { kind: "ServerIsBusy", target: "pg-local", times: 1 },
            { kind: "ServerNotAccessible", times: 2 },
            { kind: "OperationFailed", target: "billing" },
            { kind: "Throttled", times: 2, skip: 5, milliseconds: 1 },
        ];
        for (const fault of faults) azure.faults.add(fault);
        const { outputs } = await deployScenario(azure, SCENARIOS[0]!, (event) => events.push(event));
        assert.deepEqual(outputs["databases"], ["orders", "billing", "analytics"]);
        const states = azure.faults.list();
        for (const state of states) assert.ok(state.struck > 0, JSON.stringify(state));
        const struck = (throttled: boolean) =>
            states
                .filter((s) => (s.kind === "Throttled") === throttled)
                .reduce((sum, s) => sum + s.struck, 0);
        const retries = events.filter((event) => event.kind === "retrying");
        assert.equal(retries.length, struck(false));
        // Throttling the provider waits for by itself; both are calls that Azure saw fail.
        const failed = calls.filter((call) => call.phase === "failed");
        assert.equal(failed.length, struck(false) + struck(true));
        const made = calls.filter((call) => call.phase === "finished").map((call) => call.id);
        assert.equal(new Set(made).size, made.length, "something was made twice");
    });
});

describe("a fault with a share", () => {
    const run = (fault: Fault, calls: number) => {
        const faults = new Faults();
        faults.add(fault);
        return Array.from({ length: calls }, () => faults.take(fault.kind, "x") !== undefined);
    };

    test("strikes about that part of the calls, sometimes twice in a row, the same ones in every run", () => {
        const struck = run({ kind: "ServerIsBusy", share: 0.2 }, 1000);
        const count = struck.filter(Boolean).length;
        assert.ok(count > 150 && count < 250, String(count));
        assert.ok(struck.some((one, i) => one && struck[i + 1]));
        assert.deepEqual(run({ kind: "ServerIsBusy", share: 0.2 }, 1000), struck);
        assert.notDeepEqual(run({ kind: "ServerIsBusy", share: 0.2, seed: 2 }, 1000), struck);
        assert.deepEqual(run({ kind: "ServerIsBusy", share: 1 }, 3), [true, true, true]);
    });

    test("ends after so many times where it is told to, and lets the first ones pass", () => {
        const struck = run({ kind: "Latency", share: 0.5, times: 2, skip: 10 }, 100);
        assert.equal(struck.filter(Boolean).length, 2);
        assert.ok(struck.indexOf(true) >= 10);
    });

    test("names what it means: a type, a resource, a server, or everything below one", () => {
        const names = ["azure-native:dbforpostgresql:Database", "orders", "pg-a", CHILDREN];
        for (const target of names) {
            const faults = new Faults();
            faults.add({ kind: "ServerIsBusy", target });
            assert.equal(faults.take("ServerIsBusy", "pg-b", "other"), undefined);
            assert.equal(faults.take("ServerIsBusy", ...names)?.target, target);
            assert.equal(faults.take("ServerIsBusy", ...names), undefined, "it struck twice");
        }
    });

    test("one that lets a call pass leaves it to the next of its kind", () => {
        const faults = new Faults();
        faults.add({ kind: "ServerIsBusy", share: 0 });
        faults.add({ kind: "ServerIsBusy", target: "billing", times: 2 });
        for (const struck of [true, true, false])
            assert.equal(faults.take("ServerIsBusy", "billing") !== undefined, struck);
        assert.deepEqual(
            faults.list().map(({ struck, passed }) => [struck, passed]),
            [
                [0, 3],
                [2, 0],
            ],
        );
    });
});
