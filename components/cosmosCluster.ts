import * as pulumi from "@pulumi/pulumi";
import { withFormerNames } from "./formerNames";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import { allowsEntra, allowsPasswords, type AuthMode } from "./authMode";
import { Cloud, CLOUDS } from "./clouds";
import type { ClusterNodeArgs, CosmosClusterArgs } from "./cosmosClusterArgs";
import { checkClusterName, checkClusterPassword, checkCosmosCluster } from "./cosmosClusterChecks";
import {
    addIdentities,
    addNativeRoles,
    enableEnterpriseApplication,
    type ClusterTarget,
} from "./cosmosClusterRoles";
import { checkedFirewallRules } from "./firewallRules";
import { readyAfter, validated } from "./inputs";
import { serverErrorHook } from "./serverErrorHook";
import { oneOperationAtATime, type NextOperation } from "./serverOperations";

/** The audience of an access token for clusters, exactly as written (F49). The token lives for 5 to 90 minutes (F50). */
export const CLUSTER_TOKEN_AUDIENCE = CLOUDS[Cloud.Public].cosmosTokenAudience!;

/** The cluster's built-in role (F42). */
export const CITUS_ROLE = "citus";

/**
 * An Azure Cosmos DB for PostgreSQL cluster with its authentication mode, firewall rules, Microsoft Entra roles and native roles, made one
 * after another in this order.
 *
 * The cluster is protected against deletion, has no firewall rule and accepts Entra tokens only, unless told otherwise. The mode and all
 * passwords change in place at any time, without a restart. The built-in role citus is never made nor deleted here. Roles have LOGIN and
 * are the same on every node; their privileges are ordinary grants on the coordinator, for instance by DatabaseAccess with grantees.
 *
 * `pulumi destroy` needs `--run-program` for the retries of a busy cluster to work.
 */
export class CosmosCluster extends pulumi.ComponentResource {
    /** Resource id of the cluster. */
    public readonly clusterId: pulumi.Output<string>;
    /** Name of the cluster. */
    public readonly clusterName: pulumi.Output<string>;
    /** Host name of the coordinator, which clients connect to. */
    public readonly host: pulumi.Output<string>;
    /** Name of the cluster's one database. */
    public readonly database: pulumi.Output<string>;
    /** Role names of the Entra administrators, once they are made. */
    public readonly administrators: pulumi.Output<string[]>;
    /** Names of the other Entra roles, once they are made. */
    public readonly entraRoles: pulumi.Output<string[]>;
    /** Names of the native roles beside citus, once they are made. */
    public readonly nativeRoles: pulumi.Output<string[]>;

    constructor(name: string, args: CosmosClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        const authMode = checkCosmosCluster(args);
        super(
            "azure-postgres-entra:index:CosmosCluster",
            name,
            {},
            withFormerNames("CosmosCluster", name, opts),
        );

        const application = args.enableEnterpriseApplication
            ? [enableEnterpriseApplication(name, { parent: this })]
            : [];
        const protect = args.protect ?? opts?.protect ?? true;
        const cluster = makeCluster(name, args, authMode, { parent: this, protect, dependsOn: application });
        const next = oneOperationAtATime(this, cluster, args.cloud);
        const target = { name, resourceGroupName: args.resourceGroupName, clusterName: args.name };
        addFirewallRules(target, args, next);
        const identities = addIdentities(target, args, next);

        this.clusterId = cluster.id;
        this.clusterName = readyAfter(args.name, [cluster]);
        this.host = cluster.serverNames.apply(coordinatorHost);
        this.database = readyAfter(args.databaseName ?? CITUS_ROLE, [cluster]);
        this.administrators = identities.administrators;
        this.entraRoles = identities.entraRoles;
        this.nativeRoles = addNativeRoles(target, args, next);
        this.registerOutputs({
            clusterId: this.clusterId,
            clusterName: this.clusterName,
            host: this.host,
            database: this.database,
            administrators: this.administrators,
            entraRoles: this.entraRoles,
            nativeRoles: this.nativeRoles,
        });
    }
}

/** The coordinator's name ends in -c; it is the first one. */
function coordinatorHost(servers: { name?: string; fullyQualifiedDomainName: string }[] = []): string {
    const coordinator = servers.find((server) => server.name?.endsWith("-c")) ?? servers[0];
    return coordinator?.fullyQualifiedDomainName as string;
}

function makeCluster(
    name: string,
    args: CosmosClusterArgs,
    authMode: AuthMode,
    opts: pulumi.CustomResourceOptions,
): dbforpostgresql.ServerGroupCluster {
    return new dbforpostgresql.ServerGroupCluster(
        `${name}-cluster`,
        {
            clusterName: validated(args.name, (value) => checkClusterName("name", value)),
            resourceGroupName: args.resourceGroupName,
            location: args.location,
            authConfig: {
                activeDirectoryAuth: allowsEntra(authMode) ? "enabled" : "disabled",
                passwordAuth: allowsPasswords(authMode) ? "enabled" : "disabled",
            },
            administratorLoginPassword: pulumi.secret(
                validated(args.citusPassword, (value) => checkClusterPassword("citusPassword", value)),
            ),
            postgresqlVersion: args.version ?? "16",
            citusVersion: args.citusVersion,
            databaseName: args.databaseName ?? CITUS_ROLE,
            enableHa: args.highAvailability ?? false,
            ...coordinator(args.coordinator),
            ...workers(args),
            tags: args.tags,
        },
        {
            ...opts,
            additionalSecretOutputs: ["administratorLoginPassword"],
            hooks: { onError: [serverErrorHook(args.cloud)] },
        },
    );
}

function coordinator(given: ClusterNodeArgs = {}) {
    return {
        coordinatorServerEdition: given.serverEdition ?? "GeneralPurpose",
        coordinatorVCores: given.vCores ?? 4,
        coordinatorStorageQuotaInMb: megabytes(given.storageSizeGb ?? 128),
        coordinatorEnablePublicIpAccess: given.publicNetworkAccess ?? false,
    };
}

function workers({ workers: given = { count: 0 } }: CosmosClusterArgs) {
    if (given.count === 0) return { nodeCount: 0, enableShardsOnCoordinator: true };
    return {
        nodeCount: given.count,
        enableShardsOnCoordinator: false,
        nodeServerEdition: given.serverEdition ?? "MemoryOptimized",
        nodeVCores: given.vCores ?? 4,
        nodeStorageQuotaInMb: megabytes(given.storageSizeGb ?? 512),
        nodeEnablePublicIpAccess: given.publicNetworkAccess ?? false,
    };
}

function megabytes(gibibytes: pulumi.Input<number>): pulumi.Output<number> {
    return pulumi.output(gibibytes).apply((size) => size * 1024);
}

function addFirewallRules(target: ClusterTarget, args: CosmosClusterArgs, next: NextOperation): void {
    const { name, ...cluster } = target;
    for (const rule of checkedFirewallRules(args.firewallRules)) {
        const resource = `${name}-firewall-${rule.firewallRuleName}`;
        next((opts) => new dbforpostgresql.ServerGroupFirewallRule(resource, { ...cluster, ...rule }, opts));
    }
}
