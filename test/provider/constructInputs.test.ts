import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { componentInputs, type ObjectSpec } from "../../components/provider/constructInputs";

const TYPES: Record<string, Partial<ObjectSpec>> = {
    "p:index:Rule": { properties: { name: { plain: true }, start: {} }, required: ["name"] },
    "p:index:Mode": {},
};
const SPEC: ObjectSpec = {
    properties: {
        name: {},
        mode: { $ref: "#/types/p:index:Mode", plain: true },
        rules: { plain: true, items: { $ref: "#/types/p:index:Rule", plain: true } },
        parameters: { plain: true, additionalProperties: {} },
        tags: { additionalProperties: {} },
    },
    required: ["name"],
};
const settle = (inputs: Record<string, unknown>) => componentInputs(inputs, SPEC, TYPES);
const refused = async (inputs: Record<string, unknown>) =>
    settle(inputs).then(
        () => assert.fail("nothing was refused"),
        (error: Error) => error.message.split("\n"),
    );
function output(value: unknown, known: boolean): pulumi.Output<unknown> {
    const Output = pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<unknown>;
    return new Output(
        [],
        Promise.resolve(value),
        Promise.resolve(known),
        Promise.resolve(false),
        Promise.resolve([]),
    );
}

test("what may be an output stays one, at any depth; what is plain becomes a value", async () => {
    const [name, start, parameter, tags] = [1, 2, 3, 4].map((n) => output(`value ${n}`, true));
    const settled = await settle({
        name,
        mode: output("On", true),
        rules: output([{ name: output("r", true), start }], true),
        parameters: { a: parameter },
        tags,
    });
    assert.deepEqual(Object.keys(settled), ["name", "mode", "rules", "parameters", "tags"]);
    assert.equal(settled["name"], name);
    assert.equal(settled["mode"], "On");
    assert.deepEqual(settled["rules"], [{ name: "r", start }]);
    assert.equal((settled["parameters"] as Record<string, unknown>)["a"], parameter);
    assert.equal(settled["tags"], tags);
});

test("null is the same as left out, as some languages send it", async () => {
    assert.deepEqual(await settle({ name: "n", mode: null, rules: [{ name: "r", start: null }] }), {
        name: "n",
        rules: [{ name: "r" }],
    });
    assert.deepEqual(await refused({ name: null }), ["name is not given: it is required"]);
});

test("every wrong name and every missing argument is told, with its path", async () => {
    assert.deepEqual(await refused({ nme: "x", rules: [{ name: "r" }, { nme: "r" }] }), [
        "name is not given: it is required",
        "nme: there is no such argument; known: name, mode, rules, parameters, tags",
        "rules[1].name is not given: it is required",
        "rules[1].nme: there is no such argument; known: name, start",
    ]);
});

test("what decides which resources are made must be known in a preview, and be no secret", async () => {
    const unknown = await refused({ name: "n", rules: [{ name: output(undefined, false) }] });
    assert.match(unknown.join(), /^rules\[0\]\.name is not known before the deployment: .*; give a value/);
    const secret = await refused({ name: "n", mode: pulumi.secret("hidden-mode") });
    assert.match(secret.join(), /^mode is a secret: /);
    assert.doesNotMatch(secret.join(), /hidden-mode/);
});
