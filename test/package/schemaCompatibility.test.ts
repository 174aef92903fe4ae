import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResourceSchema, TypeSchema } from "../../packaging/componentSchema";
import { readSchema, SCHEMA_FILE } from "../../packaging/packageSchema";
import { ACCEPTED_BREAKS, breakingChanges, releasedSchema } from "../../packaging/schemaCompatibility";

const server = (): ResourceSchema => ({
    inputProperties: {
        name: { type: "string" },
        size: { type: "integer" },
        mode: { $ref: "#/types/p:index:Mode", plain: true },
        rules: { type: "array", items: { type: "string" } },
        tags: { type: "object", additionalProperties: { type: "string" } },
    },
    requiredInputs: ["name"],
    properties: { host: { type: "string" }, names: { type: "array", items: { type: "string" } } },
    required: ["host", "names"],
});
const mode = (): TypeSchema => ({
    type: "string",
    enum: [
        { name: "On", value: "On" },
        { name: "Off", value: "Off" },
    ],
});
const released = { resources: { "p:index:Server": server() }, types: { "p:index:Mode": mode() } };

/** What a change of the released schema breaks. */
function breaks(change: (server: ResourceSchema, mode: TypeSchema) => void): string[] {
    const [resource, type] = [server(), mode()];
    change(resource, type);
    return breakingChanges(released, {
        resources: { "p:index:Server": resource },
        types: { "p:index:Mode": type },
    });
}

describe("breaking changes of the schema", () => {
    const cases: [string, (server: ResourceSchema, mode: TypeSchema) => void, string[]][] = [
        ["an input goes", (s) => delete s.inputProperties["size"], ["Server.size: the input is gone"]],
        ["an output goes", (s) => delete s.properties["host"], ["Server.host: the output is gone"]],
        [
            "a new input is required",
            (s) => {
                s.inputProperties["zone"] = { type: "string" };
                s.requiredInputs.push("zone");
            },
            ["Server.zone: a new input is required"],
        ],
        [
            "an input becomes required",
            (s) => s.requiredInputs.push("size"),
            ["Server.size: the input has become required"],
        ],
        [
            "another type",
            (s) => (s.inputProperties["size"] = { type: "string" }),
            ["Server.size: the input was integer and is string"],
        ],
        [
            "no outputs are taken any more",
            (s) => (s.inputProperties["name"] = { type: "string", plain: true }),
            ["Server.name: the input was string and is plain string"],
        ],
        [
            "other items",
            (s) => (s.properties["names"] = { type: "array", items: { type: "integer" } }),
            ["Server.names: the output was a list of string and is a list of integer"],
        ],
        [
            "an enum for a text",
            (s) => (s.inputProperties["tags"] = { $ref: "#/types/p:index:Mode" }),
            ["Server.tags: the input was a map of string and is Mode"],
        ],
        [
            "an output may be missing",
            (s) => s.required.pop(),
            ["Server.names: the output may be missing now"],
        ],
        ["a value goes", (_, m) => m.enum!.pop(), ["Mode.Off: the value is gone"]],
    ];
    for (const [title, change, expected] of cases)
        test(title, () => assert.deepEqual(breaks(change), expected));

    test("a resource and a type go", () => {
        const found = breakingChanges(released, { resources: {}, types: {} });
        assert.deepEqual(found, ["Server: the resource is gone", "Mode: the type is gone"]);
    });

    test("new optional inputs, outputs and values, other texts, and less required break nothing", () => {
        const found = breaks((s, m) => {
            s.inputProperties["zone"] = { type: "string" };
            s.properties["zone"] = { type: "string" };
            s.requiredInputs.pop();
            s.description = "other";
            m.enum!.push({ name: "Auto", value: "Auto" });
        });
        assert.deepEqual(found, []);
    });
});

test("the schema breaks nothing of the last release but what is meant, and nothing else is called meant", () => {
    const last = releasedSchema();
    const found = last ? breakingChanges(last, readSchema(SCHEMA_FILE)) : [];
    assert.deepEqual(
        found,
        Object.keys(ACCEPTED_BREAKS),
        "see docs/releasing.md, «A change that breaks programs»",
    );
});
