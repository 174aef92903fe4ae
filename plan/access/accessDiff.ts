import { quoted, render } from "../phrase";
import { TOPICS, type AccessChange, type Topic } from "./accessChange";
import { accessModel, type AccessResource } from "./accessModel";
import { administratorChanges } from "./administratorChanges";
import { compare } from "./effectiveAccess";
import { groupMembershipChanges } from "./groupMembershipChanges";
import { principalChanges } from "./principalChanges";
import { profileChanges } from "./profileChanges";
import { serverChanges } from "./serverChanges";

/**
 * Who gains or loses what between two versions of a stack, in a stable order: by topic, gains first, then by text.
 * Pure.
 */
export function accessDiff(
    before: readonly AccessResource[],
    after: readonly AccessResource[],
): AccessChange[] {
    const [old, now] = [accessModel(before), accessModel(after)];
    const changes = [
        ...administratorChanges(old, now),
        ...groupMembershipChanges(old, now),
        ...principalChanges(old, now),
        ...profileChanges(old, now),
        ...serverChanges(old, now),
    ];
    const topics = Object.keys(TOPICS) as Topic[];
    const effects = ["gains", "loses", "changes"];
    const rank = (change: AccessChange) => [topics.indexOf(change.topic), effects.indexOf(change.effect)];
    return changes
        .map((change) => ({ change, rank: rank(change), text: render(change.sentence, quoted) }))
        .sort((a, b) => a.rank[0]! - b.rank[0]! || a.rank[1]! - b.rank[1]! || compare(a.text, b.text))
        .map(({ change }) => change);
}
