/** The resource `DatabasePrincipal`: one principal, which is a set of one. */
import { Failures, isKnown } from "./checks";
import type { Connections, ConnectionArgs } from "./connection";
import { checkConnection } from "./connectionArgs";
import { parseImportId } from "./importId";
import { checkOnDelete, onDeleteOf } from "./onDelete";
import { checkPrincipal } from "./principalCheck";
import { diffPrincipal } from "./principalDiff";
import { inputsFromDatabase, outputsOf } from "./principalOutputs";
import { PRINCIPAL_KEYS, specOf, UNLABELLED } from "./principalSpec";
import { inspect, reconcile } from "./reconcile";
import { remove } from "./removal";
import {
    UNKNOWN,
    type CheckResult,
    type DiffResult,
    type OperationOptions,
    type PropertyMap,
    type ReadResult,
} from "./resourceProvider";
import { roleOf } from "./roleState";

const KEYS = ["connection", "flavor", ...PRINCIPAL_KEYS, "onDelete"];
const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export class DatabasePrincipals {
    /**
     * Which resource (URN) last created or adopted a role in this process, by host and object id. Where a resource gets another
     * name in the program, the engine creates the new one (which adopts the role) and then deletes the old one: that must not
     * take the role away.
     */
    readonly #owners = new Map<string, string>();

    constructor(private readonly connections: Connections) {}

    check(news: PropertyMap): CheckResult {
        const failures = new Failures();
        failures.unknownKeys("", news, KEYS);
        const { flavor } = news;
        if (isKnown(flavor) && flavor !== "Flexible") {
            const rule =
                "only Flexible is supported" + (flavor === "SingleServer" ? ", SingleServer not yet" : "");
            failures.add("flavor", flavor, rule, "leave it out for a Flexible Server");
        }
        const all = [
            ...failures.list,
            ...checkConnection(news["connection"]),
            ...checkPrincipal(news),
            ...checkOnDelete(news["onDelete"], news["name"]),
        ];
        return { inputs: news, failures: all };
    }

    diff(state: PropertyMap, olds: PropertyMap, news: PropertyMap): DiffResult {
        const detailedDiff = diffPrincipal(olds, news, text(state["objectId"])?.toLowerCase());
        Object.assign(detailedDiff, diffConnection(olds["connection"], news["connection"]));
        if (JSON.stringify(onDeleteOf(olds["onDelete"])) !== JSON.stringify(onDeleteOf(news["onDelete"]))) {
            detailedDiff["onDelete"] = "update";
        }
        // Somebody took LOGIN from the role: no input differs, but the next deployment gives it back.
        if (state["canLogin"] === false) detailedDiff["canLogin"] = "update";
        // The new role often has the old one's name.
        return { detailedDiff, deleteBeforeReplace: true };
    }

    async create(
        urn: string,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (options.preview) return { id: "", properties: previewOutputs(inputs, undefined) };
        const spec = specOf(inputs);
        const connection = inputs["connection"] as ConnectionArgs;
        const [role] = await reconcile(this.connections, connection, [{ spec }], options);
        const objectId = role!.label!.objectId;
        this.#owners.set(`${connection.host} ${objectId}`, urn);
        return { id: objectId, properties: outputsOf(role!, spec) };
    }

    async read(
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        const imported = inputs["connection"] === undefined ? parseImportId(id) : undefined;
        const connection = imported?.connection ?? (inputs["connection"] as ConnectionArgs);
        const objectId = (imported ? imported.objectId : (text(state["objectId"]) ?? id))?.toLowerCase();
        const names = imported?.name !== undefined ? [imported.name] : [];
        const mfa = imported !== undefined || [inputs, state].some((map) => map["requireMfa"] === true);
        const wanted = { names, objectIds: objectId ? [objectId] : [], mfa };
        const { roles } = await inspect(this.connections, connection, wanted, options);
        // A role of the same name with another identity, or none, is not this principal (F33).
        const role = objectId
            ? roleOf(objectId, roles, text(state["name"]))
            : roles.find((found) => found.name === imported?.name);
        if (!role?.label) return undefined;
        const known = inputsFromDatabase(role, imported ? { connection } : inputs);
        return {
            id: imported ? role.label.objectId : id,
            inputs: known,
            properties: outputsOf(role, specOf(known)),
        };
    }

    async update(state: PropertyMap, news: PropertyMap, options: OperationOptions): Promise<PropertyMap> {
        const ownedObjectId = text(state["objectId"])?.toLowerCase();
        if (options.preview) return previewOutputs(news, ownedObjectId);
        const spec = specOf(news);
        const connection = news["connection"] as ConnectionArgs;
        const principal = { spec, ownedObjectId, hadMfa: state["requireMfa"] === true };
        const [role] = await reconcile(this.connections, connection, [principal], options);
        return outputsOf(role!, spec);
    }

    async delete(
        urn: string,
        id: string,
        state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        const connection = inputs["connection"] as ConnectionArgs;
        const objectId = (text(state["objectId"]) ?? id).toLowerCase();
        const name = text(state["name"]) ?? "";
        const key = `${connection.host} ${objectId}`;
        if ((this.#owners.get(key) ?? urn) !== urn) {
            options.log?.(`role '${name}' stays: another resource of this deployment has just taken it over`);
            return;
        }
        await remove(
            this.connections,
            connection,
            { name, objectId },
            onDeleteOf(inputs["onDelete"]),
            options,
        );
        this.#owners.delete(key);
    }
}

/** Another host is another server; how to get there is only a way. */
function diffConnection(given: unknown, wanted: unknown): DiffResult["detailedDiff"] {
    if (given === UNKNOWN || wanted === UNKNOWN) return given === wanted ? {} : { connection: "update" };
    const olds = given as Record<string, unknown>;
    const news = wanted as Record<string, unknown>;
    const diff: DiffResult["detailedDiff"] = {};
    for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
        const [before, after] = [olds[key] ?? undefined, news[key] ?? undefined];
        if (before === after) continue;
        if (key === "host") diff["connection.host"] = "update-replace";
        else
            diff[`connection.${key}`] =
                before === undefined ? "add" : after === undefined ? "delete" : "update";
    }
    return diff;
}

/** What can be said before anything is done. */
function previewOutputs(inputs: PropertyMap, ownedObjectId: string | undefined): PropertyMap {
    const { kind, rebindFrom, ...spec } = specOf(inputs);
    const objectId = spec.objectId ?? (rebindFrom === UNLABELLED ? UNKNOWN : ownedObjectId) ?? UNKNOWN;
    return { ...spec, principalType: kind, objectId, canLogin: true };
}
