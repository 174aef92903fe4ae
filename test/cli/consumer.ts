import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LocalCli, PROJECT_FOLDER, type Outcome } from "./localCli";

/** Why a test of this language cannot run here, or false. The Pulumi CLI brings some hosts along, others are on PATH. */
export function skipWithoutLanguage(language: string): string | false {
    const name = `pulumi-language-${language}`;
    const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
    return folders.some((folder) => existsSync(path.join(folder, name)))
        ? false
        : `Pulumi's host for ${language}, ${name}, is not on PATH`;
}

export interface StateResource {
    urn: string;
    type: string;
    protect?: boolean;
    provider?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}

/** A Pulumi project of somebody who uses the package, in a folder of its own, on its stack `local`. */
export class Consumer {
    readonly folder = mkdtempSync(path.join(tmpdir(), "consumer-"));

    /** @param plugin folder of the package. Default: the sources. */
    constructor(
        readonly cli: LocalCli,
        plugin = path.join(PROJECT_FOLDER, "components"),
        readonly runtime: string | object = { name: "nodejs", options: { typescript: false } },
    ) {
        const plugins = { providers: [{ name: "azure-postgres-entra", path: plugin }] };
        this.write("Pulumi.yaml", { name: "consumer", runtime, plugins });
    }

    /** Objects are written as JSON, which YAML is too. */
    write(file: string, content: string | object): void {
        const target = path.join(this.folder, file);
        mkdirSync(path.dirname(target), { recursive: true });
        writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content));
    }

    /** A JavaScript program; `remote(type, name, args, options)` makes a component of the package as a generated SDK does. */
    writeProgram(program: string): void {
        this.write("package.json", { name: "consumer", main: "index.js" });
        const modules = path.join(this.folder, "node_modules");
        if (!existsSync(modules)) symlinkSync(path.join(PROJECT_FOLDER, "node_modules"), modules);
        this.write("index.js", `${REMOTE}\n${program}`);
    }

    local(...words: string[]): Promise<Outcome> {
        return this.cli.local("--cwd", this.folder, ...words);
    }

    async state(): Promise<StateResource[]> {
        const { stdout } = await this.local("stack", "export");
        const { deployment } = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } };
        return deployment.resources ?? [];
    }

    /** Destroys the stack, and checks that nothing is left of it. */
    async destroy(): Promise<void> {
        const { code, text } = await this.local("destroy", "--yes", "--skip-preview", "--run-program");
        assert.equal(code, 0, text);
        assert.deepEqual(await this.state(), []);
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

const REMOTE = `
const pulumi = require("@pulumi/pulumi");
const resources = require("@pulumi/azure-native/resources");
const schema = require(${JSON.stringify(path.join(PROJECT_FOLDER, "components", "schema.json"))});
class Remote extends pulumi.ComponentResource {}
function remote(type, name, args, options) {
    const token = "azure-postgres-entra:index:" + type;
    const outputs = Object.keys(schema.resources[token].properties).map((output) => [output, undefined]);
    return new Remote(token, name, { ...Object.fromEntries(outputs), ...args }, options, true);
}
`;
