import { existsSync } from "node:fs";
import acceptedBreaks from "./acceptedBreaks.json";
import type { PropertySchema, TypeSchema } from "./componentSchema";
import { readSchema, RELEASED_SCHEMA_FILE, type PackageSchema } from "./packageSchema";

/** What of a new schema breaks programs that were written for the released one. Pure. */

type Schema = Pick<PackageSchema, "resources" | "types">;

/**
 * Breaks that are meant: the text as `breakingChanges` gives it, and what users do about it, for docs/upgrading.md. Emptied with
 * every release (docs/releasing.md).
 */
export const ACCEPTED_BREAKS: Readonly<Record<string, string>> = acceptedBreaks;

/** The schema of the last release; `undefined` before the first one. */
export function releasedSchema(): PackageSchema | undefined {
    return existsSync(RELEASED_SCHEMA_FILE) ? readSchema(RELEASED_SCHEMA_FILE) : undefined;
}

/** Each break as one line, such as `FlexibleServer.name: the input is gone`. */
export function breakingChanges(released: Schema, current: Schema): string[] {
    return [
        ...Object.entries(released.resources).flatMap(([token, before]) => {
            const now = current.resources[token];
            const name = shortName(token);
            if (now === undefined) return [`${name}: the resource is gone`];
            const inputs = {
                properties: before.inputProperties,
                required: before.requiredInputs,
            };
            return [
                ...brokenInputs(name, inputs, {
                    properties: now.inputProperties,
                    required: now.requiredInputs,
                }),
                ...brokenOutputs(name, before, now),
            ];
        }),
        ...Object.entries(released.types).flatMap(([token, before]) => brokenType(token, before, current)),
    ];
}

function brokenType(token: string, before: TypeSchema, current: Schema): string[] {
    const now = current.types[token];
    const name = shortName(token);
    if (now === undefined) return [`${name}: the type is gone`];
    if (before.enum) {
        const values = (now.enum ?? []).map(({ value }) => value);
        const gone = before.enum.map(({ value }) => value).filter((value) => !values.includes(value));
        return gone.map((value) => `${name}.${value}: the value is gone`);
    }
    return brokenInputs(name, withDefaults(before), withDefaults(now));
}

interface Properties {
    properties: Record<string, PropertySchema>;
    required: string[];
}

const withDefaults = ({ properties = {}, required = [] }: TypeSchema): Properties => ({
    properties,
    required,
});

function brokenInputs(name: string, before: Properties, now: Properties): string[] {
    const newlyRequired = now.required.filter((input) => !before.required.includes(input));
    return [
        ...changed(name, "input", before.properties, now.properties),
        ...newlyRequired.map((input) =>
            before.properties[input] === undefined
                ? `${name}.${input}: a new input is required`
                : `${name}.${input}: the input has become required`,
        ),
    ];
}

function brokenOutputs(name: string, before: Properties, now: Properties): string[] {
    const noLongerSure = before.required.filter(
        (output) => now.properties[output] !== undefined && !now.required.includes(output),
    );
    return [
        ...changed(name, "output", before.properties, now.properties),
        ...noLongerSure.map((output) => `${name}.${output}: the output may be missing now`),
    ];
}

function changed(
    name: string,
    kind: "input" | "output",
    before: Properties["properties"],
    now: Properties["properties"],
): string[] {
    return Object.entries(before).flatMap(([property, spec]) => {
        const current = now[property];
        if (current === undefined) return [`${name}.${property}: the ${kind} is gone`];
        const [was, is] = [typeText(spec), typeText(current)];
        return was === is ? [] : [`${name}.${property}: the ${kind} was ${was} and is ${is}`];
    });
}

/** The type as generated SDKs have it; plain ones take no outputs, so that is a part of it. */
function typeText({ $ref, type, items, additionalProperties, plain }: PropertySchema): string {
    const text = $ref
        ? shortName($ref)
        : items
          ? `a list of ${typeText(items)}`
          : additionalProperties
            ? `a map of ${typeText(additionalProperties)}`
            : type!;
    return plain ? `plain ${text}` : text;
}

function shortName(token: string): string {
    return token.slice(token.lastIndexOf(":") + 1);
}
