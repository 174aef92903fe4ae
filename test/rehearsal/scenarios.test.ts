import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SCENARIOS, scenarioNamed, takeScenario } from "../../rehearsal/scenarios/table";
import { configOf } from "../../rehearsal/stackFile";

describe("scenarios", () => {
    test("--scenario is taken out of the words, wherever it stands", () => {
        assert.deepEqual(takeScenario(["--scenario", "cosmos", "up"]), { name: "cosmos", rest: ["up"] });
        assert.deepEqual(takeScenario(["up", "--scenario=cosmos", "--yes"]), {
            name: "cosmos",
            rest: ["up", "--yes"],
        });
        assert.deepEqual(takeScenario(["up"]), { rest: ["up"] });
        assert.throws(() => takeScenario(["--scenario"]), /there is no such scenario; there are flexible/);
    });

    test("each has a name of its own, and a host name from its configuration", () => {
        assert.equal(new Set(SCENARIOS.map((s) => s.name)).size, SCENARIOS.length);
        const hosts = SCENARIOS.map((s) => scenarioNamed(s.name).host(configOf(s.stackFile)));
        assert.equal(new Set(hosts).size, SCENARIOS.length, "servers' names are unique in all of Azure");
    });
});
