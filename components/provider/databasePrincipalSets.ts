/** The resource `DatabasePrincipalSet`: many principals, made and changed in one transaction. */
import { isAbsent } from "./checks";
import type { ConnectionArgs } from "./connection";
import { ResourceInitError } from "./grpcErrors";
import { identityChanges } from "./identityChanges";
import { parseSetImportId } from "./importId";
import { onDeleteOf } from "./onDelete";
import type { PrincipalChanges } from "./principalChanges";
import { entriesOf, isUnknown, OwnedEntries, unremovedKey } from "./principalEntries";
import { entryOutputs, inputsFromDatabase, outputsOf, previewOutputs } from "./principalOutputs";
import { checkSet } from "./principalSetCheck";
import { diffSet } from "./principalSetDiff";
import { specOf } from "./principalSpec";
import { inspect, type Leaving } from "./reconcile";
import {
    UNKNOWN,
    type CheckResult,
    type DiffResult,
    type OperationOptions,
    type PropertyMap,
    type ReadResult,
    type ResourceRef,
} from "./resourceProvider";
import { RoleIndex } from "./roleState";

/** As the engine stores it: keys are the user's, `__proto__` too. */
const asOutputs = (entries: Iterable<[string, PropertyMap]>) => ({ principals: Object.fromEntries(entries) });

export class DatabasePrincipalSets {
    constructor(private readonly changes: PrincipalChanges) {}

    check({ urn }: ResourceRef, news: PropertyMap): CheckResult {
        const result = checkSet(news);
        if (result.failures.length === 0) {
            const { host } = news["connection"] as Partial<ConnectionArgs>;
            const known = [...entriesOf(result.inputs).values()].filter((entry) => !isUnknown(entry));
            this.changes.declarations.declare(urn, host, known.map(specOf));
        }
        return result;
    }

    diff(state: PropertyMap, olds: PropertyMap, news: PropertyMap): DiffResult {
        return diffSet(state, olds, news);
    }

    async create(
        resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (options.preview) return { id: "", properties: previewOf(new OwnedEntries({}), inputs) };
        const properties = await this.#apply(resource, new OwnedEntries({}), {}, inputs, options);
        return { id: idOf(resource, inputs), properties };
    }

    /** Fixed in its number of queries. Principals whose roles are gone, or somebody else's, are left out. */
    async read(
        resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        if (inputs["connection"] === undefined) return this.#import(resource, id, options);
        const owned = new OwnedEntries(state);
        const mfa = owned.all.some(({ properties }) => properties["requireMfa"] === true);
        const objectIds = owned.all.map(({ objectId }) => objectId);
        const connection = inputs["connection"] as ConnectionArgs;
        const wanted = { names: [], objectIds, mfa: mfa || demandsMfa(inputs) };
        const index = new RoleIndex(
            (await inspect(this.changes.connections, connection, wanted, options)).roles,
        );
        const declared = entriesOf(inputs);
        const found = owned.all.flatMap(({ key, objectId, name, properties: { onDelete } }) => {
            // A role of the same name with another identity, or none, is not this principal (F33).
            const role = index.of(objectId, name);
            if (!role) return [];
            const given = declared.get(key);
            const known = inputsFromDatabase(role, given ?? {});
            // Only the state knows what is to become of one that is declared no more and could not be removed yet.
            const actual = {
                ...entryOutputs(outputsOf(role, specOf(given ?? known))),
                ...(isAbsent(onDelete) ? {} : { onDelete }),
            };
            return [{ key, known: given && known, actual }];
        });
        const inputsOf = found.flatMap(({ key, known }) =>
            known ? [[key, known] as [string, PropertyMap]] : [],
        );
        return {
            id,
            inputs: { ...inputs, ...asOutputs(inputsOf) },
            properties: asOutputs(found.map(({ key, actual }) => [key, actual])),
        };
    }

