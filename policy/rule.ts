import { UNKNOWN_MARK } from "../plan/planDocument";

/** What a policy rule is: a pure function over all resources of a stack, beside what people need to know of it. */

export interface PolicyResource {
    urn: string;
    /** Type token, for instance `azure-native:dbforpostgresql:Server`. */
    type: string;
    name: string;
    /** Secrets and values that are not known yet are marked (plan/planDocument.ts), or secrets stand as they are: never show one. */
    inputs: Record<string, unknown>;
    /** URNs that each input comes from. */
    propertyDependencies: Record<string, readonly string[]>;
}

/** How hard a rule is enforced, in Pulumi's words: `advisory` warns, `mandatory` stops the deployment, `disabled` is off. */
export type Level = "advisory" | "mandatory" | "disabled";

export interface Finding {
    urn: string;
    /** Why it is not allowed, and how to do it instead. */
    message: string;
    /** True where the stack does not show enough to tell. Told by the plan; never a violation. */
    undecided?: boolean;
}

/** One value that can be set in a policy configuration file; JSON Schema. */
export interface SettingSchema {
    type: "boolean" | "integer" | "array";
    items?: { type: "string" };
    minimum?: number;
    default: boolean | number | string[];
    description: string;
}

export interface PolicyRule {
    /** Lower case with hyphens; the name in policy configuration files. */
    name: string;
    /** One sentence: what is asked for. */
    description: string;
    /** Where no configuration says otherwise. */
    level: Exclude<Level, "disabled">;
    settings?: Record<string, SettingSchema>;
    find(resources: readonly PolicyResource[], settings: Settings): Finding[];
}

/** The rule's settings with its defaults filled in. */
export class Settings {
    constructor(private readonly values: Record<string, unknown>) {}

    list(name: string): string[] {
        return this.values[name] as string[];
    }

    number(name: string): number {
        return this.values[name] as number;
    }

    flag(name: string): boolean {
        return this.values[name] === true;
    }
}

export function isUnknown(value: unknown): boolean {
    return value === UNKNOWN_MARK;
}

export function text(value: unknown): string {
    return String(value);
}

/** An object that is an input; `undefined` where it is not given or not known. */
export function objectOf(value: unknown): Record<string, unknown> | undefined {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Resources of a type of azure-native, in whatever API version: `azure-native:dbforpostgresql/v20240801:Server` is a `dbforpostgresql:Server`. */
export function ofAzureType(
    resources: readonly PolicyResource[],
    module: string,
    type: string | RegExp,
): PolicyResource[] {
    return resources.filter((resource) => {
        const found = /^azure-native[\w]*:([a-z]+)(?:\/v\w+)?:(\w+)$/.exec(resource.type);
        if (found?.[1] !== module) return false;
        return typeof type === "string" ? found[2] === type : type.test(found[2]!);
    });
}
