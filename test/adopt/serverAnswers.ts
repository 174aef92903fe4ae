/** A server as the resource API tells it, with what a test changes. */

import type { ServerProperties, ServerResources } from "../../adopt/existing";

export const TENANT = "5e3c2a10-7b4d-4c0e-9f61-0a1b2c3d4e5f";
export const DBA = {
    objectId: "C1000000-0000-4000-8000-000000000001",
    principalName: "DBA",
    principalType: "Group",
};

/** As the service answers for a plain public server. */
export function resources(
    properties: Partial<ServerProperties> = {},
    more: Partial<ServerResources> = {},
): ServerResources {
    return {
        server: {
            name: "pg-prod",
            location: "West Europe",
            sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
            properties: {
                version: "16",
                authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: TENANT },
                storage: { storageSizeGB: 128, autoGrow: "Disabled", type: "Premium_LRS" },
                backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
                highAvailability: { mode: "Disabled", standbyAvailabilityZone: "" },
                availabilityZone: "2",
                network: { publicNetworkAccess: "Enabled" },
                replicationRole: "Primary",
                ...properties,
            },
        },
        administrators: [{ name: DBA.objectId, properties: DBA }],
        databases: [],
        firewallRules: [],
        configurations: [],
        ...more,
    };
}

export const named = <T>(name: string, properties: T) => ({ name, properties });
