/**
 * The shapes in which the real `postgresql` provider keeps its inputs and outputs, so that either provider goes on where the
 * other stopped: found by deploying one stack with both, and comparing the states.
 */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { withDefaults, type ResourceTable } from "./propertyTable";

/** What the real provider gives for settings that a role does not have; for everything else it is `null`. */
const NOTHING: Record<string, unknown> = {
    assumeRole: "",
    statementTimeout: 0,
    idleInTransactionSessionTimeout: 0,
};

/**
 * Inputs or outputs of either provider as this one works with them: without the real one's marks (`__defaults` and the like),
 * with the defaults that it leaves out because they are false.
 */
export function workingShape(table: ResourceTable, values: PropertyMap): PropertyMap {
    const own = Object.entries(values).filter(
        ([name, value]) => Object.hasOwn(table.properties, name) && value !== null,
    );
    return withDefaults(table, { ...emptyLists(table), ...Object.fromEntries(own) });
}

/** After a refresh the real provider has no `privileges` at all, where they are an empty list. */
function emptyLists(table: ResourceTable): PropertyMap {
    const lists = Object.entries(table.properties).filter(
        ([, rule]) => rule.required && rule.type === "array",
    );
    return Object.fromEntries(lists.map(([name]) => [name, []]));
}

/** Outputs as the real provider gives them: all properties and the id, and no empty lists. */
export function outputShape(table: ResourceTable, id: string, values: PropertyMap): PropertyMap {
    const names = Object.keys(table.properties);
    return { ...Object.fromEntries(names.map((name) => [name, shown(name, values[name])])), id };
}

function shown(name: string, value: unknown): unknown {
    const nothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    return nothing ? (NOTHING[name] ?? null) : value;
}
