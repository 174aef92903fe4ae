import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { publishedManifest, type Manifest } from "./manifest";

/**
 * Lays out the npm package in a folder: compiled JavaScript with types and source maps, the schema, the plugin's entry. The
 * sources in `components/` stay as they are and run without a build.
 */

const ROOT = path.join(__dirname, "..");
const COMPONENTS = path.join(ROOT, "components");
export const STAGING_FOLDER = path.join(ROOT, "dist", "package");

/** Files beside the compiled ones, and where they lie. */
const FILES: Record<string, string> = {
    "README.md": COMPONENTS,
    LICENSE: ROOT,
    "PulumiPlugin.yaml": COMPONENTS,
    "plugin.js": COMPONENTS,
    "schema.json": COMPONENTS,
};

/** @throws Error where the sources do not compile */
export function stage(folder = STAGING_FOLDER): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const compiler = require.resolve("typescript/bin/tsc");
    const words = ["--project", path.join(COMPONENTS, "tsconfig.build.json"), "--outDir", folder];
    execFileSync(process.execPath, [compiler, ...words], { stdio: ["ignore", "inherit", "inherit"] });
    for (const [file, from] of Object.entries(FILES)) cpSync(path.join(from, file), path.join(folder, file));
    const manifest = JSON.parse(readFileSync(path.join(COMPONENTS, "package.json"), "utf8")) as Manifest;
    const published = publishedManifest(manifest, process.env);
    writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(published, undefined, 4)}\n`);
}

/** Packs the staged folder; tarballs of other versions go, so that a glob names this one alone. @returns the tarball's path */
export function pack(target: string, folder = STAGING_FOLDER): string {
    mkdirSync(target, { recursive: true });
    const { name } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
    for (const file of readdirSync(target))
        if (file.startsWith(`${name}-`) && /^\d.*\.tgz$/.test(file.slice(name.length + 1)))
            rmSync(path.join(target, file));
    const words = ["pack", folder, "--pack-destination", target, "--json"];
    const output = execFileSync("npm", words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    const [{ filename }] = JSON.parse(output) as [{ filename: string }];
    return path.join(target, filename);
}
