import { TOPICS, type AccessChange, type Topic } from "../access/accessChange";
import { shown } from "../planText";
import type { PropertyChange, ResourceChange } from "./resourceChanges";

/** What the forms of a diff share: how it is summed up and laid out. Pure. */

/** `2 gains, 1 loss, 3 other changes` */
export function accessSummary(access: readonly AccessChange[]): string {
    const count = (effect: AccessChange["effect"]) => access.filter((c) => c.effect === effect).length;
    const [gains, losses, others] = [count("gains"), count("loses"), count("changes")];
    const parts = [
        gains && `${gains} ${gains === 1 ? "gain" : "gains"}`,
        losses && `${losses} ${losses === 1 ? "loss" : "losses"}`,
        others && `${others} other ${others === 1 ? "change" : "changes"}`,
    ];
    return parts.filter(Boolean).join(", ") || "nobody gains or loses anything";
}

const ORDER = ["replaced", "removed", "added", "changed"] as const;
const VERBS = { replaced: "replace", removed: "remove", added: "add", changed: "change" };

/** `1 to replace, 4 to add` */
export function resourceSummary(resources: readonly ResourceChange[]): string {
    const parts = ORDER.map((kind) => [resources.filter((r) => r.change === kind).length, kind] as const)
        .filter(([count]) => count > 0)
        .map(([count, kind]) => `${count} to ${VERBS[kind]}`);
    return parts.join(", ") || "nothing changes";
}

/** Replacements first, then what goes, comes and changes. */
export function resourcesInOrder(resources: readonly ResourceChange[]): ResourceChange[] {
    return ORDER.flatMap((kind) => resources.filter((resource) => resource.change === kind));
}

export function accessByTopic(access: readonly AccessChange[]): [string, AccessChange[]][] {
    return (Object.keys(TOPICS) as Topic[])
        .map((topic): [string, AccessChange[]] => [TOPICS[topic], access.filter((c) => c.topic === topic)])
        .filter(([, changes]) => changes.length > 0);
}

export const SIGNS = { gains: "+", loses: "-", changes: "~" } as const;
export const RESOURCE_SIGNS = { added: "+", removed: "-", changed: "~", replaced: "-/+" } as const;

const LONGEST_VALUE = 300;

/** A property's value before or after; long ones cut. */
export function valueText(change: PropertyChange, side: "before" | "after"): string | undefined {
    if (!(side in change)) return undefined;
    const text = shown(change[side]);
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
