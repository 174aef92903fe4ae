/** Compares inputs by a table: which property changes, and whether the change replaces the resource. */

import type { DiffResult, PropertyDiffKind, PropertyMap } from "../../components/provider/resourceProvider";
import { elementPath, propertyPath } from "./propertyPath";
import type { PropertyRule, ResourceTable } from "./propertyTable";

type Changes = Record<string, PropertyDiffKind>;
type Kind = "add" | "update" | "delete";

/**
 * What differs, as property paths down to the leaf. A value that is not known yet counts as changed. `null` and a
 * property left out are the same. Sets (`unordered`) differ by what they hold, not by its order.
 */
export function diffInputs(table: ResourceTable, oldInputs: PropertyMap, news: PropertyMap): DiffResult {
    const changes: Changes = {};
    diffProperties(changes, table.properties, "", oldInputs, news, false);
    const replaces = Object.values(changes).some((kind) => kind.endsWith("-replace"));
    return table.deleteBeforeReplace && replaces
        ? { detailedDiff: changes, deleteBeforeReplace: true }
        : { detailedDiff: changes };
}

function diffProperties(
    changes: Changes,
    rules: Record<string, PropertyRule> | undefined,
    parent: string,
    olds: PropertyMap,
    news: PropertyMap,
    replaces: boolean,
): void {
    for (const name of new Set([...Object.keys(olds), ...Object.keys(news)])) {
        const rule = rules && Object.hasOwn(rules, name) ? rules[name] : undefined;
        if (rule?.computed) continue;
        diffValue(changes, rule, propertyPath(parent, name), olds[name], news[name], replaces);
    }
}

function diffValue(
    changes: Changes,
    rule: PropertyRule | undefined,
    path: string,
    before: unknown,
    after: unknown,
    parentReplaces: boolean,
): void {
    const replaces = parentReplaces || rule?.createOnly === true;
    const [had, has] = [isGiven(before), isGiven(after)];
    if (!has && (!had || rule?.keptWhenLeftOut)) return;
    if (!had || !has) return note(changes, path, had ? "delete" : "add", replaces);
    if (Array.isArray(before) && Array.isArray(after)) {
        const diff = rule?.unordered ? diffSet : diffArray;
        return diff(changes, rule, path, before, after, replaces);
    }
    if (isMap(before) && isMap(after)) {
        if (rule?.type === "map") {
            for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
                diffValue(changes, rule.items, propertyPath(path, key), before[key], after[key], replaces);
            }
            return;
        }
        return diffProperties(changes, rule?.properties, path, before, after, replaces);
    }
    if (!Object.is(before, after) && before !== after) note(changes, path, "update", replaces);
}

function diffArray(
    changes: Changes,
    rule: PropertyRule | undefined,
    path: string,
    before: unknown[],
    after: unknown[],
    replaces: boolean,
): void {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
        const where = elementPath(path, index);
        if (index >= after.length) note(changes, where, "delete", replaces);
        else if (index >= before.length) note(changes, where, "add", replaces);
        else diffValue(changes, rule?.items, where, before[index], after[index], replaces);
    }
}

/** Added elements stand at their new index, removed ones at their old index; both at one index are an update. */
function diffSet(
    changes: Changes,
    rule: PropertyRule | undefined,
    path: string,
    before: unknown[],
    after: unknown[],
    replaces: boolean,
): void {
    const nestedReplace = replaces || rule?.items?.createOnly === true;
    const [olds, news] = [new Set(before.map(canonical)), new Set(after.map(canonical))];
    before.forEach((element, index) => {
        if (!news.has(canonical(element))) note(changes, elementPath(path, index), "delete", nestedReplace);
    });
    after.forEach((element, index) => {
        if (olds.has(canonical(element))) return;
        const where = elementPath(path, index);
        note(changes, where, changes[where] ? "update" : "add", nestedReplace);
    });
}

/** JSON with sorted keys, without what is not given. */
function canonical(value: unknown): string {
    return JSON.stringify(value, (_, inner: unknown) =>
        isMap(inner)
            ? Object.fromEntries(
                  Object.entries(inner)
                      .filter(([, v]) => isGiven(v))
                      .sort(([a], [b]) => (a < b ? -1 : 1)),
              )
            : inner,
    );
}

function note(changes: Changes, path: string, kind: Kind, replaces: boolean): void {
    changes[path] = replaces ? `${kind}-replace` : kind;
}

function isGiven(value: unknown): boolean {
    return value !== undefined && value !== null;
}

function isMap(value: unknown): value is PropertyMap {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
