/**
 * `azure-native:dbforpostgresql:ServerGroupRole`: a role of a cluster, either of an Entra identity (F44) or native, with a password
 * (F46). azure-native's class makes the first kind alone; the second comes through its generic resource (`genericResource.ts`).
 */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { DirectoryObject, PrincipalType } from "../../entra/directoryObject";
import { principalName } from "../../entra/directory";
import { badRequest, conflict, invalidParameter } from "../armError";
import type { ArmType, Azure, PutCall } from "../armType";
import { lastName } from "../resourceId";
import { GUID, computed, oneOf, resourceGroupName, SPEC, systemData } from "../rules";
import { CITUS } from "./cluster";
import {
    authOf,
    CLUSTER_API_VERSION,
    CLUSTER_PATH,
    CLUSTER_ROLE,
    clusterOf,
    nodesOf,
    parentClusterName,
} from "./clusterChild";
import { password } from "./clusterTable";

const PRINCIPAL_TYPES: Record<string, PrincipalType> = { user: "User", servicePrincipal: "ServicePrincipal" };

export const clusterRole: ArmType = {
    table: {
        token: CLUSTER_ROLE,
        properties: {
            clusterName: parentClusterName,
            objectId: {
                type: "string",
                createOnly: true,
                pattern: GUID,
                patternText: "that is a GUID",
                source: SPEC.clusters,
            },
            password,
            principalType: oneOf(["user", "servicePrincipal", "group"], SPEC.clusters, {
                createOnly: true,
                refuse: (value) =>
                    value === "group"
                        ? "groups are not supported by Azure Cosmos DB for PostgreSQL (F80). Add their members one by one."
                        : undefined,
            }),
            resourceGroupName,
            roleName: {
                type: "string",
                createOnly: true,
                pattern: /^[^/?#\\\p{Cc}]{1,40}$/u,
                patternText: "of 1 to 40 characters without '/', '?', '#' and '\\'",
                refuse: (value) =>
                    value === CITUS
                        ? "'citus' is the cluster's built-in role: it is neither made nor deleted (F42, F47)."
                        : undefined,
                source: `${SPEC.clusters} roleName; F80 (40 characters)`,
            },
            roleType: oneOf(["user", "admin"], SPEC.clusters),
            tenantId: {
                type: "string",
                createOnly: true,
                pattern: GUID,
                patternText: "that is a GUID",
                source: SPEC.clusters,
            },
            azureApiVersion: computed("string"),
            name: computed("string"),
            provisioningState: computed("string"),
            systemData,
            type: computed("string"),
        },
        check: checkKind,
    },
    armType: "Microsoft.DBforPostgreSQL/serverGroupsv2/roles",
    path: `${CLUSTER_PATH}/roles/{roleName}`,
    apiVersion: CLUSTER_API_VERSION,
    naming: "copy",
    put: (call) => (call.inputs.objectId === undefined ? putNative(call) : putEntra(call)),
    async remove({ azure, resource }) {
        await nodesOf(azure, resource.id).removeRole(resource.name);
    },
};

function checkKind(inputs: PropertyMap): CheckFailure[] {
    const { objectId, principalType, password: given } = inputs;
    if ([objectId, principalType, given].includes(UNKNOWN)) return [];
    if (objectId === undefined && principalType === undefined) {
        if (given !== undefined) return [];
        const reason =
            "a role has either a password or the objectId and principalType of an identity. Add them.";
        return [{ property: "objectId", reason }];
    }
    const missing = objectId === undefined ? "objectId" : principalType === undefined ? "principalType" : "";
    if (missing) return [{ property: missing, reason: `'${missing}' is missing beside the other. Add it.` }];
    if (given === undefined) return [];
    return [{ property: "", reason: "an identity's role has no password. Leave 'password' out." }];
}

async function putNative({ azure, id, inputs, existing }: PutCall): Promise<PropertyMap> {
    const name = lastName(id);
    if (existing?.properties.objectId !== undefined)
        throw conflict(
            "RoleKindMismatch",
            `The role '${name}' is that of an Entra identity. Delete it first.`,
        );
    const given = inputs.password as string | undefined;
    if (given === undefined) throw invalidParameter("password", "A native role has one (F46).");
    if (inputs.roleType === "admin") throw invalidParameter("roleType", "A native role is a user.");
    const nodes = nodesOf(azure, id);
    await (existing ? nodes.setPassword(name, given) : nodes.createNativeRole(name, given));
    return { roleType: "user" };
}

async function putEntra({ azure, id, inputs, existing }: PutCall): Promise<PropertyMap> {
    const roleName = lastName(id);
    const isAdmin = inputs.roleType === "admin";
    const wanted = {
        objectId: (inputs.objectId as string).toLowerCase(),
        principalType: inputs.principalType as string,
        roleType: isAdmin ? "admin" : "user",
        tenantId: (inputs.tenantId as string | undefined) ?? azure.directory.tenantId,
    };
    const cluster = clusterOf(azure, id);
    if (authOf(cluster).activeDirectoryAuth !== "enabled")
        throw badRequest(
            "AadAuthNotEnabled",
            `Microsoft Entra authentication is not enabled on cluster '${cluster.name}'. Enable it before you add a role.`,
        );
    refuseIdentity(azure, roleName, wanted);
    if (existing) {
        if (existing.properties.objectId !== wanted.objectId)
            throw conflict("RoleKindMismatch", `The role '${roleName}' is another's. Delete it first (F33).`);
        await nodesOf(azure, id).setAdministrator(roleName, isAdmin);
        return wanted;
    }
    const principalType = PRINCIPAL_TYPES[wanted.principalType]!;
    await nodesOf(azure, id).createEntraRole({ roleName, objectId: wanted.objectId, principalType, isAdmin });
    return wanted;
}

/** As Entra knows it: the name as well, exactly (F51: as F18). */
function refuseIdentity(
    azure: Azure,
    roleName: string,
    wanted: { objectId: string; principalType: string; tenantId: string },
): void {
    if (wanted.tenantId.toLowerCase() !== azure.directory.tenantId.toLowerCase())
        throw invalidParameter("tenantId", `The tenant of the cluster is ${azure.directory.tenantId}.`);
    const identity = azure.directory.get(wanted.objectId);
    const why = !identity
        ? "No identity has this object id."
        : identity.principalType !== PRINCIPAL_TYPES[wanted.principalType]
          ? `It is a ${identity.principalType}.`
          : nameProblem(identity, roleName);
    if (why === undefined) return;
    throw badRequest(
        "AadAuthPrincipalCreationFailed",
        `The identity ${wanted.objectId} cannot be '${roleName}': ${why}`,
    );
}

function nameProblem(identity: DirectoryObject, roleName: string): string | undefined {
    const name = principalName(identity);
    return name === roleName ? undefined : `its name is '${name}' (F18).`;
}
