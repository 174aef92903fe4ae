import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { SEED_IDS, seedDirectory } from "../../emulator/entra/seedDirectory";
import { AZUREAD_VERSION, azureadProvider } from "../../emulator/providers/azuread";
import { GROUP, GROUP_TABLE } from "../../emulator/providers/azureadTables";
import { postgresqlProvider } from "../../emulator/providers/postgresql";
import { providerSchema } from "../../emulator/providers/providerSchema";

const azuread = () => azureadProvider(seedDirectory(), { callerId: SEED_IDS.deployer }).getSchema();

const postgresql = () =>
    postgresqlProvider({ connect: () => Promise.reject(new Error("not here")) }).getSchema();

const NESTED = providerSchema({
    name: "test",
    version: "1.0.0",
    config: { environment: { type: "string" } },
    resources: [
        {
            token: "test:network:Group",
            properties: {
                location: { type: "string", required: true, createOnly: true },
                tags: { type: "map", items: { type: "string" } },
                key: { type: "string", secret: true },
                sku: { type: "string", values: ["A", "B"], source: "the specification" },
                anything: { type: "any" },
                free: { type: "object" },
                id2: { type: "string", computed: true },
                rules: {
                    type: "array",
                    items: {
                        type: "object",
                        properties: {
                            priority: { type: "integer", required: true },
                            target: { type: "object", properties: { name: { type: "string" } } },
                        },
                    },
                },
            },
        },
    ],
});

describe("the schema of a table", () => {
    it("has inputs, outputs and object types, each once", () => {
        const schema = JSON.parse(NESTED);
        const group = schema.resources["test:network:Group"];
        assert.deepEqual(group.requiredInputs, ["location"]);
        assert.deepEqual(
            Object.keys(group.properties).filter((name) => !(name in group.inputProperties)),
            ["id2"],
        );
        assert.deepEqual(group.inputProperties.location, { type: "string", willReplaceOnChanges: true });
        assert.deepEqual(group.inputProperties.key, { type: "string", secret: true });
        assert.deepEqual(group.inputProperties.sku, {
            type: "string",
            description: "One of: A, B. the specification",
        });
        assert.deepEqual(Object.keys(schema.types), [
            "test:network:GroupRulesTarget",
            "test:network:GroupRules",
        ]);
        assert.deepEqual(schema.types["test:network:GroupRules"].required, ["priority"]);
        assert.deepEqual(Object.keys(schema.config.variables), ["environment"]);
    });

    it("azuread's names every property of the table, and every look-up", async () => {
        const schema = JSON.parse(await azuread());
        assert.deepEqual([schema.name, schema.version], ["azuread", AZUREAD_VERSION]);
        assert.deepEqual(
            Object.keys(schema.resources[GROUP].properties),
            Object.keys(GROUP_TABLE.properties),
        );
        const functions = Object.keys(schema.functions).map((token) => token.split(":")[2]);
        assert.deepEqual(functions, ["getGroup", "getUser", "getServicePrincipal", "getClientConfig"]);
    });

    it("azuread has the version and the inputs of the installed SDK", async () => {
        const folder = path.dirname(require.resolve("@pulumi/azuread/package.json"));
        const installed = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
            version: string;
        };
        assert.equal(installed.version, AZUREAD_VERSION);
        const source = readFileSync(path.join(folder, "group.d.ts"), "utf8");
        const names = (after: string) => {
            const body = source.slice(source.indexOf(after)).split("\n}")[0]!;
            return [...body.matchAll(/^ {4}(\w+)\??: pulumi\.Input/gm)].map((match) => match[1]!).sort();
        };
        const inputs = Object.entries(GROUP_TABLE.properties).filter(([, rule]) => !rule.computed);
        assert.deepEqual(inputs.map(([name]) => name).sort(), names("export interface GroupArgs {"));
        assert.deepEqual(Object.keys(GROUP_TABLE.properties).sort(), names("export interface GroupState {"));
    });
});

/** The real CLI, found as `npm test` may use it: on the PATH, outside node_modules (there it would download itself). */
function pulumi(): string | undefined {
    const folders = (process.env["PATH"] ?? "")
        .split(path.delimiter)
        .filter((folder) => !folder.includes("node_modules"));
    return folders.map((folder) => path.join(folder, "pulumi")).find((file) => existsSync(file));
}

it(
    "the real Pulumi CLI finds the schemas valid",
    { skip: pulumi() ? false : "no pulumi on the PATH" },
    async () => {
        const folder = mkdtempSync(path.join(tmpdir(), "schema-"));
        try {
            for (const schema of [NESTED, await azuread(), await postgresql()]) {
                const file = path.join(folder, "schema.json");
                writeFileSync(file, schema);
                const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: folder };
                execFileSync(pulumi()!, ["schema", "check", file], { env, stdio: "pipe" });
            }
        } finally {
            rmSync(folder, { recursive: true });
        }
    },
);
