/** What becomes of the objects of a principal that is removed. Pure. */
import { textProblem } from "../names";
import { Failures, isAbsent, isKnown } from "./checks";
import type { CheckFailure } from "./resourceProvider";

export interface OnDelete {
    action: "Reassign" | "Drop" | "Keep";
    /** With `Reassign`: the role that gets the objects. Default: the administrator who signs in. */
    reassignTo?: string;
}

export const ON_DELETE_ACTIONS: readonly OnDelete["action"][] = ["Reassign", "Drop", "Keep"];

/** Default: everything goes to the administrator who signs in, so nothing is lost. */
export function onDeleteOf(given: unknown): OnDelete {
    return isAbsent(given) ? { action: "Reassign" } : (given as OnDelete);
}

/** @param at Prefix of the property paths: empty, or `principals["ada"].` in a set. */
export function checkOnDelete(given: unknown, principalName: unknown, at = ""): CheckFailure[] {
    const failures = new Failures(at);
    if (!failures.isOf("onDelete", given, "object")) return failures.list;
    const { action, reassignTo } = given as Record<string, unknown>;
    failures.unknownKeys("onDelete.", given as object, ["action", "reassignTo"]);
    const actions = ON_DELETE_ACTIONS as readonly unknown[];
    if (isAbsent(action))
        failures.add(
            "onDelete.action",
            undefined,
            "it says what happens",
            `use one of ${actions.join(", ")}`,
        );
    if (isKnown(action) && !actions.includes(action)) {
        failures.add(
            "onDelete.action",
            action,
            "there is no such action",
            `use one of ${actions.join(", ")}`,
        );
    }
    if (!failures.isOf("onDelete.reassignTo", reassignTo, "string")) return failures.list;
    const problem = textProblem(reassignTo as string);
    const refuse = (rule: string, fix: string) => failures.add("onDelete.reassignTo", reassignTo, rule, fix);
    if (problem) refuse(problem.rule, problem.fix);
    else if (isKnown(action) && action !== "Reassign")
        refuse(`nothing is reassigned with ${action as string}`, "take it out");
    else if (reassignTo === principalName) refuse("it is the principal that is removed", "name another role");
    return failures.list;
}
