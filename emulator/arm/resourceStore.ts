/** Everything that exists in the local Azure, by resource id, and its state file. */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { keyOf } from "./resourceId";

/** One resource. Never changed in place: a write puts a new one, so that a copy of the map is a snapshot. */
export interface StoredResource {
    readonly id: string;
    /** Type token, for instance `azure-native:network:Subnet`. */
    readonly token: string;
    readonly name: string;
    /** Flat, as azure-native's outputs have them; without secrets and without what is worked out at every look. */
    readonly properties: Readonly<PropertyMap>;
    readonly created: string;
    readonly changed: string;
    /** Counts the writes; makes the etag. */
    readonly revision: number;
}

interface StateFile {
    format: 1;
    subscriptionId: string;
    tenantId: string;
    resources: StoredResource[];
}

export class ResourceStore {
    #resources = new Map<string, StoredResource>();

    get(id: string): StoredResource | undefined {
        return this.#resources.get(keyOf(id));
    }

    set(resource: StoredResource): void {
        this.#resources.set(keyOf(resource.id), resource);
    }

    delete(id: string): void {
        this.#resources.delete(keyOf(id));
    }

    /** Everything, or everything of a type, in the order of creation. */
    all(token?: string): StoredResource[] {
        return [...this.#resources.values()].filter((resource) => !token || resource.token === token);
    }

    /** Everything below an id, however deep. */
    below(id: string, token?: string): StoredResource[] {
        const prefix = `${keyOf(id)}/`;
        return this.all(token).filter((resource) => keyOf(resource.id).startsWith(prefix));
    }

    snapshot(): Map<string, StoredResource> {
        return new Map(this.#resources);
    }

    restore(snapshot: Map<string, StoredResource>): void {
        this.#resources = new Map(snapshot);
    }

    /** Writes the state: whole or not at all, readable by the owner alone. */
    save(file: string, subscriptionId: string, tenantId: string): void {
        const state: StateFile = { format: 1, subscriptionId, tenantId, resources: this.all() };
        const temporary = `${file}.${process.pid}.tmp`;
        const descriptor = openSync(temporary, "w", 0o600);
        try {
            writeFileSync(descriptor, JSON.stringify(state, undefined, 1));
            fsyncSync(descriptor);
        } finally {
            closeSync(descriptor);
        }
        renameSync(temporary, file);
    }

    /**
     * Reads a state file, if it is there.
     *
     * @throws Error where it is of another subscription or tenant, or no state file.
     */
    load(file: string, subscriptionId: string, tenantId: string): void {
        if (!existsSync(file)) return;
        const state = parseState(file);
        if (state.subscriptionId !== subscriptionId || state.tenantId !== tenantId) {
            throw new Error(
                `${file} belongs to subscription ${state.subscriptionId} in tenant ${state.tenantId}, not to ` +
                    `${subscriptionId} in ${tenantId}. Delete the folder of the local Azure to start anew.`,
            );
        }
        for (const resource of state.resources) this.set(resource);
    }
}

function parseState(file: string): StateFile {
    try {
        const state = JSON.parse(readFileSync(file, "utf8")) as Partial<StateFile>;
        if (state.format !== 1 || !Array.isArray(state.resources)) throw new Error("unknown format");
        return state as StateFile;
    } catch (error) {
        throw new Error(
            `${file} is no state of a local Azure (${(error as Error).message}). Delete the folder of the local Azure to start anew.`,
            { cause: error },
        );
    }
}
