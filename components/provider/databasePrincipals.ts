/** The resource `DatabasePrincipal`: one principal, which is a set of one. */
import type { ConnectionArgs } from "./connection";
import { parseImportId } from "./importId";
import { checkOnDelete, onDeleteOf } from "./onDelete";
import type { PrincipalChanges } from "./principalChanges";
import { checkPrincipal } from "./principalCheck";
import { diffPrincipal } from "./principalDiff";
import { inputsFromDatabase, outputsOf, previewOutputs } from "./principalOutputs";
import { PRINCIPAL_KEYS, specOf } from "./principalSpec";
import { inspect } from "./reconcile";
import type {
    CheckResult,
    DiffResult,
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceRef,
} from "./resourceProvider";
import { RoleIndex } from "./roleState";
import { checkServer, diffConnection } from "./serverArgs";

const KEYS = ["connection", "flavor", ...PRINCIPAL_KEYS, "onDelete"];
const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export class DatabasePrincipals {
    constructor(private readonly changes: PrincipalChanges) {}

    check({ urn }: ResourceRef, news: PropertyMap): CheckResult {
        const failures = [
            ...checkServer(news, KEYS),
            ...checkPrincipal(news),
            ...checkOnDelete(news["onDelete"], news["name"]),
        ];
        if (failures.length === 0) {
            const { host } = news["connection"] as Partial<ConnectionArgs>;
            this.changes.declarations.declare(urn, host, [specOf(news)]);
        }
        return { inputs: news, failures };
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
        { urn }: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (options.preview) return { id: "", properties: previewOutputs(inputs, undefined) };
        const spec = specOf(inputs);
        const connection = inputs["connection"] as ConnectionArgs;
        const change = { urn, connection, principals: [{ spec }], leaving: [] };
        const { roles } = await this.changes.apply(change, options);
        const [role] = roles;
        return { id: role!.label!.objectId, properties: outputsOf(role!, spec) };
    }

    async read(
        _resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        const imported = inputs["connection"] === undefined ? parseImportId(id) : undefined;
        const connection = imported?.connection ?? (inputs["connection"] as ConnectionArgs);
        const wantedName = imported?.role.name;
        const objectId = (imported ? imported.role.objectId : (text(state["objectId"]) ?? id))?.toLowerCase();
        const names = wantedName !== undefined ? [wantedName] : [];
        const mfa = imported !== undefined || [inputs, state].some((map) => map["requireMfa"] === true);
        const wanted = { names, objectIds: objectId ? [objectId] : [], mfa };
        const { roles } = await inspect(this.changes.connections, connection, wanted, options);
        // A role of the same name with another identity, or none, is not this principal (F33).
        const index = new RoleIndex(roles);
        const role = objectId ? index.of(objectId, text(state["name"])) : index.named(wantedName);
        if (!role?.label) return undefined;
        const known = inputsFromDatabase(role, imported ? { connection } : inputs);
        return {
            id: imported ? role.label.objectId : id,
            inputs: known,
            properties: outputsOf(role, specOf(imported ? known : inputs)),
        };
    }

    async update(
        { urn }: ResourceRef,
        state: PropertyMap,
        _olds: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap> {
        const ownedObjectId = text(state["objectId"])?.toLowerCase();
        if (options.preview) return previewOutputs(news, ownedObjectId);
        const spec = specOf(news);
        const connection = news["connection"] as ConnectionArgs;
        const principal = { spec, ownedObjectId, hadMfa: state["requireMfa"] === true };
        const change = { urn, connection, principals: [principal], leaving: [] };
        const { roles } = await this.changes.apply(change, options);
        return outputsOf(roles[0]!, spec);
    }

    async delete(
        { urn }: ResourceRef,
        id: string,
        state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        const connection = inputs["connection"] as ConnectionArgs;
        const objectId = (text(state["objectId"]) ?? id).toLowerCase();
        const onDelete = onDeleteOf(inputs["onDelete"]);
        const leaving = [{ name: text(state["name"]) ?? "", objectId, onDelete }];
        await this.changes.end(urn, connection, leaving, options);
    }
}
