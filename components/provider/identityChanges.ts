/** What a preview's list of properties cannot say: whose role stays, and whose does not. Pure. */
import { entryPath, isUnknown, type Entries, type OwnedEntries, type OwnedEntry } from "./principalEntries";
import { specOf } from "./principalSpec";
import type { PropertyMap } from "./resourceProvider";

/** A line for each entry whose role is not simply its own. */
export function identityChanges(owned: OwnedEntries, news: Entries): string[] {
    const known = [...news].filter(([, entry]) => !isUnknown(entry));
    const holders = new Map(
        known.flatMap(([key, entry]) => {
            const own = owned.of(key, entry);
            return own ? [[own.objectId, key] as const] : [];
        }),
    );
    const formerly = new Map(owned.all.map((entry) => [entry.key, entry]));
    return known.flatMap(([key, entry]) => {
        const own = owned.of(key, entry);
        if (own) return own.key === key ? [] : [otherKey(key, own, entry)];
        const before = formerly.get(key);
        return before ? [otherIdentity(key, before, entry, holders.get(before.objectId))] : [];
    });
}

function otherKey(key: string, own: OwnedEntry, entry: PropertyMap): string {
    const { name } = specOf(entry);
    const renamed = own.name === name || isUnknown(name) ? "" : `, renamed from '${own.name}' to '${name}'`;
    return `${entryPath(key)} is who was ${entryPath(own.key)} (object id ${own.objectId}): the role stays${renamed}`;
}

/** @param holder The key of the entry that has the former identity's role now. */
function otherIdentity(key: string, before: OwnedEntry, entry: PropertyMap, holder?: string): string {
    const path = entryPath(key);
    const { objectId: id } = before;
    const { objectId, rebindFrom, name } = specOf(entry);
    if (isUnknown(objectId) || isUnknown(rebindFrom) || (objectId === undefined && isUnknown(name)))
        return `${path}: whether it is still object id ${id} is only known when it is deployed; the role of another identity would be removed (onDelete) and a new one made`;
    const is = `${path} is another identity than before:`;
    if (holder !== undefined)
        return `${is} ${entryPath(holder)} keeps the role of ${id}, and a new one is made`;
    // A role is handed over to an object id alone.
    const fix =
        objectId === undefined
            ? `objectId: "${id}" keeps the role, if it is the same identity`
            : `rebindFrom: "${id}" keeps the role`;
    return `${is} the role of ${id} is removed (onDelete) and a new one made; ${fix}`;
}
