import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT_FOLDER } from "./localCli";

type Config = Record<string, unknown>;

/** Writes `Pulumi.local.yaml`, or another one, with changes to a file of its own, for `--config-file`. */
export function writeStackFile(
    file: string,
    change: (config: Config) => void,
    base = "Pulumi.local.yaml",
): void {
    const content = parse(readFileSync(path.join(PROJECT_FOLDER, base), "utf8")) as {
        config: Config;
    };
    change(content.config);
    writeFileSync(file, stringify(content));
}

/** One key of our own namespace, to change in place. */
export function at<T = Record<string, unknown>>(config: Config, key: string): T {
    return config[`passwordless-postgres:${key}`] as T;
}
