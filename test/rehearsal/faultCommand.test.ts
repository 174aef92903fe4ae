import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FaultState } from "../../emulator/faults";
import { parseFaultCommand, runFaultCommand } from "../../rehearsal/faultCommand";
import { readEndpointFile } from "../../emulator/endpoint";
import { Running } from "../provider/running";

test("a fault with its options", () => {
    const words = "ServerIsBusy --target orders --share 0.2 --seed 3 --times 5 --skip 1".split(" ");
    assert.deepEqual(parseFaultCommand([...words, "--json"]), {
        what: "add",
        json: true,
        fault: { kind: "ServerIsBusy", target: "orders", share: 0.2, seed: 3, times: 5, skip: 1 },
    });
    assert.deepEqual(parseFaultCommand([]), { what: "list", json: false });
    assert.deepEqual(parseFaultCommand(["clear"]), { what: "clear", json: false });
    assert.deepEqual(parseFaultCommand(["--help"]), { what: "help" });
});

const mistakes: [string[], RegExp][] = [
    [["Busy"], /there is no fault 'Busy'; known: ServerIsBusy, /],
    [["toString"], /there is no fault 'toString'/],
    [["ServerIsBusy", "Throttled"], /one fault at a time: 'Throttled'/],
    [["ServerIsBusy", "--times", "many"], /--times is 'many'; give a number/],
    [["ServerIsBusy", "--times", ""], /--times is ''/],
    [["--times", "1"], /say which kind of fault/],
    [["clear", "--target", "orders"], /say which kind of fault/],
    [["ServerIsBusy", "--often"], /--often/],
];
for (const [words, message] of mistakes)
    test(`a mistake is told: ${words.join(" ")}`, () =>
        assert.throws(() => parseFaultCommand(words), message));

describe("on a running local Azure", { concurrency: 1 }, () => {
    let local: Running;
    before(async () => {
        local = await Running.start();
    });
    after(() => local.stop());
    const run = (...words: string[]) => {
        const command = parseFaultCommand(words);
        assert.ok(command.what !== "help");
        return runFaultCommand(readEndpointFile(local.endpointFile), command);
    };

    test("it is set, shown with what became of it, and cleared", async () => {
        assert.equal(await run(), "No fault is set.\n");
        await run("ServerIsBusy", "--share", "0.2", "--target", "server-children");
        await run("Latency", "--milliseconds", "20", "--times", "3", "--skip", "1");
        local.faults.take("Latency", "x");
        local.faults.take("Latency", "x");
        const table = await run();
        assert.match(table, /ServerIsBusy │ server-children │ 20 % of the calls +│ 0 +│ 0 /);
        assert.match(table, /Latency +│ all +│ every call, after 1, 3 times, 20 ms │ 1 +│ 1 /);
        const states = JSON.parse(await run("--json")) as FaultState[];
        assert.deepEqual(states[1], {
            kind: "Latency",
            milliseconds: 20,
            times: 3,
            skip: 1,
            struck: 1,
            passed: 1,
        });
        assert.equal(await run("clear"), "No fault is set.\n");
    });

    test("what the local Azure refuses is told in its words", async () => {
        await assert.rejects(
            run("ServerIsBusy", "--share", "2"),
            /'share' is 2; give a part above 0 and at most 1/,
        );
    });
});
