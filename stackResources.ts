import * as pulumi from "@pulumi/pulumi";
import {
    AuthMode,
    checkMembershipCircles,
    checkPrincipals,
    checkProviderEnvironment,
    checkProfileRoles,
    type Cloud,
    cloudEndpoints,
    type DatabaseAccessArgs,
    type DatabasePrincipalSetArgs,
    type EntraAdminGroup,
    type EntraAdminGroupArgs,
    type EntraAdministratorArgs,
    type EntraNetworkArgs,
    type FlexibleServerArgs,
    type OnDeleteAction,
    type PrincipalEntryArgs,
    PrincipalType,
    type PrincipalToCheck,
    ValidationError,
} from "./components/index";
import { checkDatabaseAccess } from "./components/databaseAccessChecks";
import { checkEntraAdminGroup } from "./components/entraAdminGroup";
import { checkEntraNetwork } from "./components/entraNetworkChecks";
import { checkFlexibleServer } from "./components/flexibleServerChecks";
import { signInRole, type StackConfig } from "./stackConfig";
import { accessOf, managedDatabases, profilesOf } from "./stackConfigAccess";
import { checkWorkloads } from "./stackWorkloads";

/** From the stack's configuration to the arguments of the components. No resource is registered here. */

/** Names of the components in Pulumi's state. They are identity: a change of one replaces what it holds. */
export const NAMES = {
    network: "network",
    adminGroup: "admin-group",
    server: "postgres",
    principals: "principals",
} as const;

/** In which cloud Pulumi's providers work, as far as they are told. */
export interface ProviderEnvironments {
    azureNative?: string;
    azuread?: string;
}

/**
 * Checks everything that is known before anything is registered, so that bad input never half-applies.
 *
 * @throws ValidationError
 */
export function checkStack(config: StackConfig, providers: ProviderEnvironments = {}): void {
    checkProviderEnvironment("azure-native:environment", providers.azureNative, config.cloud);
    checkProviderEnvironment("azuread:environment", providers.azuread, config.cloud);
    checkHostAddresses(config);
    const network = networkArgs(config, config.resourceGroup.name);
    if (network) checkEntraNetwork(NAMES.network, network);
    if (config.adminGroup) checkEntraAdminGroup(adminGroupArgs(config.adminGroup));
    checkFlexibleServer(serverArgs(config, { tenantId: config.tenantId ?? UNKNOWN_TENANT }));
    checkPrincipals(config.server.authMode as AuthMode, knownAdministrators(config), knownPrincipals(config));
    checkMembershipCircles("principals.memberOf", config.principals);
    checkPrivileges(config);
    checkWorkloads(config, expectedHost(config));
}

function checkPrivileges(config: StackConfig): void {
    if (config.principals.length === 0) return;
    const profiles = managedDatabases(config).map((database) => {
        const i = config.databases.indexOf(database);
        const around = { host: expectedHost(config), tenantId: config.tenantId ?? UNKNOWN_TENANT };
        checkDatabaseAccess(databaseAccessArgs(config, database, around), `databases[${i}].`);
        return { argument: `databases[${i}]`, database: database.name, profiles: profilesOf(database) };
    });
    checkProfileRoles(profiles, [...knownAdministrators(config), ...knownPrincipals(config)]);
}

/** A misspelt host would be ignored, and the connection fail only after the server has been made. */
function checkHostAddresses(config: StackConfig): void {
    const host = expectedHost(config);
    const other = Object.keys(config.hostAddresses).find((name) => name !== host);
    if (other === undefined) return;
    throw new ValidationError("hostAddresses", other, `the server's host name is ${host}`, "use that name");
}

/** Stands for the tenant of whoever runs Pulumi, which is only asked for after the checks. */
export const UNKNOWN_TENANT = "11111111-1111-4111-8111-111111111111";

function knownAdministrators(config: StackConfig): PrincipalToCheck[] {
    const identities = config.administrators.map((a, i) => ({
        argument: `administrators[${i}]`,
        name: a.principalName,
        objectId: a.objectId,
        principalType: a.principalType,
        foundByName: true,
    }));
    const group = config.adminGroup && {
        argument: "adminGroup",
        nameArgument: "displayName",
        name: config.adminGroup.displayName,
        principalType: PrincipalType.Group,
    };
    return group ? [...identities, group] : identities;
}

function knownPrincipals(config: StackConfig): PrincipalToCheck[] {
    return config.principals.map((p, i) => ({
        argument: `principals[${i}]`,
        nameArgument: "name",
        name: p.name,
        objectId: p.objectId,
        principalType: p.principalType,
        foundByName: p.objectId === undefined && p.identity === undefined,
    }));
}

/** What is known only once something else is there. */
export interface Surroundings {
    tenantId: pulumi.Input<string>;
    resourceGroupName?: pulumi.Input<string>;
    adminGroup?: EntraAdminGroup;
    subnetId?: pulumi.Input<string>;
    privateDnsZoneId?: pulumi.Input<string>;
}

