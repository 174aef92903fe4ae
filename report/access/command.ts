/** `npm run access`: reads, judges, prints. */

import { writeFile } from "node:fs/promises";
import { declaredStack, SYSTEM_NAMES } from "../../plan/declaredStack";
import { withCloud } from "../../rehearsal/cloudReach";
import { onInterrupt } from "../../rehearsal/interrupt";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { Progress, styleFor } from "../../rehearsal/terminal";
import type { StackConfig } from "../../stackConfig";
import type { AccessReport } from "./accessReport";
import { HELP, readOptions, type AccessOptions } from "./options";
import { readAccess } from "./readAccess";
import { pageAssets } from "./pageAssets";
import { renderMarkdown } from "./render/markdown";
import { renderPage } from "./render/page";
import { renderText } from "./render/text";
import { driftWords } from "./render/words";

const WIDTH_WITHOUT_TERMINAL = 200;
const DRIFT = 2;

/** The stack has a database system that the report does not read. */
export class NoAccessReport extends Error {
    readonly exitCode = 3;
}

/**
 * @param folder of the project whose stack it is
 * @returns the exit code
 * @throws Error where the server cannot be read, or is none that the report reads
 */
export async function accessCommand(words: readonly string[], folder = PROJECT_FOLDER): Promise<number> {
    let options: AccessOptions | "help";
    try {
        options = readOptions(words);
    } catch (error) {
        process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
        return 1;
    }
    if (options === "help") return print(HELP);
    const config = flexibleServerStack(options.stack, folder);
    const interrupted = onInterrupt();
    const report = await withCloud(config.cloud, () => Promise.race([read(options, config), interrupted]));
    return typeof report === "number" ? report : show(report, options);
}

function flexibleServerStack(name: string, folder: string): StackConfig {
    const stack = declaredStack(name, folder);
    if (stack.system === "server") return stack.config;
    const system = SYSTEM_NAMES[stack.system];
    throw new NoAccessReport(
        `Pulumi.${name}.yaml describes a stack with the system ${system} (key ${stack.system}); the access report reads Flexible Servers alone, see docs/access-report.md`,
    );
}

async function read(options: AccessOptions, config: StackConfig): Promise<AccessReport> {
    const progress = new Progress();
    let last: string | undefined;
    const next = (what: string | undefined) => {
        if (what) progress.begin(what);
        if (last) progress.end(last);
        last = what;
    };
    const { stack, as, graph } = options;
    try {
        return await readAccess({ stack, config, as, graph, progress: next });
    } finally {
        next(undefined);
    }
}

async function show(report: AccessReport, options: AccessOptions): Promise<number> {
    if (options.html !== undefined) {
        await writeFile(options.html, renderPage(report, pageAssets()));
        process.stderr.write(`${options.html}: ${driftWords(report)}\n`);
    }
    if (options.format === "json") print(`${JSON.stringify(report, undefined, 2)}\n`);
    if (options.format === "markdown") print(renderMarkdown(report));
    if (options.format === "text") {
        const width = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL;
        print(renderText(report, styleFor(process.stdout), width));
    }
    return options.failOnDrift && report.drift.length > 0 ? DRIFT : 0;
}

function print(text: string): number {
    process.stdout.write(text);
    return 0;
}
