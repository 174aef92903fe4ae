import * as pulumi from "@pulumi/pulumi";
import { AuthMode } from "./authMode";
import { Cloud } from "./clouds";
import { PrincipalType } from "./principalType";

/** What the server's hardware is made for. */
export enum ComputeTier {
    Burstable = "Burstable",
    GeneralPurpose = "GeneralPurpose",
    MemoryOptimized = "MemoryOptimized",
}

/** Whether a standby server takes over when the primary fails. */
export enum HighAvailabilityMode {
    Disabled = "Disabled",
    /** The standby is in the primary's zone. */
    SameZone = "SameZone",
    /** The standby is in another zone. */
    ZoneRedundant = "ZoneRedundant",
}

/** A Microsoft Entra administrator of the server. */
export interface EntraAdministratorArgs {
    /** Object id of the user, the group or the service principal; for an application the enterprise application's (F65). */
    objectId: pulumi.Input<string>;
    /** Becomes the name of the role: a user's principal name, or a display name, exactly as in Entra (F18). */
    principalName: pulumi.Input<string>;
    /** User, Group or ServicePrincipal; a managed identity is a ServicePrincipal. */
    principalType: pulumi.Input<string | PrincipalType>;
    /** Tenant of the identity. Default: the server's tenantId. */
    tenantId?: pulumi.Input<string>;
    /**
     * Keeps the administrator's identity in the state. Default: the object id, or the name where the object id is an
     * output; needed where both are outputs. Changing it removes the administrator and adds it again.
     */
    key?: string;
}

/** A range of addresses that may connect to a public server. */
export interface ServerFirewallRuleArgs {
    /** Name of the rule, unique on the server. */
    name: string;
    /** First IPv4 address. */
    startIpAddress: pulumi.Input<string>;
    /** Last IPv4 address; the same as the first for a single one. */
    endIpAddress: pulumi.Input<string>;
}

/** A database of the server. It is made after the administrators, who otherwise could not manage it (F71). */
export interface ServerDatabaseArgs {
    /** Name of the database, unique on the server. */
    name: string;
    /** Default: UTF8. Changing this replaces the database. */
    charset?: pulumi.Input<string>;
    /** Default: en_US.utf8. Changing this replaces the database. */
    collation?: pulumi.Input<string>;
}

/** Where the server is reached from. Without any of these nobody reaches it, unless through a private endpoint. */
export interface ServerNetworkArgs {
    /** Resource id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers. Changing this replaces the server (F74). Default: none. */
    delegatedSubnetId?: pulumi.Input<string>;
    /** Resource id of the private DNS zone; needed together with the subnet (F75). Default: none. */
    privateDnsZoneId?: pulumi.Input<string>;
    /** Whether addresses of firewall rules may connect through the internet. Not together with a subnet. Default: false. */
    publicNetworkAccess?: boolean;
}

/** Size and kind of the compute. */
export interface ServerSkuArgs {
    /** For instance Standard_D4ds_v5. */
    name: pulumi.Input<string>;
    /** Burstable, GeneralPurpose or MemoryOptimized. */
    tier: pulumi.Input<string | ComputeTier>;
}

export interface FlexibleServerArgs {
    /** Name of the server, unique in all of Azure. Changing this replaces the server. */
    name: pulumi.Input<string>;
    /** Resource group of the server. Changing this replaces the server. */
    resourceGroupName: pulumi.Input<string>;
    /** Azure region. Changing this replaces the server. Default: the resource group's. */
    location?: pulumi.Input<string>;
    /** Id of the Microsoft Entra tenant of the server. */
    tenantId: pulumi.Input<string>;
    /** The cloud that the server is in. Default: Public. */
    cloud?: Cloud;
    /** Major version of PostgreSQL. A newer one upgrades the server in place, with downtime and no way back. Default: 17. */
    version?: pulumi.Input<string>;
    /** Size and kind of the compute. Changing this restarts the server. Default: Standard_D2ds_v5, GeneralPurpose. */
    sku?: ServerSkuArgs;
    /** Storage in GiB; it grows but never shrinks. Default: 32. */
    storageSizeGb?: pulumi.Input<number>;
    /** How long backups are kept, 7 to 35 days. Default: 7. */
    backupRetentionDays?: pulumi.Input<number>;
    /** Whether backups are copied to the paired region. Changing this replaces the server. Default: false. */
    geoRedundantBackup?: pulumi.Input<boolean>;
    /** Disabled, SameZone or ZoneRedundant. Default: Disabled. */
    highAvailability?: pulumi.Input<string | HighAvailabilityMode>;
    /** Zone of the primary when the server is made. A later change has no effect, as a failover moves it. Default: Azure chooses. */
    availabilityZone?: pulumi.Input<string>;
    /** Zone of the standby; for ZoneRedundant another one than the primary's. Default: Azure chooses. */
    standbyAvailabilityZone?: pulumi.Input<string>;
    /** Who can sign in. Default: EntraOnly. Changing this never replaces the server; enabling Entra restarts it (F70). */
    authMode?: AuthMode;
    /** Microsoft Entra administrators, any number (F3). At least one with a mode that includes Entra. Default: none. */
    administrators?: EntraAdministratorArgs[];
    /**
     * Administrators, by name or object id, that may go although none is left then. Removing the last administrator is refused
     * unless each one that goes is named here. Default: none.
     */
    removeLastAdministrators?: string[];
    /** Login of the password administrator; only with a mode that includes passwords. It can never change. Default: none. */
    administratorLogin?: pulumi.Input<string>;
    /** Password of that login. Kept as a secret; changing it never replaces the server. Default: none. */
    administratorPassword?: pulumi.Input<string>;
    /**
     * Whether the password of an existing server stays as it is: none is sent, and administratorPassword is left out. Azure refuses to
     * make a server so. Default: false.
     */
    keepAdministratorPassword?: boolean;
    /** Where the server is reached from. Default: nowhere. */
    network?: ServerNetworkArgs;
    /** Who may connect from the internet. Default: nobody. */
    firewallRules?: ServerFirewallRuleArgs[];
    /** Server parameters by name. Some restart the server when they change. Default: the service's own. */
    parameters?: Record<string, pulumi.Input<string>>;
    /** Databases, which only go away when protect is off. Default: none. */
    databases?: ServerDatabaseArgs[];
    /** Tags of the server. Default: none. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether Pulumi refuses to delete or replace the server and its databases. Default: true. */
    protect?: boolean;
}
