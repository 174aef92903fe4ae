/** Collections of the resource API: what a GET of `…/flexibleServers/pg/databases` lists. */

import { resourceNotFound } from "./armError";
import type { Azure } from "./armType";
import { keyOf, matchId, parentOf } from "./resourceId";
import { ALL_TYPES } from "./resourceTypes";

/**
 * The ids of the resources in a collection, with those that are there without having been made; `undefined` where the path is
 * no collection of a known type.
 *
 * @throws ArmError 404 where what the collection belongs to does not exist
 */
export function collectionIds(azure: Azure, path: string): string[] | undefined {
    const type = ALL_TYPES.find((one) => matchId(one.path.slice(0, one.path.lastIndexOf("/")), path));
    if (!type) return undefined;
    const parent = parentOf(`${path}/-`);
    if (parent !== undefined && !azure.store.get(parent)) throw resourceNotFound(parent);
    const made = azure.store
        .below(parent ?? path, type.table.token)
        .map(({ id }) => id)
        .filter((id) => id.split("/").length === path.split("/").length + 1);
    const known = new Set(made.map(keyOf));
    const standing = (type.standing ?? []).map((name) => `${path}/${name}`);
    return [...made, ...standing.filter((id) => !known.has(keyOf(id)))];
}
