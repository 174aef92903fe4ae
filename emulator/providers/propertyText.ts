/** The words of error texts about properties. */

import { UNKNOWN } from "../../components/provider/resourceProvider";
import type { PropertyRule } from "./propertyTable";

const LONGEST_SHOWN = 80;

/** `string`, `number`, `boolean`, `array`, `object`, `null` or another JavaScript type's name. */
export function kindOf(value: unknown): string {
    if (value === null) return "null";
    return Array.isArray(value) ? "array" : typeof value;
}

/** A value as an error text shows it: JSON, shortened, control characters escaped. */
export function showValue(value: unknown): string {
    if (value === UNKNOWN) return "(not known yet)";
    const text =
        JSON.stringify(value, (_, inner: unknown) => (inner === UNKNOWN ? "(not known yet)" : inner)) ??
        String(value);
    return text.length <= LONGEST_SHOWN
        ? text
        : `${text.slice(0, LONGEST_SHOWN)}… (${text.length} characters)`;
}

/** What a rule allows, in words, for instance `an integer from 100 to 4096`. */
export function describeRule(rule: PropertyRule): string {
    if (rule.values) return `one of ${rule.values.map((value) => `"${value}"`).join(", ")}`;
    const parts = [noun(rule)];
    if (rule.minimum !== undefined && rule.maximum !== undefined)
        parts.push(`from ${rule.minimum} to ${rule.maximum}`);
    else if (rule.minimum !== undefined) parts.push(`of at least ${rule.minimum}`);
    else if (rule.maximum !== undefined) parts.push(`of at most ${rule.maximum}`);
    if (rule.maxBytes !== undefined) parts.push(`of at most ${rule.maxBytes} UTF-8 bytes`);
    if (rule.minItems !== undefined) parts.push(`of at least ${rule.minItems} elements`);
    if (rule.maxItems !== undefined) parts.push(`of at most ${rule.maxItems} elements`);
    if (rule.pattern) parts.push(rule.patternText ?? `matching ${rule.pattern}`);
    return parts.join(" ");
}

function noun(rule: PropertyRule): string {
    const names: Record<PropertyRule["type"], string> = {
        any: "a value",
        string: "a string",
        integer: "an integer",
        number: "a number",
        boolean: "true or false",
        array: rule.unordered ? "a set (an array)" : "an array",
        object: "an object",
        map: "a map",
    };
    return names[rule.type];
}

/** The name among `names` that a typing error away from `name`, if there is one. */
export function nearest(name: string, names: readonly string[]): string | undefined {
    const ranked = names
        .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 4)))
        .sort((a, b) => a.distance - b.distance);
    return ranked[0]?.candidate;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
            next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
        }
        row = next;
    }
    return row[b.length]!;
}
