import { existsSync, readFileSync } from "node:fs";
import { REMEMBER_INPUTS } from "./inputRecord";
import type { Level, PolicyRule, SettingSchema } from "./rule";
import { Settings } from "./rule";

/** What a policy configuration file says, in Pulumi's own format: rule name to level, or to an object with level and settings. */
export type PolicyConfiguration = Record<string, unknown>;

export interface ConfiguredRule {
    rule: PolicyRule;
    level: Level;
    settings: Settings;
}

const LEVELS: readonly string[] = ["advisory", "mandatory", "disabled"] satisfies Level[];
/** Stands for every rule that the file does not name. */
const ALL = "all";
/** What a file may name beside the rules; the second means something to the CLI alone. */
const BESIDE_RULES = [ALL, REMEMBER_INPUTS];

/** @throws Error that names the file and what is wrong in it */
export function readPolicyConfiguration(file: string): PolicyConfiguration {
    if (!existsSync(file)) throw new Error(`${file} does not exist`);
    try {
        const content: unknown = JSON.parse(readFileSync(file, "utf8"));
        if (typeof content === "object" && content !== null && !Array.isArray(content))
            return content as PolicyConfiguration;
        throw new Error("it holds no object");
    } catch (error) {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
}

/**
 * The rules as a configuration has them. Pure.
 *
 * @throws Error that lists everything that is wrong: an unknown rule, level or setting
 */
export function configured(
    rules: readonly PolicyRule[],
    configuration: PolicyConfiguration,
): ConfiguredRule[] {
    const problems = Object.keys(configuration)
        .filter((name) => !BESIDE_RULES.includes(name) && !rules.some((rule) => rule.name === name))
        .map((name) => `'${name}' is no rule; there are: ${rules.map((r) => r.name).join(", ")}`);
    const result = rules.map((rule) => configureRule(rule, configuration, problems));
    if (problems.length > 0)
        throw new Error(`The policy configuration is wrong:\n  - ${problems.join("\n  - ")}`);
    return result;
}

function configureRule(
    rule: PolicyRule,
    configuration: PolicyConfiguration,
    problems: string[],
): ConfiguredRule {
    const own = asObject(configuration[rule.name]);
    const { enforcementLevel = asObject(configuration[ALL]).enforcementLevel ?? rule.level, ...given } = own;
    if (!LEVELS.includes(enforcementLevel as string))
        problems.push(`'${rule.name}' is '${String(enforcementLevel)}'; allowed are ${LEVELS.join(", ")}`);
    for (const [name, value] of Object.entries(given)) problems.push(...settingProblems(rule, name, value));
    const defaults = Object.entries(rule.settings ?? {}).map(([name, schema]) => [name, schema.default]);
    const settings = new Settings({ ...Object.fromEntries(defaults), ...given });
    return { rule, level: enforcementLevel as Level, settings };
}

function asObject(value: unknown): Record<string, unknown> {
    if (typeof value === "string") return { enforcementLevel: value };
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function settingProblems(rule: PolicyRule, name: string, value: unknown): string[] {
    const schema = rule.settings?.[name];
    if (!schema) {
        const known = Object.keys(rule.settings ?? {}).join(", ") || "none";
        return [`'${rule.name}' has no setting '${name}'; it has: ${known}`];
    }
    return fits(schema, value)
        ? []
        : [
              `'${rule.name}.${name}' is ${JSON.stringify(value)}; it must be of the type ${schema.type}${schema.items ? " of strings" : ""}`,
          ];
}

function fits({ type, minimum = -Infinity }: SettingSchema, value: unknown): boolean {
    if (type === "boolean") return typeof value === "boolean";
    if (type === "integer") return Number.isInteger(value) && (value as number) >= minimum;
    return Array.isArray(value) && value.every((element) => typeof element === "string");
}
