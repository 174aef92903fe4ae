/**
 * Between the flat form that azure-native's inputs and outputs have (and the store) and the form of the REST API:
 * an envelope, with the rest under `properties`; sub-resources in lists likewise. Pure.
 */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { ResourceView } from "./resourceView";

const ENVELOPE = ["etag", "identity", "location", "managedBy", "sku", "systemData", "tags", "zones"];
const ELEMENT_ENVELOPE = ["etag", "id", "name", "type"];

/** Lists whose elements are resources of their own. */
const SUB_RESOURCES = ["defaultSecurityRules", "delegations", "routes", "securityRules", "subnets"];

/** The body of a GET. */
export function toArm(view: ResourceView): PropertyMap {
    const { azureApiVersion: _version, name: _name, type: _type, ...flat } = view.outputs;
    const { outer, inner } = divide(flat, ENVELOPE);
    const properties = view.type === "Microsoft.Resources/resourceGroups" ? inner.properties : inner;
    return { id: view.id, name: view.name, type: view.type, ...outer, properties };
}

/** The flat form of a PUT's body. */
export function fromArm(body: PropertyMap): PropertyMap {
    const { properties, ...outer } = body;
    const flat: PropertyMap = Object.fromEntries(
        Object.entries(outer).filter(([name]) => ENVELOPE.includes(name)),
    );
    for (const [name, value] of Object.entries((properties ?? {}) as PropertyMap)) {
        flat[name] = SUB_RESOURCES.includes(name) && Array.isArray(value) ? value.map(flatElement) : value;
    }
    return flat;
}

function divide(flat: PropertyMap, envelope: string[]): { outer: PropertyMap; inner: PropertyMap } {
    const [outer, inner]: PropertyMap[] = [{}, {}];
    for (const [name, value] of Object.entries(flat)) {
        if (envelope.includes(name)) outer![name] = value;
        else
            inner![name] =
                SUB_RESOURCES.includes(name) && Array.isArray(value) ? value.map(armElement) : value;
    }
    return { outer: outer!, inner: inner! };
}

function armElement(element: PropertyMap): PropertyMap {
    const { outer, inner } = divide(element, ELEMENT_ENVELOPE);
    return Object.keys(inner).length > 0 ? { ...outer, properties: inner } : outer;
}

function flatElement(element: PropertyMap): PropertyMap {
    const { properties, ...outer } = element;
    const inner = Object.entries((properties ?? {}) as PropertyMap).map(([name, value]) => [
        name,
        SUB_RESOURCES.includes(name) && Array.isArray(value) ? value.map(flatElement) : value,
    ]);
    return { ...outer, ...Object.fromEntries(inner) };
}
