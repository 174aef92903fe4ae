/** The files that an adoption writes, and what is there already. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import type { StackKeys } from "./render/stackFile";

const KEPT = ["encryptionsalt", "secretsprovider", "encryptedkey"] as const;

/**
 * Refuses what would be lost. A stack's file without configuration, as `pulumi stack init` leaves it, is filled.
 *
 * @returns what of the stack's file must stay
 * @throws Error that names the files
 */
export function mayWrite(configFile: string, importFile: string, force: boolean): StackKeys {
    const { config, ...kept } = readStackFile(configFile);
    if (force) return kept;
    const there = [
        ...(config === undefined ? [] : [configFile]),
        ...(existsSync(importFile) ? [importFile] : []),
    ];
    if (there.length === 0) return kept;
    throw new Error(
        `${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already; --force overwrites, --config-file and --import-file write elsewhere`,
    );
}

function readStackFile(file: string): StackKeys & { config?: unknown } {
    if (!existsSync(file)) return {};
    let content: unknown;
    try {
        content = parse(readFileSync(file, "utf8"));
    } catch {
        // Whatever it is, it is not ours to overwrite unasked.
        return { config: "unreadable" };
    }
    if (content === null || content === undefined) return {};
    if (typeof content !== "object") return { config: "unreadable" };
    const given = content as Record<string, unknown>;
    const kept = KEPT.filter((key) => given[key] !== undefined).map((key) => [key, given[key]] as const);
    return { ...Object.fromEntries(kept), ...(given.config === undefined ? {} : { config: given.config }) };
}

export function writeFiles(files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
}
