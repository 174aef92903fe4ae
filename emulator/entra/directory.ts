/** A Microsoft Entra tenant: its users, groups, service principals and managed identities. */

import { isGuid, normalized, principalName } from "./directoryRules";
import type { DirectoryObject } from "./directoryObject";

export { isGuid, principalName } from "./directoryRules";

export interface DirectoryChange {
    kind: "added" | "updated" | "removed";
    objectId: string;
}

export interface DirectoryDocument {
    tenantId: string;
    objects: DirectoryObject[];
}

export type DirectoryPatch = Partial<Omit<DirectoryObject, "objectId" | "principalType">>;

/** Gives and takes copies: nobody changes the tenant but through its methods. */
export class Directory {
    readonly tenantId: string;
    readonly #objects = new Map<string, DirectoryObject>();
    readonly #listeners = new Set<(change: DirectoryChange) => void>();
    /** Who holds a value that is unique in the tenant. */
    readonly #taken = new Map<string, string>();
    #parents: Map<string, string[]> | undefined;
    #names: Map<string, string[]> | undefined;

    /** @throws Error where the tenant id is no GUID, or an object cannot be added. The order of `objects` is free. */
    constructor(tenantId: string, objects: readonly DirectoryObject[] = []) {
        if (!isGuid(tenantId))
            throw new Error(`The tenant id is ${JSON.stringify(tenantId)}; it must be a GUID.`);
        this.tenantId = tenantId.toLowerCase();
        for (const object of objects) this.#insert(normalized(object));
        for (const object of this.#objects.values()) this.#checkReferences(object);
    }

    /** @throws Error where the object is not valid, its object id, UPN, app id or mail alias is taken, or a member does not exist. */
    add(object: DirectoryObject): void {
        const added = normalized(object);
        this.#checkReferences(added);
        this.#insert(added);
        this.#changed("added", added.objectId);
    }

    /** Changes the given fields; `undefined` takes a field away. @throws Error as `add`, and where there is no such object. */
    update(objectId: string, patch: DirectoryPatch): void {
        const old = this.#require(objectId);
        const fixed = { objectId: old.objectId, principalType: old.principalType };
        const updated = normalized({ ...old, ...patch, ...fixed });
        this.#checkReferences(updated);
        this.#checkUnique(updated);
        this.#put(updated);
        this.#changed("updated", updated.objectId);
    }

    /** Deletes the object, and its memberships and ownerships, as Entra does. @throws Error where there is none. */
    remove(objectId: string): void {
        const { objectId: id } = this.#require(objectId);
        this.#release(id);
        this.#objects.delete(id);
        for (const group of this.#objects.values()) {
            if (group.members) group.members = group.members.filter((member) => member !== id);
            if (group.owners) group.owners = group.owners.filter((owner) => owner !== id);
        }
        this.#changed("removed", id);
    }

    get(objectId: string): DirectoryObject | undefined {
        const found = this.#objects.get(objectId.toLowerCase());
        return found && structuredClone(found);
    }

    /**
     * By the UPN of users and the display name of all others, spelled exactly so (F18). Display names are not unique:
     * there may be several, and a caller who needs one must refuse that (F61).
     */
    findByName(name: string): DirectoryObject[] {
        this.#names ??= this.#indexNames();
        return (this.#names.get(name) ?? []).map((id) => this.get(id)!);
    }

    /** By the application (client) id, which is not the object id (F65). */
    findByAppId(appId: string): DirectoryObject | undefined {
        const objectId = this.#taken.get(uniqueKey("appId", appId));
        return objectId === undefined ? undefined : this.get(objectId);
    }

    /** Object ids of all groups that hold the object, directly or through other groups. Circles are no problem. */
    groupsOf(objectId: string): string[] {
        const start = objectId.toLowerCase();
        this.#parents ??= this.#indexParents();
        const found = new Set<string>();
        const open = [start];
        for (let current = open.pop(); current !== undefined; current = open.pop()) {
            for (const parent of this.#parents.get(current) ?? []) {
                if (parent === start || found.has(parent)) continue;
                found.add(parent);
                open.push(parent);
            }
        }
        return [...found];
    }

    all(): DirectoryObject[] {
        return [...this.#objects.values()].map((object) => structuredClone(object));
    }

    /** Calls back after every change. Gives the function that ends it. */
    onChange(listener: (change: DirectoryChange) => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    toJSON(): DirectoryDocument {
        return { tenantId: this.tenantId, objects: this.all() };
    }

    /** @throws Error where the document is not one that `toJSON` made, or an object in it is not valid. */
    static fromJSON(document: unknown): Directory {
        const { tenantId, objects } = (document ?? {}) as Partial<DirectoryDocument>;
        if (typeof tenantId !== "string" || !Array.isArray(objects)) {
            throw new Error("This is no directory: an object with 'tenantId' and 'objects' is needed.");
        }
        return new Directory(tenantId, objects);
    }

    #insert(object: DirectoryObject): void {
        if (this.#objects.has(object.objectId)) {
            throw new Error(
                `The object id ${object.objectId} is taken, by '${this.get(object.objectId)!.displayName}'.`,
            );
        }
        this.#checkUnique(object);
        this.#put(object);
    }

    #require(objectId: string): DirectoryObject {
        const found = this.#objects.get(objectId.toLowerCase());
        if (!found) throw new Error(`The tenant ${this.tenantId} has no object ${objectId}.`);
        return found;
    }

    #checkUnique(object: DirectoryObject): void {
        for (const [field, key] of uniqueKeys(object)) {
            const owner = this.#taken.get(key);
            if (owner === undefined || owner === object.objectId) continue;
            const name = this.#objects.get(owner)!.displayName;
            throw new Error(`The ${field} '${object[field]}' is taken, by ${name} (${owner}).`);
        }
    }

    #put(object: DirectoryObject): void {
        this.#release(object.objectId);
        this.#objects.set(object.objectId, object);
        for (const [, key] of uniqueKeys(object)) this.#taken.set(key, object.objectId);
        this.#parents = undefined;
        this.#names = undefined;
    }

