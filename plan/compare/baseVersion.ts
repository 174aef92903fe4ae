import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Another version of the project, from git, in a folder of its own. Touches neither the index nor the working tree. */
export interface BaseVersion {
    ref: string;
    commit: string;
    folder: string;
    /** Whether its runtime packages are those that are installed here, so that its own program can run. */
    samePackages: boolean;
    remove(): void;
}

/**
 * @param ref a commit, branch or tag of the repository that holds the project
 * @throws Error where git does not know it
 */
export function openBaseVersion(projectFolder: string, ref: string): BaseVersion {
    const commit = git(
        projectFolder,
        ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
        {
            failure: `git knows no commit '${ref}'. In a shallow clone, fetch it first: git fetch --depth=1 origin ${ref}`,
        },
    );
    const prefix = git(projectFolder, ["rev-parse", "--show-prefix"]).replace(/\/$/, "");
    // From a subfolder git would check out that folder's files alone.
    const repository = git(projectFolder, ["rev-parse", "--show-toplevel"]);
    const parent = mkdtempSync(path.join(tmpdir(), "plan-base-"));
    const remove = () => rmSync(parent, { recursive: true, force: true });
    try {
        const folder = path.join(parent, "project");
        checkOut(repository, `${commit}:${prefix}`, folder);
        linkPackages(projectFolder, folder);
        return { ref, commit, folder, samePackages: samePackages(projectFolder, folder), remove };
    } catch (error) {
        remove();
        throw error;
    }
}

/** With an index of its own, so that nothing of the repository changes. */
function checkOut(repository: string, tree: string, folder: string): void {
    mkdirSync(folder);
    const env = { GIT_INDEX_FILE: path.join(path.dirname(folder), "index") };
    git(repository, ["read-tree", tree], { env });
    git(repository, ["checkout-index", "--all", "--force", `--prefix=${folder}${path.sep}`], { env });
}

function git(
    cwd: string,
    words: string[],
    options: { env?: Record<string, string>; failure?: string } = {},
): string {
    const run = spawnSync("git", words, { cwd, env: { ...process.env, ...options.env }, encoding: "utf8" });
    if (run.error) throw new Error(`git did not start: ${run.error.message}`);
    if (run.status !== 0) throw new Error(options.failure ?? `git ${words[0]} failed: ${run.stderr.trim()}`);
    return run.stdout.trim();
}

/** The installed packages, but for the project's own one, which is the version's. */
function linkPackages(projectFolder: string, folder: string): void {
    const from = path.join(projectFolder, "node_modules");
    const to = path.join(folder, "node_modules");
    mkdirSync(to);
    for (const name of readdirSync(from))
        if (name !== OWN_PACKAGE) symlinkSync(path.join(from, name), path.join(to, name), "junction");
    symlinkSync(path.join(folder, "components"), path.join(to, OWN_PACKAGE), "junction");
}

const OWN_PACKAGE = "azure-postgres-entra";

interface LockedPackage {
    version?: string;
    dev?: boolean;
    link?: boolean;
}

/** By what package-lock.json says; packages that only serve development do not count. */
function samePackages(projectFolder: string, folder: string): boolean {
    return lockedPackages(projectFolder) === lockedPackages(folder);
}

function lockedPackages(folder: string): string | undefined {
    const file = path.join(folder, "package-lock.json");
    if (!existsSync(file)) return undefined;
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
        packages: Record<string, LockedPackage>;
    };
    const installed = Object.entries(packages).filter(
        ([name, { dev, link }]) => name.includes("node_modules/") && !dev && !link,
    );
    return JSON.stringify(installed.map(([name, { version }]) => [name, version]));
}

/** What a command of another version printed. */
export interface ChildOutcome {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Runs a TypeScript file of the version with this Node. */
export function runThere(folder: string, words: string[], env: NodeJS.ProcessEnv): Promise<ChildOutcome> {
    const child = spawn(process.execPath, ["--import", "tsx", ...words], {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, ...texts }));
    });
}
