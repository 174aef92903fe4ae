import type * as pulumi from "@pulumi/pulumi";
import type { AuthMode } from "./authMode";
import type { Cloud } from "./clouds";
import type { ServerFirewallRuleArgs } from "./flexibleServerArgs";
import type { PrincipalType } from "./principalType";

/** A Microsoft Entra identity that has a role in a cluster. */
export interface ClusterIdentityArgs {
    /** Object id of the user or the service principal; for an application the enterprise application's (F65). */
    objectId: pulumi.Input<string>;
    /** Becomes the name of the role: a user's principal name, or a display name, exactly as in Entra; at most 40 characters. */
    principalName: pulumi.Input<string>;
    /** User or ServicePrincipal; a managed identity is a ServicePrincipal. Groups are not supported by the service (F80). */
    principalType: pulumi.Input<string | PrincipalType>;
    /** Keeps the role's identity in the state. Default: the object id; needed where that is an output. */
    key?: string;
}

/** A role that signs in by password (F46). */
export interface ClusterNativeRoleArgs {
    /** Name of the role: 1 to 40 letters, digits, underscores, hyphens and dots. */
    name: string;
    /** Its password, kept as a secret. Changing it resets the password in place (F47). */
    password: pulumi.Input<string>;
}

/** What a node of the cluster is made of. */
export interface ClusterNodeArgs {
    /** For instance GeneralPurpose or MemoryOptimized. Default: GeneralPurpose for the coordinator, MemoryOptimized for workers. */
    serverEdition?: pulumi.Input<string>;
    /** Number of virtual cores. Default: 4. */
    vCores?: pulumi.Input<number>;
    /** Storage in GiB; it grows but never shrinks. Default: 128 for the coordinator, 512 for each worker. */
    storageSizeGb?: pulumi.Input<number>;
    /** Whether addresses of firewall rules may connect through the internet. Default: false. */
    publicNetworkAccess?: boolean;
}

/** The workers, all alike. */
export interface ClusterWorkersArgs extends ClusterNodeArgs {
    /** How many: 0, where the coordinator does all work, or at least 2. */
    count: number;
}

export interface CosmosClusterArgs {
    /** Name of the cluster, unique in all of Azure. Changing this replaces the cluster. */
    name: pulumi.Input<string>;
    /** Resource group of the cluster. */
    resourceGroupName: pulumi.Input<string>;
    /** Azure region. Default: the resource group's. */
    location?: pulumi.Input<string>;
    /** Id of the Microsoft Entra tenant of the cluster. */
    tenantId: pulumi.Input<string>;
    /** The cloud that the cluster is in. Default: Public. */
    cloud?: Cloud;
    /** Who can sign in. Default: EntraOnly. It changes in place at any time, without a restart (F43). */
    authMode?: AuthMode;
    /**
     * Password of the built-in role citus, kept as a secret. The service wants one in every mode when a cluster is made; with EntraOnly
     * it opens nothing (F48). Changing it resets it in place.
     */
    citusPassword: pulumi.Input<string>;
    /** Microsoft Entra identities with the rights of citus, any number (F44). At least one with EntraOnly. Default: none. */
    administrators?: ClusterIdentityArgs[];
    /** Microsoft Entra identities that have only what is granted to them (F44). Default: none. */
    entraRoles?: ClusterIdentityArgs[];
    /** Roles that sign in by password; only with a mode that includes passwords. Default: none. */
    nativeRoles?: ClusterNativeRoleArgs[];
    /**
     * Enables sign-in to the tenant's enterprise application for this service, which every tenant needs once (F45). It takes the right of
     * a tenant administrator: the role Cloud Application Administrator, or for an application the permission Application.ReadWrite.All.
     * Destroying the stack leaves it enabled, as other clusters of the tenant need it too. Default: false, somebody has done it.
     */
    enableEnterpriseApplication?: boolean;
    /** Major version of PostgreSQL, from 14 on (Entra needs that). Default: 16. */
    version?: pulumi.Input<string>;
    /** Version of the Citus extension. Default: the service's. */
    citusVersion?: pulumi.Input<string>;
    /** Name of the cluster's one database. It cannot change later. Default: citus. */
    databaseName?: string;
    /** The coordinator, which all clients sign in to. Default: the defaults of its own arguments. */
    coordinator?: ClusterNodeArgs;
    /** The workers. Default: none. */
    workers?: ClusterWorkersArgs;
    /** Whether every node has a standby. Default: false. */
    highAvailability?: pulumi.Input<boolean>;
    /** Who may connect from the internet. Default: nobody. */
    firewallRules?: ServerFirewallRuleArgs[];
    /** Tags of the cluster. Default: none. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether Pulumi refuses to delete or replace the cluster. Default: true. */
    protect?: boolean;
}
