import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(__dirname, "..", "..");
const SKIPPED = new Set(["node_modules", "dist", ".git", ".pulumi", ".venv", "sdks", "coverage"]);

/** Every Markdown file of the project, relative to its folder. */
export function markdownFiles(folder = ""): string[] {
    return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownFiles(name);
        return entry.name.endsWith(".md") ? [name] : [];
    });
}

export const readMarkdown = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** The code blocks of one language. */
export function codeBlocks(markdown: string, language: string): string[] {
    const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
    return [...markdown.matchAll(fence)].map((match) => match[1]!);
}

/** Links to files and headings, without those to other hosts, and without what stands in code. */
export function localLinks(markdown: string): string[] {
    const prose = markdown.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1]!)
        .filter((link) => !/^[a-z]+:/i.test(link));
}

/** The anchors of a page's headings, as GitHub and npm make them. */
export function anchors(markdown: string): string[] {
    const seen = new Map<string, number>();
    const headings = [...markdown.replace(/^```.*?^```$/gms, "").matchAll(/^#{1,6} (.+)$/gm)];
    return headings.map(([, heading]) => {
        const base = heading!
            .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
            .trim()
            .toLowerCase()
            .replace(/[^\p{L}\p{N}_ -]/gu, "")
            .replace(/ /g, "-");
        const times = seen.get(base) ?? 0;
        seen.set(base, times + 1);
        return times === 0 ? base : `${base}-${times}`;
    });
}
