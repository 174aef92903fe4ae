import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "..", "..");

export interface CliRun {
    code: number | null;
    /** Standard output and error together, without colours. */
    output: string;
}

/** A Pulumi project in a temporary folder, with a state of its own, whose providers run in the test's process. */
export class CliProject {
    readonly folder = mkdtempSync(path.join(tmpdir(), "components-cli-"));

    /**
     * @param cli path of the Pulumi CLI
     * @param program TypeScript source of the program; it imports `./components/index`
     * @param providers ports by package name
     */
    constructor(
        readonly cli: string,
        program: string,
        readonly providers: Record<string, number>,
    ) {
        this.write(
            "Pulumi.yaml",
            'name: guard\nruntime:\n  name: nodejs\n  options: { typescript: false, nodeargs: "--import tsx" }\n',
        );
        this.write("package.json", JSON.stringify({ name: "guard", main: "index.ts" }));
        this.write("index.ts", program);
        mkdirSync(path.join(this.folder, "state"));
        for (const name of ["node_modules", "components"])
            symlinkSync(path.join(ROOT, name), path.join(this.folder, name));
    }

    path(name: string): string {
        return path.join(this.folder, name);
    }

    write(name: string, text: string): void {
        writeFileSync(this.path(name), text);
    }

    run(args: string[], environment: Record<string, string> = {}): Promise<CliRun> {
        const attached = Object.entries(this.providers).map(([name, port]) => `${name}:${port}`);
        const child = spawn(this.cli, [...args, "--non-interactive", "--color", "never"], {
            cwd: this.folder,
            env: {
                PATH: process.env["PATH"],
                HOME: this.folder,
                PULUMI_HOME: path.join(this.folder, "home"),
                PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
                PULUMI_CONFIG_PASSPHRASE: "test",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                PULUMI_DEBUG_PROVIDERS: attached.join(","),
                ...environment,
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (text: string) => (output += text));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) => resolve({ code, output }));
        });
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}
