import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT_FOLDER } from "./localCli";

type Config = Record<string, unknown>;

/**
 * Writes a stack's file with changes to a file of its own, for `--config-file`.
 *
 * @param from relative to the project's folder
 */
export function writeStackFile(
    file: string,
    change: (config: Config) => void,
    from = "Pulumi.local.yaml",
): void {
    const content = parse(readFileSync(path.join(PROJECT_FOLDER, from), "utf8")) as { config: Config };
    change(content.config);
    writeFileSync(file, stringify(content));
}

/** One key of our own namespace, to change in place. */
export function at<T = Record<string, unknown>>(config: Config, key: string): T {
    return config[`passwordless-postgres:${key}`] as T;
}
