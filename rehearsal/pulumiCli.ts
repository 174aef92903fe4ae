import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

const EXECUTABLE = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/**
 * The Pulumi CLI that is installed on this machine, or `undefined`. Looked for on PATH, outside `node_modules` (there lies the
 * npm package's wrapper, which downloads), and where that wrapper keeps what it downloaded. Never downloads.
 */
export function findInstalledPulumi(environment = process.env): string | undefined {
    return [...onPath(environment), ...downloaded(environment)].find((file) => existsSync(file));
}

/** The installed CLI, or else the npm package's wrapper, which fetches the CLI on its first use where there is internet. */
export function findPulumi(projectFolder: string): { command: string; argumentsBefore: string[] } {
    const installed = findInstalledPulumi();
    if (installed) return { command: installed, argumentsBefore: [] };
    const wrapper = path.join(projectFolder, "node_modules", "pulumi", "run.js");
    return { command: process.execPath, argumentsBefore: [wrapper] };
}

function onPath(environment: NodeJS.ProcessEnv): string[] {
    const folders = (environment.PATH ?? "").split(path.delimiter);
    return folders
        .filter((folder) => folder !== "" && !folder.split(path.sep).includes("node_modules"))
        .map((folder) => path.join(folder, EXECUTABLE));
}

function downloaded(environment: NodeJS.ProcessEnv): string[] {
    const versions = path.join(environment.PULUMI_HOME ?? path.join(homedir(), ".pulumi"), "versions");
    if (!existsSync(versions)) return [];
    const newestFirst = readdirSync(versions).sort((a, b) =>
        b.localeCompare(a, undefined, { numeric: true }),
    );
    return newestFirst.map((version) => path.join(versions, version, "bin", EXECUTABLE));
}
