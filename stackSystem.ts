import { cosmosConfigSchema, cosmosProblems, type CosmosStackConfig } from "./stackConfigCosmos";
import { singleServerConfigSchema, type SingleServerStackConfig } from "./stackConfigSingleServer";
import { ownValues, parseStackConfig, parseWith, StackConfigError, type StackConfig } from "./stackConfig";

/** A stack describes one database system; which one, the key that its configuration has says. Pure. */

/** The keys that say which database system a stack is about. */
export const SYSTEMS = ["server", "cosmosCluster", "singleServer"] as const;

export type Stack =
    | { system: "server"; config: StackConfig }
    | { system: "cosmosCluster"; config: CosmosStackConfig }
    | { system: "singleServer"; config: SingleServerStackConfig };

/** @throws StackConfigError where the configuration has none of the keys, or more than one */
export function systemOf(project: string, raw: Record<string, string>): Stack["system"] {
    const values = ownValues(project, raw);
    const given = SYSTEMS.filter((system) => values[system] !== undefined);
    if (given.length === 1) return given[0]!;
    const found = given.length === 0 ? "none of them is given" : `given are ${given.join(" and ")}`;
    throw new StackConfigError([
        `${project}:${SYSTEMS.join(" | ")}: ${found}; a stack describes exactly one database system, so give one of these keys`,
    ]);
}

/**
 * Validates the configuration of a stack, whatever its system. Parameters as for `parseStackConfig`.
 *
 * @throws StackConfigError naming each wrong key, what was given and what is allowed
 */
export function parseStack(
    project: string,
    raw: Record<string, string>,
    options: { allowPlaceholders?: boolean } = {},
): Stack {
    const system = systemOf(project, raw);
    if (system === "server") return { system, config: parseStackConfig(project, raw, options) };
    if (system === "cosmosCluster")
        return { system, config: parseWith(cosmosConfigSchema, cosmosProblems, project, raw, options) };
    return { system, config: parseWith(singleServerConfigSchema, () => [], project, raw, options) };
}
