/** What a cluster of Azure Cosmos DB for PostgreSQL and the types below it share. */

import type { PropertyRule } from "../../providers/propertyTable";
import type { Azure } from "../armType";
import type { DatabaseCluster } from "../databaseEngine";
import { resourceNotFound } from "../armError";
import { serverIdOf } from "../dbforpostgresql/serverChild";
import { lastName } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import { SPEC } from "../rules";

export const CLUSTER = "azure-native:dbforpostgresql:ServerGroupCluster";
export const CLUSTER_ROLE = "azure-native:dbforpostgresql:ServerGroupRole";
export const CLUSTER_FIREWALL_RULE = "azure-native:dbforpostgresql:ServerGroupFirewallRule";

export const CLUSTER_API_VERSION = "2023-03-02-preview";
export const CLUSTER_PATH =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DBforPostgreSQL/serverGroupsv2/{clusterName}";

export const clusterName: PropertyRule = {
    type: "string",
    createOnly: true,
    pattern: /^(?![0-9]+$)(?!-)[a-z0-9-]{3,40}(?<!-)$/,
    patternText:
        "of 3 to 40 lower-case letters, digits and hyphens, with no hyphen at either end and not of digits alone",
    source: `${SPEC.clusters} clusterName`,
};

export const parentClusterName: PropertyRule = { ...clusterName, required: true };

export interface ClusterAuth {
    activeDirectoryAuth: "enabled" | "disabled";
    passwordAuth: "enabled" | "disabled";
}

export function authOf(cluster: StoredResource): ClusterAuth {
    return cluster.properties.authConfig as ClusterAuth;
}

/** The record of the cluster that a child belongs to. */
export function clusterOf(azure: Azure, childId: string): StoredResource {
    const id = serverIdOf(childId);
    const cluster = azure.store.get(id);
    if (!cluster) throw resourceNotFound(id);
    return cluster;
}

/** The PostgreSQL servers behind a cluster. */
export function nodesOf(azure: Azure, id: string): DatabaseCluster {
    const name = lastName(serverIdOf(id)).toLowerCase();
    const cluster = azure.servers.clusters.get(name);
    if (!cluster) throw new Error(`No PostgreSQL runs for cluster '${name}'`);
    return cluster;
}
