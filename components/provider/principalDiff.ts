/** What changes about a principal between two deployments, and what of it takes a new role. Pure. */
import { specOf, type PrincipalSpec } from "./principalSpec";
import { UNKNOWN, type PropertyDiffKind, type PropertyMap } from "./resourceProvider";
import { sameValue, settingKey, type RoleSetting } from "./settings";

type Diff = Record<string, PropertyDiffKind>;

/**
 * The object id is the principal's identity (F33): another one is another principal, so the role is replaced, unless
 * `rebindFrom` hands the role over. The name can change while the object id stays. A principal found by name alone
 * changes its identity with its name.
 *
 * @param ownedObjectId The object id in the state.
 * @param at Prefix of the property paths: empty, or `principals["ada"].` in a set.
 */
export function diffPrincipal(
    oldProps: PropertyMap,
    newProps: PropertyMap,
    ownedObjectId: string | undefined,
    at = "",
): Diff {
    const olds = specOf(oldProps);
    const news = specOf(newProps);
    const diff: Diff = {};
    const put = (key: string, kind: PropertyDiffKind) => (diff[at + key] = kind);
    const staysBound = isSameIdentity(olds, news, ownedObjectId) || news.rebindFrom === ownedObjectId;
    if (news.objectId !== undefined && news.objectId !== ownedObjectId) {
        put("objectId", staysBound ? "update" : "update-replace");
    }
    if (news.name !== olds.name)
        put("name", staysBound && news.objectId !== undefined ? "update" : "update-replace");
    for (const key of ["kind", "isAdmin", "requireMfa", "connectionLimit"] as const) {
        if (news[key] !== olds[key]) put(key === "kind" ? "principalType" : key, "update");
    }
    Object.assign(diff, diffMemberships(olds.memberOf, news.memberOf, at));
    Object.assign(diff, diffSettings(olds.settings, news.settings, at));
    return diff;
}

function isSameIdentity(
    olds: PrincipalSpec,
    news: PrincipalSpec,
    ownedObjectId: string | undefined,
): boolean {
    return news.objectId === undefined ? news.name === olds.name : news.objectId === ownedObjectId;
}

/** A list in any order: only what comes and goes counts. */
function diffMemberships(olds: string[], news: string[], at: string): Diff {
    return diffList(
        "memberOf",
        olds,
        news,
        at,
        (role) => role,
        () => true,
    );
}

function diffSettings(olds: RoleSetting[], news: RoleSetting[], at: string): Diff {
    const key = (setting: RoleSetting) => ((setting as unknown) === UNKNOWN ? UNKNOWN : settingKey(setting));
    const same = (one: RoleSetting, other: RoleSetting) => sameValue(one.name, one.value, other.value);
    return diffList("settings", olds, news, at, key, same);
}

function diffList<T>(
    property: string,
    olds: T[],
    news: T[],
    at: string,
    keyOf: (item: T) => string,
    same: (one: T, other: T) => boolean,
): Diff {
    const diff: Diff = {};
    // A list that is not known yet as a whole.
    if ((olds as unknown) === UNKNOWN || (news as unknown) === UNKNOWN) {
        if (olds !== news) diff[at + property] = "update";
        return diff;
    }
    const before = new Map(olds.map((item) => [keyOf(item), item]));
    const after = new Set(news.map(keyOf));
    olds.forEach((item, index) => {
        if (!after.has(keyOf(item))) diff[`${at}${property}[${index}]`] = "delete";
    });
    news.forEach((item, index) => {
        const old = before.get(keyOf(item));
        if (old !== undefined && same(old, item)) return;
        const path = `${at}${property}[${index}]`;
        diff[path] = old !== undefined || path in diff ? "update" : "add";
    });
    return diff;
}
