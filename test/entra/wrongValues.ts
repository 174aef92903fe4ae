/** From a rule of a table: values that it must refuse, each with what is wrong about it. */

import type { PropertyRule } from "../../emulator/providers/propertyTable";

export interface WrongValue {
    what: string;
    value: unknown;
}

const SAMPLES: Record<string, unknown> = { string: "text", number: 1, boolean: true, array: [], object: {} };
const KIND_OF: Record<PropertyRule["type"], string> = {
    string: "string",
    integer: "number",
    number: "number",
    boolean: "boolean",
    array: "array",
    object: "object",
    map: "object",
    any: "any",
};

export function wrongValues(rule: PropertyRule): WrongValue[] {
    const wrong: WrongValue[] = [];
    const add = (what: string, value: unknown) => wrong.push({ what, value });
    for (const [kind, value] of Object.entries(SAMPLES)) {
        if (rule.type !== "any" && kind !== KIND_OF[rule.type]) add(`a ${kind}`, value);
    }
    if (rule.type === "integer") [0.5, NaN, Infinity, 2 ** 53].forEach((value) => add(`${value}`, value));
    if (rule.values) {
        add("an unknown value", `${rule.values[0]}x`);
        add("another case", swapCase(rule.values[0]!));
        add("a space after it", `${rule.values[0]} `);
    }
    if (rule.pattern) add("text of another form", "");
    if (rule.minimum !== undefined) add("below the minimum", rule.minimum - 1);
    if (rule.maximum !== undefined) add("above the maximum", rule.maximum + 1);
    if (rule.maxBytes !== undefined) add("one byte too many", "é".repeat(Math.ceil((rule.maxBytes + 1) / 2)));
    if (rule.minItems) add("too few elements", []);
    if (rule.maxItems !== undefined && rule.type === "array")
        add("too many elements", Array(rule.maxItems + 1).fill("x"));
    if (rule.items && rule.type === "array") {
        for (const { what, value } of wrongValues(rule.items)) add(`an element: ${what}`, [value]);
        add("an element: null", [null]);
    }
    return wrong;
}

function swapCase(text: string): string {
    const upper = text.toUpperCase();
    return upper === text ? text.toLowerCase() : upper;
}