export function serverArgs(config: StackConfig, around: Surroundings): FlexibleServerArgs {
    const { highAvailability, authMode, ...server } = config.server;
    const isPublic = config.network.access === "Public";
    return {
        ...server,
        authMode: authMode as AuthMode,
        highAvailability,
        cloud: config.cloud as Cloud,
        location: config.location,
        tenantId: around.tenantId,
        resourceGroupName: around.resourceGroupName ?? config.resourceGroup.name,
        administratorPassword: config.administratorPassword && pulumi.secret(config.administratorPassword),
        administrators: administrators(config, around.adminGroup),
        network: {
            publicNetworkAccess: isPublic,
            delegatedSubnetId: around.subnetId,
            privateDnsZoneId: around.privateDnsZoneId,
        },
        firewallRules: config.network.access === "Public" ? config.network.firewallRules : [],
        databases: config.databases.map(({ name, charset, collation }) => ({ name, charset, collation })),
    };
}

function administrators(config: StackConfig, group: EntraAdminGroup | undefined): EntraAdministratorArgs[] {
    const single = config.administrators.map((a) => ({
        ...a,
        principalType: a.principalType as PrincipalType,
    }));
    if (!group) return single;
    const { objectId, displayName, principalType } = group;
    return [...single, { key: "admin-group", objectId, principalName: displayName, principalType }];
}

export function adminGroupArgs(group: NonNullable<StackConfig["adminGroup"]>): EntraAdminGroupArgs {
    const { displayName, owners, members } = group;
    if (group.existing) return { existing: { displayName } };
    return { create: { displayName, owners: owners.length > 0 ? owners : undefined, members } };
}

/** `undefined` where the network needs nothing: a public server (F9), or an existing network that has its rules. */
export function networkArgs(
    config: StackConfig,
    resourceGroupName: pulumi.Input<string>,
): EntraNetworkArgs | undefined {
    if (config.network.access === "Public") return undefined;
    const { own, existing, firewallPolicy } = config.network;
    const common = {
        resourceGroupName,
        location: config.location,
        cloud: config.cloud as Cloud,
        serverName: config.server.name,
        tags: config.server.tags,
        firewall: firewallPolicy && {
            policyName: firewallPolicy.name,
            resourceGroupName: firewallPolicy.resourceGroup,
            priority: firewallPolicy.priority,
        },
    };
    if (own) return { ...common, ...own };
    const { rulePriorityBase, ...there } = existing!;
    if (!there.networkSecurityGroup && !there.routeTable && !firewallPolicy) return undefined;
    return {
        ...common,
        rulePriorityBase,
        existing: {
            resourceGroupName: there.resourceGroup,
            networkSecurityGroupName: there.networkSecurityGroup,
            routeTableName: there.routeTable,
            subnetId: there.subnetId,
            privateDnsZoneId: there.privateDnsZoneId,
        },
    };
}

/** The host name that the server will have; known before it is there. */
export function expectedHost(config: StackConfig): string {
    return `${config.server.name}.${cloudEndpoints(config.cloud).hostSuffix}`;
}

export function databaseAccessArgs(
    config: StackConfig,
    database: StackConfig["databases"][number],
    around: { host: pulumi.Input<string>; tenantId: pulumi.Input<string> },
): DatabaseAccessArgs {
    const { name, schemas, profiles, objectOwners } = database;
    return {
        ...around,
        // This provider takes no address beside the host: through a tunnel the host's name must lead to it.
        port: addressPort(config),
        user: signInRole(config)!,
        cloud: config.cloud as Cloud,
        database: name,
        schemas,
        profiles: Object.entries(profiles).map(([profile, privileges]) => ({ name: profile, privileges })),
        objectOwners,
    };
}

function addressPort(config: StackConfig): number | undefined {
    const address = config.hostAddresses[expectedHost(config)];
    return address === undefined ? undefined : Number(address.slice(address.lastIndexOf(":") + 1));
}

/** @param objectIds of the managed identities that principals name, by their keys */
export function principalSetArgs(
    config: StackConfig,
    host: pulumi.Input<string>,
    objectIds: Record<string, pulumi.Input<string>> = {},
): DatabasePrincipalSetArgs {
    return {
        connection: {
            host,
            user: signInRole(config)!,
            cloud: config.cloud as Cloud,
            address: config.hostAddresses[expectedHost(config)],
        },
        principals: Object.fromEntries(
            config.principals.map((p) => [p.name, principalEntry(p, p.identity && objectIds[p.identity])]),
        ),
    };
}

/** One principal: its profiles are memberships beside its own. */
export function principalEntry(
    principal: StackConfig["principals"][number],
    identity?: pulumi.Input<string>,
): PrincipalEntryArgs {
    const { access: _, identity: _key, onDelete, principalType, memberOf, settings, ...rest } = principal;
    const given = accessOf(principal);
    return {
        ...rest,
        objectId: identity ?? rest.objectId,
        principalType: principalType as PrincipalType,
        memberOf: [...given.memberOf, ...memberOf],
        settings: [...given.settings, ...settings],
        onDelete: onDelete && { ...onDelete, action: onDelete.action as OnDeleteAction },
    };
}
