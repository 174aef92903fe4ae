/** The properties of `azure-native:dbforpostgresql:Server` and what stands in conflict among them. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule, ResourceTable } from "../../providers/propertyTable";
import { computed, location, notHere, oneOf, resourceGroupName, SPEC, systemData, tags } from "../rules";
import { refuseLogin, refusePassword } from "./serverAuthentication";
import { SERVER, serverName } from "./serverChild";
import { checkServer } from "./serverConflicts";

const SOURCE = SPEC.postgresql;
const COMPUTE = "Microsoft Learn, Compute options in Azure Database for PostgreSQL flexible server";
const LIMITS = "Microsoft Learn, Limits in Azure Database for PostgreSQL flexible server";
const SWITCH = ["Enabled", "Disabled"];

const object = (
    properties: Record<string, PropertyRule>,
    more: Partial<PropertyRule> = {},
): PropertyRule => ({
    type: "object",
    properties,
    source: SOURCE,
    ...more,
});

export const serverTable: ResourceTable = {
    token: SERVER,
    properties: {
        administratorLogin: {
            type: "string",
            createOnly: true,
            refuse: refuseLogin,
            source: `${SOURCE} x-ms-mutability read, create; pulumi-azure-native#3869`,
        },
        administratorLoginPassword: { type: "string", secret: true, refuse: refusePassword, source: SOURCE },
        authConfig: object({
            activeDirectoryAuth: oneOf(SWITCH, SOURCE),
            passwordAuth: oneOf(SWITCH, `${SOURCE} default Enabled`),
            tenantId: {
                type: "string",
                pattern: /^$|^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
                patternText: "that is a GUID (the SDK sends an empty one where it is left out)",
                source: `${SOURCE} default ""`,
            },
        }),
        availabilityZone: {
            type: "string",
            createOnly: true,
            values: ["", "1", "2", "3"],
            source: `${SOURCE} x-ms-mutability read, create`,
        },
        backup: object({
            backupRetentionDays: { type: "integer", minimum: 7, maximum: 35, source: LIMITS },
            geoRedundantBackup: oneOf(SWITCH, `${SOURCE} x-ms-mutability read, create`, { createOnly: true }),
        }),
        cluster: notHere("object", "elastic clusters"),
        createMode: {
            type: "string",
            values: [
                "Default",
                "Create",
                "Update",
                "PointInTimeRestore",
                "GeoRestore",
                "Replica",
                "ReviveDropped",
            ],
            refuse: (value) =>
                ["Default", "Create", "Update"].includes(value as string)
                    ? undefined
                    : "the local Azure makes no restores and no replicas. Use 'Default'.",
            source: SOURCE,
        },
        dataEncryption: object({
            geoBackupKeyURI: notHere("string", "key vault"),
            geoBackupUserAssignedIdentityId: notHere("string", "key vault"),
            primaryKeyURI: notHere("string", "key vault"),
            primaryUserAssignedIdentityId: notHere("string", "key vault"),
            type: {
                type: "string",
                values: ["SystemManaged", "SystemAssigned", "AzureKeyVault"],
                refuse: (value) =>
                    value === "AzureKeyVault" ? "the local Azure has no key vault." : undefined,
                source: SOURCE,
            },
        }),
        highAvailability: object({
            mode: oneOf(["Disabled", "ZoneRedundant", "SameZone"], SOURCE),
            standbyAvailabilityZone: oneOf(["", "1", "2", "3"], SOURCE),
        }),
        identity: object({
            principalId: notHere("string", "system-assigned identities of servers"),
            type: oneOf(["None", "UserAssigned"], SOURCE, { required: true }),
            userAssignedIdentities: { type: "map", items: { type: "object" }, source: SOURCE },
        }),
        location: {
            ...location,
            createOnly: true,
            source: `${SOURCE} TrackedResource x-ms-mutability read, create`,
        },
        maintenanceWindow: object({
            customWindow: oneOf(SWITCH, SOURCE),
            dayOfWeek: { type: "integer", minimum: 0, maximum: 6, source: SOURCE },
            startHour: { type: "integer", minimum: 0, maximum: 23, source: SOURCE },
            startMinute: { type: "integer", minimum: 0, maximum: 59, source: SOURCE },
        }),
        network: object({
            delegatedSubnetResourceId: {
                type: "string",
                pattern: armId("virtualNetworks/[^/]+/subnets"),
                source: SOURCE,
            },
            privateDnsZoneArmResourceId: {
                type: "string",
                pattern: armId("privateDnsZones"),
                source: SOURCE,
            },
            publicNetworkAccess: oneOf(SWITCH, SOURCE),
        }),
        pointInTimeUTC: { ...notHere("string", "restores"), createOnly: true },
        replica: notHere("object", "replicas"),
        replicationRole: {
            type: "string",
            values: ["None", "Primary", "AsyncReplica", "GeoAsyncReplica"],
            refuse: (value) =>
                (value as string).includes("Async") ? "the local Azure has no replicas." : undefined,
            source: SOURCE,
        },
        resourceGroupName,
        serverName,
        sku: object({
            name: {
                type: "string",
                required: true,
                pattern: /^Standard_(B\d+m?s|D\d+(a?d)?s_v[3-6]|E\d+(a?d)?s_v[3-6])$/,
                patternText: "that names a compute size, for instance Standard_B1ms or Standard_D2ds_v5",
                source: COMPUTE,
            },
            tier: oneOf(["Burstable", "GeneralPurpose", "MemoryOptimized"], SOURCE, { required: true }),
        }),
        sourceServerResourceId: { ...notHere("string", "restores and replicas"), createOnly: true },
        storage: object({
            autoGrow: oneOf(SWITCH, SOURCE),
            iops: { type: "integer", minimum: 100, source: SOURCE },
            storageSizeGB: { type: "integer", minimum: 32, maximum: 65536, source: LIMITS },
            throughput: { type: "integer", minimum: 100, source: SOURCE },
            tier: oneOf(
                ["P1", "P2", "P3", "P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50", "P60", "P70", "P80"],
                SOURCE,
            ),
            type: oneOf(["Premium_LRS", "PremiumV2_LRS", "UltraSSD_LRS"], SOURCE),
        }),
        tags,
        version: oneOf(["18", "17", "16", "15", "14", "13", "12", "11"], SOURCE),
        azureApiVersion: computed("string"),
        fullyQualifiedDomainName: computed("string"),
        minorVersion: computed("string"),
        name: computed("string"),
        privateEndpointConnections: computed("array"),
        replicaCapacity: computed("integer"),
        state: computed("string"),
        systemData,
        type: computed("string"),
    },
    check: (inputs: PropertyMap): CheckFailure[] => (isPlain(inputs) ? checkServer(inputs) : []),
};

/** The conflicts are judged only where no part of an object is unknown as a whole. */
function isPlain(inputs: PropertyMap): boolean {
    return !["authConfig", "highAvailability", "network", "sku", "storage"].some(
        (name) => inputs[name] === UNKNOWN,
    );
}

function armId(types: string): RegExp {
    return new RegExp(
        `^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Network/${types}/[^/]+$`,
        "i",
    );
}
