import path from "node:path";
import { Analyzer, type PropertyDefinition } from "@pulumi/pulumi/provider/experimental/analyzer";
import { getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../components/index";
import { typeDescriptions } from "./typeDescriptions";

/** The components' part of the schema, read from their sources: what `index.ts` exports and derives from ComponentResource. */

export const COMPONENTS_FOLDER = path.join(__dirname, "..", "components");

export interface PropertySchema {
    type?: string;
    $ref?: string;
    items?: PropertySchema;
    additionalProperties?: PropertySchema;
    plain?: boolean;
    secret?: boolean;
    description?: string;
    willReplaceOnChanges?: boolean;
}

export interface TypeSchema {
    type: string;
    description?: string;
    properties?: Record<string, PropertySchema>;
    required?: string[];
    enum?: { name: string; value: string; description?: string }[];
}

export interface ResourceSchema {
    isComponent?: boolean;
    description?: string;
    inputProperties: Record<string, PropertySchema>;
    requiredInputs: string[];
    properties: Record<string, PropertySchema>;
    required: string[];
}

/** Resources and types by their names, without the package's. */
export interface SchemaPart {
    resources: Record<string, ResourceSchema>;
    types: Record<string, TypeSchema>;
}

export function componentNames(): string[] {
    const found = getPulumiComponents(components as never) as unknown as { name: string }[];
    return found.map(({ name }) => name).sort();
}

/** @throws Error of the analyzer, where a component cannot be described to other languages */
export function componentSchema(packageName: string, folder = COMPONENTS_FOLDER): SchemaPart {
    const manifest = { name: packageName, main: "index.ts" };
    const analyzer = new Analyzer(folder, packageName, manifest, new Set(componentNames()));
    const { components: found, typeDefinitions } = analyzer.analyze();
    const resources = Object.values(found).map(({ name, description, inputs, outputs }) => {
        const resource: ResourceSchema = {
            isComponent: true,
            description: plainText(description),
            inputProperties: properties(inputs),
            requiredInputs: required(inputs),
            properties: properties(outputs),
            required: required(outputs),
        };
        return [name, resource] as const;
    });
    const descriptions = typeDescriptions(folder);
    const types = Object.values(typeDefinitions).map(
        (type) => [typeName(type.name), typeSchema(type, descriptions[type.name])] as const,
    );
    return { resources: Object.fromEntries(resources), types: Object.fromEntries(types) };
}

type TypeDefinition = ReturnType<Analyzer["analyze"]>["typeDefinitions"][string];

function typeSchema(
    { enum: members, properties: fields }: TypeDefinition,
    description: string | undefined,
): TypeSchema {
    const about = description ? { description: plainText(description) } : {};
    if (members) {
        const values = members.map((member) => ({
            name: member.name,
            value: String(member.value),
            ...(member.description ? { description: plainText(member.description) } : {}),
        }));
        return { type: "string", ...about, enum: values };
    }
    return { type: "object", ...about, properties: properties(fields!), required: required(fields!) };
}

/** SDKs add `Args` to the names of inputs themselves. */
function typeName(name: string): string {
    return name.replace(/Args$/, "");
}

type Definitions = Record<string, PropertyDefinition>;

function properties(definitions: Definitions): Record<string, PropertySchema> {
    return Object.fromEntries(
        Object.entries(definitions).map(([name, definition]) => [name, property(name, definition)]),
    );
}

function required(definitions: Definitions): string[] {
    return Object.keys(definitions).filter((name) => !definitions[name]!.optional);
}

function property(name: string, definition: PropertyDefinition): PropertySchema {
    const { type, $ref } = definition as { type?: string; $ref?: string };
    return {
        ...($ref === undefined ? { type: wholeNumber(type!) } : { $ref: reference($ref) }),
        ...(definition.items ? { items: property("", definition.items) } : {}),
        ...(definition.additionalProperties
            ? { additionalProperties: property("", definition.additionalProperties) }
            : {}),
        ...(definition.plain ? { plain: true } : {}),
        // The analyzer has no word for secrets.
        ...(type === "string" && /password$/i.test(name) ? { secret: true } : {}),
        ...(definition.description ? { description: plainText(definition.description) } : {}),
    };
}

/** No argument of this package is a fraction, and TypeScript has no word for that. */
function wholeNumber(type: string): string {
    return type === "number" ? "integer" : type;
}

function reference($ref: string): string {
    return $ref.startsWith("#/types/") ? typeName($ref) : $ref;
}

/** For people who never see the sources: paragraphs on one line each, without the numbers of facts and pitfalls. */
function plainText(text = ""): string {
    return text
        .split(/\n\s*\n/)
        .map((paragraph) => (/^\s*- /m.test(paragraph) ? paragraph : paragraph.replace(/\s*\n\s*/g, " ")))
        .join("\n\n")
        .replace(/\s*\((?:[EF]\d+)(?:, [EF]\d+)*\)/g, "")
        .trim();
}