    #release(objectId: string): void {
        const old = this.#objects.get(objectId);
        for (const [, key] of old ? uniqueKeys(old) : []) this.#taken.delete(key);
    }

    #checkReferences(group: DirectoryObject): void {
        for (const field of ["members", "owners"] as const) {
            for (const id of group[field] ?? []) {
                const object = id === group.objectId ? group : this.#objects.get(id);
                const where = `${field} of the group '${group.displayName}'`;
                if (!object) throw new Error(`${where}: the tenant ${this.tenantId} has no object ${id}.`);
                if (field === "owners" && object.principalType === "Group") {
                    throw new Error(`${where}: ${id} is a group; owners are users or service principals.`);
                }
                if (field === "members" && id === group.objectId) {
                    throw new Error(`${where}: a group cannot be a member of itself.`);
                }
            }
        }
    }

    #indexParents(): Map<string, string[]> {
        const parents = new Map<string, string[]>();
        for (const group of this.#objects.values()) {
            for (const member of group.members ?? []) push(parents, member, group.objectId);
        }
        return parents;
    }

    #indexNames(): Map<string, string[]> {
        const names = new Map<string, string[]>();
        for (const object of this.#objects.values()) push(names, principalName(object), object.objectId);
        return names;
    }

    #changed(kind: DirectoryChange["kind"], objectId: string): void {
        this.#parents = undefined;
        this.#names = undefined;
        for (const listener of [...this.#listeners]) listener({ kind, objectId });
    }
}

const UNIQUE_FIELDS = ["userPrincipalName", "appId", "mailNickname"] as const;

function uniqueKeys(object: DirectoryObject): [(typeof UNIQUE_FIELDS)[number], string][] {
    return UNIQUE_FIELDS.flatMap((field) => {
        const value = object[field];
        return value === undefined ? [] : [[field, uniqueKey(field, value)]];
    });
}

/** Unique whatever the case. */
function uniqueKey(field: (typeof UNIQUE_FIELDS)[number], value: string): string {
    return `${field} ${value.toLowerCase()}`;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
}
