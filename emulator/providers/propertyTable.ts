/**
 * One table a resource type: what each property must be. The same table checks inputs, compares them and makes
 * the schema, so that the three cannot drift apart.
 */

import type { CheckFailure, PropertyMap } from "../../components/provider/resourceProvider";

export { checkInputs, checkFunctionInputs } from "./propertyCheck";
export { diffInputs } from "./propertyDiff";

export interface PropertyRule {
    type: "string" | "integer" | "number" | "boolean" | "array" | "object" | "map" | "any";
    required?: boolean;
    /** A change replaces the resource. */
    createOnly?: boolean;
    /** Made by the service: an output, refused as an input. */
    computed?: boolean;
    /** An input that may be left out, and an output in any case: what the service chose, where nobody did. */
    alsoComputed?: boolean;
    /** An input that, left out later on, keeps its value: leaving it out is no change («optional and computed»). */
    keptWhenLeftOut?: boolean;
    /** Error texts never show the value. */
    secret?: boolean;
    /** The only allowed values, exact and case-sensitive. */
    values?: readonly string[];
    pattern?: RegExp;
    /** The pattern in words, for the error text. Default: the pattern itself. */
    patternText?: string;
    /** For integers and numbers: inclusive. */
    minimum?: number;
    /** For integers and numbers: inclusive. */
    maximum?: number;
    /** For strings: UTF-8 bytes. */
    maxBytes?: number;
    /** For arrays and maps: inclusive. */
    minItems?: number;
    /** For arrays and maps: inclusive. */
    maxItems?: number;
    /** For arrays: a set, whose order says nothing and that holds no value twice. */
    unordered?: boolean;
    /** For arrays: of each element. For maps: of each value. */
    items?: PropertyRule;
    /** For objects. Without it an object may hold anything. */
    properties?: Record<string, PropertyRule>;
    /** Filled in by `withDefaults` where the input is left out. */
    default?: unknown;
    /** Why this value cannot be, with the fix; `undefined` where it can. Never called with unknown values. */
    refuse?: (value: unknown, inputs: PropertyMap) => string | undefined;
    /** The input that an output of another form stands for, when a refresh or an import reads it. */
    inputOf?: (output: unknown) => unknown;
    /** Where the service's documentation or specification says so. */
    source?: string;
}

export interface ResourceTable {
    /** Type token, for instance `azure-native:network:Subnet`. */
    token: string;
    properties: Record<string, PropertyRule>;
    /** Where the new one cannot stand beside the old one. */
    deleteBeforeReplace?: boolean;
    /** Conflicts across properties. Must let unknown values pass. */
    check?: (inputs: PropertyMap) => CheckFailure[];
}

/** An invoke: what it takes and what it gives. */
export interface FunctionTable {
    /** For instance `azuread:index/getGroup:getGroup`. */
    token: string;
    inputs: Record<string, PropertyRule>;
    outputs: Record<string, PropertyRule>;
    check?: (inputs: PropertyMap) => CheckFailure[];
}

/** The inputs with the defaults of the table's top-level properties filled in. Takes nothing away. */
export function withDefaults(
    table: { properties: Record<string, PropertyRule> },
    inputs: PropertyMap,
): PropertyMap {
    const filled: PropertyMap = { ...inputs };
    for (const [name, rule] of Object.entries(table.properties)) {
        if (rule.default !== undefined && (filled[name] ?? undefined) === undefined) {
            filled[name] = structuredClone(rule.default);
        }
    }
    return filled;
}
