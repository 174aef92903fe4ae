/** What is measured, and how it is said. Pure. */
import { terminalTable } from "../report/terminalTable";

export const KINDS = ["set", "single"] as const;
export const JOBS = ["create", "noop", "change", "delete"] as const;
export type Kind = (typeof KINDS)[number];
export type Job = (typeof JOBS)[number];

/** A line of `--json`, where its kind is one of ours. */
export interface Row {
    /** One of `KINDS`, or a peer's name. */
    kind: string;
    job: Job;
    /** Number of principals. */
    size: number;
    /** Milliseconds, the median of the runs. */
    ms: number;
    /** To the plain transaction in the same runs: that which deletes for `delete`, that which creates for the others. */
    ratio: number;
}

/** Milliseconds of one run. */
export type Times = Partial<Record<Job, number>>;

/** Everything measured at one size, run by run. */
export interface Measured {
    size: number;
    plain: Times[];
    set: Times[];
    single: Times[];
    /** By name. */
    peers: Record<string, Times[]>;
}

export const isOwn = (row: Row) => (KINDS as readonly string[]).includes(row.kind);

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, two) => one - two);
    const middle = Math.floor(sorted.length / 2);
    if (sorted.length === 0) throw new Error("there is no median of nothing");
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Rows of one size; jobs that were not run are left out. */
export function rowsOf(measured: Measured): Row[] {
    const of = (runs: Times[], job: Job) => runs.flatMap((run) => run[job] ?? []);
    const rows: Row[] = [];
    const subjects = { set: measured.set, single: measured.single, ...measured.peers };
    for (const [kind, runs] of Object.entries(subjects)) {
        for (const job of JOBS) {
            const times = of(runs, job);
            if (times.length === 0) continue;
            const plain = median(of(measured.plain, job === "delete" ? "delete" : "create"));
            const ms = median(times);
            rows.push({ kind, job, size: measured.size, ms: rounded(ms), ratio: rounded(ms / plain) });
        }
    }
    return rows;
}

/** Three significant digits, and no digits that nobody can rely on. */
export function rounded(value: number): number {
    return Number(value.toPrecision(3));
}

/** A line that is no row: sign-in, throughput, start times. */
export interface Line {
    what: string;
    /** With its unit, or as a ratio. */
    value: string;
}

const count = (value: number) => value.toLocaleString("en-US");
const milliseconds = (value: number) => (value >= 10_000 ? `${rounded(value / 1000)} s` : `${value} ms`);

const COLUMNS = [
    { title: "kind", value: (row: Row) => row.kind },
    { title: "job", value: (row: Row) => row.job },
    { title: "principals", value: (row: Row) => count(row.size) },
    { title: "time", value: (row: Row) => milliseconds(row.ms) },
    { title: "each", value: (row: Row) => `${rounded(row.ms / row.size)} ms` },
    { title: "to the plain transaction", value: (row: Row) => `${row.ratio}x` },
];

export function rowsForTerminal(rows: Row[]): string {
    return terminalTable(COLUMNS, rows);
}

export function linesForTerminal(lines: Line[]): string {
    const columns = [
        { title: "measured", value: (line: Line) => line.what },
        { title: "value", value: (line: Line) => line.value },
    ];
    return terminalTable(columns, lines);
}

export function rowsAsMarkdown(rows: Row[]): string {
    const cells = rows.map((row) => COLUMNS.map((column) => column.value(row)));
    return markdownTable(
        COLUMNS.map((column) => column.title),
        cells,
    );
}

export function linesAsMarkdown(lines: Line[]): string {
    return markdownTable(
        ["measured", "value"],
        lines.map((line) => [line.what, line.value]),
    );
}

/** Columns aligned as prettier aligns them, so that the check of the format passes. */
function markdownTable(titles: string[], rows: string[][]): string {
    const all = [titles, ...rows];
    const widths = titles.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
    const line = (row: string[]) =>
        `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
    const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
    return [line(titles), rule, ...rows.map(line)].join("\n");
}

/** How the plain transaction's time grows from one size to another. */
export function plainGrowth(all: Measured[], from: number, to: number): number | undefined {
    const at = (size: number) =>
        all.find((one) => one.size === size)?.plain.flatMap(({ create }) => create ?? []);
    const [small, large] = [at(from), at(to)];
    return small && large ? rounded(median(large) / median(small)) : undefined;
}

/** How the times of a job grow from one size to another; `undefined` where one was not measured. */
export function growth(rows: Row[], kind: Kind, job: Job, from: number, to: number): number | undefined {
    const at = (size: number) =>
        rows.find((row) => row.kind === kind && row.job === job && row.size === size)?.ms;
    const [small, large] = [at(from), at(to)];
    return small === undefined || large === undefined ? undefined : rounded(large / small);
}
