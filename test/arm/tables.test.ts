import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { UNKNOWN } from "../../components/provider/resourceProvider";
import { RESOURCE_TYPES } from "../../emulator/arm/resourceTypes";
import { pathParameters } from "../../emulator/arm/resourceId";
import { checkInputs, diffInputs, type PropertyRule } from "../../emulator/providers/propertyTable";
import { wrongValues } from "../entra/wrongValues";
import { SAMPLES } from "./samples";

/** A rule with the way to it, and the sample with one value changed. */
interface Place {
    path: string;
    rule: PropertyRule;
    set(value: unknown): PropertyMap;
}

/** Every rule that the sample reaches, nested ones included. */
function places(
    rules: Record<string, PropertyRule>,
    at: PropertyMap,
    rebuild: (v: PropertyMap) => PropertyMap,
    prefix = "",
): Place[] {
    return Object.entries(rules).flatMap(([name, rule]) => {
        const path = prefix ? `${prefix}.${name}` : name;
        const set = (value: unknown): PropertyMap => rebuild({ ...at, [name]: value });
        const here: Place = { path, rule, set };
        const value = at[name];
        if (rule.type === "object" && rule.properties && value !== undefined) {
            return [here, ...places(rule.properties, value as PropertyMap, set, path)];
        }
        if (rule.type === "array" && rule.items?.properties && Array.isArray(value)) {
            const inner = value.flatMap((element: PropertyMap, index) =>
                places(
                    rule.items!.properties!,
                    element,
                    (v) => set(value.map((e: unknown, i) => (i === index ? v : e))),
                    `${path}[${index}]`,
                ),
            );
            return [here, ...inner];
        }
        return [here];
    });
}

/** The wrong values of a rule, without those that happen to be right. */
function wrong(rule: PropertyRule): { what: string; value: unknown }[] {
    return wrongValues(rule).filter(
        ({ value }) =>
            !rule.values?.includes(value as string) && !(value === "" && (rule.pattern?.test("") ?? false)),
    );
}

/** Names in the SDK's class: what its constructor takes, and what it gives. */
function sdkNames(token: string): { inputs: string[]; outputs: string[] } {
    const [, module, name] = token.split(":") as [string, string, string];
    const file = path.join(
        __dirname,
        `../../node_modules/@pulumi/azure-native/${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}.js`,
    );
    const [make, look] = readFileSync(file, "utf8").split("        else {\n");
    const found = (text: string, pattern: RegExp): string[] =>
        [...text.matchAll(pattern)].map((m) => m[1]!).sort();
    return {
        inputs: found(make!, /resourceInputs\["(\w+)"\] = \(?args/g),
        outputs: found(look!.split("opts =")[0]!, /resourceInputs\["(\w+)"\] = undefined/g),
    };
}

for (const { table, path: idPath } of RESOURCE_TYPES) {
    describe(table.token, () => {
        const sample = SAMPLES[table.token]!;
        const all = places(table.properties, sample, (value) => value);
        const settable = all.filter(({ rule }) => !rule.computed);
        const refused = (inputs: PropertyMap): string[] => checkInputs(table, inputs).map((f) => f.reason);

        test("the sample is taken", () => assert.deepEqual(refused(sample), []));

        test("the table has the arguments and outputs of the SDK's class, and no others", () => {
            const { inputs, outputs } = sdkNames(table.token);
            const rules = Object.entries(table.properties);
            assert.deepEqual(
                rules
                    .filter(([, r]) => !r.computed)
                    .map(([n]) => n)
                    .sort(),
                inputs,
            );
            for (const name of outputs) assert.ok(Object.hasOwn(table.properties, name), `output ${name}`);
            for (const [name] of rules.filter(([, r]) => r.computed)) assert.ok(outputs.includes(name), name);
        });

        test("every rule names its source or says why the property cannot be used", () => {
            const leaves = settable.filter(({ rule }) => rule.type !== "object" || !rule.properties);
            for (const { path, rule } of leaves)
                assert.ok(rule.source || rule.refuse || rule.items?.source, path);
        });

        test("wrong values are refused, each by its path", () => {
            let tried = 0;
            for (const { path, rule, set } of settable) {
                for (const { what, value } of wrong(rule)) {
                    const failures = checkInputs(table, set(value));
                    assert.ok(failures.length > 0, `${path}: ${what} (${JSON.stringify(value)}) was taken`);
                    const named = rule.secret ? "" : path;
                    assert.ok(
                        failures.some((f) => f.property.startsWith(named)),
                        `${path}: ${what}: ${failures[0]!.reason}`,
                    );
                    tried++;
                }
            }
            assert.ok(tried >= Object.keys(sample).length, `only ${tried} values tried`);
        });

        test("an unknown property is refused by name, at the top and in every object", () => {
            assert.match(refused({ ...sample, colour: "red" }).join(), /'colour' is not a property/);
            for (const { path, rule, set } of settable.filter(
                (p) => p.rule.type === "object" && p.rule.properties,
            )) {
                if (rule.refuse) continue;
                assert.match(refused(set({ colour: "red" })).join(), /colour' is not a property/, path);
            }
        });

        test("what the service makes is refused as an input", () => {
            for (const [name, rule] of Object.entries(table.properties).filter(([, r]) => r.computed)) {
                const value = { string: "x", integer: 1, boolean: true, array: [], object: {} }[
                    rule.type as "string"
                ];
                assert.match(
                    refused({ ...sample, [name]: value }).join(),
                    new RegExp(`'${name}' was given`),
                    name,
                );
            }
        });

        test("what is required cannot be left out", () => {
            for (const { path, rule, set } of settable.filter((p) => p.rule.required)) {
                assert.match(refused(set(undefined)).join(), /is missing/, `${path} ${rule.type}`);
            }
        });

        test("every property may be unknown in a preview", () => {
            for (const { path, set } of settable) assert.deepEqual(refused(set(UNKNOWN)), [], path);
        });

        test("a change replaces where the property is create-only, else it updates", () => {
            for (const { path, rule, set } of settable.filter((p) => p.rule.type === "string")) {
                const kinds = Object.values(diffInputs(table, sample, set("changed")).detailedDiff);
                assert.ok(kinds.length > 0, path);
                for (const kind of kinds)
                    assert.equal(kind.endsWith("-replace"), rule.createOnly === true, path);
            }
            for (const name of pathParameters(idPath))
                assert.equal(table.properties[name]?.createOnly, true, name);
        });
    });
}

test("azure-native replaces a server for exactly these (x-ms-mutability read, create)", () => {
    const { table } = RESOURCE_TYPES.find((type) => type.table.token.endsWith(":Server"))!;
    const createOnly = places(table.properties, SAMPLES[table.token]!, (v) => v).filter(
        (p) => p.rule.createOnly,
    );
    assert.deepEqual(createOnly.map((p) => p.path).sort(), [
        "administratorLogin",
        "availabilityZone",
        "backup.geoRedundantBackup",
        "location",
        "pointInTimeUTC",
        "resourceGroupName",
        "serverName",
        "sourceServerResourceId",
    ]);
});

test("a password is never shown in a failure", () => {
    const { table } = RESOURCE_TYPES.find((type) => type.table.token.endsWith(":Server"))!;
    const sample = SAMPLES[table.token]!;
    for (const password of ["short", "alllowercaseletters", "has-Pgadmin-7-in-it", "x".repeat(129)]) {
        const failures = checkInputs(table, { ...sample, administratorLoginPassword: password });
        assert.equal(failures.length, 1, password);
        assert.ok(!failures[0]!.reason.includes(password), failures[0]!.reason);
    }
});
