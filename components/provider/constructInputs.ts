/**
 * Arguments of a component as they come from another language, made what its class expects: names and required ones as the
 * schema has them, and what the schema calls plain (lists, switches, names of children) as values instead of outputs.
 */
import * as pulumi from "@pulumi/pulumi";

export interface PropertySpec {
    $ref?: string;
    /** Must be known when the component is made, also in a preview. */
    plain?: boolean;
    items?: PropertySpec;
    additionalProperties?: PropertySpec;
}

export interface ObjectSpec {
    properties: Record<string, PropertySpec>;
    required: string[];
}

/**
 * @param types object types by their token
 * @throws Error that names every wrong argument. Not as properties: the engine would print their values, secrets too.
 */
export async function componentInputs(
    inputs: Record<string, unknown>,
    spec: ObjectSpec,
    types: Record<string, Partial<ObjectSpec>>,
): Promise<Record<string, unknown>> {
    const failures: string[] = [];
    const settled = await settleObject(inputs, spec, "", { types, failures });
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return settled;
}

interface Context {
    types: Record<string, Partial<ObjectSpec>>;
    failures: string[];
}

async function settleObject(
    given: Record<string, unknown>,
    spec: ObjectSpec,
    path: string,
    context: Context,
): Promise<Record<string, unknown>> {
    const at = (name: string) => (path ? `${path}.${name}` : name);
    for (const name of spec.required)
        if (given[name] === undefined || given[name] === null)
            context.failures.push(`${at(name)} is not given: it is required`);
    const known = Object.keys(spec.properties).join(", ");
    const settled: [string, unknown][] = [];
    for (const [name, value] of Object.entries(given)) {
        const property = spec.properties[name];
        if (property === undefined)
            context.failures.push(`${at(name)}: there is no such argument; known: ${known}`);
        // Some languages send what was left out as null.
        else if (value !== null && value !== undefined)
            settled.push([name, await settle(value, property, at(name), context)]);
    }
    return Object.fromEntries(settled);
}

async function settle(value: unknown, spec: PropertySpec, path: string, context: Context): Promise<unknown> {
    if (pulumi.Output.isInstance(value)) {
        if (!spec.plain) return value;
        const plain = await plainValue(value, path, context);
        return plain === undefined ? undefined : settle(plain, spec, path, context);
    }
    if (Array.isArray(value))
        return Promise.all(
            value.map((item, i) => (spec.items ? settle(item, spec.items, `${path}[${i}]`, context) : item)),
        );
    if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
    const type = spec.$ref === undefined ? undefined : context.types[spec.$ref.replace(/^#\/types\//, "")];
    if (type?.properties) {
        const object = { properties: type.properties, required: type.required ?? [] };
        return settleObject(value as Record<string, unknown>, object, path, context);
    }
    const items = spec.additionalProperties;
    if (items === undefined) return value;
    const entries = Object.entries(value).map(
        async ([key, item]) => [key, await settle(item, items, `${path}["${key}"]`, context)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
}

/** The value of an output, where it may be one; else the failure is noted. */
async function plainValue(output: pulumi.Output<unknown>, path: string, context: Context): Promise<unknown> {
    const internal = output as unknown as {
        promise(withUnknowns?: boolean): Promise<unknown>;
        isKnown: Promise<boolean>;
        isSecret: Promise<boolean>;
    };
    const refuse = (reason: string) => void context.failures.push(reason);
    if (await internal.isSecret)
        return refuse(`${path} is a secret: it decides which resources are made; give it as plain text`);
    if (!(await internal.isKnown))
        return refuse(
            `${path} is not known before the deployment: it decides which resources are made; give a value instead of another resource's output`,
        );
    return internal.promise();
}
