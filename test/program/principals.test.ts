import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { groupsFirst } from "../../principals";
import type { StackConfig } from "../../stackConfig";

type Principal = StackConfig["principals"][number];

function principals(members: Record<string, string[]>): Principal[] {
    return Object.entries(members).map(([name, memberOf]) => ({ name, memberOf }) as Principal);
}

const names = (members: Record<string, string[]>) => groupsFirst(principals(members)).map((p) => p.name);

describe("a principal comes after those that it is a member of", () => {
    test("without memberships the order is as written", () =>
        assert.deepEqual(names({ b: [], a: [], c: [] }), ["b", "a", "c"]));
    test("through several levels", () =>
        assert.deepEqual(names({ a: ["b"], b: ["c"], c: [] }), ["c", "b", "a"]));
    test("each once, though several are in it", () =>
        assert.deepEqual(names({ a: ["c"], b: ["c", "a"], c: [] }), ["c", "a", "b"]));
    test("roles that are no principals are somebody else's matter", () =>
        assert.deepEqual(names({ a: ["pg_monitor"] }), ["a"]));
    test("a circle is told with its members, before anything is made", () => {
        assert.throws(
            () => names({ x: ["a"], a: ["b"], b: ["a"] }),
            /principals\.memberOf is "a -> b -> a": a role cannot be a member of itself/,
        );
    });
});
