import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { gantt } from "./gantt";
import type { ShortestPath } from "./measure";
import { SHORTEST_PATH_IMAGE, SHORTEST_PATH_TITLE, shortestPathSection, withSection } from "./page";

let measured: Promise<ShortestPath> | undefined;

/** Measured once. @throws Error where the deployment fails */
export function shortestPath(): Promise<ShortestPath> {
    return (measured ??= runShortestPath());
}

/** In a process of its own: a Pulumi program runs once in one. */
async function runShortestPath(): Promise<ShortestPath> {
    const child = spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "measure.ts")], {
        stdio: ["ignore", "pipe", "inherit"],
        cwd: path.join(__dirname, "..", ".."),
    });
    const last = (await text(child.stdout)).trim().split("\n").at(-1);
    if (!last) throw new Error("the deployment on the virtual clock failed; its error stands above");
    return JSON.parse(last) as ShortestPath;
}

/** Puts section and chart into the documentation's folder. */
export async function writeShortestPath(docs: string, measured: ShortestPath): Promise<void> {
    const [page, image] = [path.join(docs, "benchmarks.md"), path.join(docs, SHORTEST_PATH_IMAGE)];
    const before = existsSync(page) ? await readFile(page, "utf8") : "# Benchmarks\n";
    await writeFile(page, withSection(before, shortestPathSection(measured)));
    await mkdir(path.dirname(image), { recursive: true });
    await writeFile(image, gantt(measured, SHORTEST_PATH_TITLE));
}
