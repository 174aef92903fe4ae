import { accessDiff } from "../access/accessDiff";
import type { AccessChange } from "../access/accessChange";
import type { Phrase } from "../phrase";
import type { Plan, PlanMessage, PlanProblem } from "../planDocument";
import { isNewIn, policyReport, type StackRules } from "../planPolicies";
import type { Violation } from "../../policy/violations";
import { resourceChanges, type ResourceChange } from "./resourceChanges";
import { changeWarnings } from "./warnings";

/** What differs between two versions of one stack. */
export interface PlanDiff {
    project: string;
    stack: string;
    /** How the versions were evaluated, where it is not plainly the program of each. */
    notes: Phrase[];
    access: AccessChange[];
    warnings: Phrase[];
    resources: ResourceChange[];
    /** Of the new version: what a deployment would be refused for. */
    problems: PlanProblem[];
    /** What the new version's program warns of. */
    messages: PlanMessage[];
    /** What the new version violates, and whether the old one did not. */
    violations: (Violation & { isNew: boolean })[];
}

export async function diffPlans(
    before: Plan,
    after: Plan,
    notes: Phrase[] = [],
    rules: StackRules = { rules: [] },
): Promise<PlanDiff> {
    const resources = await resourceChanges(before, after);
    const isNew = isNewIn(policyReport(rules, before));
    return {
        project: after.project,
        stack: after.stack,
        notes,
        access: accessDiff(before.resources, after.resources),
        warnings: changeWarnings(resources, before),
        resources,
        problems: after.problems,
        messages: after.messages.filter((message) => message.severity !== "info"),
        violations: policyReport(rules, after).violations.map((v) => ({ ...v, isNew: isNew(v) })),
    };
}

export function somethingChanges({ access, resources }: PlanDiff): boolean {
    return access.length > 0 || resources.length > 0;
}
