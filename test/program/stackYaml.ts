import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

export const PROJECT = "passwordless-postgres";

/** The configuration of a checked-in stack, in the form in which the CLI hands it to the program. */
export function stackYaml(stack: string): Record<string, string> {
    const file = path.join(__dirname, "..", "..", `Pulumi.${stack}.yaml`);
    const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, asText(value)]));
}

/** The same, with some keys replaced; `undefined` takes a key away. */
export function changed(
    raw: Record<string, string>,
    changes: Record<string, unknown>,
): Record<string, string> {
    const result = { ...raw };
    for (const [key, value] of Object.entries(changes)) {
        if (value === undefined) delete result[`${PROJECT}:${key}`];
        else result[`${PROJECT}:${key}`] = asText(value);
    }
    return result;
}

function asText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
