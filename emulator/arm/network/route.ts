/** `azure-native:network:Route`, and the routes that stand in a route table. */

import type { CheckFailure, PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule } from "../../providers/propertyTable";
import { UNKNOWN } from "../../../components/provider/resourceProvider";
import { parseAddress, parseCidr } from "../addresses";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { keyOf, lastName, parentOf } from "../resourceId";
import { computed, networkName, oneOf, resourceGroupName, SPEC, uselessInput } from "../rules";
import { isRouteTag } from "../serviceTags";

export const ROUTE = "azure-native:network:Route";
const SOURCE = `${SPEC.network} routeTable.json`;

/** Of a route alone and of one in its table. */
export const routeProperties: Record<string, PropertyRule> = {
    addressPrefix: { type: "string", required: true, refuse: refusePrefix, source: SOURCE },
    nextHopIpAddress: {
        type: "string",
        refuse: (value) =>
            parseAddress(value as string) === undefined ? "it is no IPv4 address." : undefined,
        source: SOURCE,
    },
    nextHopType: oneOf(
        ["VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None"],
        SOURCE,
        {
            required: true,
        },
    ),
};

export const route: ArmType = {
    table: {
        token: ROUTE,
        properties: {
            ...routeProperties,
            id: uselessInput,
            name: { ...networkName(), createOnly: false },
            type: { ...uselessInput, alsoComputed: true },
            resourceGroupName,
            routeName: networkName(),
            routeTableName: networkName({ required: true }),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            hasBgpOverride: computed("boolean"),
            provisioningState: computed("string"),
        },
        check: checkRoute,
    },
    armType: "Microsoft.Network/routeTables/routes",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/routeTables/{routeTableName}/routes/{routeName}",
    apiVersion: "2024-05-01",
    naming: "copy",
    put({ azure, id, inputs }) {
        const rival = azure.store
            .below(parentOf(id)!, ROUTE)
            .find(
                (other) =>
                    keyOf(other.id) !== keyOf(id) && other.properties.addressPrefix === inputs.addressPrefix,
            );
        if (rival) {
            throw badRequest(
                "RouteConflict",
                `Route ${lastName(id)} conflicts with route ${rival.name}. Routes cannot have the same AddressPrefix.`,
            );
        }
        return {
            addressPrefix: inputs.addressPrefix,
            nextHopIpAddress: inputs.nextHopIpAddress,
            nextHopType: inputs.nextHopType,
        };
    },
    view: () => ({ hasBgpOverride: false }),
};

/** Only a virtual appliance has an address, and it must have one. */
export function checkRoute(inputs: PropertyMap, path = ""): CheckFailure[] {
    const property = path ? `${path}.nextHopIpAddress` : "nextHopIpAddress";
    const [hop, address] = [inputs.nextHopType, inputs.nextHopIpAddress];
    if ([hop, address].includes(UNKNOWN) || (hop === "VirtualAppliance") === (address !== undefined))
        return [];
    const reason =
        address === undefined
            ? `'${property}' is missing; a route with the next hop VirtualAppliance needs it. Add the appliance's address.`
            : `'${property}' is given, but the next hop is ${String(hop)}; only VirtualAppliance has an address. Leave it out.`;
    return [{ property, reason }];
}

function refusePrefix(value: unknown): string | undefined {
    const text = value as string;
    const prefix = parseCidr(text);
    if (prefix?.aligned || (!prefix && isRouteTag(text))) return undefined;
    return prefix
        ? "bits of the host part are set. Use the first address of the range."
        : "it is no IPv4 range (as in '10.0.0.0/16') and no service tag that Azure knows (exact letter case).";
}
