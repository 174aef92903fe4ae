/** `azure-native:managedidentity:UserAssignedIdentity`. Its service principal stands in the tenant (F35, F65). */

import { randomUUID } from "node:crypto";
import { badRequest, conflict } from "../armError";
import type { ArmType } from "../armType";
import { normalizeLocation } from "../locations";
import { lastName } from "../resourceId";
import { computed, location, resourceGroupName, SPEC, systemData, tags } from "../rules";

export const USER_ASSIGNED_IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";

export const userAssignedIdentity: ArmType = {
    table: {
        token: USER_ASSIGNED_IDENTITY,
        properties: {
            location: {
                ...location,
                createOnly: true,
                source: `${SPEC.managedIdentity} TrackedResource x-ms-mutability read, create`,
            },
            resourceGroupName,
            resourceName: {
                type: "string",
                createOnly: true,
                pattern: /^[A-Za-z0-9][\w-]{2,127}$/,
                patternText: "of 3 to 128 letters, digits, '-' and '_', beginning with a letter or digit",
                source: SPEC.names,
            },
            tags,
            azureApiVersion: computed("string"),
            clientId: computed("string"),
            name: computed("string"),
            principalId: computed("string"),
            systemData,
            tenantId: computed("string"),
            type: computed("string"),
        },
    },
    armType: "Microsoft.ManagedIdentity/userAssignedIdentities",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    apiVersion: "2023-01-31",
    naming: "random",
    put({ azure, id, inputs, existing }) {
        const where = inputs.location as string | undefined;
        if (!where)
            throw badRequest("LocationRequired", "The location property is required for this definition.");
        const before = existing?.properties;
        if (before && before.location !== normalizeLocation(where)) {
            throw conflict(
                "InvalidResourceLocation",
                `The resource '${lastName(id)}' already exists in location '${String(before.location)}'. A resource with the same name cannot be created in location '${where}'. Please select a new resource name.`,
            );
        }
        const { tenantId } = azure.directory;
        const identity = before ?? { clientId: randomUUID(), principalId: randomUUID(), tenantId };
        if (!before) {
            azure.directory.add({
                objectId: String(identity.principalId),
                principalType: "ServicePrincipal",
                displayName: lastName(id),
                appId: String(identity.clientId),
                managedIdentity: "UserAssigned",
            });
        }
        return { ...identity, location: normalizeLocation(where), tags: inputs.tags };
    },
    /** Machines that have it keep a reference to nothing, as in Azure. */
    remove({ azure, resource }) {
        const principalId = String(resource.properties.principalId);
        if (azure.directory.get(principalId)) azure.directory.remove(principalId);
    },
};
