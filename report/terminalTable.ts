/** A table for people: aligned columns in box lines. Colours are the caller's; escape sequences do not count as width. */

export interface Column<Row> {
    title: string;
    value: (row: Row) => string;
}

// eslint-disable-next-line no-control-regex -- the escape character starts a colour sequence
const COLOUR_SEQUENCE = /\x1b\[[0-9;]*m/g;

/**
 * Renders rows as text of several lines, without a line break at the end.
 *
 * @param maximumWidth in characters; where the table would be wider, the text of its last column goes on in lines below
 */
export function terminalTable<Row>(columns: Column<Row>[], rows: Row[], maximumWidth = Infinity): string {
    const cells = wrapLast(
        rows.map((row) => columns.map((column) => column.value(row))),
        maximumWidth - columns.length * 3 - 1,
    );
    const widths = columns.map((column, i) =>
        Math.max(width(column.title), ...cells.map((line) => width(line[i]!))),
    );
    const rule = (left: string, middle: string, right: string) =>
        left + widths.map((w) => "─".repeat(w + 2)).join(middle) + right;
    const line = (texts: string[]) =>
        `│${texts.map((text, i) => ` ${text}${" ".repeat(widths[i]! - width(text))} `).join("│")}│`;
    const head = line(columns.map((column) => column.title));
    return [rule("┌", "┬", "┐"), head, rule("├", "┼", "┤"), ...cells.map(line), rule("└", "┴", "┘")].join(
        "\n",
    );
}

const NARROWEST = 24;

function wrapLast(cells: string[][], room: number): string[][] {
    const others = (cells[0]?.length ?? 1) - 1;
    const taken = Array.from({ length: others }, (_, i) => Math.max(...cells.map((line) => width(line[i]!))));
    const left = Math.max(NARROWEST, room - taken.reduce((sum, w) => sum + w, 0));
    return cells.flatMap((line) => {
        const [first = "", ...more] = wrap(line[others]!, left);
        return [
            [...line.slice(0, others), first],
            ...more.map((text) => [...Array<string>(others).fill(""), text]),
        ];
    });
}

/** Breaks at spaces; a longer word stays whole. */
function wrap(text: string, columns: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(" ")) {
        const last = lines.at(-1);
        if (last === undefined || width(`${last} ${word}`) > columns) lines.push(word);
        else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
}

function width(text: string): number {
    return [...text.replace(COLOUR_SEQUENCE, "")].length;
}
