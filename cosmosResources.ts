import type * as pulumi from "@pulumi/pulumi";
import {
    CLUSTER_TOKEN_AUDIENCE,
    DatabaseService,
    signIn,
    type AuthMode,
    type Cloud,
    type CosmosClusterArgs,
    type DatabaseAccessArgs,
    type PrincipalType,
    type SignIn,
} from "./components/index";
import { checkCosmosCluster } from "./components/cosmosClusterChecks";
import { checkDatabaseAccess } from "./components/databaseAccessChecks";
import { UNKNOWN_TENANT } from "./stackResources";
import { clusterSignInRole, granteesOf, type CosmosStackConfig } from "./stackConfigCosmos";

/** From the configuration of a stack with a cluster to the arguments of the components. No resource is registered here. */

/** Names of the components in Pulumi's state. They are identity: a change of one replaces what it holds. */
export const COSMOS_NAMES = { cluster: "cosmos", access: "access-citus" } as const;

/** @throws ValidationError for what is known before anything is registered */
export function checkCosmosStack(config: CosmosStackConfig): void {
    const tenantId = config.tenantId ?? UNKNOWN_TENANT;
    const resourceGroupName = config.resourceGroup.name;
    checkCosmosCluster(clusterArgs(config, { tenantId, resourceGroupName }));
    const access = clusterAccessArgs(config, "cluster.example");
    if (access) checkDatabaseAccess(access, "privileges.");
}

export function clusterArgs(
    config: CosmosStackConfig,
    around: { tenantId: pulumi.Input<string>; resourceGroupName: pulumi.Input<string> },
): CosmosClusterArgs {
    const { authMode, ...cluster } = config.cosmosCluster;
    return {
        ...cluster,
        ...around,
        location: config.location,
        cloud: config.cloud as Cloud,
        authMode: authMode as AuthMode,
        citusPassword: config.citusPassword,
        administrators: config.administrators.map((a) => ({
            ...a,
            principalType: a.principalType as PrincipalType,
        })),
        entraRoles: config.principals.map((p) => ({
            objectId: p.objectId,
            principalName: p.name,
            principalType: p.principalType as PrincipalType,
        })),
        nativeRoles: config.nativeRoles.map(({ name }) => ({
            name,
            password: config.nativeRolePasswords[name]!,
        })),
    };
}

/** `undefined` where nobody has privileges, or no Entra administrator could give them. */
export function clusterAccessArgs(
    config: CosmosStackConfig,
    host: pulumi.Input<string>,
): DatabaseAccessArgs | undefined {
    const grantees = granteesOf(config);
    const user = clusterSignInRole(config);
    if (grantees.length === 0 || user === undefined) return undefined;
    const { schemas, profiles, objectOwners } = config.privileges;
    return {
        host,
        user,
        cloud: config.cloud as Cloud,
        service: DatabaseService.CosmosCluster,
        database: config.cosmosCluster.databaseName,
        schemas,
        profiles: Object.entries(profiles).map(([name, privileges]) => ({ name, privileges })),
        objectOwners,
        grantees,
    };
}

/** What each Entra role types to sign in. Empty for the local Azure, whose addresses and tokens `npm run local` prints. */
export function clusterSignInLines(
    config: CosmosStackConfig,
    host: string,
    tenantId: string,
): Record<string, SignIn> {
    if (config.cloud === "Local") return {};
    const database = config.cosmosCluster.databaseName;
    const roles = [
        ...config.administrators.map((a) => a.principalName),
        ...config.principals.map((p) => p.name),
    ];
    const token = { tenantId, audience: CLUSTER_TOKEN_AUDIENCE };
    return Object.fromEntries(
        roles.map((user) => [user, signIn({ host, user, database, cloud: config.cloud as Cloud }, token)]),
    );
}
