/** Checks inputs against a table: unknown names, what is missing, types, values. Unknown values of previews pass. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../components/provider/resourceProvider";
import { elementPath, propertyPath } from "./propertyPath";
import { describeRule, kindOf, nearest, showValue } from "./propertyText";
import type { FunctionTable, PropertyRule, ResourceTable } from "./propertyTable";

/** What does not fit; empty where all does. `check` of the table runs only when every property fits alone. */
export function checkInputs(table: ResourceTable, inputs: PropertyMap): CheckFailure[] {
    const failures = checkProperties(table.token, table.properties, "", inputs, inputs);
    return failures.length > 0 ? failures : (table.check?.(inputs) ?? []);
}

/** The same for the arguments of an invoke. */
export function checkFunctionInputs(table: FunctionTable, args: PropertyMap): CheckFailure[] {
    const failures = checkProperties(table.token, table.inputs, "", args, args);
    return failures.length > 0 ? failures : (table.check?.(args) ?? []);
}

function checkProperties(
    owner: string,
    rules: Record<string, PropertyRule>,
    parent: string,
    values: PropertyMap,
    inputs: PropertyMap,
): CheckFailure[] {
    const unknownNames = Object.keys(values).filter(
        (name) => !Object.hasOwn(rules, name) && given(values[name]),
    );
    return [
        ...unknownNames.map((name) => unknownProperty(owner, rules, parent, name)),
        ...Object.entries(rules).flatMap(([name, rule]) =>
            checkProperty(owner, propertyPath(parent, name), rule, values[name], inputs),
        ),
    ];
}

function checkProperty(
    owner: string,
    path: string,
    rule: PropertyRule,
    value: unknown,
    inputs: PropertyMap,
): CheckFailure[] {
    if (!given(value)) {
        if (!rule.required) return [];
        return [
            {
                property: path,
                reason: `'${path}' is missing; ${owner} requires it (${describeRule(rule)}). Add it.`,
            },
        ];
    }
    if (rule.computed) {
        const reason = `'${path}' was given, but the service makes it; ${owner} takes no such input. Leave it out.`;
        return [failure(path, rule, reason)];
    }
    if (value === UNKNOWN) return [];
    return checkValue(owner, path, rule, value, inputs);
}

function checkValue(
    owner: string,
    path: string,
    rule: PropertyRule,
    value: unknown,
    inputs: PropertyMap,
): CheckFailure[] {
    const problem = typeProblem(rule, value) ?? rangeProblem(rule, value);
    if (problem) {
        const reason = `'${path}' is ${shown(rule, value)}, ${problem}; it must be ${describeRule(rule)}. ${fix(rule)}`;
        return [failure(path, rule, reason)];
    }
    const nested = checkNested(owner, path, rule, value, inputs);
    if (nested.length > 0) return nested;
    const refused = rule.refuse?.(value, inputs);
    return refused === undefined
        ? []
        : [failure(path, rule, `'${path}' is ${shown(rule, value)}: ${refused}`)];
}

function checkNested(
    owner: string,
    path: string,
    rule: PropertyRule,
    value: unknown,
    inputs: PropertyMap,
): CheckFailure[] {
    if (rule.type === "array" && rule.items) {
        const items = inherit(rule, rule.items);
        const elements = value as unknown[];
        return [
            ...elements.flatMap((element, index) =>
                checkProperty(owner, elementPath(path, index), { ...items, required: true }, element, inputs),
            ),
            ...(rule.unordered ? duplicates(path, rule, elements) : []),
        ];
    }
    if (rule.type === "map" && rule.items) {
        const items = inherit(rule, rule.items);
        return Object.entries(value as PropertyMap).flatMap(([key, element]) =>
            checkProperty(owner, propertyPath(path, key), items, element, inputs),
        );
    }
    if (rule.type === "object" && rule.properties) {
        const rules = Object.fromEntries(
            Object.entries(rule.properties).map(([n, r]) => [n, inherit(rule, r)]),
        );
        return checkProperties(owner, rules, path, value as PropertyMap, inputs);
    }
    return [];
}

