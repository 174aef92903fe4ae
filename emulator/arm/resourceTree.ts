/** Writes and removals that reach below or above one resource. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { ArmType, Azure } from "./armType";
import { keyOf, parentOf, sameId } from "./resourceId";
import type { StoredResource } from "./resourceStore";
import { typeOfToken } from "./resourceTypes";

/**
 * Makes the children that stand in their parent (subnets, rules, routes) exactly those that the body lists. Where it
 * lists none at all (the property is left out), those that were made alone stay. Their work is done at once, without
 * waiting: nothing else can come between.
 *
 * @throws ArmError; the caller then restores what was before
 */
export function writeInline(
    azure: Azure,
    type: ArmType,
    parent: StoredResource,
    inputs: PropertyMap,
    store: (id: string, token: string, properties: PropertyMap) => void,
): void {
    const { property, token } = type.inline!;
    const wanted = inputs[property] as ({ name: string } & PropertyMap)[] | undefined;
    if (wanted === undefined) return;
    const childType = typeOfToken(token)!;
    const segment = childType.armType.slice(childType.armType.lastIndexOf("/") + 1);
    const idOf = (name: string): string => `${parent.id}/${segment}/${name}`;
    const keys = new Set(wanted.map(({ name }) => keyOf(idOf(name))));
    for (const child of azure.store.below(parent.id, token)) {
        if (keys.has(keyOf(child.id))) continue;
        void childType.remove?.({ azure, resource: child, withGroup: false });
        azure.store.delete(child.id);
    }
    for (const child of wanted) {
        const id = idOf(child.name);
        const existing = azure.store.get(id);
        store(id, token, childType.put({ azure, id, inputs: child, existing }) as PropertyMap);
    }
}

/** A resource group goes with everything in it; what has something running goes first. */
export async function removeGroup(azure: Azure, group: StoredResource): Promise<void> {
    for (const resource of azure.store.below(group.id)) {
        const type = typeOfToken(resource.token);
        // What is below a server goes with its data.
        if (!sameId(parentOf(resource.id), group.id)) continue;
        await type?.remove?.({ azure, resource, withGroup: true });
    }
}
