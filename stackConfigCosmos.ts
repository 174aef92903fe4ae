import { z } from "zod";
import { OWNER_PROFILE, PROFILES } from "./components/index";
import {
    administrator,
    firewallRule,
    guid,
    principalType,
    resourceGroup,
    schemaPrivileges,
    text,
} from "./stackConfigSchema";

/** The shape of the configuration of a stack with an Azure Cosmos DB for PostgreSQL cluster. Pure. */

const node = {
    serverEdition: text.optional(),
    vCores: z.number().int().min(1).max(104).optional(),
    storageSizeGb: z.number().int().min(32).max(16384).optional(),
    publicNetworkAccess: z.boolean().default(false),
};

const cosmosCluster = z.strictObject({
    name: text,
    version: z.enum(["14", "15", "16", "17"]).default("16"),
    citusVersion: text.optional(),
    authMode: z.enum(["EntraOnly", "EntraAndPassword", "PasswordOnly"]).default("EntraOnly"),
    databaseName: text.default("citus"),
    coordinator: z.strictObject(node).prefault({}),
    /** Without it the coordinator does all work. */
    workers: z.strictObject({ ...node, count: z.number().int().min(0).max(20) }).optional(),
    highAvailability: z.boolean().default(false),
    /** Once per tenant, by a tenant administrator (F45). */
    enableEnterpriseApplication: z.boolean().default(false),
    firewallRules: z.array(firewallRule).default([]),
    protect: z.boolean().default(true),
    tags: z.record(z.string(), z.string()).default({}),
});

const citusPassword = z
    .string(
        "the service wants a password of citus when a cluster is made, whatever the mode: pulumi config set --secret citusPassword",
    )
    .min(1);

/** Which profile of the cluster's one database a role has. */
const access = text.optional();

export const cosmosConfigSchema = z.strictObject({
    cloud: z.enum(["Public", "Local"]).default("Public"),
    location: text,
    tenantId: guid.optional(),
    resourceGroup,
    cosmosCluster,
    citusPassword,
    /** By the names of the native roles; each a secret. */
    nativeRolePasswords: z.record(z.string(), text).default({}),
    administrators: z.array(administrator).default([]),
    /** Which administrator gives the privileges. */
    signInAs: text.optional(),
    principals: z.array(z.strictObject({ name: text, principalType, objectId: guid, access })).default([]),
    nativeRoles: z.array(z.strictObject({ name: text, access })).default([]),
    /** What the profiles are about. */
    privileges: z
        .strictObject({
            schemas: z.array(text).default(["public"]),
            profiles: z.record(z.string(), z.array(schemaPrivileges)).default({}),
            objectOwners: z.array(text).default(["citus"]),
        })
        .prefault({}),
});

export type CosmosStackConfig = z.infer<typeof cosmosConfigSchema>;

/** The roles that have privileges, with their profiles. */
export function granteesOf(config: CosmosStackConfig): { role: string; profile: string }[] {
    return [...config.principals, ...config.nativeRoles].flatMap(({ name, access: profile }) =>
        profile === undefined ? [] : [{ role: name, profile }],
    );
}

/** The administrator under whose name privileges are given: `signInAs`, or the only administrator there is. */
export function clusterSignInRole(config: CosmosStackConfig): string | undefined {
    return config.signInAs ?? config.administrators[0]?.principalName;
}

/** What is wrong beyond the schema, in words. */
export function cosmosProblems(project: string, config: CosmosStackConfig): string[] {
    return [
        ...passwordProblems(project, config),
        ...profileProblems(project, config),
        ...signInProblems(project, config),
    ];
}

function passwordProblems(
    project: string,
    { nativeRoles, nativeRolePasswords }: CosmosStackConfig,
): string[] {
    const names = nativeRoles.map((role) => role.name);
    const missing = names.filter((name) => !Object.hasOwn(nativeRolePasswords, name));
    const left = Object.keys(nativeRolePasswords).filter((name) => !names.includes(name));
    return [
        ...missing.map(
            (name) =>
                `${project}:nativeRolePasswords.${name}: not given; a native role has a password: pulumi config set --secret --path 'nativeRolePasswords["${name}"]'`,
        ),
        ...left.map((name) => `${project}:nativeRolePasswords.${name}: there is no such role in nativeRoles`),
    ];
}

function profileProblems(project: string, config: CosmosStackConfig): string[] {
    const own = Object.keys(config.privileges.profiles);
    const known = [...PROFILES.filter((profile) => profile !== OWNER_PROFILE), ...own];
    return (["principals", "nativeRoles"] as const).flatMap((list) =>
        config[list].flatMap(({ access: profile }, i) =>
            profile === undefined || known.includes(profile)
                ? []
                : [
                      `${project}:${list}[${i}].access: given ${JSON.stringify(profile)}; allowed: ${known.join(", ")}`,
                  ],
        ),
    );
}

function signInProblems(project: string, config: CosmosStackConfig): string[] {
    const names = config.administrators.map((a) => a.principalName);
    const listed = names.join(", ") || "(none is configured: add one under administrators)";
    if (config.signInAs !== undefined && !names.includes(config.signInAs))
        return [
            `${project}:signInAs: given ${JSON.stringify(config.signInAs)}; it must be one of the administrators: ${listed}`,
        ];
    if (config.signInAs === undefined && names.length !== 1 && granteesOf(config).length > 0)
        return [`${project}:signInAs: not given; say which administrator gives the privileges: ${listed}`];
    return [];
}
