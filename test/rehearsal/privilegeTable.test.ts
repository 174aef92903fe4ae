import assert from "node:assert/strict";
import { test } from "node:test";
import type { PrivilegeResult } from "../../rehearsal/privilegeAttempt";
import { privilegeTable } from "../../rehearsal/privilegeTable";
import { styleFor } from "../../rehearsal/terminal";

const plain = styleFor({ isTTY: false } as NodeJS.WriteStream);
const reader: PrivilegeResult = {
    who: "Sam",
    role: "readers",
    database: "orders",
    profiles: ["readonly"],
    expected: ["connect", "select"],
    seen: ["connect", "select"],
    asExpected: true,
};

test("each action has a column, and all is well", () => {
    const table = privilegeTable([reader], plain, 200);
    assert.match(table, /│ ✓ │ readers │ orders {3}│ readonly │ yes {5}│ yes {4}│ no {5}│ no {11}│/);
    assert.match(table, /All privileges of 1 pairs/);
    assert.doesNotMatch(table, /problem/);
});

test("what is not as expected is told in its cell, with what was expected, and counted", () => {
    const wrong: PrivilegeResult = {
        ...reader,
        seen: ["connect", "insert"],
        asExpected: false,
        problem: "select: gone",
    };
    const table = privilegeTable([reader, wrong], plain, 200);
    assert.match(table, /│ ✗ │ readers .*│ no, expected yes │ yes, expected no │ no .*│ select: gone/);
    assert.match(table, /1 of 2 pairs .* are not as expected/);
});

test("a role without any profile", () => {
    const none = { ...reader, profiles: [], expected: [], seen: [] };
    assert.match(privilegeTable([none], plain, 200), /│ none {4}│ no /);
});
