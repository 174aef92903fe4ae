import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { version } from "../../components/package.json";
import { publishedManifest } from "../../packaging/manifest";
import { pack } from "../../packaging/stage";
import { ProviderClient } from "../provider/grpcClient";
import { InstalledPackage } from "./installed";

const TOOLS = path.join(__dirname, "..", "..", "node_modules");

/** Uses values, an enum, a class and types of the package, and makes a component with the SDK's mocks. */
const program = (imports: string) => `${imports}
void pulumi.runtime.setMocks({
    newResource: (args) => ({ id: args.name + "-id", state: { ...args.inputs, objectId: "made" } }),
    call: (args) => args.inputs,
});
const administrators: EntraAdministratorArgs[] = [];
const mode: AuthMode = AuthMode.EntraOnly;
const group = new EntraAdminGroup("admins", { create: { displayName: "DB Admins" } });
group.objectId.apply((id: string) => console.log(id, mode, administrators.length, PACKAGE_NAME));
`;
const NAMES = "AuthMode, EntraAdminGroup, type EntraAdministratorArgs";
const ESM = program(`import * as pulumi from "@pulumi/pulumi";
import { ${NAMES} } from "azure-postgres-entra";
import manifest from "azure-postgres-entra/package.json" with { type: "json" };
const PACKAGE_NAME: string = manifest.name;`);
const CJS = program(`import pulumi = require("@pulumi/pulumi");
import { ${NAMES} } from "azure-postgres-entra";
const PACKAGE_NAME: string = require("azure-postgres-entra/package.json").name;`);

test("packing leaves the new version's tarball alone in its folder, and touches no other package's", (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), "packing-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const [staged, target] = [path.join(folder, "package"), path.join(folder, "dist")];
    mkdirSync(staged);
    for (const packed of ["1.0.0", "1.0.1"]) {
        writeFileSync(path.join(staged, "package.json"), JSON.stringify({ name: "one", version: packed }));
        assert.equal(path.basename(pack(target, staged)), `one-${packed}.tgz`);
        writeFileSync(path.join(target, "two-1.0.0.tgz"), "");
    }
    assert.deepEqual(readdirSync(target).sort(), ["one-1.0.1.tgz", "two-1.0.0.tgz"]);
});

