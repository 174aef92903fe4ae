/** Operations over time as SVG, one bar each. Pure. */
import { escaped, fix, svg, text } from "../svg";
import type { ShortestPath, Span } from "./measure";

const WIDTH = 900;
const LEFT = 250;
const RIGHT = 20;
const TOP = 44;
const ROW = 20;
const BOTTOM = 44;
const TICK_SECONDS = 60;

export function gantt({ spans, measured, path }: ShortestPath, title: string): string {
    if (spans.length === 0) throw new Error("there is nothing to draw");
    const sorted = [...spans].sort((one, other) => one.start - other.start || one.end - other.end);
    const height = TOP + sorted.length * ROW + BOTTOM;
    const x = (milliseconds: number) => LEFT + (milliseconds / measured) * (WIDTH - LEFT - RIGHT);
    const ticks = Array.from(
        { length: Math.floor(measured / 1000 / TICK_SECONDS) + 1 },
        (_, i) => i * TICK_SECONDS,
    );
    const bottom = height - BOTTOM;
    const parts = [
        text(16, 24, title, "start", "title"),
        ...ticks.flatMap((second) => [
            `<line class="grid" x1="${fix(x(second * 1000))}" x2="${fix(x(second * 1000))}" y1="${TOP - 4}" y2="${bottom}"/>`,
            text(x(second * 1000), bottom + 16, `${second} s`, "middle"),
        ]),
        ...sorted.flatMap((span, row) => bar(span, TOP + row * ROW, x, path.includes(span.name))),
        legend(LEFT, height - 8, "forced", "on the longest path that Azure's rules force"),
        legend(LEFT + 300, height - 8, "free", "beside it"),
    ];
    return svg(WIDTH, height, title, parts, [".forced { fill: #d29922; }", ".free { fill: #2f81f7; }"]);
}

function bar(
    { type, name, start, end, duration }: Span,
    y: number,
    x: (ms: number) => number,
    forced: boolean,
): string[] {
    const width = Math.max(1, x(end) - x(start));
    const tip = `${type} ${name}: ${start / 1000} s to ${end / 1000} s`;
    return [
        text(LEFT - 8, y + 14, label(type, name), "end"),
        `<rect class="${forced ? "forced" : "free"}" x="${fix(x(start))}" y="${y + 3}" width="${fix(width)}" height="${ROW - 6}" rx="2"><title>${escaped(tip)}</title></rect>`,
        ...(duration >= 100_000
            ? [text(x(start) + width / 2, y + 14, `${duration / 1000} s`, "middle")]
            : []),
    ];
}

/** Object ids and long names say nothing to a reader. */
function label(type: string, name: string): string {
    const words = type
        .replace("AdministratorsMicrosoftEntra", "Administrator")
        .replace("Configuration", "Parameter");
    return /^[0-9a-f-]{36}$/.test(name) || words.length + name.length > 34 ? words : `${words} ${name}`;
}

function legend(x: number, y: number, style: string, words: string): string {
    return `<rect class="${style}" x="${x}" y="${y - 10}" width="12" height="12" rx="2"/>${text(x + 18, y, words, "start")}`;
}
