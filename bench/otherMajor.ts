/** Another major of PostgreSQL than the tests' own: for the whole bench, and to show what 15 does that later ones do not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { platformPackage } from "../emulator/postgres/binaries";
import { DEFAULT_MAJOR, fetchMajor } from "../emulator/postgres/majors";
import { growth, type Line, type Row } from "./rows";

/** The last one where `CREATE ROLE` makes nobody a member. */
const LINEAR = 15;
const [FEW, MANY] = [1_000, 10_000];

/** @throws Error where it is not in the cache and cannot be fetched. */
export async function runOnMajor(major: number): Promise<void> {
    if (major !== DEFAULT_MAJOR) await fetchMajor(major, platformPackage());
    process.env["AZURE_POSTGRES_ENTRA_PG_VERSION"] = String(major);
}

/** Empty, and says why, where that major cannot be fetched. */
export async function linearGrowthLines(progress: (text: string) => void): Promise<Line[]> {
    try {
        await fetchMajor(LINEAR, platformPackage());
    } catch (error) {
        progress(`left out, as PostgreSQL ${LINEAR} cannot be fetched: ${(error as Error).message}`);
        return [];
    }
    const times = growth(await rowsOn(LINEAR), "set", "create", FEW, MANY);
    return [
        { what: `a set's create on PostgreSQL ${LINEAR}, 10,000 to 1,000 principals`, value: `${times}x` },
    ];
}

/** In a process of its own, as the variable counts for a whole one. */
async function rowsOn(major: number): Promise<Row[]> {
    const folder = await mkdtemp(path.join(tmpdir(), "bench-major-"));
    try {
        const file = path.join(folder, "rows.json");
        const words = ["--major", `${major}`, "--only", "principals", "--sizes", `${FEW},${MANY}`];
        const child = spawn(
            process.execPath,
            ["--import", "tsx", path.join(__dirname, "main.ts"), ...words, "--singles", "1", "--json", file],
            { stdio: ["ignore", "ignore", "inherit"] },
        );
        const [code] = (await once(child, "exit")) as [number | null];
        if (code !== 0) throw new Error(`the bench on PostgreSQL ${major} failed; its error stands above`);
        return JSON.parse(await readFile(file, "utf8")) as Row[];
    } finally {
        await rm(folder, { recursive: true });
    }
}
