/**
 * The package's components by type token. Their modules load azure-native, which takes a second and a hundred megabytes, so
 * they are loaded with the first component that is constructed: a consumer of principals alone never pays for it.
 */
import type * as pulumi from "@pulumi/pulumi";
import schema from "../schema.json";
import type { ObjectSpec, PropertySpec } from "./constructInputs";

type ComponentClass = new (
    name: string,
    args: object,
    opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

export interface Component {
    make: ComponentClass;
    inputs: ObjectSpec;
    /** Names of its outputs. */
    outputs: string[];
}

interface ResourceSpec {
    isComponent?: boolean;
    inputProperties: Record<string, PropertySpec>;
    requiredInputs: string[];
    properties: Record<string, PropertySpec>;
}

const RESOURCES = schema.resources as unknown as Record<string, ResourceSpec>;

/** Object types by token. */
export const TYPES = schema.types as unknown as Record<string, Partial<ObjectSpec>>;

/** @throws Error where the package has no such component. */
export function findComponent(type: string): Component {
    const spec = RESOURCES[type];
    if (!spec?.isComponent) {
        const known = Object.keys(RESOURCES).filter((token) => RESOURCES[token]!.isComponent);
        throw new Error(`${schema.name} has no component ${type}; known: ${known.join(", ")}`);
    }
    // `import()` would find no TypeScript file here: plugin.js loads sources through `require` alone.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const exported = require("../index") as Record<string, ComponentClass>;
    return {
        make: exported[type.slice(type.lastIndexOf(":") + 1)]!,
        inputs: { properties: spec.inputProperties, required: spec.requiredInputs },
        outputs: Object.keys(spec.properties),
    };
}
