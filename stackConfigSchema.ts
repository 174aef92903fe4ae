import { z } from "zod";

/**
 * The shape of a stack's configuration: what may stand in `Pulumi.<stack>.yaml`. Pure: no Pulumi, no I/O.
 * Rules of names, network and principals are the components' own; here is only what is not theirs.
 */

export const text = z.string().min(1);
export const guid = z.guid(
    "an object id is a GUID, for instance 8f3b7c52-1d04-4c39-9a6e-2b1f0c7d5e61 (`az ad signed-in-user show --query id`)",
);

export const principalType = z.enum(["User", "Group", "ServicePrincipal"]);

export const administrator = z.strictObject({
    principalName: text,
    objectId: guid,
    principalType,
});

const adminGroup = z
    .strictObject({
        /** Display name of the group, which becomes the administrator's role name. */
        displayName: text,
        /** True looks an existing group up by its name; false makes one. */
        existing: z.boolean().default(false),
        owners: z.array(guid).default([]),
        members: z.array(guid).default([]),
    })
    .refine((g) => !g.existing || (g.owners.length === 0 && g.members.length === 0), {
        message:
            "an existing group keeps its own owners and members: leave both out, or set existing to false",
    });

export const firewallRule = z.strictObject({ name: text, startIpAddress: z.ipv4(), endIpAddress: z.ipv4() });

const publicNetwork = z.strictObject({
    access: z.literal("Public"),
    firewallRules: z.array(firewallRule).default([]),
});

const ownNetwork = z.strictObject({
    addressSpace: z.cidrv4().default("10.20.0.0/16"),
    subnetAddressPrefix: z.cidrv4().default("10.20.1.0/24"),
    /** Name of the private DNS zone; ends in `.postgres.database.azure.com` and is not the server's name. */
    privateDnsZoneName: text.optional(),
    routeTable: z.boolean().default(true),
    denyOtherOutbound: z.boolean().default(false),
});

const existingNetwork = z.strictObject({
    /** Resource id of the subnet that is delegated to Microsoft.DBforPostgreSQL/flexibleServers. */
    subnetId: text,
    privateDnsZoneId: text,
    /** Names of an existing network security group and route table that are given the rules for AzureActiveDirectory. */
    networkSecurityGroup: text.optional(),
    routeTable: text.optional(),
    resourceGroup: text.optional(),
    /** Of the first security rule; up to five more follow. */
    rulePriorityBase: z.number().int().min(100).max(4090).default(200),
});

const privateNetwork = z
    .strictObject({
        access: z.literal("Private"),
        own: ownNetwork.optional(),
        existing: existingNetwork.optional(),
        firewallPolicy: z
            .strictObject({
                name: text,
                resourceGroup: text.optional(),
                priority: z.number().int().min(100).max(65000).default(200),
            })
            .optional(),
    })
    .refine((n) => (n.own === undefined) !== (n.existing === undefined), {
        message:
            "a private server needs either `own` (a network made here) or `existing` (one that is there), not both and not neither",
    });

const server = z.strictObject({
    name: text,
    version: z.enum(["13", "14", "15", "16", "17", "18"]).default("17"),
    sku: z
        .strictObject({ name: text, tier: z.enum(["Burstable", "GeneralPurpose", "MemoryOptimized"]) })
        .default({ name: "Standard_B2s", tier: "Burstable" }),
    storageSizeGb: z.number().int().min(32).max(32768).default(32),
    backupRetentionDays: z.number().int().min(7).max(35).default(7),
    geoRedundantBackup: z.boolean().default(false),
    highAvailability: z.enum(["Disabled", "SameZone", "ZoneRedundant"]).default("Disabled"),
    availabilityZone: z.enum(["1", "2", "3"]).optional(),
    standbyAvailabilityZone: z.enum(["1", "2", "3"]).optional(),
    authMode: z.enum(["EntraOnly", "EntraAndPassword", "PasswordOnly"]).default("EntraOnly"),
    administratorLogin: text.optional(),
    /** The password of a server that is there already stays as it is. */
    keepAdministratorPassword: z.boolean().default(false),
    /** Names or object ids of administrators that may go although none is left then. */
    removeLastAdministrators: z.array(text).default([]),
    parameters: z.record(z.string(), z.string()).default({}),
    protect: z.boolean().default(true),
    tags: z.record(z.string(), z.string()).default({}),
});