function duplicates(path: string, rule: PropertyRule, elements: unknown[]): CheckFailure[] {
    const known = elements.map((element) => (element === UNKNOWN ? undefined : JSON.stringify(element)));
    return known.flatMap((text, index) => {
        const first = text === undefined ? index : known.indexOf(text);
        if (first === index) return [];
        const where = elementPath(path, index);
        return [
            failure(
                where,
                rule,
                `'${where}' is ${shown(rule, elements[index])}, as is element ${first}; name each once.`,
            ),
        ];
    });
}

function typeProblem(rule: PropertyRule, value: unknown): string | undefined {
    const kind = kindOf(value);
    const fits = {
        any: true,
        string: kind === "string",
        boolean: kind === "boolean",
        number: kind === "number" && Number.isFinite(value),
        integer: kind === "number" && Number.isSafeInteger(value),
        array: kind === "array",
        object: kind === "object",
        map: kind === "object",
    }[rule.type];
    return fits ? undefined : `a value of type ${kind}`;
}

function rangeProblem(rule: PropertyRule, value: unknown): string | undefined {
    if (typeof value === "string") {
        if (rule.values && !rule.values.includes(value)) return "which is none of the allowed values";
        if (rule.maxBytes !== undefined && Buffer.byteLength(value) > rule.maxBytes) {
            return `which has ${Buffer.byteLength(value)} bytes`;
        }
        if (
            rule.pattern &&
            !new RegExp(rule.pattern.source, rule.pattern.flags.replace(/[gy]/g, "")).test(value)
        ) {
            return "which does not have the required form";
        }
    }
    if (typeof value === "number") {
        if (rule.minimum !== undefined && value < rule.minimum) return "which is too small";
        if (rule.maximum !== undefined && value > rule.maximum) return "which is too large";
    }
    if (typeof value === "object" && value !== null && (rule.type === "array" || rule.type === "map")) {
        const size = Array.isArray(value) ? value.length : Object.keys(value).length;
        if (rule.minItems !== undefined && size < rule.minItems) return `which has ${size} elements`;
        if (rule.maxItems !== undefined && size > rule.maxItems) return `which has ${size} elements`;
    }
    return undefined;
}

function unknownProperty(
    owner: string,
    rules: Record<string, PropertyRule>,
    parent: string,
    name: string,
): CheckFailure {
    const names = Object.keys(rules).filter((n) => !rules[n]!.computed);
    const close = nearest(name, names);
    const where = parent === "" ? owner : `'${parent}' of ${owner}`;
    const hint = close ? `Did you mean '${close}'?` : `Known: ${names.sort().join(", ")}.`;
    const path = propertyPath(parent, name);
    // Names no property, as for a secret: it may be a password under a misspelled name.
    return {
        property: "",
        reason: `'${path}' is not a property of ${where}. ${hint} Correct its name or remove it.`,
    };
}

/**
 * The engine prints the value of the property that a failure names, secrets in plain text too (tried with CLI 3.260).
 * So the failure of a secret names none, and its text names the property instead.
 */
function failure(path: string, rule: PropertyRule, reason: string): CheckFailure {
    return { property: rule.secret ? "" : path, reason };
}

/** What lies within a secret is secret. */
function inherit(parent: PropertyRule, rule: PropertyRule): PropertyRule {
    return parent.secret && !rule.secret ? { ...rule, secret: true } : rule;
}

function shown(rule: PropertyRule, value: unknown): string {
    return rule.secret ? "a secret value (not shown)" : showValue(value);
}

function fix(rule: PropertyRule): string {
    if (rule.values) return "Use one of these, spelled exactly so.";
    return rule.source ? `Correct it (${rule.source}).` : "Correct it.";
}

function given(value: unknown): boolean {
    return value !== undefined && value !== null;
}