describe("the packed npm package, in a folder that has nothing else", { concurrency: 1 }, () => {
    let installed: InstalledPackage;
    let files: string[];
    before(() => {
        installed = new InstalledPackage(["@types/node"]);
        files = readdirSync(installed.package, { recursive: true, encoding: "utf8" });
    });
    after(() => installed?.close());
    const read = (file: string) => readFileSync(path.join(installed.package, file), "utf8");

    test("its README names every component and resource", () => {
        const { resources } = JSON.parse(read("schema.json")) as { resources: object };
        const table = read("README.md")
            .split("\n")
            .filter((line) => line.startsWith("| `"));
        for (const token of Object.keys(resources)) {
            const name = `\`${token.split(":").at(-1)}\``;
            assert.ok(
                table.some((line) => line.split("|")[1]!.includes(name)),
                name,
            );
        }
    });

    test("holds JavaScript, types, source maps, schema, plugin, README and licence, and nothing else", () => {
        for (const file of [
            "README.md",
            "LICENSE",
            "schema.json",
            "PulumiPlugin.yaml",
            "plugin.js",
            "package.json",
        ])
            assert.ok(files.includes(file), file);
        const scripts = files.filter((file) => file.endsWith(".js") && file !== "plugin.js");
        assert.ok(scripts.length > 50);
        for (const script of scripts) {
            assert.ok(files.includes(`${script}.map`), script);
            assert.ok(files.includes(script.replace(/\.js$/, ".d.ts")), script);
        }
        const others = files.filter((file) => !/\.(js|d\.ts|js\.map)$/.test(file)).sort();
        assert.deepEqual(others, [
            "LICENSE",
            "PulumiPlugin.yaml",
            "README.md",
            "package.json",
            "provider",
            "schema.json",
        ]);
        const { sources, sourcesContent } = JSON.parse(read("flexibleServer.js.map")) as Record<
            string,
            string[]
        >;
        assert.match(sources![0]!, /flexibleServer\.ts$/);
        assert.match(sourcesContent![0]!, /export class FlexibleServer/);
    });

    test("its package.json names every package that its code loads, in ranges, and no more", () => {
        const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
        const loaded = files
            .filter((file) => file.endsWith(".js") && file !== "plugin.js")
            .flatMap((file) => [...read(file).matchAll(/(?:require|import)\("([^".][^"]*)"\)/g)])
            .map((match) =>
                match[1]!
                    .split("/")
                    .slice(0, match[1]!.startsWith("@") ? 2 : 1)
                    .join("/"),
            )
            .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name));
        assert.deepEqual([...new Set(loaded)].sort(), Object.keys(dependencies).sort());
        for (const range of Object.values(dependencies)) assert.match(range, /^\^\d/);
    });

    test("publint finds nothing", () => {
        const words = [path.join(TOOLS, "publint", "src", "cli.js"), installed.package, "--strict"];
        const output = execFileSync(process.execPath, words, { encoding: "utf8" });
        assert.match(output, /All good/);
    });

    test("are-the-types-wrong finds nothing: CommonJS and ES modules get the types of what they get", () => {
        const words = [path.join(TOOLS, "@arethetypeswrong", "cli", "dist", "index.js"), installed.tarball];
        // It ends with an error where it finds anything.
        const output = execFileSync(process.execPath, words, { encoding: "utf8" });
        assert.match(output, /No problems found/);
    });

    test("an ESM and a CommonJS program in TypeScript type-check, with the libraries' types, and run", async () => {
        const write = (name: string, text: string) => writeFileSync(path.join(installed.folder, name), text);
        write("esm.mts", ESM);
        write("cjs.cts", CJS);
        const options = {
            module: "nodenext",
            target: "es2022",
            strict: true,
            types: ["node"],
            skipLibCheck: false,
        };
        write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["esm.mts", "cjs.cts"] }));
        const compiled = await installed.node(path.join(TOOLS, "typescript", "bin", "tsc"));
        assert.equal(compiled.code, 0, compiled.out);
        for (const file of ["esm.mjs", "cjs.cjs"]) {
            const { code, out, err } = await installed.node(file);
            assert.equal(code, 0, err);
            assert.equal(out, "made EntraOnly 0 azure-postgres-entra\n", file);
        }
    });

    test("an ES module gets every name that a CommonJS one gets", async () => {
        const script = `
            import * as names from "azure-postgres-entra";
            import { createRequire } from "node:module";
            const required = createRequire(import.meta.url)("azure-postgres-entra");
            const missing = Object.keys(required).filter((name) => !(name in names));
            console.log(JSON.stringify([Object.keys(required).length > 50, missing]));`;
        const { out, err } = await installed.node("--input-type=module", "--eval", script);
        assert.equal(out, "[true,[]]\n", err);
    });

    test("its plugin starts without any TypeScript loader, and serves", async () => {
        const runPlugin = path.join(TOOLS, "@pulumi", "pulumi", "cmd", "run-plugin");
        const child = spawn(process.execPath, [runPlugin, installed.package, "127.0.0.1:1"], {
            cwd: installed.folder,
            stdio: ["ignore", "pipe", "inherit"],
        });
        try {
            const [port] = (await once(createInterface(child.stdout), "line")) as [string];
            const client = new ProviderClient(Number(port));
            const info = await client.call<{ getVersion(): string }>("getPluginInfo", new Empty());
            assert.equal(info.getVersion(), version);
            client.close();
        } finally {
            child.kill("SIGKILL");
        }
    });
});

test("in a workflow the package names the repository that it comes from, as provenance wants it", () => {
    const manifest = { name: "p", version: "1.0.0", dependencies: { tsx: "1.0.0", pg: "2.0.0" } };
    const environment = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r" };
    const { repository, dependencies } = publishedManifest(manifest, environment);
    assert.deepEqual(repository, {
        type: "git",
        url: "git+https://github.com/o/r.git",
        directory: "components",
    });
    assert.deepEqual(dependencies, { pg: "^2.0.0" });
    assert.equal(publishedManifest(manifest, {})["repository"], undefined);
});