/** What a profile of one's own may do in one schema; which privileges there are is the component's rule. */
export const schemaPrivileges = z.strictObject({
    schema: text,
    usage: z.array(text).optional(),
    tables: z.array(text).optional(),
    sequences: z.array(text).optional(),
    functions: z.array(text).optional(),
});

const database = z.strictObject({
    name: text,
    charset: text.default("UTF8"),
    collation: text.default("en_US.utf8"),
    /** False leaves the database's privileges as they are: no profiles. For databases that belong to somebody else (F71). */
    managePrivileges: z.boolean().default(true),
    /** Where the profiles have privileges; those that are missing are made. */
    schemas: z.array(text).default(["public"]),
    /** Profiles beside readonly, readwrite and owner, by name. */
    profiles: z.record(z.string(), z.array(schemaPrivileges)).default({}),
    /** Roles whose later objects the profiles cover too, beside the owner profile's. */
    objectOwners: z.array(text).default([]),
});

const setting = z.strictObject({ name: text, value: z.string(), database: text.optional() });

const onDelete = z.strictObject({
    action: z.enum(["Reassign", "Drop", "Keep"]),
    reassignTo: text.optional(),
});

/** A managed identity: one that is made, or one that is there. */
const workloadIdentity = z
    .strictObject({
        /** Of one that is made. Default: the key. */
        name: text.optional(),
        /** Of one that is made. Default: the stack's. */
        resourceGroup: text.optional(),
        existing: z
            .strictObject({ userAssignedIdentityId: text.optional(), virtualMachineId: text.optional() })
            .optional(),
        /** Resource ids of machines of other programs, by names of one's own. */
        attachTo: z.record(z.string(), text).default({}),
        /** Object ids of groups, by names of one's own. */
        groups: z.record(z.string(), guid).default({}),
    })
    .refine((w) => !w.existing || (w.name === undefined && w.resourceGroup === undefined), {
        message: "an existing identity keeps its name and resource group: leave name and resourceGroup out",
    });

const principal = z.strictObject({
    name: text,
    principalType,
    objectId: guid.optional(),
    /** A key of workloadIdentities, instead of an object id. */
    identity: text.optional(),
    isAdmin: z.boolean().default(false),
    requireMfa: z.boolean().default(false),
    /** Which profile it has in which database. */
    access: z.record(z.string(), text).default({}),
    memberOf: z.array(text).default([]),
    settings: z.array(setting).default([]),
    connectionLimit: z.number().int().min(-1).optional(),
    onDelete: onDelete.optional(),
    rebindFrom: text.optional(),
});

export const hostAndPort = text.refine((address) => {
    const port = /^\[?[^\s\]]+\]?:(\d{1,5})$/.exec(address)?.[1];
    return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
}, "an address is host:port with a port from 1 to 65535, for instance 127.0.0.1:6432");

export const resourceGroup = z.strictObject({ name: text, existing: z.boolean().default(false) });

/** A stack with a Flexible Server. `stackSystem.ts` has the other systems. */
export const stackConfigSchema = z.strictObject({
    cloud: z.enum(["Public", "China", "UsGovernment", "Local"]).default("Public"),
    location: text,
    tenantId: guid.optional(),
    resourceGroup,
    server,
    administratorPassword: text.optional(),
    administrators: z.array(administrator).default([]),
    adminGroup: adminGroup.optional(),
    network: z.discriminatedUnion("access", [publicNetwork, privateNetwork]),
    databases: z.array(database).default([]),
    signInAs: text.optional(),
    workloadIdentities: z.record(z.string(), workloadIdentity).default({}),
    principals: z.array(principal).default([]),
    hostAddresses: z.record(z.string(), hostAndPort).default({}),
});

export type StackConfig = z.infer<typeof stackConfigSchema>;
