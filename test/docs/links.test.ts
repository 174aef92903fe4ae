import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { anchors, localLinks, markdownFiles, readMarkdown, ROOT } from "./markdown";

const files = markdownFiles();

describe("links in the documentation", () => {
    test("there are pages and links to check", () => {
        assert.ok(files.includes("README.md") && files.includes(path.join("docs", "architecture.md")));
        assert.ok(files.flatMap((file) => localLinks(readMarkdown(file))).length > 20);
    });

    for (const file of files)
        test(`every link of ${file} leads to a file and a heading that are there`, () => {
            // The parts of reference pages are written for where the pages are.
            const folder = file.startsWith(path.join("packaging", "reference"))
                ? path.join("docs", "reference")
                : path.dirname(file);
            const broken = localLinks(readMarkdown(file)).filter(
                (link) => !leadsSomewhere(file, folder, link),
            );
            assert.deepEqual(broken, []);
        });
});

function leadsSomewhere(file: string, folder: string, link: string): boolean {
    const [target, anchor] = link.split("#") as [string, string | undefined];
    const page = target === "" ? file : path.join(folder, decodeURIComponent(target));
    if (!existsSync(path.join(ROOT, page))) return false;
    return (
        !anchor || (page.endsWith(".md") && anchors(readMarkdown(page)).includes(decodeURIComponent(anchor)))
    );
}
