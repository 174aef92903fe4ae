import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { readSchema, SCHEMA_FILE } from "./packageSchema";
import { referenceIndex, referencePage } from "./referencePage";

/** Writes docs/reference anew. A test fails where that was forgotten. */

const ROOT = path.join(__dirname, "..");
export const REFERENCE_FOLDER = path.join(ROOT, "docs", "reference");
const WRITTEN_FOLDER = path.join(__dirname, "reference");

/** The hand-written part for a resource; empty where nobody has written one. */
export function writtenPart(name: string): string {
    const file = path.join(WRITTEN_FOLDER, `${name}.md`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** File name to content, as prettier leaves it. */
export async function referencePages(): Promise<Record<string, string>> {
    const schema = readSchema(SCHEMA_FILE);
    const pages: [string, string][] = [
        ["README.md", referenceIndex(schema)],
        ...Object.keys(schema.resources).map((token): [string, string] => {
            const name = token.slice(token.lastIndexOf(":") + 1);
            return [`${name}.md`, referencePage(schema, token, writtenPart(name))];
        }),
    ];
    const options = {
        ...(await resolveConfig(path.join(REFERENCE_FOLDER, "README.md"))),
        parser: "markdown",
    };
    return Object.fromEntries(
        await Promise.all(pages.map(async ([file, text]) => [file, await format(text, options)] as const)),
    );
}

async function write(): Promise<void> {
    const pages = await referencePages();
    rmSync(REFERENCE_FOLDER, { recursive: true, force: true });
    mkdirSync(REFERENCE_FOLDER, { recursive: true });
    for (const [file, text] of Object.entries(pages)) writeFileSync(path.join(REFERENCE_FOLDER, file), text);
    process.stdout.write(`docs/reference: ${Object.keys(pages).length} pages.\n`);
}

const HELP = `npm run docs:reference: writes docs/reference anew from components/schema.json and packaging/reference/.\n`;

if (require.main === module) {
    if (process.argv.includes("--help")) process.stdout.write(HELP);
    else void write();
}
