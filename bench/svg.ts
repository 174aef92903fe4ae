/** What the charts share: SVG that can be read on light and on dark, with nothing for a program to run and nothing to load. Pure. */

/** @param styles of the chart's own, beside those of texts and grid lines */
export function svg(
    width: number,
    height: number,
    title: string,
    parts: string[],
    styles: string[] = [],
): string {
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
        "<style>",
        "text { font: 12px system-ui, sans-serif; fill: #57606a; }",
        ".title { font-size: 14px; font-weight: 600; }",
        ".grid { stroke: #8c959f; stroke-opacity: 0.35; }",
        ...styles,
        "@media (prefers-color-scheme: dark) { text { fill: #c9d1d9; } }",
        "</style>",
        ...parts,
        "</svg>",
        "",
    ].join("\n");
}

/** One digit after the point is less than a pixel. */
export const fix = (value: number) => value.toFixed(1);

export const escaped = (value: string) =>
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export function text(x: number, y: number, value: string, anchor: string, style = ""): string {
    const kind = style ? ` class="${style}"` : "";
    return `<text${kind} x="${fix(x)}" y="${fix(y)}" text-anchor="${anchor}">${escaped(value)}</text>`;
}
