/** Azure resource ids: compared without regard to case, written as the path templates of the types say. */

import { badRequest } from "./armError";

/** What the store goes by: resource ids are case-insensitive. */
export function keyOf(id: string): string {
    return id.toLowerCase();
}

export function sameId(a: string | undefined, b: string | undefined): boolean {
    return a !== undefined && b !== undefined && keyOf(a) === keyOf(b);
}

/** The names in a path template, in order: `…/subnets/{subnetName}` gives `["resourceGroupName", …, "subnetName"]`. */
export function pathParameters(path: string): string[] {
    return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).filter((n) => n !== "subscriptionId");
}

/**
 * The id that a template and names make.
 *
 * @throws ArmError where a name is missing, empty or would change the path.
 */
export function formatId(path: string, subscriptionId: string, names: Record<string, unknown>): string {
    return path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
        const value = parameter === "subscriptionId" ? subscriptionId : names[parameter];
        if (typeof value !== "string" || value === "" || /[/?#\\]|^\.{1,2}$/.test(value)) {
            throw badRequest(
                "InvalidResourceName",
                `'${parameter}' is ${JSON.stringify(value)}; it must be a name without '/', '?', '#' and '\\'.`,
            );
        }
        return value;
    });
}

/** The names that an id holds, or `undefined` where it does not fit the template. */
export function matchId(path: string, id: string): Record<string, string> | undefined {
    const [wanted, given] = [path.split("/"), id.split("/")];
    if (wanted.length !== given.length) return undefined;
    const names: Record<string, string> = {};
    for (const [index, segment] of wanted.entries()) {
        const parameter = /^\{(\w+)\}$/.exec(segment)?.[1];
        const value = given[index]!;
        if (parameter) {
            if (value === "") return undefined;
            names[parameter] = value;
        } else if (segment.toLowerCase() !== value.toLowerCase()) return undefined;
    }
    return names;
}

/** The id one level up: of a subnet the network, of a network the resource group, of that nothing. */
export function parentOf(id: string): string | undefined {
    const segments = id.split("/");
    if (segments.length <= 5) return undefined;
    const nested = segments.length > 9;
    return segments.slice(0, nested ? -2 : 5).join("/");
}

export function resourceGroupOf(id: string): string {
    return id.split("/").slice(0, 5).join("/");
}

export function lastName(id: string): string {
    return id.slice(id.lastIndexOf("/") + 1);
}
