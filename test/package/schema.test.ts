import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { version } from "../../components/package.json";
import { componentNames, COMPONENTS_FOLDER, type PropertySchema } from "../../packaging/componentSchema";
import { packageSchema, readSchema, SCHEMA_FILE, schemaText } from "../../packaging/packageSchema";

const schema = readSchema(SCHEMA_FILE);
const short = (token: string) => token.slice(token.lastIndexOf(":") + 1);

/** Every argument, field and output with a path that says which. */
const properties: [string, PropertySchema, { optionalInput: boolean }][] = [
    ...Object.entries(schema.resources).flatMap(([token, resource]) => [
        ...entries(`${short(token)} argument`, resource.inputProperties, resource.requiredInputs),
        ...entries(`${short(token)} output`, resource.properties, Object.keys(resource.properties)),
    ]),
    ...Object.entries(schema.types).flatMap(([token, type]) =>
        entries(short(token), type.properties ?? {}, type.required ?? []),
    ),
];
function entries(where: string, map: Record<string, PropertySchema>, required: string[]) {
    return Object.entries(map).map(
        ([name, spec]) =>
            [`${where} ${name}`, spec, { optionalInput: !required.includes(name) }] as [
                string,
                PropertySchema,
                { optionalInput: boolean },
            ],
    );
}

describe("the package's schema", () => {
    test("schema.json is what the sources say; else: npm run schema", () => {
        assert.deepEqual(schema, JSON.parse(schemaText(packageSchema())));
        assert.equal(schema.version, version);
    });

    test("every component that index.ts exports is in it, with the custom resources", () => {
        const components = Object.entries(schema.resources).filter(([, resource]) => resource.isComponent);
        assert.deepEqual(components.map(([token]) => short(token)).sort(), componentNames());
        assert.ok(components.length >= 4);
        for (const name of ["DatabasePrincipal", "DatabasePrincipalSet"])
            assert.ok(`${schema.name}:index:${name}` in schema.resources, name);
    });

    test("B2: no argument, field or output is dropped or becomes Any on the way", () => {
        for (const [name, { args, outputs }] of declared()) {
            const resource = schema.resources[`${schema.name}:index:${name}`]!;
            assert.deepEqual(Object.keys(resource.inputProperties).sort(), args, `${name}: arguments`);
            assert.deepEqual(Object.keys(resource.properties).sort(), outputs, `${name}: outputs`);
        }
        assert.doesNotMatch(JSON.stringify(schema), /pulumi\.json#\/(Any|Asset|Archive|Json)/);
    });

    test("every argument, field, output, type and resource has a sentence", () => {
        for (const [where, { description = "" }] of properties)
            assert.match(description, /^[A-Z0-9].*[.)]$/s, where);
        for (const [token, { description = "" }] of [
            ...Object.entries(schema.types),
            ...Object.entries(schema.resources),
        ])
            assert.match(description, /^[A-Z].*\.$/s, token);
        assert.doesNotMatch(JSON.stringify(schema), /object Object|@link|\([EF]\d/);
    });

    test("every argument that may be left out says what happens then", () => {
        for (const [where, { description }, { optionalInput }] of properties)
            if (optionalInput) assert.match(description!, /Default[:,]/, where);
    });

    /** What azure-native replaces or Azure restarts for, of the arguments that this package has. */
    const DANGERS: Record<string, RegExp> = {
        "FlexibleServer argument name": /replaces the server/,
        "FlexibleServer argument resourceGroupName": /replaces the server/,
        "FlexibleServer argument location": /replaces the server/,
        "FlexibleServer argument geoRedundantBackup": /replaces the server/,
        "FlexibleServer argument version": /downtime and no way back/,
        "FlexibleServer argument sku": /restarts the server/,
        "FlexibleServer argument authMode": /restarts it/,
        "FlexibleServer argument parameters": /restart the server/,
        "FlexibleServer argument administratorLogin": /can never change/,
        "FlexibleServer argument availabilityZone": /has no effect/,
        "ServerNetwork delegatedSubnetId": /replaces the server/,
        "ServerDatabase charset": /replaces the database/,
        "ServerDatabase collation": /replaces the database/,
        "DatabasePrincipal argument name": /replaces the role/,
        "DatabasePrincipal argument objectId": /replaces the role/,
    };
    for (const [where, danger] of Object.entries(DANGERS))
        test(`a danger is told: ${where}`, () => {
            const found = properties.find(([name]) => name === where);
            assert.match(found?.[1].description ?? "", danger);
        });

    test("every reference resolves, and every password is a secret", () => {
        const references = [...JSON.stringify(schema).matchAll(/"#\/types\/([^"]+)"/g)].map((m) => m[1]!);
        assert.ok(references.length > 20);
        for (const reference of references) assert.ok(reference in schema.types, reference);
        const passwords = properties.filter(
            ([name, { type }]) => /password$/i.test(name) && type === "string",
        );
        assert.ok(passwords.length > 0);
        for (const [where, { secret }] of passwords) assert.equal(secret, true, where);
    });
});

/** Arguments and outputs of each component and custom resource as TypeScript itself sees them. */
function declared(): [string, { args: string[]; outputs: string[] }][] {
    const entry = path.join(COMPONENTS_FOLDER, "index.ts");
    const program = ts.createProgram([entry], {
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        skipLibCheck: true,
        noEmit: true,
    });
    const checker = program.getTypeChecker();
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!);
    return Object.keys(schema.resources).map((token) => {
        const name = short(token);
        const symbol = exported.find((candidate) => candidate.name === name)!;
        const declaration = (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
            .valueDeclaration as ts.ClassDeclaration;
        const constructor = declaration.members.find(ts.isConstructorDeclaration)!;
        const args = checker.getTypeAtLocation(constructor.parameters[1]!);
        const outputs = declaration.members.filter(ts.isPropertyDeclaration);
        return [
            name,
            {
                args: checker
                    .getPropertiesOfType(args)
                    .map((property) => property.name)
                    .sort(),
                outputs: outputs
                    .filter(
                        ({ modifiers }) => !modifiers?.some((m) => m.kind === ts.SyntaxKind.StaticKeyword),
                    )
                    .map((output) => output.name.getText())
                    .sort(),
            },
        ];
    });
}
