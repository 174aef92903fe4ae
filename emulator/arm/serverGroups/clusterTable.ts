/** The properties of `azure-native:dbforpostgresql:ServerGroupCluster`. */

import type { CheckFailure, PropertyMap } from "../../../components/provider/resourceProvider";
import type { PropertyRule, ResourceTable } from "../../providers/propertyTable";
import { computed, location, notHere, oneOf, resourceGroupName, SPEC, systemData, tags } from "../rules";
import { CLUSTER, clusterName } from "./clusterChild";

const SOURCE = SPEC.clusters;
const RESOURCES = "Microsoft Learn, Azure Cosmos DB for PostgreSQL compute and storage";
const SWITCH = ["enabled", "disabled"];

const flag: PropertyRule = { type: "boolean", source: SOURCE };
const storage: PropertyRule = { type: "integer", minimum: 32768, maximum: 16777216, source: RESOURCES };
const object = (properties: Record<string, PropertyRule>): PropertyRule => ({
    type: "object",
    properties,
    source: SOURCE,
});

/** 8 to 256 characters of three kinds; the message never shows it. */
export const password: PropertyRule = {
    type: "string",
    secret: true,
    pattern: /^.{8,256}$/s,
    patternText: "of 8 to 256 characters with three of: lower case, upper case, digits, other characters",
    refuse: (value) =>
        [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(value as string)).length >= 3
            ? undefined
            : "it has fewer than three of: lower case, upper case, digits, other characters. Mix them.",
    source: "Microsoft Learn, Azure Cosmos DB for PostgreSQL, create a cluster (password)",
};

export const clusterTable: ResourceTable = {
    token: CLUSTER,
    properties: {
        administratorLoginPassword: password,
        authConfig: object({
            activeDirectoryAuth: oneOf(SWITCH, SOURCE),
            passwordAuth: oneOf(SWITCH, SOURCE),
        }),
        citusVersion: oneOf(["11.3", "12.1", "13.0"], SOURCE, { alsoComputed: true }),
        clusterName,
        coordinatorEnablePublicIpAccess: { ...flag, alsoComputed: true },
        coordinatorServerEdition: oneOf(
            ["GeneralPurpose", "MemoryOptimized", "BurstableMemoryOptimized", "BurstableGeneralPurpose"],
            SOURCE,
            { alsoComputed: true },
        ),
        coordinatorStorageQuotaInMb: storage,
        coordinatorVCores: { type: "integer", minimum: 1, maximum: 96, source: SOURCE },
        dataEncryption: object({
            primaryKeyUri: notHere("string", "key vault"),
            primaryUserAssignedIdentityId: notHere("string", "key vault"),
            type: {
                type: "string",
                values: ["SystemManaged", "SystemAssigned", "AzureKeyVault"],
                refuse: (value) =>
                    value === "AzureKeyVault" ? "the local Azure has no key vault." : undefined,
                source: SOURCE,
            },
        }),
        databaseName: {
            type: "string",
            alsoComputed: true,
            pattern: /^[A-Za-z_][\w-]{0,62}$/,
            patternText: "of 1 to 63 letters, digits, '_' and '-', beginning with a letter or '_'",
            refuse: (value) =>
                ["postgres", "template0", "template1", "azure_sys", "azure_maintenance"].includes(
                    value as string,
                )
                    ? "the service has a database of this name."
                    : undefined,
            source: SOURCE,
        },
        enableGeoBackup: { ...flag, alsoComputed: true },
        enableHa: { ...flag, alsoComputed: true },
        enableShardsOnCoordinator: { ...flag, alsoComputed: true },
        identity: object({
            type: oneOf(["UserAssigned", "SystemAssigned"], SOURCE),
            userAssignedIdentities: {
                type: "array",
                items: { type: "string" },
                refuse: () => "the local Azure has no use for a cluster's identities. Leave them out.",
            },
        }),
        location: {
            ...location,
            createOnly: true,
            source: `${SOURCE} TrackedResource x-ms-mutability read, create`,
        },
        maintenanceWindow: object({
            customWindow: oneOf(["Enabled", "Disabled"], SOURCE),
            dayOfWeek: { type: "integer", minimum: 0, maximum: 6, source: SOURCE },
            startHour: { type: "integer", minimum: 0, maximum: 23, source: SOURCE },
            startMinute: { type: "integer", minimum: 0, maximum: 59, source: SOURCE },
        }),
        nodeCount: {
            type: "integer",
            minimum: 0,
            maximum: 20,
            refuse: (value) =>
                value === 1
                    ? "a cluster has no worker (0) or at least two (specification). Use 0 or 2."
                    : undefined,
            source: `${SOURCE} nodeCount cannot be 1`,
        },
        nodeEnablePublicIpAccess: { ...flag, alsoComputed: true },
        nodeServerEdition: oneOf(["GeneralPurpose", "MemoryOptimized"], SOURCE, { alsoComputed: true }),
        nodeStorageQuotaInMb: storage,
        nodeVCores: { type: "integer", minimum: 1, maximum: 104, source: SOURCE },
        pointInTimeUTC: notHere("string", "restores"),
        postgresqlVersion: oneOf(["14", "15", "16", "17"], SOURCE, { alsoComputed: true }),
        preferredPrimaryZone: oneOf(["1", "2", "3"], SOURCE),
        resourceGroupName,
        sourceLocation: notHere("string", "replicas"),
        sourceResourceId: notHere("string", "restores and replicas"),
        tags,
        aadAuthEnabled: computed("string"),
        administratorLogin: computed("string"),
        azureApiVersion: computed("string"),
        earliestRestoreTime: computed("string"),
        name: computed("string"),
        passwordEnabled: computed("string"),
        privateEndpointConnections: computed("array"),
        provisioningState: computed("string"),
        readReplicas: computed("array"),
        serverNames: computed("array"),
        state: computed("string"),
        systemData,
        type: computed("string"),
    },
    check: checkWorkers,
};

function checkWorkers(inputs: PropertyMap): CheckFailure[] {
    if (!(Number(inputs.nodeCount) > 0)) return [];
    return ["nodeVCores", "nodeStorageQuotaInMb"]
        .filter((name) => inputs[name] === undefined)
        .map((name) => ({
            property: name,
            reason: `'${name}' is missing: the cluster has workers. Add it.`,
        }));
}