    async #import(resource: ResourceRef, id: string, options: OperationOptions): Promise<ReadResult> {
        const { connection, roles: wanted } = parseSetImportId(id);
        const names = wanted.flatMap(({ name }) => (name === undefined ? [] : [name]));
        const objectIds = wanted.flatMap(({ objectId }) => (objectId === undefined ? [] : [objectId]));
        const looking = { names, objectIds, mfa: true };
        const index = new RoleIndex(
            (await inspect(this.changes.connections, connection, looking, options)).roles,
        );
        const found = wanted.map(({ name, objectId }) => {
            const role = objectId === undefined ? index.named(name) : index.of(objectId);
            if (role?.label) return role;
            throw new Error(
                `'${id}' cannot be imported: the server has no Microsoft Entra role '${objectId ?? name}'`,
            );
        });
        const known = found.map((role) => [role.name, inputsFromDatabase(role, {})] as [string, PropertyMap]);
        const inputs = { connection, ...asOutputs(known) };
        const actual = found.map((role, at) => entryOutputs(outputsOf(role, specOf(known[at]![1]))));
        return {
            id: idOf(resource, inputs),
            inputs,
            properties: asOutputs(actual.map((entry, at) => [found[at]!.name, entry])),
        };
    }

    async update(
        resource: ResourceRef,
        state: PropertyMap,
        olds: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap> {
        const owned = new OwnedEntries(state, entriesOf(news));
        if (!options.preview) return this.#apply(resource, owned, olds, news, options);
        for (const line of identityChanges(owned, entriesOf(news))) options.log?.(line);
        return previewOf(owned, news);
    }

    async delete(
        { urn }: ResourceRef,
        _id: string,
        state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        const leaving = new OwnedEntries(state).leaving(new Set(), inputs);
        await this.changes.end(urn, inputs["connection"] as ConnectionArgs, leaving, options);
    }

    /** All that is declared in one transaction, then the removal of what is declared no more. */
    async #apply(
        resource: ResourceRef,
        owned: OwnedEntries,
        olds: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap> {
        const { urn } = resource;
        const connection = news["connection"] as ConnectionArgs;
        const entries = [...entriesOf(news)];
        const principals = entries.map(([key, entry]) => owned.planned(key, entry));
        const kept = new Set(
            principals.map(({ spec, ownedObjectId }) => spec.objectId ?? ownedObjectId ?? ""),
        );
        const unwanted = owned.leaving(kept, olds);
        const change = { urn, connection, principals, leaving: unwanted };
        const { roles, leaving } = await this.changes.apply(change, options);
        const outputs = entries.map(([key], at): [string, PropertyMap] => [
            key,
            entryOutputs(outputsOf(roles[at]!, principals[at]!.spec)),
        ]);
        try {
            await this.changes.removeAll(urn, connection, leaving, options);
        } catch (error) {
            // What was committed counts; who is still to go stays in the state, so that the next run removes him.
            const properties = asOutputs([...unremoved(unwanted, leaving), ...outputs]);
            throw new ResourceInitError((error as Error).message, idOf(resource, news), properties, news);
        }
        return asOutputs(outputs);
    }
}

const idOf = ({ name }: ResourceRef, inputs: PropertyMap) =>
    `${(inputs["connection"] as ConnectionArgs).host}/${name}`;

const demandsMfa = (inputs: PropertyMap) =>
    [...entriesOf(inputs).values()].some((entry) => entry["requireMfa"] === true);

function previewOf(owned: OwnedEntries, inputs: PropertyMap): PropertyMap {
    if (isUnknown(inputs["principals"])) return { principals: UNKNOWN };
    const entries = [...entriesOf(inputs)].map(([key, entry]): [string, unknown] => [
        key,
        isUnknown(entry) ? UNKNOWN : entryOutputs(previewOutputs(entry, owned.of(key, entry)?.objectId)),
    ]);
    return { principals: Object.fromEntries(entries) };
}

/** Entries whose roles may still be there. An identity may have two roles, so its object id alone does not tell which. */
function unremoved(unwanted: (Leaving & { key: string })[], leaving: Leaving[]): Map<string, PropertyMap> {
    const left = new Map<string, PropertyMap>();
    for (const { key, name, objectId, onDelete } of unwanted) {
        if (!leaving.some((one) => one.objectId === objectId && one.name === name)) continue;
        left.set(unremovedKey(key, objectId, left), { name, objectId, onDelete: onDeleteOf(onDelete) });
    }
    return left;
}
