import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { CosmosCluster, DatabaseAccess } from "./components/index";
import { clusterAccessArgs, clusterArgs, clusterSignInLines, COSMOS_NAMES } from "./cosmosResources";
import { makeResourceGroup } from "./resourceGroup";
import { granteesOf, type CosmosStackConfig } from "./stackConfigCosmos";

/** A stack with a cluster: resource group, cluster with its roles, privileges on the coordinator. */
export function makeCosmosCluster(config: CosmosStackConfig): Record<string, unknown> {
    const tenantId = pulumi.output(config.tenantId ?? getClientConfigOutput().tenantId);
    const resourceGroupName = makeResourceGroup(config, config.cosmosCluster.tags);
    const args = clusterArgs(config, { tenantId, resourceGroupName });
    const cluster = new CosmosCluster(COSMOS_NAMES.cluster, args);
    const access = clusterAccessArgs(config, cluster.host);
    if (access)
        new DatabaseAccess(COSMOS_NAMES.access, access, { dependsOn: [cluster], deletedWith: cluster });
    return {
        host: cluster.host,
        database: cluster.database,
        administrators: cluster.administrators,
        principals: cluster.entraRoles,
        nativeRoles: cluster.nativeRoles,
        privileges: Object.fromEntries(granteesOf(config).map(({ role, profile }) => [role, profile])),
        signIn: pulumi
            .all([cluster.host, tenantId])
            .apply(([host, tenant]) => clusterSignInLines(config, host, tenant)),
    };
}
