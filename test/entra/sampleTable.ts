/** A table with every kind of rule, for the tests of what tables do. */

import type { ResourceTable } from "../../emulator/providers/propertyTable";

export const TABLE: ResourceTable = {
    token: "test:index:Thing",
    properties: {
        name: {
            type: "string",
            required: true,
            createOnly: true,
            pattern: /^[a-z]+$/,
            patternText: "of small letters",
            maxBytes: 20,
        },
        title: { type: "string", maxBytes: 8, default: "none" },
        sku: { type: "string", values: ["Basic", "Standard"] },
        size: { type: "integer", minimum: 1, maximum: 10 },
        ratio: { type: "number", minimum: 0 },
        open: { type: "boolean" },
        password: {
            type: "string",
            secret: true,
            minItems: 0,
            pattern: /^.{8,}$/,
            patternText: "of 8 characters or more",
        },
        secrets: { type: "object", secret: true, properties: { pin: { type: "integer" } } },
        tags: { type: "map", items: { type: "string" }, maxItems: 2 },
        zones: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
        owners: { type: "array", unordered: true, items: { type: "string" }, keptWhenLeftOut: true },
        rules: {
            type: "array",
            items: {
                type: "object",
                properties: {
                    priority: { type: "integer", required: true },
                    ports: { type: "array", items: { type: "string" } },
                    fixed: { type: "string", createOnly: true },
                },
            },
        },
        network: { type: "object", createOnly: true, properties: { subnet: { type: "string" } } },
        free: { type: "object" },
        whatever: { type: "any" },
        even: {
            type: "integer",
            refuse: (value) => ((value as number) % 2 ? "odd numbers do not fit. Add one." : undefined),
        },
        id: { type: "string", computed: true },
    },
    check: (inputs) =>
        inputs.open === true && inputs.size === 10 ? [{ property: "size", reason: "10 cannot be open" }] : [],
};
