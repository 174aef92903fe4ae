import assert from "node:assert/strict";
import { test } from "node:test";
import { terminalTable } from "../../report/terminalTable";
import { styleFor } from "../../rehearsal/terminal";

const columns = [
    { title: "who", value: (row: string[]) => row[0]! },
    { title: "what", value: (row: string[]) => row[1]! },
];

test("columns are as wide as their widest cell, and colours take no room", () => {
    const table = terminalTable(columns, [
        ["Jürgen", "\x1b[32mok\x1b[0m"],
        ["x", "longer"],
    ]);
    assert.equal(
        table.replaceAll(/\x1b\[\d+m/g, ""), // eslint-disable-line no-control-regex
        [
            "┌────────┬────────┐",
            "│ who    │ what   │",
            "├────────┼────────┤",
            "│ Jürgen │ ok     │",
            "│ x      │ longer │",
            "└────────┴────────┘",
        ].join("\n"),
    );
});

test("a table that would be too wide goes on in lines below, broken at spaces", () => {
    const table = terminalTable(columns, [["x", "one two three four five six seven"]], 30);
    const lines = table.split("\n");
    assert.ok(
        lines.every((line) => line.length <= 36),
        table,
    );
    assert.match(table, /one two three four five/);
    assert.match(table, /│ {5}│ six seven/);
});

test("a table without rows is its head", () => {
    assert.equal(terminalTable(columns, []).split("\n").length, 4);
});

test("NO_COLOR, a dumb terminal and a pipe get no colours", () => {
    const stream = (isTTY: boolean) => ({ isTTY }) as NodeJS.WriteStream;
    assert.equal(styleFor(stream(true), {}).good("x"), "\x1b[32mx\x1b[0m");
    assert.equal(styleFor(stream(true), { NO_COLOR: "1" }).good("x"), "x");
    assert.equal(styleFor(stream(true), { TERM: "dumb" }).good("x"), "x");
    assert.equal(styleFor(stream(false), {}).good("x"), "x");
});
