import assert from "node:assert/strict";
import { planStack } from "../../plan/planStack";
import { stackValues } from "../../plan/stackValues";
import { configured, type PolicyConfiguration } from "../../policy/configuration";
import { RULES } from "../../policy/rules/index";
import { findViolations, type PolicyResult } from "../../policy/violations";
import { planOf, PROJECT, type StackConfiguration } from "../plan/plans";

/** Runs one rule over the plan of a stack. */

export type Change = (config: StackConfiguration) => void;

export async function check(
    rule: string,
    stack: string,
    change: Change = () => {},
    configuration: PolicyConfiguration = {},
): Promise<PolicyResult> {
    const { resources } = await planOf(stack, change);
    const rules = configured(RULES, configuration).filter((r) => r.rule.name === rule);
    assert.equal(rules.length, 1, `no rule ${rule}`);
    return findViolations(rules, resources);
}

/** For what the program does not make: another one, through the same plan. */
export async function checkProgram(
    rule: string,
    program: () => void,
    configuration: PolicyConfiguration = {},
) {
    const run = () => {
        program();
        return Promise.resolve({});
    };
    const plan = await planStack({
        project: PROJECT,
        stack: "test",
        values: stackValues(PROJECT, {}),
        program: run,
    });
    const rules = configured(RULES, configuration).filter((r) => r.rule.name === rule);
    return findViolations(rules, plan.resources);
}

export const messages = ({ violations }: PolicyResult) => violations.map((v) => v.message);

export function none(result: PolicyResult): void {
    assert.deepEqual(messages(result), []);
    assert.deepEqual(result.undecided, []);
}

/** Exactly one, which says all of this. */
export function one(result: PolicyResult, ...says: RegExp[]): void {
    assert.equal(result.violations.length, 1, messages(result).join("\n"));
    for (const pattern of says) assert.match(messages(result)[0]!, pattern);
}
