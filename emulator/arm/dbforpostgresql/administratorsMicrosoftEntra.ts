/** `azure-native:dbforpostgresql:AdministratorsMicrosoftEntra`: a Microsoft Entra administrator (F2, F5). */

import type { DirectoryObject, PrincipalType } from "../../entra/directoryObject";
import type { PropertyMap } from "../../../components/provider/resourceProvider";
import { badRequest, type ArmError, invalidParameter } from "../armError";
import type { ArmType, Azure } from "../armType";
import { lastName } from "../resourceId";
import { GUID, computed, oneOf, resourceGroupName, SPEC, systemData } from "../rules";
import type { AuthConfig } from "./serverAuthentication";
import {
    ADMINISTRATOR,
    API_VERSION,
    engineOf,
    parentServerName,
    SERVER_PATH,
    serverIdOf,
    serverOf,
} from "./serverChild";
import { surroundingsOf } from "./surroundings";

/** Optional in the SDK, which would then use the resource's own name as object id. */
const TRAP = "optional in @pulumi/azure-native 3.28.0, required by the service";

export const administratorsMicrosoftEntra: ArmType = {
    table: {
        token: ADMINISTRATOR,
        properties: {
            // Only the object id is a path parameter: azure-native sends every other change as an update.
            objectId: {
                type: "string",
                required: true,
                createOnly: true,
                pattern: GUID,
                patternText: "that is a GUID",
                source: TRAP,
            },
            principalName: {
                type: "string",
                required: true,
                maxBytes: 63,
                pattern: /./,
                source: `${TRAP}; F78`,
            },
            principalType: oneOf(
                ["User", "Group", "ServicePrincipal"],
                `${SPEC.postgresql} PrincipalType (the SDK's enum of this name has the casing of Cosmos DB)`,
                {
                    required: true,
                },
            ),
            resourceGroupName,
            serverName: parentServerName,
            tenantId: {
                type: "string",
                required: true,
                pattern: GUID,
                patternText: "that is a GUID",
                source: TRAP,
            },
            azureApiVersion: computed("string"),
            name: computed("string"),
            systemData,
            type: computed("string"),
        },
    },
    armType: "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
    path: `${SERVER_PATH}/administrators/{objectId}`,
    apiVersion: API_VERSION,
    naming: "none",
    async put({ azure, id, inputs, existing }) {
        const objectId = lastName(id).toLowerCase();
        const principalName = inputs.principalName as string;
        const principalType = inputs.principalType as PrincipalType;
        refuseServer(azure, id, inputs);
        refuseIdentity(azure.directory.get(objectId), objectId, principalName, principalType);
        if (existing) {
            refuseChange(existing.properties, inputs);
            return { ...existing.properties };
        }
        await engineOf(azure, id).addAdministrator({ roleName: principalName, objectId, principalType });
        return { objectId, principalName, principalType, tenantId: inputs.tenantId };
    },
    async remove({ azure, resource }) {
        await engineOf(azure, resource.id).removeAdministrator(resource.properties.objectId as string);
    },
};

function refuseServer(azure: Azure, id: string, inputs: PropertyMap): void {
    const server = serverOf(azure, id);
    if ((server.properties.authConfig as AuthConfig).activeDirectoryAuth !== "Enabled") {
        throw badRequest(
            "AadAuthNotEnabled",
            `Microsoft Entra authentication is not enabled on server '${server.name}'. Enable it before you add an administrator.`,
        );
    }
    if ((inputs.tenantId as string).toLowerCase() !== azure.directory.tenantId.toLowerCase()) {
        throw invalidParameter("tenantId", `The tenant of the server is ${azure.directory.tenantId} (F2).`);
    }
    const unreachable = surroundingsOf(azure, serverIdOf(id)).entraUnreachable();
    if (unreachable) {
        throw notValidated(lastName(id), `The server cannot ask Microsoft Entra ID (F8): ${unreachable}`);
    }
}

function refuseIdentity(
    identity: DirectoryObject | undefined,
    objectId: string,
    name: string,
    type: PrincipalType,
): void {
    const known = identity && nameOf(identity);
    if (known !== name) {
        throw notValidated(
            objectId,
            known === undefined
                ? "No identity has this object id."
                : `Its name is '${known}', not '${name}' (F18).`,
        );
    }
    if (identity!.principalType !== type) {
        throw badRequest(
            "AadAuthPrincipalCreationFailed",
            `incorrect object type provided for principal '${name}': given '${type}', actual '${identity!.principalType}'.`,
        );
    }
}

/** Microsoft documents this text for a wrong name and for a network that keeps the server from asking. */
function notValidated(objectId: string, why: string): ArmError {
    return badRequest(
        "AadAuthPrincipalCreationFailed",
        `Could not validate AAD user ${objectId} because its name is not found in the tenant. ${why}`,
    );
}

function nameOf(identity: DirectoryObject): string {
    return identity.principalType === "User" ? (identity.userPrincipalName ?? "") : identity.displayName;
}

function refuseChange(before: Readonly<PropertyMap>, after: PropertyMap): void {
    if (before.principalName === after.principalName && before.principalType === after.principalType) return;
    throw badRequest(
        "AadAuthPrincipalUpdateNotSupported",
        "Updating an existing principal isn't supported. Drop and recreate the Microsoft Entra principal.",
    );
}
