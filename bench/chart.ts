/** A chart of times by size, both on logarithmic scales, as SVG. Pure. */
import type { Row } from "./rows";
import { fix, svg, text } from "./svg";

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 76;
const RIGHT = 150;
const TOP = 44;
const BOTTOM = 52;
/** Height of a line of text. */
const LINE = 14;

/** Told apart by colour, by dash and by the name at the line's end. */
const COLOURS: Record<string, string> = {
    create: "#2f81f7",
    change: "#d29922",
    noop: "#3fb950",
    delete: "#f85149",
};

export function chart(rows: Row[], title: string): string {
    if (rows.length === 0) throw new Error("there is nothing to draw");
    const sizes = [...new Set(rows.map((row) => row.size))].sort((one, two) => one - two);
    const times = rows.map((row) => row.ms);
    const x = scale(sizes[0]!, sizes.at(-1)!, LEFT, WIDTH - RIGHT);
    const [low, high] = decades(Math.min(...times), Math.max(...times));
    const y = scale(low, high, HEIGHT - BOTTOM, TOP);
    const parts = [
        text(LEFT, 24, title, "start", "title"),
        ...ticks(low, high).flatMap((ms) => [
            `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(ms))}" y2="${fix(y(ms))}"/>`,
            text(LEFT - 8, y(ms) + 4, timeLabel(ms), "end"),
        ]),
        ...sizes.map((size) => text(x(size), HEIGHT - BOTTOM + 20, size.toLocaleString("en-US"), "middle")),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "principals", "middle"),
        ...labelled(seriesOf(rows), x, y).flatMap((series) => drawn(series, x, y)),
    ];
    return svg(WIDTH, HEIGHT, title, parts);
}

interface Series {
    name: string;
    job: string;
    single: boolean;
    points: Row[];
    /** Of the name at its end; kept apart from the others'. */
    labelAt: number;
}

function seriesOf(rows: Row[]): Series[] {
    const byName = new Map<string, Row[]>();
    for (const row of rows) {
        const name = `${row.kind}: ${row.job}`;
        byName.set(name, [...(byName.get(name) ?? []), row]);
    }
    return [...byName].map(([name, points]) => ({
        name,
        job: points[0]!.job,
        single: points[0]!.kind === "single",
        points: points.sort((one, two) => one.size - two.size),
        labelAt: 0,
    }));
}

/** Names at the ends of lines that end close together are moved apart, downwards. */
function labelled(all: Series[], x: Scale, y: Scale): Series[] {
    const endOf = ({ points }: Series) => points.at(-1)!;
    const placed: Series[] = [];
    for (const series of [...all].sort((one, two) => y(endOf(one).ms) - y(endOf(two).ms))) {
        const taken = placed
            .filter((other) => Math.abs(x(endOf(other).size) - x(endOf(series).size)) < RIGHT)
            .map((other) => other.labelAt + LINE);
        placed.push({ ...series, labelAt: Math.max(y(endOf(series).ms) + 4, ...taken) });
    }
    return placed;
}

function drawn(series: Series, x: Scale, y: Scale): string[] {
    const colour = COLOURS[series.job] ?? "#8c959f";
    const points = series.points.map(({ size, ms }) => `${fix(x(size))},${fix(y(ms))}`).join(" ");
    const dash = series.single ? ' stroke-dasharray="5 4"' : "";
    const end = series.points.at(-1)!;
    return [
        `<polyline fill="none" stroke="${colour}" stroke-width="2"${dash} points="${points}"/>`,
        ...series.points.map(
            ({ size, ms }) => `<circle cx="${fix(x(size))}" cy="${fix(y(ms))}" r="3" fill="${colour}"/>`,
        ),
        text(x(end.size) + 8, series.labelAt, series.name, "start"),
    ];
}

type Scale = (value: number) => number;

function scale(from: number, to: number, start: number, end: number): Scale {
    const span = Math.log10(to) - Math.log10(from) || 1;
    return (value) => start + ((Math.log10(value) - Math.log10(from)) / span) * (end - start);
}

function decades(least: number, most: number): [number, number] {
    const low = 10 ** Math.floor(Math.log10(Math.max(least, 1e-3)));
    const high = 10 ** Math.ceil(Math.log10(most));
    return high > low ? [low, high] : [low, low * 10];
}

function ticks(low: number, high: number): number[] {
    const found: number[] = [];
    for (let at = low; at <= high * 1.001; at *= 10) found.push(Number(at.toPrecision(1)));
    return found;
}

const timeLabel = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);
