import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { accessReportJsonSchema, type AccessReport } from "../../report/access/accessReport";
import { HELP, readOptions } from "../../report/access/options";
import { pageAssets } from "../../report/access/pageAssets";
import { renderMarkdown } from "../../report/access/render/markdown";
import { renderPage } from "../../report/access/render/page";
import { renderText } from "../../report/access/render/text";
import { REPORT_NAMES, sampleReport } from "./sampleReport";

const plain = (text: string) => text;
const PLAIN = { good: plain, bad: plain, dim: plain, bold: plain };

describe("names that others chose", () => {
    const report: AccessReport = sampleReport(REPORT_NAMES);

    test("draw nothing on a terminal: control and direction characters are written out", () => {
        const text = renderText(report, PLAIN, Infinity);
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        const width = text.split("\n").filter((line) => /^[┌├└]/.test(line) || line.startsWith("│"));
        assert.ok(width.length > REPORT_NAMES.length);
        assert.match(text, /\\u\{1b\}/);
    });

    test("nothing invisible is left in any form: soft hyphens, tags and private characters neither", () => {
        const hidden = ["a\u00adb", "a\u{e0041}b", "a\ue000b", "a\u180eb"];
        const hiding = sampleReport(hidden);
        const forms = [
            renderText(hiding, PLAIN, Infinity),
            renderMarkdown(hiding),
            renderPage(hiding, pageAssets()),
        ];
        for (const form of forms) {
            for (const name of hidden) assert.ok(!form.includes(name), JSON.stringify(name));
            assert.match(form, /a\\+u\\?\{ad\\?\}b/);
        }
    });

    test("are text in Markdown: no markup, no new row, no new cell", () => {
        const markdown = renderMarkdown(report);
        assert.doesNotMatch(markdown, /<[a-z/!]/i);
        assert.doesNotMatch(markdown, /(?<!\\)(\*\*.*evil|\[.*\]\()/);
        const rows = markdown.split("\n").filter((line) => line.startsWith("| "));
        const section = rows.slice(rows.indexOf("| role | kind | object id | admin | MFA | member of |"));
        for (const row of section.slice(0, REPORT_NAMES.length + 2))
            assert.equal(row.match(/(?<!\\)\|/g)?.length, 7, row);
    });
});

test("a group within a group signs in as nobody, and stands in no list of those who do", () => {
    const report = sampleReport(["a", "b", "c"]);
    for (const form of [
        renderText(report, PLAIN, 200),
        renderMarkdown(report),
        renderPage(report, pageAssets()),
    ]) {
        assert.match(form, /member of c/);
        assert.doesNotMatch(form, /group within/);
    }
});

describe("the command line of npm run access", () => {
    test("says what is wrong with it", () => {
        const wrong: [string[], RegExp][] = [
            [[], /say which stack: --stack/],
            [["--stack"], /--stack needs a value/],
            [["--stack", "x", "--html"], /--html needs a value, for instance --html access\.html/],
            [["--stack", "x", "--jsn"], /unknown option: --jsn/],
            [["--stack", "x", "--json", "--markdown"], /give one of them/],
            [["--stack", "x", "more"], /unknown option: more/],
        ];
        for (const [words, text] of wrong) assert.throws(() => readOptions(words), text, words.join(" "));
    });

    test("takes options in both spellings; --html alone prints no tables", () => {
        assert.equal(readOptions(["--help"]), "help");
        assert.deepEqual(readOptions(["--stack=dev", "--as", "Postgres Admins", "--fail-on-drift"]), {
            stack: "dev",
            format: "text",
            html: undefined,
            failOnDrift: true,
            as: "Postgres Admins",
            graph: true,
        });
        const page = readOptions(["-s", "dev", "--html", "a.html", "--no-graph"]);
        assert.deepEqual(page !== "help" && [page.format, page.html, page.graph], ["none", "a.html", false]);
        const both = readOptions(["-s", "dev", "--html=a.html", "--json"]);
        assert.deepEqual(both !== "help" && both.format, "json");
    });

    test("its help names every option", () => {
        for (const option of [
            "--stack",
            "--json",
            "--markdown",
            "--html",
            "--fail-on-drift",
            "--as",
            "--no-graph",
        ])
            assert.ok(HELP.includes(option), option);
    });
});

test("docs/access-report.schema.json is the schema of what --json prints", () => {
    const file = path.join(__dirname, "..", "..", "docs", "access-report.schema.json");
    const stored = JSON.parse(readFileSync(file, "utf8")) as object;
    assert.deepEqual(stored, accessReportJsonSchema(), "npm run access:schema writes it anew");
});
