/** Properties of the package's schema as tables, and the objects that they become. */

export const TEXT = { type: "string" };
export const YES_NO = { type: "boolean" };
export const NUMBER = { type: "integer" };
export const listOf = (items: object) => ({ type: "array", items });
export const mapOf = (additionalProperties: object) => ({ type: "object", additionalProperties });

export interface Property {
    type: object;
    description: string;
    required?: boolean;
    default?: unknown;
    /** Also an output. */
    output?: boolean;
    replaces?: boolean;
}

export type Table = Record<string, Property>;

export function properties(table: Table): Record<string, object> {
    return Object.fromEntries(
        Object.entries(table).map(([name, { type, description, replaces }]) => [
            name,
            { ...type, description, ...(replaces ? { willReplaceOnChanges: true } : {}) },
        ]),
    );
}

export const required = (table: Table) => Object.keys(table).filter((name) => table[name]!.required);

export const objectType = (description: string, table: Table) => ({
    type: "object",
    description,
    properties: properties(table),
    required: required(table),
});

export const enumType = (description: string, values: string[], texts: Record<string, string> = {}) => ({
    type: "string",
    description,
    enum: values.map((value) => ({
        name: value,
        value,
        ...(texts[value] ? { description: texts[value] } : {}),
    })),
});
