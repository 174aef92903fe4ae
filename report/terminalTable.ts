/** A table for people: aligned columns in box lines. Colours are the caller's; escape sequences do not count as width. */

export interface Column<Row> {
    title: string;
    value: (row: Row) => string;
}

// eslint-disable-next-line no-control-regex -- the escape character starts a colour sequence
const COLOUR_SEQUENCE = /\x1b\[[0-9;]*m/g;

/** Renders rows as text of several lines, without a line break at the end. */
export function terminalTable<Row>(columns: Column<Row>[], rows: Row[]): string {
    const cells = rows.map((row) => columns.map((column) => column.value(row)));
    const widths = columns.map((column, i) => Math.max(width(column.title), ...cells.map((line) => width(line[i]!))));
    const rule = (left: string, middle: string, right: string) =>
        left + widths.map((w) => "─".repeat(w + 2)).join(middle) + right;
    const line = (texts: string[]) =>
        `│${texts.map((text, i) => ` ${text}${" ".repeat(widths[i]! - width(text))} `).join("│")}│`;
    const head = line(columns.map((column) => column.title));
    return [rule("┌", "┬", "┐"), head, rule("├", "┼", "┤"), ...cells.map(line), rule("└", "┴", "┘")].join("\n");
}

function width(text: string): number {
    return [...text.replace(COLOUR_SEQUENCE, "")].length;
}
