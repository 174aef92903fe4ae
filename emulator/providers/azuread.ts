/** The local `azuread` package: Pulumi resources and look-ups on the directory of the local Azure. */

import type {
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceProvider,
    ResourceRef,
} from "../../components/provider/resourceProvider";
import type { Directory } from "../entra/directory";
import * as functions from "./azureadFunctions";
import * as groups from "./azureadGroup";
import * as members from "./azureadGroupMember";
import {
    readServicePrincipal,
    SERVICE_PRINCIPAL_TABLE,
    writeServicePrincipal,
} from "./azureadServicePrincipal";
import {
    GET_CLIENT_CONFIG,
    GET_GROUP,
    GET_SERVICE_PRINCIPAL,
    GET_USER,
    GROUP_MEMBER_TABLE,
    GROUP_TABLE,
} from "./azureadTables";
import {
    checkFunctionInputs,
    checkInputs,
    diffInputs,
    withDefaults,
    type ResourceTable,
} from "./propertyTable";
import { providerSchema } from "./providerSchema";

/** The version of the SDK whose shapes this provider has. */
export const AZUREAD_VERSION = "6.9.1";

/** What a resource type does, once its inputs are checked. */
interface ResourceType {
    table: ResourceTable;
    preview(inputs: PropertyMap): PropertyMap;
    create(inputs: PropertyMap): { id: string; properties: PropertyMap };
    read(id: string, inputs: PropertyMap): ReadResult | undefined;
    update?(id: string, news: PropertyMap): PropertyMap;
    delete(id: string): void;
}

interface Invoke {
    table: typeof GET_GROUP;
    call(args: PropertyMap): PropertyMap;
}

/** `callerId`: object id of the identity that runs Pulumi; it owns the groups that name no owner. */
export function azureadProvider(directory: Directory, options: { callerId: string }): ResourceProvider {
    return new AzureadProvider(directory, options.callerId);
}

class AzureadProvider implements ResourceProvider {
    readonly name = "azuread";
    readonly version = AZUREAD_VERSION;
    readonly #types: Record<string, ResourceType>;
    readonly #invokes: Record<string, Invoke>;

    constructor(directory: Directory, callerId: string) {
        this.#types = Object.fromEntries(
            [groupType(directory, callerId), memberType(directory), applicationType(directory)].map(
                (type) => [type.table.token, type],
            ),
        );
        const invokes: Invoke[] = [
            { table: GET_GROUP, call: (args) => functions.getGroup(directory, args) },
            { table: GET_USER, call: (args) => functions.getUser(directory, args) },
            { table: GET_SERVICE_PRINCIPAL, call: (args) => functions.getServicePrincipal(directory, args) },
            { table: GET_CLIENT_CONFIG, call: () => functions.getClientConfig(directory, callerId) },
        ];
        this.#invokes = Object.fromEntries(invokes.map((invoke) => [invoke.table.token, invoke]));
    }

    async getSchema(): Promise<string> {
        return providerSchema({
            name: this.name,
            version: this.version,
            resources: Object.values(this.#types).map((type) => type.table),
            functions: Object.values(this.#invokes).map((invoke) => invoke.table),
        });
    }

    async check(resource: ResourceRef, _oldInputs: PropertyMap | undefined, news: PropertyMap) {
        const { table } = this.#type(resource);
        const inputs = withDefaults(table, news);
        return { inputs, failures: checkInputs(table, inputs) };
    }

    async diff(
        resource: ResourceRef,
        _id: string,
        _state: PropertyMap,
        oldInputs: PropertyMap,
        news: PropertyMap,
    ) {
        return diffInputs(this.#type(resource).table, oldInputs, news);
    }

    async create(resource: ResourceRef, inputs: PropertyMap, options: OperationOptions) {
        const type = this.#type(resource);
        return options.preview ? { id: "", properties: type.preview(inputs) } : type.create(inputs);
    }

    async read(resource: ResourceRef, id: string, inputs: PropertyMap) {
        return this.#type(resource).read(id, inputs);
    }

    async update(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        _oldInputs: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ) {
        const type = this.#type(resource);
        if (!type.update) throw new Error(`${resource.type} has nothing that can be updated in place.`);
        return options.preview ? { ...oldState, ...news } : type.update(id, news);
    }

    async delete(resource: ResourceRef, id: string) {
        this.#type(resource).delete(id);
    }

    async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
        const found = Object.hasOwn(this.#invokes, token) ? this.#invokes[token] : undefined;
        if (!found) throw notThere("function", token, Object.keys(this.#invokes));
        const failures = checkFunctionInputs(found.table, args);
        if (failures.length > 0) throw new Error(`${token}: ${failures.map((f) => f.reason).join(" ")}`);
        return found.call(args);
    }

    #type(resource: ResourceRef): ResourceType {
        const found = Object.hasOwn(this.#types, resource.type) ? this.#types[resource.type] : undefined;
        if (!found) throw notThere("resource type", resource.type, Object.keys(this.#types));
        return found;
    }
}

function groupType(directory: Directory, callerId: string): ResourceType {
    const properties = (objectId: string, inputs: PropertyMap) =>
        groups.readGroup(directory, groups.groupId(objectId), inputs)!.properties;
    return {
        table: GROUP_TABLE,
        preview: groups.previewOfGroup,
        create: (inputs) => {
            const objectId = groups.createGroup(directory, callerId, inputs);
            return { id: groups.groupId(objectId), properties: properties(objectId, inputs) };
        },
        read: (id, inputs) => groups.readGroup(directory, id, inputs),
        update: (id, news) => {
            const objectId = groups.objectIdOfGroup(id);
            groups.updateGroup(directory, objectId, news);
            return properties(objectId, news);
        },
        delete: (id) => {
            const objectId = groups.objectIdOfGroup(id);
            if (directory.get(objectId)) directory.remove(objectId);
        },
    };
}

function memberType(directory: Directory): ResourceType {
    return {
        table: GROUP_MEMBER_TABLE,
        preview: (inputs) => ({ ...inputs }),
        create: (inputs) => {
            members.addMember(directory, inputs);
            return { id: members.memberId(inputs), properties: { ...inputs } };
        },
        read: (id, inputs) => members.readMember(directory, id, inputs),
        delete: (id) => members.removeMember(directory, id),
    };
}

/** A removal leaves the application as it is: it is the tenant's. */
function applicationType(directory: Directory): ResourceType {
    return {
        table: SERVICE_PRINCIPAL_TABLE,
        preview: (inputs) => ({ ...inputs }),
        create: (inputs) => writeServicePrincipal(directory, inputs),
        read: (id, inputs) => readServicePrincipal(directory, id, inputs),
        update: (_id, news) => writeServicePrincipal(directory, news).properties,
        delete: () => undefined,
    };
}

function notThere(kind: string, token: string, known: string[]): Error {
    return new Error(`The local Azure has no ${kind} '${token}'. Known to its azuread: ${known.join(", ")}.`);
}
