/** What azure-native adds to inputs that leave something out: the name and the location. */

import { randomBytes } from "node:crypto";
import { UNKNOWN, type PropertyMap, type ResourceRef } from "../../components/provider/resourceProvider";
import type { ArmType } from "../arm/armType";
import { normalizeLocation } from "../arm/locations";
import { pathParameters } from "../arm/resourceId";
import type { ResourceApi } from "../arm/resourceApi";
import { RESOURCE_GROUP } from "../arm/resources/resourceGroup";

/** azure-native's own mark in the inputs: the name has a random part, so the new one can stand beside the old one. */
export const CREATE_BEFORE_DELETE = "__createBeforeDelete";

/** The inputs without the mark and without what is not given. */
export function plainInputs(inputs: PropertyMap): PropertyMap {
    const given = (value: unknown): boolean => value !== undefined && value !== null;
    return Object.fromEntries(
        Object.entries(inputs).filter(([name, value]) => name !== CREATE_BEFORE_DELETE && given(value)),
    );
}

/** The resource's own name: the last one of its path. */
export function nameProperty(type: ArmType): string {
    return pathParameters(type.path).at(-1)!;
}

/**
 * Gives a resource without a name one: that of the old inputs, else the logical name, for resources that stand alone
 * with eight random hexadecimal digits (azure-native's auto-naming).
 */
export function withName(
    type: ArmType,
    resource: ResourceRef,
    oldInputs: PropertyMap | undefined,
    inputs: PropertyMap,
): PropertyMap {
    const property = nameProperty(type);
    if (inputs[property] !== undefined || type.naming === "none") return inputs;
    const old = oldInputs?.[property];
    if (old !== undefined) {
        const mark = oldInputs![CREATE_BEFORE_DELETE] ? { [CREATE_BEFORE_DELETE]: true } : {};
        return { ...inputs, [property]: old, ...mark };
    }
    if (type.naming === "copy") return { ...inputs, [property]: resource.name };
    return {
        ...inputs,
        [property]: `${resource.name}${randomBytes(4).toString("hex")}`,
        [CREATE_BEFORE_DELETE]: true,
    };
}

/** Gives a resource without a location that of before, of the provider's configuration or of its resource group. */
export function withLocation(
    api: ResourceApi,
    type: ArmType,
    configured: string | undefined,
    oldInputs: PropertyMap | undefined,
    inputs: PropertyMap,
): PropertyMap {
    if (!Object.hasOwn(type.table.properties, "location") || inputs.location !== undefined) return inputs;
    const location = oldInputs?.location ?? configured ?? locationOfGroup(api, inputs.resourceGroupName);
    return location === undefined ? inputs : { ...inputs, location };
}

function locationOfGroup(api: ResourceApi, name: unknown): unknown {
    if (typeof name !== "string" || name === UNKNOWN) return undefined;
    const id = `/subscriptions/${api.subscriptionId}/resourceGroups/${name}`;
    return api.list(RESOURCE_GROUP).find((group) => group.id.toLowerCase() === id.toLowerCase())?.outputs
        .location;
}

/** For comparing: `West Europe` and `westeurope` are the same. */
export function comparable(inputs: PropertyMap): PropertyMap {
    const plain = plainInputs(inputs);
    const { location } = plain;
    return typeof location === "string" && location !== UNKNOWN
        ? { ...plain, location: normalizeLocation(location) }
        : plain;
}
