/** The principals of a set: as declared and as the state knows them, by the keys that the user chose. Pure. */
import { isAbsent } from "./checks";
import { onDeleteOf } from "./onDelete";
import type { PlannedPrincipal } from "./plan";
import { specOf } from "./principalSpec";
import type { Leaving } from "./reconcile";
import { UNKNOWN, type PropertyMap } from "./resourceProvider";

export type Entries = Map<string, PropertyMap>;

/** Empty where the principals are not known yet. Keys are whatever the user chose, `__proto__` too: hence a Map. */
export function entriesOf(properties: PropertyMap): Entries {
    const { principals } = properties;
    if (isAbsent(principals) || principals === UNKNOWN) return new Map();
    return new Map(Object.entries(principals as Record<string, PropertyMap>));
}

export const isUnknown = (value: unknown): boolean => value === UNKNOWN;

/** The path of an entry in the engine's form, in which only the quotation mark is escaped. */
export const entryPath = (key: string) => `principals["${key.replaceAll('"', '\\"')}"]`;

/** An entry of the state: whose role it is. */
export interface OwnedEntry {
    key: string;
    objectId: string;
    name: string;
    properties: PropertyMap;
}

/** What the key of an entry ends in while its role could not be removed yet. */
const unremoved = (objectId: string) => ` (to be removed: ${objectId})`;
const isUnremoved = ({ key, objectId }: OwnedEntry) => key.endsWith(unremoved(objectId));

/** A key that no other entry has, for one whose role is still to be removed; the same in every run that fails. */
export function unremovedKey(key: string, objectId: string, taken: ReadonlyMap<string, unknown>): string {
    const own = key.endsWith(unremoved(objectId)) ? key : key + unremoved(objectId);
    return taken.has(own) ? unremovedKey(own + unremoved(objectId), objectId, taken) : own;
}

/** The state's entries by key, object id and name. */
export class OwnedEntries {
    readonly all: OwnedEntry[];
    readonly #byKey: Map<string, OwnedEntry>;
    readonly #byId: Map<string, OwnedEntry>;
    readonly #byName: Map<string, OwnedEntry>;
    /** The object ids of the entries that are not still to be removed. */
    readonly #staying: ReadonlySet<string>;
    /** The object ids that declared entries name: whoever is meant by his name alone is none of these. */
    readonly #named: ReadonlySet<string | undefined>;

    /** @param declared All that is declared now, where it is asked whose role a declared entry means. */
    constructor(state: PropertyMap, declared: Entries = new Map()) {
        this.all = [...entriesOf(state)].map(([key, properties]) => ({
            key,
            objectId: String(properties["objectId"]).toLowerCase(),
            name: String(properties["name"]),
            properties,
        }));
        this.#byKey = new Map(this.all.map((entry) => [entry.key, entry]));
        const staying = this.all.filter((entry) => !isUnremoved(entry));
        this.#staying = new Set(staying.map(({ objectId }) => objectId));
        // Where two have a name, or an object id, it is that of the one that stays.
        const stayingLast = [...this.all.filter(isUnremoved), ...staying];
        this.#byId = new Map(stayingLast.map((entry) => [entry.objectId, entry]));
        this.#byName = new Map(stayingLast.map((entry) => [entry.name, entry]));
        const specs = [...declared.values()].filter((entry) => !isUnknown(entry)).map(specOf);
        this.#named = new Set(specs.flatMap(({ objectId, rebindFrom }) => [objectId, rebindFrom]));
    }

    /**
     * The entry whose role a declared one means: of the same object id, whatever its key, or the one to be rebound. Without an
     * object id the name is the identity, whatever the key: no two entries declare the same one.
     */
    of(key: string, declared: PropertyMap): OwnedEntry | undefined {
        const { objectId, rebindFrom, name } = specOf(declared);
        if (objectId !== undefined)
            return this.#byId.get(objectId) ?? (rebindFrom ? this.#byId.get(rebindFrom) : undefined);
        const own = this.#byKey.get(key);
        const meant = own?.name === name ? own : this.#byName.get(name);
        return meant && !this.#named.has(meant.objectId) ? meant : undefined;
    }

    planned(key: string, declared: PropertyMap): PlannedPrincipal {
        const own = this.of(key, declared);
        const hadMfa = own?.properties["requireMfa"] === true;
        return { spec: specOf(declared), ownedObjectId: own?.objectId, hadMfa };
    }

    /** What the state holds and nobody declares any more. What becomes of it was said when it was declared. */
    leaving(kept: ReadonlySet<string>, olds: PropertyMap): (Leaving & { key: string })[] {
        const declared = entriesOf(olds);
        // Of an identity that has another role by now, the former one goes all the same.
        const isSecond = (entry: OwnedEntry) => isUnremoved(entry) && this.#staying.has(entry.objectId);
        return this.all
            .filter((entry) => !kept.has(entry.objectId) || isSecond(entry))
            .map(({ key, objectId, name, properties }) => {
                const own = declared.get(key)?.["onDelete"] ?? properties["onDelete"];
                return { key, objectId, name, onDelete: onDeleteOf(own ?? olds["onDelete"]) };
            });
    }
}
