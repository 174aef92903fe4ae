import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { PageAssets } from "./render/page";

const FOLDER = path.join(__dirname, "page");

/** The page's style and script, which go into it as they are. */
export function pageAssets(): PageAssets {
    const [style, script] = ["page.css", "page.js"].map((file) =>
        readFileSync(path.join(FOLDER, file), "utf8"),
    );
    return { style: style!, script: script!, styleHash: hash(style!), scriptHash: hash(script!) };
}

function hash(text: string): string {
    return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
