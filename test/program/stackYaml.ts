import { configText, stackFileConfig } from "../../rehearsal/stackFile";

export const PROJECT = "passwordless-postgres";

/** The configuration of a checked-in stack, in the form in which the CLI hands it to the program. */
export const stackYaml = stackFileConfig;

/** The same, with some keys replaced; `undefined` takes a key away. */
export function changed(
    raw: Record<string, string>,
    changes: Record<string, unknown>,
): Record<string, string> {
    const result = { ...raw };
    for (const [key, value] of Object.entries(changes)) {
        if (value === undefined) delete result[`${PROJECT}:${key}`];
        else result[`${PROJECT}:${key}`] = configText(value);
    }
    return result;
}
