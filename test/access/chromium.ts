/** The Chromium on PATH, driven through playwright-core: nothing is downloaded. */

import { existsSync } from "node:fs";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
    const folders = (environment["PATH"] ?? "").split(path.delimiter).filter(Boolean);
    return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) =>
        existsSync(file),
    );
}

/** For `test(..., { skip })`: why the browser's tests cannot run here, or false. */
export const skipWithoutChromium =
    findChromium() === undefined && `no Chromium is on PATH (${NAMES.join(", ")})`;

export function openBrowser(): Promise<Browser> {
    // As root, and in most containers, Chromium's own sandbox cannot work; the page is the tests' own.
    const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
    return chromium.launch({ executablePath: findChromium(), args });
}
