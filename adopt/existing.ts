/** What was read of a server, before anything is judged. */

import type { RoleSetting } from "../components/provider/settings";
import type { DirectorySnapshot, ServerSnapshot } from "../report/access/snapshot";

/** A resource as the REST API gives it. */
export interface ArmResource<Properties> {
    name: string;
    location?: string;
    tags?: Record<string, string>;
    sku?: { name?: string; tier?: string };
    properties: Properties;
}

/** Flexible Server, as far as a stack's configuration says something of it. */
export interface ServerProperties {
    version?: string;
    fullyQualifiedDomainName?: string;
    administratorLogin?: string;
    authConfig?: { activeDirectoryAuth?: string; passwordAuth?: string; tenantId?: string };
    storage?: { storageSizeGB?: number; autoGrow?: string; tier?: string; iops?: number; type?: string };
    backup?: { backupRetentionDays?: number; geoRedundantBackup?: string };
    highAvailability?: { mode?: string; standbyAvailabilityZone?: string };
    availabilityZone?: string;
    network?: {
        publicNetworkAccess?: string;
        delegatedSubnetResourceId?: string;
        privateDnsZoneArmResourceId?: string;
    };
    maintenanceWindow?: { customWindow?: string };
    dataEncryption?: { type?: string };
    replicationRole?: string;
    cluster?: object | null;
    privateEndpointConnections?: unknown[];
}

export interface AdministratorProperties {
    objectId: string;
    principalName: string;
    principalType: string;
    tenantId?: string;
}

/** Everything of the server that the resource API tells. */
export interface ServerResources {
    server: ArmResource<ServerProperties>;
    administrators: ArmResource<AdministratorProperties>[];
    databases: ArmResource<{ charset?: string; collation?: string }>[];
    firewallRules: ArmResource<{ startIpAddress: string; endIpAddress: string }>[];
    configurations: ArmResource<{ value?: string; source?: string; isReadOnly?: boolean }>[];
}

/** Everything that the server's own catalogs and the directory tell. */
export interface ServerRoles {
    server: ServerSnapshot;
    directory: DirectorySnapshot;
    /** Settings by the role's name. */
    settings: Map<string, RoleSetting[]>;
}

/** Something that the configuration does not say. It stays on the server as it is. */
export interface LeftOut {
    kind:
        | "role"
        | "principal"
        | "identity"
        | "privilege"
        | "profile"
        | "administrator"
        | "database"
        | "firewall rule"
        | "parameter"
        | "server";
    name: string;
    text: string;
}

/** Why a server cannot be adopted, all reasons at once. */
export class NotAdoptable extends Error {
    override readonly name = "NotAdoptable";
    constructor(
        server: string,
        readonly reasons: string[],
    ) {
        super(
            `the server '${server}' cannot be adopted as it is:\n${reasons.map((r) => `  - ${r}`).join("\n")}`,
        );
    }
}
