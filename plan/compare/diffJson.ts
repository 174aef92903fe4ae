import { quoted, render } from "../phrase";
import { somethingChanges, type PlanDiff } from "./planDiff";

/** Raised where a reader of an older diff would misunderstand a newer one. */
const DIFF_FORMAT = 1;

export interface BaseDescription {
    ref: string;
    commit: string;
    /** Whose program gave the base's plan; `none` where the stack is new. */
    program: "own" | "present" | "none";
}

/** A diff for tools; docs/plan-and-policies.md has its shape. */
export function diffJson(diff: PlanDiff, base: BaseDescription): string {
    const document = {
        formatVersion: DIFF_FORMAT,
        project: diff.project,
        stack: diff.stack,
        base,
        changes: somethingChanges(diff),
        notes: diff.notes.map((note) => render(note, quoted)),
        warnings: diff.warnings.map((warning) => render(warning, quoted)),
        problems: diff.problems,
        messages: diff.messages,
        violations: diff.violations,
        access: diff.access.map(({ sentence, ...change }) => ({ ...change, text: render(sentence, quoted) })),
        resources: diff.resources,
    };
    return `${JSON.stringify(document, undefined, 2)}\n`;
}
