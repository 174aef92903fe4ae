import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { parseArguments } from "../../bench/arguments";
import { firstLine } from "../../bench/lines";
import { chart } from "../../bench/chart";
import { growthLines, markdownPage } from "../../bench/report";
import {
    growth,
    isOwn,
    median,
    rounded,
    rowsAsMarkdown,
    rowsForTerminal,
    rowsOf,
    type Row,
} from "../../bench/rows";

const plain = [
    { create: 100, delete: 10 },
    { create: 120, delete: 30 },
    { create: 900, delete: 20 },
];
const set = [{ create: 150, noop: 3, change: 12, delete: 40 }];
const measured = { size: 1000, plain, set, single: [], peers: {} };

test("ratios are medians to the plain transaction: that which deletes for delete, that which creates for the rest", () => {
    assert.deepEqual(rowsOf(measured), [
        { kind: "set", job: "create", size: 1000, ms: 150, ratio: 1.25 },
        { kind: "set", job: "noop", size: 1000, ms: 3, ratio: 0.025 },
        { kind: "set", job: "change", size: 1000, ms: 12, ratio: 0.1 },
        { kind: "set", job: "delete", size: 1000, ms: 40, ratio: 2 },
    ]);
});

test("rows as JSON have exactly kind, job, size, ms and ratio; what was not run is left out", () => {
    const single = [{ create: 1 }];
    const rows = JSON.parse(JSON.stringify(rowsOf({ ...measured, single }))) as Record<string, unknown>[];
    assert.equal(rows.length, 5);
    for (const row of rows) {
        assert.deepEqual(Object.keys(row), ["kind", "job", "size", "ms", "ratio"]);
        assert.ok(["set", "single"].includes(row["kind"] as string));
        assert.ok(["create", "noop", "change", "delete"].includes(row["job"] as string));
        assert.deepEqual(
            [typeof row["size"], typeof row["ms"], typeof row["ratio"]],
            Array(3).fill("number"),
        );
    }
});

test("a peer's rows stand beside ours, and are none of ours", () => {
    const rows = rowsOf({ ...measured, peers: { psql: [{ create: 110, delete: 30 }] } });
    assert.deepEqual(
        rows.filter((row) => !isOwn(row)),
        [
            { kind: "psql", job: "create", size: 1000, ms: 110, ratio: 0.917 },
            { kind: "psql", job: "delete", size: 1000, ms: 30, ratio: 1.5 },
        ],
    );
});

test("how much longer ten times as many take is said of the set and of the plain transaction", () => {
    const large = {
        ...measured,
        size: 10_000,
        plain: [{ create: 2400, delete: 10 }],
        set: [{ create: 1500 }],
    };
    assert.deepEqual(
        growthLines([measured, large]).map(({ value }) => value),
        ["10x", "20x"],
    );
    assert.deepEqual(growthLines([measured]), []);
});

test("median, rounding and growth", () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
    assert.throws(() => median([]), /nothing/);
    assert.deepEqual([rounded(1234.5), rounded(0.012345)], [1230, 0.0123]);
    const rows = [
        ...rowsOf(measured),
        { kind: "set", job: "create", size: 10_000, ms: 1650, ratio: 1 } as Row,
    ];
    assert.equal(growth(rows, "set", "create", 1000, 10_000), 11);
    assert.equal(growth(rows, "single", "create", 1000, 10_000), undefined);
});

test("tables: one line a row, columns aligned", () => {
    const rows = rowsOf({ ...measured, size: 10_000, set: [{ create: 15_000 }] });
    const lines = rowsAsMarkdown(rows).split("\n");
    assert.deepEqual(lines, [
        "| kind | job    | principals | time | each   | to the plain transaction |",
        "| ---- | ------ | ---------- | ---- | ------ | ------------------------ |",
        "| set  | create | 10,000     | 15 s | 1.5 ms | 125x                     |",
    ]);
    assert.match(rowsForTerminal(rows), /│ set {2}│ create │ 10,000 {5}│ 15 s │ 1.5 ms │ 125x/);
});

test("the chart is SVG with a line and a name for each kind and job, loads nothing and runs nothing", () => {
    const rows = [10, 100].flatMap((size) => rowsOf({ ...measured, size, single: [{ create: 5 * size }] }));
    const svg = chart(rows, 'Time <by> "size"');
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="[\d ]+" role="img"/);
    assert.equal(svg.match(/<polyline /g)!.length, 5);
    for (const name of ["set: create", "set: noop", "set: change", "set: delete", "single: create"])
        assert.ok(svg.includes(`>${name}</text>`), name);
    assert.ok(svg.includes("Time &lt;by&gt; &quot;size&quot;"));
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.doesNotMatch(svg, /<script|href|url\(|NaN|Infinity/);
    assert.throws(() => chart([], "nothing"), /nothing to draw/);
});

