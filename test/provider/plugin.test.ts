import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { GetSchemaRequest, type GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ProviderClient } from "./grpcClient";
import { inputs, URN } from "./inputs";
import { version } from "../../components/package.json";

const COMPONENTS = path.join(__dirname, "../../components");
const RUN_PLUGIN = require.resolve("@pulumi/pulumi/cmd/run-plugin");

/** Starts the plugin as the engine does, in a consumer's folder. */
async function startPlugin(t: TestContext, tsconfig?: object) {
    const folder = mkdtempSync(path.join(tmpdir(), "consumer-"));
    if (tsconfig) writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    // What a person's shell may hold must not add output; NODE_OPTIONS of this test run would.
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const child = spawn(process.execPath, [RUN_PLUGIN, COMPONENTS, "127.0.0.1:1"], {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    t.after(async () => {
        child.kill("SIGKILL");
        await ended;
        rmSync(folder, { recursive: true, force: true });
    });
    const output = { out: "", err: "" };
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
    await new Promise<void>((resolve, reject) => {
        child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${output.err}`)));
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            output.out += text;
            if (output.out.includes("\n")) resolve();
        });
    });
    const client = new ProviderClient(Number(output.out));
    t.after(() => client.close());
    return { child, client, output, ended };
}

const STRICTEST = {
    compilerOptions: {
        strict: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        esModuleInterop: false,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
    },
};
for (const [title, tsconfig] of [
    ["without a tsconfig", undefined],
    ["with a lax one", { compilerOptions: { strict: false, target: "ES5" } }],
    ["with the strictest", STRICTEST],
] as const) {
    test(`the plugin starts from a consumer's folder ${title}, prints its port alone, serves and ends`, async (t) => {
        const { child, client, output, ended } = await startPlugin(t, tsconfig);
        assert.match(output.out, /^\d+\n$/);
        const info = await client.call<{ getVersion(): string }>("getPluginInfo", new Empty());
        assert.equal(info.getVersion(), version);
        assert.deepEqual((await client.check(URN, inputs())).failures, []);
        await assert.rejects(
            client.create(URN, inputs({ connection: { host: "127.0.0.1", user: "DBA", cloud: "Local" } })),
            /cloud Local needs/,
        );
        child.kill("SIGTERM");
        assert.equal(await ended, 0);
        assert.deepEqual(output, { out: output.out.match(/^\d+\n$/)![0], err: "" });
    });
}

test("the plugin loads neither azure-native nor azuread, and pg and the identity library only to connect", async () => {
    const code = `require("tsx/cjs"); const { AzurePostgresEntraProvider } = require(${JSON.stringify(path.join(COMPONENTS, "provider/provider.ts"))});
        require(${JSON.stringify(path.join(COMPONENTS, "provider/servePlugin.ts"))}); new AzurePostgresEntraProvider();
        console.log(Object.keys(require.cache).filter((file) => /node_modules.(pg|@azure|@pulumi.(azure-native|azuread|postgresql)|typescript)./.test(file)).length)`;
    assert.equal(await nodeSays(code), "0\n");
});

test("the class DatabasePrincipal loads nothing but the SDK", async () => {
    const code = `require("tsx/cjs"); require("@pulumi/pulumi"); const before = new Set(Object.keys(require.cache));
        require(${JSON.stringify(path.join(COMPONENTS, "databasePrincipal.ts"))});
        console.log(Object.keys(require.cache).filter((file) => !before.has(file)).map((file) => require("path").basename(file)).join())`;
    assert.equal(await nodeSays(code), "databasePrincipal.ts\n");
});

function nodeSays(code: string): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ["-e", code], {
            cwd: COMPONENTS,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let [out, err] = ["", ""];
        child.stdout.on("data", (text: Buffer) => (out += text.toString()));
        child.stderr.on("data", (text: Buffer) => (err += text.toString()));
        child.once("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(err))));
    });
}

test("the schema describes the resources, and all its references resolve", async (t) => {
    const { client } = await startPlugin(t);
    const response = await client.call<GetSchemaResponse>("getSchema", new GetSchemaRequest());
    const schema = JSON.parse(response.getSchema()) as {
        name: string;
        version: string;
        types: Record<string, unknown>;
        resources: Record<string, Record<string, unknown>>;
    };
    assert.deepEqual([schema.name, schema.version], ["azure-postgres-entra", version]);
    const resource = schema.resources["azure-postgres-entra:index:DatabasePrincipal"]!;
    assert.deepEqual(resource["requiredInputs"], ["connection", "name", "principalType"]);
    const set = schema.resources["azure-postgres-entra:index:DatabasePrincipalSet"]!;
    assert.deepEqual(
        [set["requiredInputs"], set["required"]],
        [["connection", "principals"], ["principals"]],
    );
    const references = [...response.getSchema().matchAll(/"#\/types\/([^"]+)"/g)].map((match) => match[1]!);
    assert.ok(references.length >= 6);
    for (const reference of references) assert.ok(reference in schema.types, reference);
});
