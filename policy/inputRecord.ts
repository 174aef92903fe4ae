import { UNKNOWN } from "../components/provider/resourceProvider";
import { UNKNOWN_MARK } from "../plan/planDocument";
import type { PolicyResource } from "./rule";

/** What the engine says of the whole stack at the end. */
export interface StackView {
    resources: {
        urn: string;
        type: string;
        name: string;
        props: Record<string, unknown>;
        propertyDependencies: Record<string, { urn: string }[]>;
    }[];
}

/** By this property the SDK's proxy, which throws at a value that is not known yet, hands out what is behind it. */
const BEHIND_THE_PROXY = "__getSpecialProxyTarget";

/** How the engine marks values that are not known yet, by their type. */
const UNKNOWNS = new Set([
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The policy that feeds the record. It is in no list of rules, as it finds nothing. */
export const REMEMBER_INPUTS = "remember-inputs";

/** The inputs of the resources that were registered in this run. */
export class InputRecord {
    readonly #inputs = new Map<string, Record<string, unknown>>();

    add(urn: string, props: Record<string, unknown>): void {
        this.#inputs.set(urn, marked(props[BEHIND_THE_PROXY] ?? props) as Record<string, unknown>);
    }

    /**
     * The stack's resources with their inputs. What was not registered in this run has its outputs instead, which leave out the
     * names in its path.
     *
     * @throws Error where nothing at all was registered: outputs alone are not what the rules are about
     */
    resources(stack: StackView): PolicyResource[] {
        if (this.#inputs.size === 0 && stack.resources.length > 0)
            throw new Error(
                `no rule can judge, because the policy '${REMEMBER_INPUTS}' is off and no inputs are known; "all": "disabled" turns it off too. ` +
                    `Add "${REMEMBER_INPUTS}": "advisory" to the policy configuration`,
            );
        return stack.resources.map(({ urn, type, name, props, propertyDependencies }) => ({
            urn,
            type,
            name,
            inputs:
                this.#inputs.get(urn) ??
                (marked(props[BEHIND_THE_PROXY] ?? props) as Record<string, unknown>),
            propertyDependencies: Object.fromEntries(
                Object.entries(propertyDependencies).map(([input, from]) => [input, from.map((r) => r.urn)]),
            ),
        }));
    }
}

/** With unknown values marked as in a plan. */
function marked(value: unknown): unknown {
    if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN_MARK : value;
    if (Array.isArray(value)) return value.map(marked);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
}
