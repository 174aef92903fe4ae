import { accessDiff } from "../access/accessDiff";
import type { AccessChange } from "../access/accessChange";
import type { Phrase } from "../phrase";
import type { Plan, PlanMessage, PlanProblem } from "../planDocument";
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
}

export async function diffPlans(before: Plan, after: Plan, notes: Phrase[] = []): Promise<PlanDiff> {
    const resources = await resourceChanges(before, after);
    return {
        project: after.project,
        stack: after.stack,
        notes,
        access: accessDiff(before.resources, after.resources),
        warnings: changeWarnings(resources, before),
        resources,
        problems: after.problems,
        messages: after.messages.filter((message) => message.severity !== "info"),
    };
}

export function somethingChanges({ access, resources }: PlanDiff): boolean {
    return access.length > 0 || resources.length > 0;
}
