import { LOCAL_STACK } from "../../emulator/localProvider";
import { cosmosScenario } from "./cosmos";
import { flexibleServerScenario } from "./flexibleServer";
import { singleServerScenario } from "./singleServer";
import type { Scenario } from "./scenario";
import { vmScenario } from "./vm";

/** Every scenario; the first is what runs where none is named. Each file of configuration beside the stacks' own is in this folder. */
export const SCENARIOS: readonly Scenario[] = [
    flexibleServerScenario({
        name: "flexible",
        summary: "a private Flexible Server with users, a guest, groups and applications",
        stackFile: `Pulumi.${LOCAL_STACK}.yaml`,
    }),
    vmScenario,
    cosmosScenario,
    singleServerScenario,
];

/** Names all scenarios. */
export const ALL = "all";

/** A word of the command line that names no scenario. */
export class UnknownScenario extends Error {
    constructor(word: string | undefined) {
        const known = [...SCENARIOS.map((s) => s.name), ALL].join(", ");
        super(`--scenario ${word ?? "(nothing)"}: there is no such scenario; there are ${known}`);
        this.name = "UnknownScenario";
    }
}

/** @throws UnknownScenario */
export function scenarioNamed(name: string | undefined): Scenario {
    const found = SCENARIOS.find((scenario) => scenario.name === name);
    if (!found) throw new UnknownScenario(name);
    return found;
}

/** One line each, for a help text. */
export function scenarioLines(): string {
    return SCENARIOS.map((s) => `  ${s.name.padEnd(14)} ${s.summary}`).join("\n");
}

/**
 * Takes `--scenario <name>` out of the words of a command line.
 *
 * @returns the name, `undefined` where the option is not there, and the other words
 * @throws UnknownScenario where nothing follows the option
 */
export function takeScenario(words: string[]): { name?: string; rest: string[] } {
    const at = words.findIndex((word) => word === "--scenario" || word.startsWith("--scenario="));
    if (at < 0) return { rest: words };
    const joined = words[at]!.slice("--scenario=".length);
    const [name, used] = words[at]!.includes("=") ? [joined, 1] : [words[at + 1], 2];
    if (!name) throw new UnknownScenario(name);
    return { name, rest: [...words.slice(0, at), ...words.slice(at + used)] };
}
