import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { planStack } from "../../plan/planStack";
import { stackValues } from "../../plan/stackValues";
import type { Plan } from "../../plan/planDocument";

export const ROOT = path.join(__dirname, "..", "..");
export const PROJECT = "passwordless-postgres";

/** A stack of the project's folder, or else a scenario's. */
function stackFile(stack: string): string {
    const own = path.join(ROOT, `Pulumi.${stack}.yaml`);
    return existsSync(own) ? own : path.join(ROOT, "rehearsal", "scenarios", `Pulumi.${stack}.yaml`);
}

/** The configuration of a checked-in stack, without the project's name before the keys. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change it in depth
export type StackConfiguration = Record<string, any>;

export function stackConfiguration(stack: string): StackConfiguration {
    const text = readFileSync(stackFile(stack), "utf8");
    const { config } = parse(text) as { config: Record<string, unknown> };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.slice(PROJECT.length + 1), value]),
    );
}

/** The plan of a checked-in stack, changed. */
export function planOf(
    stack: string,
    change: (config: StackConfiguration) => void = () => {},
): Promise<Plan> {
    const config = stackConfiguration(stack);
    change(config);
    return planStack({ project: PROJECT, stack, values: stackValues(PROJECT, config) });
}
