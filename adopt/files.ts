/** The files that an adoption writes, and what is there already. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import type { KeptOfStack } from "./render/stackFile";

/**
 * Refuses what would be lost. A stack's file without configuration, as `pulumi stack init` leaves it, is filled.
 *
 * @returns what of the stack's file must stay
 * @throws Error that names the files
 */
export function mayWrite(
    project: string,
    configFile: string,
    importFile: string,
    force: boolean,
): KeptOfStack {
    const { config, ...top } = readStackFile(configFile);
    const there = [...(isEmpty(config) ? [] : [configFile]), ...(existsSync(importFile) ? [importFile] : [])];
    if (force || there.length === 0) return { top, config: ofOthers(project, config) };
    throw new Error(
        `${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already; --force overwrites, --config-file and --import-file write elsewhere`,
    );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (config: unknown) =>
    config === undefined || config === null || (isObject(config) && Object.keys(config).length === 0);

/** Whatever it is that cannot be read, it is not ours to overwrite unasked. */
const UNREADABLE = { config: "unreadable" };

function readStackFile(file: string): Record<string, unknown> {
    if (!existsSync(file)) return {};
    let content: unknown;
    try {
        content = parse(readFileSync(file, "utf8"));
    } catch {
        return UNREADABLE;
    }
    if (content === null || content === undefined) return {};
    return isObject(content) ? content : UNREADABLE;
}

/** Providers and other packages have their configuration in the same file. */
function ofOthers(project: string, config: unknown): Record<string, unknown> {
    if (!isObject(config)) return {};
    return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith(`${project}:`)));
}

export function writeFiles(files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
}
