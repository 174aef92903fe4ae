/** How a stored resource looks from outside: with everything that the service adds. */

import { createHash } from "node:crypto";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { Azure, ArmType } from "./armType";
import { keyOf } from "./resourceId";
import type { StoredResource } from "./resourceStore";
import { typeOfToken } from "./resourceTypes";

export interface ResourceView {
    id: string;
    name: string;
    /** ARM type, for instance `Microsoft.Network/virtualNetworks`. */
    type: string;
    /** Flat, as azure-native's outputs. */
    outputs: PropertyMap;
}

export function viewOf(azure: Azure, type: ArmType, resource: StoredResource): ResourceView {
    const { id, name } = resource;
    const outputs: PropertyMap = {
        ...resource.properties,
        ...children(azure, type, resource),
        ...type.view?.(azure, resource),
        ...standing(type, resource),
    };
    for (const key of Object.keys(outputs)) if (outputs[key] === undefined) delete outputs[key];
    return { id, name, type: type.armType, outputs };
}

/** What every resource of the kind has: as far as its table knows the property. */
function standing(type: ArmType, resource: StoredResource): PropertyMap {
    const values: PropertyMap = {
        azureApiVersion: type.apiVersion,
        etag: `W/"${guid(`${keyOf(resource.id)}#${resource.revision}`)}"`,
        name: resource.name,
        provisioningState: "Succeeded",
        resourceGuid: guid(keyOf(resource.id)),
        systemData: {
            createdAt: resource.created,
            createdBy: "local-azure",
            createdByType: "Application",
            lastModifiedAt: resource.changed,
            lastModifiedBy: "local-azure",
            lastModifiedByType: "Application",
        },
        type: type.armType,
    };
    return Object.fromEntries(
        Object.entries(values).filter(([name]) => Object.hasOwn(type.table.properties, name)),
    );
}

/** The children that also show in their parent (subnets, rules, routes). */
function children(azure: Azure, type: ArmType, resource: StoredResource): PropertyMap {
    if (!type.inline) return {};
    const childType = typeOfToken(type.inline.token)!;
    const list = azure.store.below(resource.id, type.inline.token).map((child) => {
        const { azureApiVersion: _, ...outputs } = viewOf(azure, childType, child).outputs;
        return { id: child.id, ...outputs };
    });
    return { [type.inline.property]: list };
}

/** A GUID that depends on the text alone. */
function guid(text: string): string {
    const hex = createHash("sha256").update(text).digest("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
