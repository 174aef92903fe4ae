/**
 * Makes docs/images/access-report.png: `npm run screenshot`. The stack `local`, changed by hand in a few places, read and rendered as
 * anybody would have it, in the Chromium on PATH.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { pageAssets } from "../../report/access/pageAssets";
import { renderPage } from "../../report/access/render/page";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { openBrowser } from "./chromium";
import { deployedWorld, type ReportWorld } from "./reportWorld";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";

const IMAGE = path.join(PROJECT_FOLDER, "docs", "images", "access-report.png");
const SIZE = { width: 1120, height: 840 };

async function main(): Promise<void> {
    const folder = mkdtempSync(path.join(tmpdir(), "access-page-"));
    const world = await deployedWorld();
    try {
        await change(world);
        const file = path.join(folder, "access.html");
        writeFileSync(file, renderPage(await world.report(), pageAssets()));
        const browser = await openBrowser();
        try {
            const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
            await page.goto(pathToFileURL(file).href);
            mkdirSync(path.dirname(IMAGE), { recursive: true });
            await page.screenshot({ path: IMAGE });
        } finally {
            await browser.close();
        }
    } finally {
        await world.stop();
        rmSync(folder, { recursive: true });
    }
    process.stdout.write(`${IMAGE}\n`);
}

/** A few things of each kind, so that the picture stays a picture of an ordinary server. */
async function change({ azure, administrator, superuser }: ReportWorld): Promise<void> {
    const olga = "olga@contoso.onmicrosoft.com";
    await administrator([
        `select pgaadauth_create_principal_with_oid('${olga}', '${SEED_IDS.olga}', 'user', false, false)`,
        `grant orders_readwrite to "${olga}"`,
    ]);
    await superuser("create role legacy_app login password 'only-for-this-picture'");
    await superuser("grant connect on database analytics to legacy_app");
    azure.directory.remove(SEED_IDS.guest);
}

main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
});
