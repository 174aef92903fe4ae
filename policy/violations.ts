import type { ConfiguredRule } from "./configuration";
import type { Finding, Level, PolicyResource } from "./rule";

export interface Violation extends Finding {
    rule: string;
    level: Exclude<Level, "disabled">;
}

export interface PolicyResult {
    violations: Violation[];
    /** What the stack does not show enough of. */
    undecided: Violation[];
}

/** Runs the rules that are not off over a stack's resources; sorted by rule and resource. Pure. */
export function findViolations(
    rules: readonly ConfiguredRule[],
    resources: readonly PolicyResource[],
): PolicyResult {
    const all = rules.flatMap(({ rule, level, settings }) =>
        level === "disabled"
            ? []
            : rule
                  .find(resources, settings)
                  .map((finding): Violation => ({ rule: rule.name, level, ...finding })),
    );
    return {
        violations: all.filter((finding) => !finding.undecided),
        undecided: all.filter((finding) => finding.undecided),
    };
}
