/** The inputs that a read gives: those of an import, and those of a refresh with what has changed outside. */

import { isDeepStrictEqual } from "node:util";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { ArmType } from "../arm/armType";
import { matchId } from "../arm/resourceId";
import type { PropertyRule } from "./propertyTable";

/** What an import writes into the program: the names in the id and everything that can be set. */
export function importedInputs(type: ArmType, id: string, outputs: PropertyMap): PropertyMap {
    const { subscriptionId: _, ...names } = matchId(type.path, id)!;
    const inputs: PropertyMap = { ...names };
    for (const [name, rule] of Object.entries(type.table.properties)) {
        if (rule.computed || rule.secret || Object.hasOwn(names, name) || name === "type") continue;
        const value = settable(rule, outputs[name]);
        if (value !== undefined && !isEmpty(value)) inputs[name] = value;
    }
    if (Object.hasOwn(type.table.properties, "name") && !type.table.properties.name!.computed)
        delete inputs.name;
    return inputs;
}

/** The inputs of before, with what has changed since in Azure. */
export function refreshedInputs(
    type: ArmType,
    inputs: PropertyMap,
    state: PropertyMap,
    outputs: PropertyMap,
): PropertyMap {
    const fresh: PropertyMap = { ...inputs };
    for (const [name, rule] of Object.entries(type.table.properties)) {
        if (rule.computed || rule.secret) continue;
        const [before, after] = [settable(rule, state[name]), settable(rule, outputs[name])];
        if (isDeepStrictEqual(before, after)) continue;
        if (after === undefined) delete fresh[name];
        else fresh[name] = after;
    }
    return fresh;
}

/** A value without what only the service makes. */
function settable(rule: PropertyRule, output: unknown): unknown {
    const value = rule.inputOf ? rule.inputOf(output) : output;
    if (value === undefined || value === null || rule.computed) return undefined;
    if (rule.type === "array" && rule.items && Array.isArray(value)) {
        return value.map((element) => settable(rule.items!, element));
    }
    if (rule.type !== "object" || !rule.properties) return value;
    const known = Object.entries(rule.properties)
        .map(([name, inner]) => [name, settable(inner, (value as PropertyMap)[name])] as const)
        .filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(known);
}

function isEmpty(value: unknown): boolean {
    return Array.isArray(value) && value.length === 0;
}
