import { existsSync } from "node:fs";
import path from "node:path";
import { configured, readPolicyConfiguration, type ConfiguredRule } from "../policy/configuration";
import { RULES } from "../policy/rules/index";
import { findViolations, type Violation } from "../policy/violations";
import type { Style } from "../report/style";
import { visible } from "../report/visible";
import { urnName, type Plan } from "./planDocument";

/** The rules of the policy pack, on a plan: the same functions that the Pulumi CLI runs on a preview. */

export interface PolicyReport {
    /** The policy configuration file; left out where there is none. */
    configuration?: string;
    violations: Violation[];
    undecided: Violation[];
}

export interface StackRules {
    configuration?: string;
    rules: ConfiguredRule[];
}

/**
 * The rules as `policy/<stack>.json` has them, or another file.
 *
 * @throws Error that says what is wrong in the file
 */
export function rulesOf(projectFolder: string, stack: string, given: string | undefined): StackRules {
    const own = path.join("policy", `${stack}.json`);
    const file = given ?? path.join(projectFolder, own);
    if (given === undefined && !existsSync(file)) return { rules: configured(RULES, {}) };
    const rules = configured(RULES, readPolicyConfiguration(file));
    return { configuration: given ?? own.replaceAll(path.sep, "/"), rules };
}

export function policyReport({ configuration, rules }: StackRules, plan: Plan): PolicyReport {
    return { ...(configuration && { configuration }), ...findViolations(rules, plan.resources) };
}

export function violatesMandatory({ violations }: PolicyReport): boolean {
    return violations.some((violation) => violation.level === "mandatory");
}

/** Says of each finding whether another version of the stack had it too. */
export function isNewIn(before: PolicyReport): (violation: Violation) => boolean {
    const keyOf = ({ rule, urn, message }: Violation) => JSON.stringify([rule, urn, message]);
    const known = new Set(before.violations.map(keyOf));
    return (violation) => !known.has(keyOf(violation));
}

export function policyLines(report: PolicyReport, style: Style): string[] {
    const { configuration, violations, undecided } = report;
    const name = configuration ? ` (${visible(configuration)})` : "";
    if (violations.length === 0 && undecided.length === 0)
        return [style.good(`Policies${name}: every rule is kept.`)];
    return [
        `Policies${name}:`,
        ...violations.map((v) => {
            const line = `  ${v.level} ${v.rule}, ${visible(urnName(v.urn))}: ${visible(v.message)}`;
            return v.level === "mandatory" ? style.bad(line) : line;
        }),
        ...undecided.map((v) => style.dim(`  not judged: ${v.rule}: ${visible(v.message)}`)),
    ];
}
