import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { version } from "../components/package.json";
import { packageSchema as customResources, PACKAGE } from "../components/provider/schema";
import {
    COMPONENTS_FOLDER,
    componentSchema,
    type ResourceSchema,
    type SchemaPart,
    type TypeSchema,
} from "./componentSchema";

/** The schema of the whole package, as other languages see it: components and custom resources in one. */
export interface PackageSchema {
    name: string;
    version: string;
    description: string;
    types: Record<string, TypeSchema>;
    resources: Record<string, ResourceSchema>;
    [other: string]: unknown;
}

export const SCHEMA_FILE = path.join(COMPONENTS_FOLDER, "schema.json");
/** The schema of the last release: what users have. */
export const RELEASED_SCHEMA_FILE = path.join(COMPONENTS_FOLDER, "schema.released.json");

/** Settings of the SDK generators. All take the package's version from the schema. */
const respectSchemaVersion = true;
const LANGUAGES = {
    nodejs: { respectSchemaVersion },
    python: { respectSchemaVersion },
    // Without it the SDK names input types for lists of plain objects that it does not define, and does not compile.
    go: { respectSchemaVersion, generateExtraInputTypes: true },
    csharp: { respectSchemaVersion },
    java: { respectSchemaVersion },
};

/** @throws Error where a component cannot be described, or two types of one name differ */
export function packageSchema(): PackageSchema {
    const own = customResources(version) as PackageSchema;
    const components = componentSchema(PACKAGE);
    return {
        ...own,
        language: LANGUAGES,
        types: sorted(mergedTypes(own.types, byToken(components.types))),
        resources: sorted({ ...own.resources, ...byToken(components.resources) }),
    };
}

export function schemaText(schema: object): string {
    return `${JSON.stringify(schema, undefined, 4)}\n`;
}

export function readSchema(file: string): PackageSchema {
    return JSON.parse(readFileSync(file, "utf8")) as PackageSchema;
}

function byToken<T extends SchemaPart["types"] | SchemaPart["resources"]>(part: T): T {
    return Object.fromEntries(
        Object.entries(part).map(([name, value]) => [`${PACKAGE}:index:${name}`, value]),
    ) as T;
}

/** Both parts may use a type. Enums are documented in the sources of the components, objects in the custom resources' table. */
function mergedTypes(own: Record<string, TypeSchema>, components: Record<string, TypeSchema>) {
    const merged = { ...own };
    for (const [token, type] of Object.entries(components)) {
        const other = own[token];
        if (other && !isDeepStrictEqual(shape(other), shape(type)))
            throw new Error(
                `two types named ${token} differ: one of a component, one of a custom resource; rename one`,
            );
        if (!other || type.enum) merged[token] = { ...other, ...type };
    }
    return merged;
}

/** What must be the same, whatever the descriptions say. */
function shape({ properties = {}, required = [], enum: members = [] }: TypeSchema): object {
    const names = Object.entries(properties).map(([name, { type, $ref }]) => [name, type ?? $ref]);
    return {
        properties: Object.fromEntries(names),
        required: [...required].sort(),
        values: members.map(({ value }) => value),
    };
}

function sorted<T>(map: Record<string, T>): Record<string, T> {
    return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
