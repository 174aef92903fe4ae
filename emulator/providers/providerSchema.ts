/** The package schema of a local provider, made from the tables that also check its inputs. */

import type { FunctionTable, PropertyRule, ResourceTable } from "./propertyTable";

interface TypeSpec {
    type?: string;
    $ref?: string;
    items?: TypeSpec;
    additionalProperties?: TypeSpec;
    description?: string;
    secret?: boolean;
    willReplaceOnChanges?: boolean;
}

interface ObjectSpec {
    type?: "object";
    properties: Record<string, TypeSpec>;
    required?: string[];
}

type Types = Record<string, ObjectSpec>;

export interface ProviderTables {
    /** Package name, for instance `azure-native`. */
    name: string;
    version: string;
    resources: readonly ResourceTable[];
    functions?: readonly FunctionTable[];
    /** The provider's own configuration. */
    config?: Record<string, PropertyRule>;
}

const ANY: TypeSpec = { $ref: "pulumi.json#/Any" };

/** The schema as JSON text: resources, functions and the object types that they hold. */
export function providerSchema(tables: ProviderTables): string {
    const types: Types = {};
    const config = objectSpec(types, `${tables.name}:index:Config`, tables.config ?? {});
    const schema = {
        name: tables.name,
        version: tables.version,
        meta: { moduleFormat: "(.*)(?:/[^/]*)" },
        config: { variables: config.properties },
        provider: { inputProperties: config.properties, requiredInputs: config.required },
        resources: Object.fromEntries(
            tables.resources.map((table) => [table.token, resourceSpec(types, table)]),
        ),
        functions: Object.fromEntries(
            (tables.functions ?? []).map((table) => [table.token, functionSpec(types, table)]),
        ),
        types,
    };
    return JSON.stringify(schema);
}

function resourceSpec(types: Types, table: ResourceTable): object {
    const entries = Object.entries(table.properties);
    const inputs = objectSpec(
        types,
        table.token,
        Object.fromEntries(entries.filter(([, rule]) => !rule.computed)),
    );
    const outputs = objectSpec(types, table.token, table.properties);
    return {
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        properties: outputs.properties,
        required: outputs.required,
    };
}

function functionSpec(types: Types, table: FunctionTable): object {
    return {
        inputs: { type: "object", ...objectSpec(types, `${table.token}Args`, table.inputs) },
        outputs: { type: "object", ...objectSpec(types, `${table.token}Result`, table.outputs) },
    };
}

/** `token` gives the object types within their names. */
function objectSpec(types: Types, token: string, rules: Record<string, PropertyRule>): ObjectSpec {
    const required = Object.keys(rules).filter((name) => rules[name]!.required);
    const properties: Record<string, TypeSpec> = {};
    for (const [name, rule] of Object.entries(rules)) {
        const spec = typeSpec(types, nestedToken(token, name), rule);
        if (rule.secret) spec.secret = true;
        if (rule.createOnly) spec.willReplaceOnChanges = true;
        const text = [rule.values && `One of: ${rule.values.join(", ")}.`, rule.source]
            .filter(Boolean)
            .join(" ");
        if (text) spec.description = text;
        properties[name] = spec;
    }
    return required.length > 0 ? { properties, required } : { properties };
}

function typeSpec(types: Types, token: string, rule: PropertyRule): TypeSpec {
    switch (rule.type) {
        case "any":
            return { ...ANY };
        case "array":
            return { type: "array", items: rule.items ? typeSpec(types, token, rule.items) : ANY };
        case "map":
            return {
                type: "object",
                additionalProperties: rule.items ? typeSpec(types, token, rule.items) : ANY,
            };
        case "object":
            if (!rule.properties) return { type: "object", additionalProperties: ANY };
            types[token] = { type: "object", ...objectSpec(types, token, rule.properties) };
            return { $ref: `#/types/${encodeURIComponent(token)}` };
        default:
            return { type: rule.type };
    }
}

/** `azuread:index/group:Group` and `dynamicMembership` give `azuread:index/group:GroupDynamicMembership`. */
function nestedToken(token: string, name: string): string {
    return token + name.charAt(0).toUpperCase() + name.slice(1);
}