test("the chart of one size, and of equal times, has numbers everywhere", () => {
    const svg = chart([{ kind: "set", job: "create", size: 10, ms: 10, ratio: 1 }], "one");
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test("names at the ends of lines do not cover each other", () => {
    const rows = ["create", "noop", "change", "delete"].map(
        (job, index) => ({ kind: "set", job, size: 10, ms: 100 + index, ratio: 1 }) as Row,
    );
    const heights = [...chart(rows, "close").matchAll(/y="([\d.]+)" text-anchor="start">set: /g)].map((m) =>
        Number(m[1]),
    );
    heights.sort((one, two) => one - two);
    assert.equal(heights.length, 4);
    for (const [index, height] of heights.slice(1).entries()) assert.ok(height - heights[index]! >= 13.9);
});

test("the page holds the table, the chart and where it was measured", () => {
    const machine = {
        processors: 2,
        platform: "linux x64",
        node: "22.0.0",
        postgres: "17.10",
        load: 0.2,
        runs: 3,
    };
    const page = markdownPage(rowsOf(measured), [{ what: "sign-in", value: "1.2x" }], machine);
    assert.match(page, /!\[[^\]]+\]\(benchmarks\.svg\)/);
    assert.match(page, /\| set {2}\| create \|/);
    assert.match(page, /\| sign-in +\| 1\.2x +\|/);
    assert.match(
        page,
        /2 processors \(load average 0\.2 before\), linux x64, Node 22\.0\.0, PostgreSQL 17\.10, 3 runs/,
    );
    // How a set grows is only said where the lines below it show it.
    assert.doesNotMatch(page, /From 1,000 to 10,000/);
    const large = {
        ...measured,
        size: 10_000,
        plain: [{ create: 2400, delete: 10 }],
        set: [{ create: 1500 }],
    };
    const grown = markdownPage([], growthLines([measured, large]), machine);
    assert.match(grown, /\n- \*\*From 1,000 to 10,000\*\* a set grows .*\n(?: {2}.*\n)+- \*\*`pulumi up`/);
});

test("a program that ends before it says anything, or cannot start, is an error, and no wait without end", async () => {
    const started = (code: string) => spawn(process.execPath, ["-e", code]);
    await firstLine(started("console.log(1)"), "one");
    await assert.rejects(firstLine(started("process.exit(3)"), "two"), /^Error: two ended with 3 and said/);
    await assert.rejects(firstLine(spawn("/no/such/program"), "three"), { code: "ENOENT" });
});

test("arguments: sizes sorted and once each; a mistake is told with its fix", () => {
    const options = parseArguments(["--sizes", "100,10,100", "--json=rows.json", "--runs", "5", "--write"]);
    assert.deepEqual(
        [options.sizes, options.json, options.runs, options.write],
        [[10, 100], "rows.json", 5, true],
    );
    assert.deepEqual(parseArguments([]).sizes, [10, 100, 1000, 10_000]);
    assert.deepEqual(parseArguments(["--only", "engine,principals"]).cases, ["principals", "engine"]);
    assert.ok(!parseArguments(["--only", "lines"]).cases.includes("principals"));
    assert.deepEqual(parseArguments(["--peer", "a.ts", "--peer=b.ts"]).peers, ["a.ts", "b.ts"]);
    assert.deepEqual([parseArguments([]).major, parseArguments(["--major=15"]).major], [undefined, 15]);
    for (const only of ["lines", "principals", "engine,path"])
        assert.throws(
            () => parseArguments(["--write", "--only", only]),
            /--write makes the page anew.*leave --only out, or say --only path/,
        );
    for (const words of [
        ["--write"],
        ["--write", "--only", "path"],
        ["--write", "--only", "principals,lines"],
    ])
        assert.equal(parseArguments(words).write, true);
    for (const words of [
        ["--major", "14"],
        ["--major", "15.2"],
        ["--sizes", "0"],
        ["--sizes", "1e3"],
        ["--sizes"],
        ["--only", "x"],
        ["--fast"],
    ])
        assert.throws(() => parseArguments(words), /must be|needs a value|no argument/);
});
