/** Who refers to a network resource. */

import type { PropertyMap } from "../../../components/provider/resourceProvider";
import { badRequest } from "../armError";
import type { Azure } from "../armType";
import { sameId } from "../resourceId";
import type { StoredResource } from "../resourceStore";

export const SUBNET = "azure-native:network:Subnet";
const SERVER = "azure-native:dbforpostgresql:Server";

/** The elements of an array of objects with their index, without what a preview does not know yet. */
export function knownElements(value: unknown): [number, PropertyMap][] {
    if (!Array.isArray(value)) return [];
    return value.flatMap((element: unknown, index) =>
        typeof element === "object" && element !== null ? [[index, element as PropertyMap]] : [],
    );
}

/** The id in `{ id: … }`. */
export function referredId(reference: unknown): string | undefined {
    return (reference as { id?: string } | undefined)?.id;
}

/**
 * What a reference points at.
 *
 * @throws ArmError where nothing of that type has the id.
 */
export function resolveReference(
    azure: Azure,
    from: string,
    reference: unknown,
    token: string,
): StoredResource {
    const id = referredId(reference) ?? "";
    const found = azure.store.get(id);
    if (found?.token === token) return found;
    throw badRequest(
        "InvalidResourceReference",
        `Resource ${id} referenced by resource ${from} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
}

/** The subnets that name the resource in one of their references. */
export function subnetsReferring(azure: Azure, property: string, id: string): StoredResource[] {
    return azure.store
        .all(SUBNET)
        .filter((subnet) => sameId(referredId(subnet.properties[property] as PropertyMap), id));
}

/** The servers that sit in the subnet. */
export function serversIn(azure: Azure, subnetId: string): StoredResource[] {
    return azure.store
        .all(SERVER)
        .filter((server) =>
            sameId(
                (server.properties.network as { delegatedSubnetResourceId?: string } | undefined)
                    ?.delegatedSubnetResourceId,
                subnetId,
            ),
        );
}

/**
 * The location of a network resource. In place it cannot change: azure-native sends the update, Azure refuses it.
 */
export function keptLocation(
    inputs: PropertyMap,
    existing: StoredResource | undefined,
    id: string,
    normalize: (location: string) => string,
): string {
    const where = inputs.location as string | undefined;
    const before = existing?.properties.location as string | undefined;
    if (!where && !before) {
        throw badRequest("LocationRequired", "The location property is required for this definition.");
    }
    if (where && before && normalize(where) !== before) {
        const [, group, name] = /\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id) ?? [];
        throw badRequest(
            "InvalidResourceLocation",
            `The resource '${name}' already exists in location '${before}' in resource group '${group}'. A resource with the same name cannot be created in location '${where}'. Please select a new resource name.`,
        );
    }
    return normalize(where ?? before!);
}
