import { UNKNOWN_MARK, type Properties } from "../planDocument";
import * as types from "../resourceTypes";
import type { AccessModel, Administrator, Principal, PrincipalKind, ServerAccess } from "./accessModel";
import { known, map, text } from "./inputValues";

/** Who may do what in clusters of Azure Cosmos DB for PostgreSQL, as their resources say it. Pure. */

type ClusterAccess = Pick<AccessModel, "servers" | "administrators" | "principals" | "databases">;

/** @param inputs of all resources of a type */
export function clusterAccess(inputs: (type: string) => Properties[]): ClusterAccess {
    const clusters = inputs(types.CLUSTER);
    const roles = inputs(types.CLUSTER_ROLE);
    const isAdmin = (role: Properties) => text(role.roleType).toLowerCase() === "admin";
    return {
        servers: clusters.map(cluster),
        administrators: roles.filter(isAdmin).map((role): Administrator => ({
            ...identity(role),
            server: text(role.clusterName),
            system: "cosmosCluster",
        })),
        principals: [
            ...roles.filter((role) => !isAdmin(role)).map((role) => ({ ...identity(role), ...PLAIN_ROLE })),
            ...inputs(types.GENERIC_RESOURCE).filter(isNativeRole).map(nativeRole),
        ],
        databases: clusters.map(({ databaseName }) => text(databaseName ?? "citus")),
    };
}

/** The API of clusters writes its values in lower case (E6). */
function cluster(inputs: Properties): ServerAccess {
    const auth = map(inputs.authConfig);
    return {
        name: text(inputs.clusterName),
        entra: capital(auth.activeDirectoryAuth),
        passwords: capital(auth.passwordAuth),
        publicAccess: state(inputs.coordinatorEnablePublicIpAccess),
        publicWorkers: state(inputs.nodeEnablePublicIpAccess ?? false),
    };
}

function capital(value: unknown): string {
    const given = text(value ?? UNKNOWN_MARK);
    return given.slice(0, 1).toUpperCase() + given.slice(1);
}

function state(flag: unknown): string {
    return typeof flag === "boolean" ? (flag ? "Enabled" : "Disabled") : text(flag);
}

function identity({ roleName, principalType, objectId }: Properties) {
    return {
        name: text(roleName),
        principalType: capital(principalType) as PrincipalKind,
        objectId: known(objectId),
    };
}

/** What a role of a cluster cannot have; the service removes it. */
const PLAIN_ROLE = {
    isAdmin: false,
    requireMfa: false,
    memberOf: [],
    settings: [],
    connectionLimit: -1,
    onDelete: { action: "ByService" },
} satisfies Partial<Principal>;

function isNativeRole({ resourceProviderNamespace, parentResourcePath, resourceType }: Properties): boolean {
    return (
        text(resourceProviderNamespace).toLowerCase() === "microsoft.dbforpostgresql" &&
        /^serverGroupsv2\//i.test(text(parentResourcePath)) &&
        text(resourceType).toLowerCase() === "roles"
    );
}

function nativeRole({ resourceName }: Properties): Principal {
    return { name: text(resourceName), principalType: "Password", ...PLAIN_ROLE };
}
