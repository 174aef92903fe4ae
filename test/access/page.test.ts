/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { pageAssets } from "../../report/access/pageAssets";
import { renderPage } from "../../report/access/render/page";
import { openBrowser, skipWithoutChromium } from "./chromium";
import { lowContrast } from "./contrast";
import { REPORT_NAMES, sampleReport } from "./sampleReport";

const PEOPLE = Array.from({ length: 200 }, (_, i) => `person-${i}@contoso.com`);

/** What the element with the focus is called, and whether one sees that it has the focus. */
const focused = (page: Page) =>
    page.evaluate(() => {
        const element = document.activeElement!;
        const style = getComputedStyle(element);
        const name = element.querySelector(".name")?.textContent ?? element.id;
        return { id: element.id, name, outline: style.outlineStyle, width: parseFloat(style.outlineWidth) };
    });

const shown = (page: Page, selector: string) =>
    page.evaluate(
        (s) =>
            [...document.querySelectorAll(s)]
                .filter((e) => e.checkVisibility())
                .map((e) => e.textContent!.trim()),
        selector,
    );

describe("the access report's page, in Chromium", { skip: skipWithoutChromium, concurrency: 1 }, () => {
    const folder = mkdtempSync(path.join(tmpdir(), "access-page-test-"));
    let browser: Browser;
    before(async () => {
        browser = await openBrowser();
    });
    after(async () => {
        await browser?.close();
        rmSync(folder, { recursive: true });
    });

    /** The page, with everything that it asks for or complains of. */
    async function open(names: readonly string[], colorScheme: "light" | "dark" = "light") {
        const file = path.join(folder, "page.html");
        writeFileSync(file, renderPage(sampleReport(names), pageAssets()));
        const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 900 } });
        const page = await context.newPage();
        const complaints: string[] = [];
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("request", (request) => {
            if (request.url() !== pathToFileURL(file).href) complaints.push(`request of ${request.url()}`);
        });
        page.on("dialog", (dialog) => {
            complaints.push(`dialog ${dialog.message()}`);
            void dialog.dismiss();
        });
        await page.goto(pathToFileURL(file).href);
        return { page, complaints, close: () => context.close() };
    }

    for (const scheme of ["light", "dark"] as const)
        test(`finds a principal among 200 by search, with the keyboard alone, ${scheme}`, async () => {
            const { page, complaints, close } = await open(PEOPLE, scheme);
            await page.keyboard.press("/");
            assert.equal((await focused(page)).id, "search");
            await page.keyboard.type("person-123");
            assert.deepEqual(await shown(page, "#roles .name"), ["person-123@contoso.com"]);
            assert.deepEqual(await shown(page, "#databases .name"), ["billing"]);
            assert.deepEqual(await shown(page, "output"), ["1 of 200 roles"]);
            assert.deepEqual(await shown(page, "details[data-role] > summary .name"), [
                "person-123@contoso.com",
            ]);
            await page.keyboard.press("ArrowDown");
            assert.equal((await focused(page)).name, "person-123@contoso.com", "its identity");
            await page.keyboard.press("ArrowRight");
            const role = await focused(page);
            assert.match(role.id, /^role-/);
            assert.equal(role.outline, "solid");
            assert.ok(role.width >= 2, "the focus is seen");
            assert.equal(await page.evaluate(() => document.querySelectorAll("path.lit").length), 2);
            await page.keyboard.press("Enter");
            const text = await page.evaluate(
                () => document.activeElement!.closest("details[open]")!.textContent!,
            );
            assert.match(text, /aaaaaaaa-0000-4000-8000-000000000123/);
            assert.match(text, /SELECT on 3 of 5 tables/);
            assert.deepEqual(complaints, []);
            await close();
        });

    test("arrow keys go through the columns, Home and End to their ends, Escape to the search", async () => {
        const { page, complaints, close } = await open(PEOPLE.slice(0, 12));
        await page.keyboard.press("Tab");
        assert.equal((await focused(page)).id, "search");
        await page.keyboard.press("Tab");
        assert.match((await focused(page)).id, /^identity-/, "the whole picture is one stop of the Tab key");
        await page.keyboard.press("End");
        const last = (await shown(page, "#identities .name")).at(-1);
        assert.equal((await focused(page)).name, last);
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowDown");
        assert.equal((await focused(page)).name, (await shown(page, "#identities .name"))[1]);
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        assert.match((await focused(page)).id, /^database-/);
        await page.keyboard.press("ArrowLeft");
        assert.match((await focused(page)).id, /^role-/);
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement!.closest("#picture")), null);
        await page.keyboard.press("Shift+Tab");
        assert.match((await focused(page)).id, /^role-/, "back where one was");
        await page.keyboard.press("Escape");
        assert.equal((await focused(page)).id, "search");
        assert.deepEqual(complaints, []);
        await close();
    });

    test("a member finds the group's role, and a database the roles that reach it", async () => {
        const { page, close } = await open(PEOPLE.slice(0, 9));
        await page.fill("#search", "member of person-5");
        assert.deepEqual(await shown(page, "#identities .name"), ["member of person-5@contoso.com"]);
        assert.deepEqual(await shown(page, "#roles .name"), ["person-5@contoso.com"]);
        await page.fill("#search", "billing");
        assert.equal((await shown(page, "#roles .name")).length, 4);
        await page.fill("#search", "nobody at all");
        assert.deepEqual(await shown(page, ".node"), []);
        assert.deepEqual(await shown(page, "output"), ["0 of 9 roles"]);
        await page.keyboard.press("Escape");
        assert.equal((await shown(page, "#roles .name")).length, 9);
        await close();
    });

    test("with 200 principals no node overlaps another, links begin and end at their nodes, and only those in sight are drawn", async () => {
        const { page, close } = await open(PEOPLE);
        const faults = await page.evaluate(() => {
            const found: string[] = [];
            for (const column of document.querySelectorAll(".nodes")) {
                const boxes = [...column.querySelectorAll(".node")].map((node) =>
                    node.getBoundingClientRect(),
                );
                for (const [i, box] of boxes.entries())
                    if (i > 0 && box.top < boxes[i - 1]!.bottom) found.push(`node ${i} overlaps`);
            }
            const picture = document.getElementById("picture")!;
            const links = JSON.parse(picture.dataset["links"]!) as [string, string][];
            const paths = picture.querySelectorAll<SVGPathElement>("svg.links path");
            const origin = picture.getBoundingClientRect();
            let drawn = 0;
            for (const [i, [from, to]] of links.entries()) {
                if (paths[i]!.hasAttribute("hidden")) continue;
                drawn++;
                const ends = [0, paths[i]!.getTotalLength()].map((at) => paths[i]!.getPointAtLength(at));
                const boxes = [from, to].map((id) => document.getElementById(id)!.getBoundingClientRect());
                for (const [j, { y }] of ends.entries()) {
                    const at = y + origin.top;
                    if (at < boxes[j]!.top - 1 || at > boxes[j]!.bottom + 1)
                        found.push(`link ${i} misses ${j}`);
                }
            }
            return { found, links: links.length, drawn };
        });
        assert.deepEqual([faults.found, faults.links], [[], 400]);
        assert.ok(
            faults.drawn > 10 && faults.drawn < 80,
            `${faults.drawn} links, of the nodes in sight alone`,
        );
        // The databases stay in sight however far down one is.
        await page.evaluate(() => scrollTo(0, 4000));
        const top = await page.evaluate(
            () => document.getElementById("databases")!.getBoundingClientRect().top,
        );
        assert.ok(top >= 0 && top < 900, `${top}`);
        await close();
    });

    for (const scheme of ["light", "dark"] as const)
        test(`every text has a contrast of at least 4.5, ${scheme}`, async () => {
            const { page, close } = await open(PEOPLE.slice(0, 12), scheme);
            await page.evaluate(() => {
                for (const details of document.querySelectorAll("details")) details.open = true;
            });
            // The compiler's helper for functions' names does not exist in the page.
            const inPage = `((__name) => (${lowContrast.toString()})(4.5))((f) => f)`;
            assert.deepEqual(await page.evaluate(inPage), []);
            const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(ground, scheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 22, 28)");
            await close();
        });

    test("names that others chose stay text: nothing runs, nothing is asked for, no other element appears", async () => {
        const { page, complaints, close } = await open(REPORT_NAMES);
        const names = await shown(page, "#roles .name");
        assert.equal(names.length, REPORT_NAMES.length);
        for (const name of [
            "</script><script>document.title='evil'</script>",
            "[evil](https://evil.example)",
        ])
            assert.ok(names.includes(name), name);
        assert.ok(names.includes("\\u{202e}gnp.exe"), "direction characters are written out");
        const elements = await page.evaluate(() => ({
            title: document.title,
            scripts: document.scripts.length,
            strange: document.querySelectorAll("img, iframe, object, svg[onload], [onerror], [style], b b")
                .length,
        }));
        assert.deepEqual(elements, {
            title: "Access to pg-sample.postgres.database.azure.com",
            scripts: 1,
            strange: 0,
        });
        await page.fill("#search", "<img");
        assert.equal((await shown(page, "#roles .name")).length, 1);
        assert.deepEqual(complaints, []);
        await close();
    });

    test("its policy lets nothing be fetched or run that is not its own", async () => {
        const { page, complaints, close } = await open(["a"]);
        const policy = await page.getAttribute("meta[http-equiv]", "content");
        assert.match(
            policy!,
            /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
        );
        await page.evaluate(() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'ran'";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "https://evil.example/x.png";
            document.body.append(image);
        });
        assert.notEqual(await page.title(), "ran");
        const refused = complaints.filter((text) => /Content Security Policy/.test(text));
        assert.equal(refused.length, 2);
        await close();
    });
});
