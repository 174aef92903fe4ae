import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pack, stage } from "../../packaging/stage";

const MODULES = path.join(__dirname, "..", "..", "node_modules");

export interface Run {
    code: number | null;
    out: string;
    err: string;
}

/**
 * The packed package in an empty folder, unpacked as npm does it. Its dependencies are links to those that are here, and only to
 * those that its package.json names: one that is missing there is not found.
 */
export class InstalledPackage {
    readonly folder = mkdtempSync(path.join(tmpdir(), "installed-"));
    readonly package = path.join(this.folder, "node_modules", "azure-postgres-entra");
    readonly tarball: string;

    /** @param more packages of the consumer's own, such as a compiler */
    constructor(more: string[] = []) {
        const staging = path.join(this.folder, "staging");
        stage(staging);
        this.tarball = pack(path.join(this.folder, "tarball"), staging);
        rmSync(staging, { recursive: true });
        mkdirSync(this.package, { recursive: true });
        execFileSync("tar", ["xzf", this.tarball, "--strip-components=1", "-C", this.package]);
        const manifest = JSON.parse(readFileSync(path.join(this.package, "package.json"), "utf8")) as {
            dependencies: Record<string, string>;
        };
        for (const name of [...Object.keys(manifest.dependencies), ...more]) this.#link(name);
    }

    #link(name: string): void {
        const target = path.join(this.folder, "node_modules", name);
        mkdirSync(path.dirname(target), { recursive: true });
        symlinkSync(path.join(MODULES, name), target);
    }

    node(...words: string[]): Promise<Run> {
        // Nothing of this test run's own loader.
        const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
        const child = spawn(process.execPath, words, {
            cwd: this.folder,
            env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        const run: Run = { code: null, out: "", err: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (run.out += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (run.err += text));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) => resolve({ ...run, code }));
        });
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
