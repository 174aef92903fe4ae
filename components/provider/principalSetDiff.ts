/** What changes about a set between two deployments: the principals that come, go or change, and no other. Pure. */
import { isKnown } from "./checks";
import { onDeleteOf } from "./onDelete";
import { diffPrincipal } from "./principalDiff";
import { entriesOf, entryPath, isUnknown, OwnedEntries, type OwnedEntry } from "./principalEntries";
import type { DiffResult, PropertyDiffKind, PropertyMap } from "./resourceProvider";
import { diffConnection } from "./serverArgs";

type Diff = DiffResult["detailedDiff"];

/** A set is never replaced, but for another server: a principal's new identity replaces that principal's role alone. */
export function diffSet(state: PropertyMap, olds: PropertyMap, news: PropertyMap): DiffResult {
    const detailedDiff = diffConnection(olds["connection"], news["connection"]);
    if (!sameOnDelete(olds["onDelete"], news["onDelete"])) detailedDiff["onDelete"] = "update";
    if (isUnknown(olds["principals"]) || isUnknown(news["principals"])) {
        if (olds["principals"] !== news["principals"]) detailedDiff["principals"] = "update";
        return { detailedDiff };
    }
    const owned = new OwnedEntries(state);
    const before = entriesOf(olds);
    const stated = new Map(owned.all.map((entry) => [entry.key, entry]));
    const after = entriesOf(news);
    // Another key for the same principal is one that goes and one that comes, as the engine shows entries by their keys
    // alone; `update` says in the preview that the role stays.
    for (const [key, entry] of after) {
        const old = before.get(key);
        if (old) Object.assign(detailedDiff, diffEntry(key, old, entry, stated.get(key)));
        else detailedDiff[entryPath(key)] = "add";
    }
    for (const key of new Set([...before.keys(), ...stated.keys()]))
        if (!after.has(key)) detailedDiff[entryPath(key)] = "delete";
    return { detailedDiff };
}

function diffEntry(key: string, old: PropertyMap, entry: PropertyMap, own: OwnedEntry | undefined): Diff {
    const path = entryPath(key);
    if (isUnknown(old) || isUnknown(entry)) return old === entry ? {} : { [path]: "update" };
    const diff = diffPrincipal(old, entry, own?.objectId, `${path}.`);
    if (!sameOnDelete(old["onDelete"], entry["onDelete"], false)) diff[`${path}.onDelete`] = "update";
    // Somebody took LOGIN from the role: no input differs, but the next deployment gives it back.
    if (own?.properties["canLogin"] === false) diff[`${path}.canLogin`] = "update";
    const inPlace = ([at, kind]: [string, PropertyDiffKind]) => [at, kind.replace("-replace", "")] as const;
    return Object.fromEntries(Object.entries(diff).map(inPlace)) as Diff;
}

/** @param hasDefault Left out, it means Reassign; in an entry it means what the set says. */
function sameOnDelete(one: unknown, other: unknown, hasDefault = true): boolean {
    const meaning = (given: unknown) => (hasDefault || isKnown(given) ? onDeleteOf(given) : null);
    return JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));
}
