import { UNKNOWN_MARK, type Properties } from "../planDocument";
import * as types from "../resourceTypes";
import { clusterAccess } from "./clusterAccess";
import { known, list, map, optional, text, texts } from "./inputValues";
import { grantsOf, type RoleGrants } from "./roleGrants";

/** Who may do what, as the resources of a stack say it. Pure. */

export interface AccessResource {
    type: string;
    name: string;
    inputs: Properties;
}

/** `Password`: a role of no identity, as a cluster's native roles are. */
export type PrincipalKind = "User" | "Group" | "ServicePrincipal" | "Password";

/** Somebody with an identity in Microsoft Entra, or with a password. */
export interface Identity {
    /** Name of the role. */
    name: string;
    principalType: PrincipalKind;
    /** Left out where it is found by name, or known only to the deployment. */
    objectId?: string;
}

export interface Principal extends Identity {
    isAdmin: boolean;
    requireMfa: boolean;
    memberOf: string[];
    settings: { name: string; value: string; database?: string }[];
    /** -1: none. */
    connectionLimit: number;
    onDelete: { action: string; reassignTo?: string };
    rebindFrom?: string;
}

/** A server of either kind, or a cluster. */
export interface ServerAccess {
    name: string;
    /** `Enabled`, `Disabled`, or not known before the deployment; so are the others. */
    entra: string;
    passwords: string;
    administratorLogin?: string;
    publicAccess: string;
    /** Of a cluster, whose workers have addresses of their own. */
    publicWorkers?: string;
}

export interface Administrator extends Identity {
    server: string;
    system: "flexibleServer" | "cosmosCluster" | "singleServer";
}

export interface FirewallRule {
    server: string;
    name: string;
    start: string;
    end: string;
}

export interface EntraGroup {
    displayName: string;
    owners: string[];
    members: string[];
}

/** A membership of a group of Microsoft Entra, made as a resource of its own. */
export interface GroupMembership {
    /** The resource's name. */
    resource: string;
    /** Object ids; left out where only the deployment knows them. */
    group?: string;
    member?: string;
}

export interface AccessModel {
    servers: ServerAccess[];
    administrators: Administrator[];
    groups: EntraGroup[];
    groupMemberships: GroupMembership[];
    principals: Principal[];
    databases: string[];
    roles: RoleGrants[];
    /** Memberships of roles that are no principals. */
    roleMembers: { member: string; role: string }[];
    firewallRules: FirewallRule[];
    securityRules: { name: string; inputs: Properties }[];
    parameters: { server: string; name: string; value: string }[];
}

export function accessModel(resources: readonly AccessResource[]): AccessModel {
    const all = (type: string) => resources.filter((r) => r.type === type);
    const inputs = (type: string) => all(type).map((r) => r.inputs);
    const clusters = clusterAccess(inputs);
    return {
        servers: [...inputs(types.SERVER).map(serverAccess), ...clusters.servers],
        administrators: [
            ...inputs(types.ADMINISTRATOR).map((i): Administrator => ({
                ...identity(i.principalName, i),
                server: text(i.serverName),
                system: "flexibleServer",
            })),
            ...inputs(types.SINGLE_SERVER_ADMINISTRATOR).map(singleServerAdministrator),
            ...clusters.administrators,
        ],
        groups: inputs(types.ENTRA_GROUP).map((i) => ({
            displayName: text(i.displayName),
            owners: texts(i.owners),
            members: texts(i.members),
        })),
        groupMemberships: all(types.ENTRA_GROUP_MEMBER).map(({ name, inputs: i }) => ({
            resource: name,
            group: known(i.groupObjectId),
            member: known(i.memberObjectId),
        })),
        principals: [
            ...inputs(types.PRINCIPAL_SET).flatMap(principalsOfSet),
            ...inputs(types.PRINCIPAL).map((i) => principal(text(i.name), i, i.onDelete)),
            ...clusters.principals,
        ],
        databases: [...inputs(types.DATABASE).map((i) => text(i.databaseName)), ...clusters.databases],
        roles: grantsOf(inputs(types.GRANT), inputs(types.DEFAULT_PRIVILEGES)),
        roleMembers: inputs(types.GRANT_ROLE).map((i) => ({ member: text(i.role), role: text(i.grantRole) })),
        firewallRules: [...inputs(types.FIREWALL_RULE), ...inputs(types.CLUSTER_FIREWALL_RULE)].map((i) => ({
            server: text(i.serverName ?? i.clusterName),
            name: text(i.firewallRuleName),
            start: text(i.startIpAddress),
            end: text(i.endIpAddress),
        })),
        securityRules: all(types.SECURITY_RULE).map((r) => ({
            name: text(r.inputs.securityRuleName ?? r.name),
            inputs: r.inputs,
        })),
        parameters: inputs(types.CONFIGURATION).map((i) => ({
            server: text(i.serverName),
            name: text(i.configurationName),
            value: text(i.value),
        })),
    };
}

function serverAccess(inputs: Properties): ServerAccess {
    const auth = map(inputs.authConfig);
    return {
        name: text(inputs.serverName),
        entra: text(auth.activeDirectoryAuth ?? UNKNOWN_MARK),
        passwords: text(auth.passwordAuth ?? UNKNOWN_MARK),
        administratorLogin: optional(inputs.administratorLogin),
        publicAccess: text(map(inputs.network).publicNetworkAccess ?? UNKNOWN_MARK),
    };
}

/** Whether it is a user or a group, the resource does not say. */
function singleServerAdministrator(inputs: Properties): Administrator {
    const { login, sid, serverName } = inputs;
    return { ...identity(login, { objectId: sid }), server: text(serverName), system: "singleServer" };
}

function principalsOfSet(set: Properties): Principal[] {
    return Object.entries(map(set.principals)).map(([key, entry]) => {
        const properties = map(entry);
        return principal(text(properties.name ?? key), properties, properties.onDelete ?? set.onDelete);
    });
}

function principal(name: string, inputs: Properties, onDelete: unknown): Principal {
    const { action = "Reassign", reassignTo } = map(onDelete);
    return {
        ...identity(name, inputs),
        isAdmin: inputs.isAdmin === true,
        requireMfa: inputs.requireMfa === true,
        memberOf: texts(inputs.memberOf).sort(),
        settings: list(inputs.settings).map((setting) => {
            const { name: parameter, value, database } = map(setting);
            return { name: text(parameter), value: text(value), database: optional(database) };
        }),
        connectionLimit: typeof inputs.connectionLimit === "number" ? inputs.connectionLimit : -1,
        onDelete: { action: text(action), reassignTo: optional(reassignTo) },
        rebindFrom: optional(inputs.rebindFrom),
    };
}

function identity(name: unknown, inputs: Properties): Identity {
    return {
        name: text(name),
        principalType: text(inputs.principalType) as PrincipalKind,
        objectId: known(inputs.objectId),
    };
}
