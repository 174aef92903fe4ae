/** HTML from templates whose values are text unless they are HTML themselves. Pure. */

import { visible } from "../../visible";

export class Html {
    constructor(readonly text: string) {}
}

type Value = string | number | Html | null | undefined | false | readonly Value[];

/** html`<b>${name}</b>`: what stands in braces is escaped, for element content and for quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
    return new Html(parts.map((part, i) => part + (i < values.length ? textOf(values[i]) : "")).join(""));
}

/** Text that is HTML already; for what comes from this project's own files. */
export function trusted(text: string): Html {
    return new Html(text);
}

function textOf(value: Value): string {
    if (value instanceof Html) return value.text;
    if (value === null || value === undefined || value === false) return "";
    if (typeof value === "object") return value.map(textOf).join("");
    return escaped(String(value));
}

const ENTITIES: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

function escaped(text: string): string {
    return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
