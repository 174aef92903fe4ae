/** What a resource type is to the resource API: its table, its path and what a write or removal does. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { DirectoryObject } from "../entra/directoryObject";
import type { ResourceTable } from "../providers/propertyTable";
import type { DatabaseEngine } from "./databaseEngine";
import type { ResourceStore, StoredResource } from "./resourceStore";

/** What the resource API asks the tenant, and what it makes there: the service principals of managed identities. */
export interface TenantDirectory {
    readonly tenantId: string;
    get(objectId: string): DirectoryObject | undefined;
    add(object: DirectoryObject): void;
    remove(objectId: string): void;
}

/** What the handlers of the types may use. */
export interface Azure {
    readonly subscriptionId: string;
    readonly directory: TenantDirectory;
    readonly servers: DatabaseEngine;
    readonly store: ResourceStore;
}

export interface PutCall {
    azure: Azure;
    id: string;
    /** The properties as azure-native's inputs have them (flat), checked against the table. */
    inputs: PropertyMap;
    /** What is stored under the id already. */
    existing: StoredResource | undefined;
}

export interface RemoveCall {
    azure: Azure;
    resource: StoredResource;
    /** True where the whole resource group goes: what is in use elsewhere in it goes as well. */
    withGroup: boolean;
}

export interface ArmType {
    table: ResourceTable;
    /** For instance `Microsoft.Network/virtualNetworks/subnets`. */
    armType: string;
    /** The id with its names in braces, in azure-native's letter case. */
    path: string;
    /** What azure-native's SDK uses, and the output `azureApiVersion`. */
    apiVersion: string;
    /** How azure-native names a resource without a name: with a random suffix, after the logical name, or not at all. */
    naming: "random" | "copy" | "none";
    /** The property that holds the children, where they can be given in the parent as well as alone. */
    inline?: { property: string; token: string };
    /** Checks against everything else in Azure, does the work, and gives what is to be stored. */
    put(call: PutCall): PropertyMap | Promise<PropertyMap>;
    /** Makes what was there before the local Azure was, where nobody can make it any more. */
    seed?(call: PutCall): Promise<PropertyMap>;
    /** Starts what runs behind a resource that the state file holds. */
    open?(azure: Azure, resource: StoredResource): Promise<void>;
    /** Refuses or does the work of a removal. The children go through their own one only where `cascades`. */
    remove?(call: RemoveCall): void | Promise<void>;
    /** Outputs that are worked out anew at every look. */
    view?(azure: Azure, resource: StoredResource): PropertyMap;
    /** For what exists without ever having been made (server parameters). */
    absent?(azure: Azure, id: string): PropertyMap | undefined;
    /** Names of all that exists so; a list of the collection has them too. */
    standing?: readonly string[];
}
