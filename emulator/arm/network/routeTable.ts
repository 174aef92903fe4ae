/** `azure-native:network:RouteTable`. */

import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { normalizeLocation } from "../locations";
import { computed, location, networkName, resourceGroupName, SPEC, tags, uselessInput } from "../rules";
import { keptLocation, knownElements, subnetsReferring } from "./references";
import { checkRoute, ROUTE, routeProperties } from "./route";

export const ROUTE_TABLE = "azure-native:network:RouteTable";
const SOURCE = `${SPEC.network} routeTable.json`;

export const routeTable: ArmType = {
    table: {
        token: ROUTE_TABLE,
        properties: {
            disableBgpRoutePropagation: { type: "boolean", source: SOURCE },
            id: uselessInput,
            location,
            resourceGroupName,
            routeTableName: networkName(),
            routes: {
                type: "array",
                items: {
                    type: "object",
                    properties: {
                        ...routeProperties,
                        name: networkName({ required: true, createOnly: false }),
                    },
                },
                source: SOURCE,
            },
            tags,
            azureApiVersion: computed("string"),
            etag: computed("string"),
            name: computed("string"),
            provisioningState: computed("string"),
            resourceGuid: computed("string"),
            subnets: computed("array"),
            type: computed("string"),
        },
        check: (inputs) =>
            knownElements(inputs.routes).flatMap(([index, route]) => checkRoute(route, `routes[${index}]`)),
    },
    armType: "Microsoft.Network/routeTables",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/routeTables/{routeTableName}",
    apiVersion: "2024-05-01",
    naming: "random",
    inline: { property: "routes", token: ROUTE },
    put: ({ id, inputs, existing }) => ({
        location: keptLocation(inputs, existing, id, normalizeLocation),
        tags: inputs.tags,
        disableBgpRoutePropagation: inputs.disableBgpRoutePropagation ?? false,
    }),
    remove({ azure, resource, withGroup }) {
        const users = subnetsReferring(azure, "routeTable", resource.id);
        if (users.length === 0 || withGroup) return;
        throw badRequest(
            "InUseRouteTableCannotBeDeleted",
            `Route table ${resource.name} is in use and cannot be deleted. In use by: ${users.map((user) => user.id).join(", ")}.`,
        );
    },
    view: (azure, resource) => ({
        subnets: subnetsReferring(azure, "routeTable", resource.id).map(({ id }) => ({ id })),
    }),
};
