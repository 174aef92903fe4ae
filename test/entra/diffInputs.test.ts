import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../support/properties";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import { diffInputs } from "../../emulator/providers/propertyTable";
import { TABLE } from "./sampleTable";

/** Inputs of the sample table: whatever is given is of the right type. */
const inputs: fc.Arbitrary<PropertyMap> = fc.record(
    {
        name: fc.string(),
        title: fc.string(),
        size: fc.integer(),
        ratio: fc.double({ noNaN: true }),
        open: fc.boolean(),
        tags: fc.dictionary(fc.string(), fc.string()),
        zones: fc.array(fc.string()),
        owners: fc.uniqueArray(fc.string()),
        rules: fc.array(
            fc.record(
                { priority: fc.integer(), ports: fc.array(fc.string()), fixed: fc.string() },
                { requiredKeys: [] },
            ),
        ),
        network: fc.record({ subnet: fc.string() }, { requiredKeys: [] }),
        free: fc.dictionary(fc.string(), fc.jsonValue()),
    },
    { requiredKeys: [] },
);

interface Leaf {
    path: string;
    replaces: boolean;
    /** A copy of all inputs in which only this leaf differs. */
    changed(): PropertyMap;
}

/** Every leaf, its path written down here once more, independently of the code under test. */
function leaves(all: PropertyMap): Leaf[] {
    const found: Leaf[] = [];
    const walk = (value: unknown, keys: (string | number)[]) => {
        if (Array.isArray(value)) return value.forEach((element, index) => walk(element, [...keys, index]));
        if (typeof value === "object" && value !== null) {
            return Object.entries(value).forEach(([key, element]) => walk(element, [...keys, key]));
        }
        if (value === null || value === undefined) return;
        found.push({
            path: keys
                .map((key, index) => {
                    if (typeof key === "number") return `[${key}]`;
                    if (!/^[a-zA-Z_$][a-zA-Z0-9_$]*$/.test(key))
                        return `["${JSON.stringify(key).slice(1, -1)}"]`;
                    return index === 0 ? key : `.${key}`;
                })
                .join(""),
            replaces:
                keys[0] === "name" || keys[0] === "network" || (keys[0] === "rules" && keys[2] === "fixed"),
            changed: () => {
                const copy = structuredClone(all);
                let holder = copy as Record<string | number, unknown>;
                for (const key of keys.slice(0, -1)) holder = holder[key] as typeof holder;
                holder[keys.at(-1)!] = typeof value === "boolean" ? !value : `changed ${Math.random()}`;
                return copy;
            },
        });
    };
    walk(all, []);
    return found;
}

describe("diffInputs", () => {
    it("equal inputs differ in nothing", () => {
        fc.assert(
            fc.property(inputs, (all) => {
                assert.deepEqual(diffInputs(TABLE, all, structuredClone(all)), { detailedDiff: {} });
            }),
        );
    });

    it("one changed leaf is exactly one path, and replaces where it must", () => {
        fc.assert(
            fc.property(inputs, fc.nat(), (all, pick) => {
                const candidates = leaves(all);
                fc.pre(candidates.length > 0);
                const leaf = candidates[pick % candidates.length]!;
                const { detailedDiff } = diffInputs(TABLE, all, leaf.changed());
                assert.deepEqual(detailedDiff, { [leaf.path]: leaf.replaces ? "update-replace" : "update" });
            }),
            { numRuns: 500 },
        );
    });

    it("the order of a set, and null for what is left out, change nothing", () => {
        fc.assert(
            fc.property(fc.uniqueArray(fc.string(), { minLength: 2 }), (owners) => {
                const news = { owners: [...owners].reverse(), title: null, free: { a: null } };
                assert.deepEqual(diffInputs(TABLE, { owners, free: {} }, news).detailedDiff, {});
            }),
        );
    });

    const diff = (olds: PropertyMap, news: PropertyMap) => diffInputs(TABLE, olds, news).detailedDiff;

    it("a list's elements are compared by position, a set's by what they are", () => {
        assert.deepEqual(diff({ zones: ["1", "2"] }, { zones: ["2", "1"] }), {
            "zones[0]": "update",
            "zones[1]": "update",
        });
        assert.deepEqual(diff({ zones: ["1"] }, { zones: ["1", "2"] }), { "zones[1]": "add" });
        assert.deepEqual(diff({ zones: ["1", "2"] }, { zones: ["1"] }), { "zones[1]": "delete" });
        assert.deepEqual(diff({ owners: ["a", "b"] }, { owners: ["b"] }), { "owners[0]": "delete" });
        assert.deepEqual(diff({ owners: ["a"] }, { owners: ["b", "a"] }), { "owners[0]": "add" });
        assert.deepEqual(diff({ owners: ["a"] }, { owners: ["b"] }), { "owners[0]": "update" });
    });

    it("what is added and removed, at any depth", () => {
        assert.deepEqual(diff({}, { title: "x" }), { title: "add" });
        assert.deepEqual(diff({ name: "x" }, {}), { name: "delete-replace" });
        assert.deepEqual(diff({ rules: [{ priority: 1 }] }, { rules: [{ priority: 1, fixed: "x" }] }), {
            "rules[0].fixed": "add-replace",
        });
        assert.deepEqual(diff({ tags: { "a b": "1" } }, { tags: { 'c"d': "1" } }), {
            'tags["a b"]': "delete",
            'tags["c\\"d"]': "add",
        });
        assert.deepEqual(diff({ network: {} }, { network: { subnet: "x" } }), {
            "network.subnet": "add-replace",
        });
    });

    it("what is kept when left out does not change then", () => {
        assert.deepEqual(diff({ owners: ["a"] }, {}), {});
        assert.deepEqual(diff({}, { owners: ["a"] }), { owners: "add" });
    });

    it("a value that is not known yet may change", () => {
        assert.deepEqual(diff({ title: "x", name: "a" }, { title: UNKNOWN, name: UNKNOWN }), {
            title: "update",
            name: "update-replace",
        });
        assert.deepEqual(diff({ rules: [{ priority: 1 }] }, { rules: UNKNOWN }), { rules: "update" });
    });

    it("outputs are no inputs", () => {
        assert.deepEqual(diff({ id: "a" }, { id: "b" }), {});
    });

    it("says to delete first only where something is replaced", () => {
        const table = { ...TABLE, deleteBeforeReplace: true };
        assert.deepEqual(diffInputs(table, { name: "a" }, { name: "b" }), {
            detailedDiff: { name: "update-replace" },
            deleteBeforeReplace: true,
        });
        assert.deepEqual(diffInputs(table, { title: "a" }, { title: "b" }), {
            detailedDiff: { title: "update" },
        });
    });
});
