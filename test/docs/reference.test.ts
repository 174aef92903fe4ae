import assert from "node:assert/strict";
import {
    existsSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { parse } from "yaml";
import type { PropertySchema, ResourceSchema } from "../../packaging/componentSchema";
import { readSchema, SCHEMA_FILE } from "../../packaging/packageSchema";
import { REFERENCE_FOLDER, referencePages, writtenPart } from "../../packaging/reference";
import { section, WRITTEN_SECTIONS } from "../../packaging/referencePage";
import { codeBlocks, readMarkdown, ROOT } from "./markdown";

const schema = readSchema(SCHEMA_FILE);
const names = Object.keys(schema.resources).map((token) => token.slice(token.lastIndexOf(":") + 1));

describe("the reference documentation", () => {
    test("is what schema and hand-written parts say; else: npm run docs:reference", async () => {
        const pages = await referencePages();
        const there = existsSync(REFERENCE_FOLDER) ? readdirSync(REFERENCE_FOLDER) : [];
        assert.deepEqual(there.sort(), Object.keys(pages).sort());
        for (const [file, text] of Object.entries(pages))
            assert.equal(readFileSync(path.join(REFERENCE_FOLDER, file), "utf8"), text, file);
    });

    for (const name of names)
        test(`${name} has an example in TypeScript and YAML, permissions and pitfalls: packaging/reference/${name}.md`, () => {
            const written = writtenPart(name);
            for (const heading of WRITTEN_SECTIONS)
                assert.ok(section(written, heading).length > heading.length + 20, heading);
            const example = section(written, "Example");
            assert.ok(codeBlocks(example, "typescript").some((code) => code.includes(`new ${name}(`)));
            assert.ok(
                codeBlocks(example, "yaml").some((code) => code.includes(`azure-postgres-entra:${name}\n`)),
            );
        });

    test("every TypeScript example type-checks", () => {
        const pages = [...names.map(writtenPart), readMarkdown("components/README.md")];
        const examples = pages.flatMap((page) => codeBlocks(page, "typescript"));
        assert.ok(examples.length > names.length);
        const program = readFileSync(path.join(ROOT, "examples", "typescript", "index.ts"), "utf8");
        assert.deepEqual(typeErrors([...examples, program]), []);
    });

    test("every YAML example names arguments that there are, and all that are required", () => {
        const examples = names.flatMap((name) => codeBlocks(writtenPart(name), "yaml"));
        assert.ok(examples.length >= names.length);
        for (const example of examples) {
            const { resources } = parse(example) as {
                resources: Record<string, { type: string; properties: Record<string, unknown> }>;
            };
            for (const { type, properties } of Object.values(resources))
                assert.deepEqual(wrongArguments(type, properties), [], example);
        }
    });
});

function wrongArguments(type: string, properties: Record<string, unknown>): string[] {
    const resource = schema.resources[type.replace(/:(\w+)$/, ":index:$1")] as ResourceSchema | undefined;
    if (!resource) return [`there is no ${type}`];
    return wrongIn(properties, resource.inputProperties, resource.requiredInputs);
}

function wrongIn(given: object, known: Record<string, PropertySchema>, required: string[]): string[] {
    const missing = required.filter((name) => !(name in given)).map((name) => `${name} is missing`);
    const wrong = Object.entries(given).flatMap(([name, value]) =>
        known[name] ? wrongValue(value, known[name]) : [`there is no ${name}`],
    );
    return [...missing, ...wrong];
}

function wrongValue(value: unknown, spec: PropertySchema): string[] {
    if (spec.items && Array.isArray(value)) return value.flatMap((item) => wrongValue(item, spec.items!));
    if (typeof value !== "object" || value === null) return [];
    if (spec.additionalProperties)
        return Object.values(value).flatMap((item) => wrongValue(item, spec.additionalProperties!));
    const type = spec.$ref && schema.types[spec.$ref.replace("#/types/", "")];
    return type ? wrongIn(value, type.properties ?? {}, type.required ?? []) : [];
}

/** Each example as a module of its own, against the package's sources. */
function typeErrors(examples: string[]): string[] {
    const folder = mkdtempSync(path.join(tmpdir(), "examples-"));
    try {
        symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
        writeFileSync(path.join(folder, "package.json"), "{}");
        const files = examples.map((code, i) => {
            const file = path.join(folder, `example${i}.ts`);
            writeFileSync(file, `${code}\nexport {};\n`);
            return file;
        });
        const program = ts.createProgram(files, {
            module: ts.ModuleKind.NodeNext,
            moduleResolution: ts.ModuleResolutionKind.NodeNext,
            target: ts.ScriptTarget.ES2022,
            types: ["node"],
            typeRoots: [path.join(ROOT, "node_modules", "@types")],
            strict: true,
            noUncheckedIndexedAccess: true,
            skipLibCheck: true,
            noEmit: true,
        });
        return files.flatMap((file) => {
            const source = program.getSourceFile(file)!;
            const found = [
                ...program.getSyntacticDiagnostics(source),
                ...program.getSemanticDiagnostics(source),
            ];
            return found.map(
                (one) => `${source.text}\n${ts.flattenDiagnosticMessageText(one.messageText, "\n")}`,
            );
        });
    } finally {
        rmSync(folder, { recursive: true });
    }
}
