import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import {
    checkFunctionInputs,
    checkInputs,
    withDefaults,
    type PropertyRule,
} from "../../emulator/providers/propertyTable";
import { TABLE } from "./sampleTable";
import { wrongValues } from "./wrongValues";

const failuresOf = (inputs: PropertyMap) => checkInputs(TABLE, { name: "a", ...inputs });
const one = (inputs: PropertyMap) => {
    const failures = failuresOf(inputs);
    assert.equal(failures.length, 1, JSON.stringify(failures));
    return failures[0]!;
};

describe("checkInputs", () => {
    for (const [name, rule] of Object.entries(TABLE.properties)) {
        for (const { what, value } of wrongValues(rule)) {
            it(`refuses ${name}: ${what}`, () => {
                const failures = rule.computed ? failuresOf({ [name]: "x" }) : failuresOf({ [name]: value });
                assert.ok(failures.length > 0);
                for (const { property, reason } of failures) {
                    if (rule.secret) assert.equal(property, "");
                    else assert.ok(property.startsWith(name), property);
                    assert.ok(reason.includes(`'${name}`), reason);
                }
            });
        }
    }

    it("names the property, the value, the rule and the fix", () => {
        assert.deepEqual(one({ size: 11 }), {
            property: "size",
            reason: "'size' is 11, which is too large; it must be an integer from 1 to 10. Correct it.",
        });
        assert.equal(
            one({ sku: "basic" }).reason,
            `'sku' is "basic", which is none of the allowed values; it must be one of "Basic", "Standard". Use one of these, spelled exactly so.`,
        );
        assert.equal(one({ even: 3 }).reason, "'even' is 3: odd numbers do not fit. Add one.");
        assert.match(
            one({ title: "éééé!" }).reason,
            /which has 9 bytes; it must be a string of at most 8 UTF-8 bytes/,
        );
        assert.match(one({ title: "x".repeat(500) }).reason, /… \(502 characters\)/);
    });

    it("names unknown properties, also within, and what was meant", () => {
        assert.match(
            one({ tittle: "x" }).reason,
            /'tittle' is not a property of test:index:Thing\. Did you mean 'title'\?/,
        );
        assert.match(one({ zzz: 1 }).reason, /'zzz' is not a property.* Known: even, free, name,/);
        assert.match(
            one({ rules: [{ priority: 1, prio: 2 }] }).reason,
            /'rules\[0\]\.prio' is not a property/,
        );
        assert.match(
            one({ rules: [{ priority: 1, port: [] }] }).reason,
            /of 'rules\[0\]' of test:index:Thing.*'ports'/,
        );
        assert.deepEqual(failuresOf({ toString: undefined, gone: null }), []);
        assert.match(one({ constructor: "x" }).reason, /'constructor' is not a property/);
    });

    it("requires what is required, also within", () => {
        assert.match(
            checkInputs(TABLE, {})[0]!.reason,
            /'name' is missing; test:index:Thing requires it \(a string/,
        );
        assert.match(checkInputs(TABLE, { name: null })[0]!.reason, /missing/);
        assert.equal(one({ rules: [{}] }).property, "rules[0].priority");
    });

    it("refuses what the service makes", () => {
        assert.match(one({ id: "x" }).reason, /takes no such input\. Leave it out/);
    });

    it("lets unknown values of previews pass everywhere", () => {
        const unknown = Object.keys(TABLE.properties).filter((name) => name !== "id");
        assert.deepEqual(failuresOf(Object.fromEntries(unknown.map((name) => [name, UNKNOWN]))), []);
        assert.deepEqual(
            failuresOf({ rules: [UNKNOWN, { priority: UNKNOWN }], owners: [UNKNOWN, UNKNOWN] }),
            [],
        );
        assert.match(one({ rules: { x: UNKNOWN } }).reason, /\(not known yet\)/);
    });

    it("never shows a secret, nor lets the engine show it", () => {
        for (const inputs of [
            { password: "hunter2" },
            { password: ["hunter2"] },
            { secrets: { pin: "hunter2" } },
        ]) {
            const { property, reason } = one(inputs);
            assert.equal(property, "");
            assert.match(reason, /^'(password|secrets\.pin)' is a secret value \(not shown\)/);
            assert.ok(!reason.includes("hunter2"));
        }
        const misspelled = one({ pasword: "hunter2" });
        assert.equal(misspelled.property, "");
        assert.match(misspelled.reason, /'pasword' .*Did you mean 'password'/);
        assert.ok(!misspelled.reason.includes("hunter2"));
    });

    it("refuses a value twice in a set, and not in a list", () => {
        assert.match(
            one({ owners: ["a", "b", "a"] }).reason,
            /'owners\[2\]' is "a", as is element 0; name each once/,
        );
        assert.deepEqual(failuresOf({ zones: ["1", "1"] }), []);
    });

    it("asks about conflicts only when every property fits", () => {
        assert.equal(one({ open: true, size: 10 }).reason, "10 cannot be open");
        assert.doesNotMatch(one({ open: "yes", size: 10 }).reason, /cannot be open/);
    });

    it("checks the arguments of functions likewise", () => {
        const table = {
            token: "test:index:get",
            inputs: TABLE.properties,
            outputs: {},
            check: () => [{ property: "", reason: "no" }],
        };
        assert.equal(checkFunctionInputs(table, { name: "a" })[0]!.reason, "no");
        assert.match(checkFunctionInputs(table, { name: 1 })[0]!.reason, /'name' is 1/);
    });

    it("fills in defaults, each anew, where nothing is given", () => {
        const table = {
            properties: {
                list: { type: "array", default: [] } as PropertyRule,
                title: TABLE.properties.title!,
            },
        };
        const [first, second] = [
            withDefaults(table, { title: null }),
            withDefaults(table, { title: UNKNOWN }),
        ];
        assert.deepEqual(first, { list: [], title: "none" });
        assert.deepEqual(second, { list: [], title: UNKNOWN });
        assert.notEqual(first.list, second.list);
    });
});
