import { SECRET_MARK, UNKNOWN_MARK, type Properties } from "../planDocument";
import * as types from "../resourceTypes";
import { grantsOf, type RoleGrants } from "./roleGrants";

/** Who may do what, as the resources of a stack say it. Pure. */

export interface AccessResource {
    type: string;
    name: string;
    inputs: Properties;
}

export type PrincipalKind = "User" | "Group" | "ServicePrincipal";

/** Somebody with an identity in Microsoft Entra. */
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

export interface ServerAccess {
    name: string;
    entra: string;
    passwords: string;
    administratorLogin?: string;
    publicAccess: string;
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
    administrators: (Identity & { server: string })[];
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
    return {
        servers: inputs(types.SERVER).map(serverAccess),
        administrators: inputs(types.ADMINISTRATOR).map((i) => ({
            ...identity(i.principalName, i),
            server: text(i.serverName),
        })),
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
        ],
        databases: inputs(types.DATABASE).map((i) => text(i.databaseName)),
        roles: grantsOf(inputs(types.GRANT), inputs(types.DEFAULT_PRIVILEGES)),
        roleMembers: inputs(types.GRANT_ROLE).map((i) => ({ member: text(i.role), role: text(i.grantRole) })),
        firewallRules: inputs(types.FIREWALL_RULE).map((i) => ({
            server: text(i.serverName),
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

/** An object id, where it is given and not only the deployment's to know. */
function known(value: unknown): string | undefined {
    const objectId = optional(value);
    return objectId === UNKNOWN_MARK || objectId === SECRET_MARK ? undefined : objectId?.toLowerCase();
}

function text(value: unknown): string {
    return typeof value === "string" ? value : value === undefined ? UNKNOWN_MARK : JSON.stringify(value);
}

function optional(value: unknown): string | undefined {
    return value === undefined || value === null ? undefined : text(value);
}

function map(value: unknown): Properties {
    return typeof value === "object" && value !== null ? (value as Properties) : {};
}

function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
    return list(value).map(text);
}
