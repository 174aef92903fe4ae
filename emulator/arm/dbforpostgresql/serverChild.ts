/** What the types below a flexible server share. */

import type { PropertyRule } from "../../providers/propertyTable";
import { resourceNotFound } from "../armError";
import type { Azure } from "../armType";
import type { DatabaseServer } from "../databaseEngine";
import { lastName } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import { SPEC } from "../rules";

export const SERVER = "azure-native:dbforpostgresql:Server";
export const FIREWALL_RULE = "azure-native:dbforpostgresql:FirewallRule";
export const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";
export const CONFIGURATION = "azure-native:dbforpostgresql:Configuration";
export const DATABASE = "azure-native:dbforpostgresql:Database";

export const API_VERSION = "2025-08-01";
export const SERVER_PATH =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{serverName}";

/** The specification's pattern has no closing anchor; the service takes lower case only and no closing hyphen. */
export const serverName: PropertyRule = {
    type: "string",
    createOnly: true,
    pattern: /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
    patternText: "of 3 to 63 lower-case letters, digits and single hyphens, with none at either end",
    source: `${SPEC.postgresql} serverName; ${SPEC.names}`,
};

export const parentServerName: PropertyRule = { ...serverName, required: true };

/** The server's id in the id of one of its children, or the id itself. */
export function serverIdOf(id: string): string {
    return id.split("/").slice(0, 9).join("/");
}

/** The record of the server that a child belongs to. */
export function serverOf(azure: Azure, childId: string): StoredResource {
    const id = serverIdOf(childId);
    const server = azure.store.get(id);
    if (!server) throw resourceNotFound(id);
    return server;
}

/** The PostgreSQL behind a server. */
export function engineOf(azure: Azure, id: string): DatabaseServer {
    const name = lastName(serverIdOf(id)).toLowerCase();
    const server = azure.servers.get(name);
    if (!server) throw new Error(`No PostgreSQL runs for server '${name}'`);
    return server;
}

export interface ServerNetwork {
    publicNetworkAccess?: string;
    delegatedSubnetResourceId?: string;
    privateDnsZoneArmResourceId?: string;
}

export function networkOf(server: StoredResource): ServerNetwork {
    return (server.properties.network as ServerNetwork | undefined) ?? {};
}
