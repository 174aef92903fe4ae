import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { openSecrets } from "./stackSecrets";

/** The project that the rehearsal runs: the folder above this one. */
export const PROJECT_FOLDER = path.join(__dirname, "..");

/** Name of a project, which is the namespace of its configuration. */
export function projectName(folder = PROJECT_FOLDER): string {
    const file = path.join(folder, "Pulumi.yaml");
    if (!existsSync(file)) throw new Error(`there is no ${file}; name the folder of a Pulumi project`);
    return (parse(readFileSync(file, "utf8")) as { name: string }).name;
}

/** The configuration of the stack `name`, as `configOf` gives it. */
export function stackFileConfig(name: string): Record<string, string> {
    return configOf(`Pulumi.${name}.yaml`);
}

/**
 * A stack's configuration as the CLI hands it to the program: plain values as text, the others as JSON. Secrets are opened, which
 * is for the stack `local` and the scenarios; what reads any stack takes `declaredStack` (plan/declaredStack.ts).
 *
 * @param file relative to the project's folder
 * @throws Error where a secret was not made with the passphrase `local`
 */
export function configOf(file: string): Record<string, string> {
    const text = readFileSync(path.join(PROJECT_FOLDER, file), "utf8");
    const { config, encryptionsalt } = parse(text) as {
        config: Record<string, unknown>;
        encryptionsalt?: string;
    };
    const open = openSecrets(config, encryptionsalt, file) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(open).map(([key, value]) => [key, configText(value)]));
}

/** Names of the stacks that have a configuration file in the folder. */
export function stacksWithFile(folder = PROJECT_FOLDER): string[] {
    return readdirSync(folder)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
}

/** A configuration value as the CLI hands it over. */
export function configText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
