/**
 * `azure-native:resources:Resource`: any resource by its namespace, type and API version. Here it makes the native roles of
 * clusters alone, which azure-native's own class cannot make; everything else is refused by name.
 */

import type {
    CheckResult,
    DiffResult,
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceRef,
} from "../../components/provider/resourceProvider";
import { formatId } from "../arm/resourceId";
import type { ResourceView } from "../arm/resourceView";
import { resourceGroupName, SPEC } from "../arm/rules";
import { CLUSTER_PATH } from "../arm/serverGroups/clusterChild";
import { clusterRole } from "../arm/serverGroups/clusterRole";
import { checkInputs, diffInputs, type PropertyRule, type ResourceTable } from "./propertyTable";

export const GENERIC_RESOURCE = "azure-native:resources:Resource";

const PARENT = /^serverGroupsv2\/([^/]+)$/;

const only = (value: string): PropertyRule => ({
    type: "string",
    required: true,
    createOnly: true,
    refuse: (given) =>
        given === value
            ? undefined
            : `the local Azure makes only roles of Microsoft.DBforPostgreSQL/serverGroupsv2 in this way (${value}). Use the class of the resource's own type.`,
    source: SPEC.clusters,
});
const nothing = (type: PropertyRule["type"]): PropertyRule => ({
    type,
    refuse: () => "a role has none. Leave it out.",
});

export const GENERIC_TABLE: ResourceTable = {
    token: GENERIC_RESOURCE,
    properties: {
        apiVersion: {
            type: "string",
            required: true,
            values: ["2022-11-08", "2023-03-02-preview"],
            source: SPEC.clusters,
        },
        parentResourcePath: {
            type: "string",
            required: true,
            createOnly: true,
            pattern: PARENT,
            patternText: "of the form serverGroupsv2/<cluster>",
            source: SPEC.clusters,
        },
        properties: {
            type: "object",
            secret: true,
            required: true,
            properties: { password: { ...clusterRole.table.properties.password!, required: true } },
        },
        resourceGroupName,
        resourceName: { ...clusterRole.table.properties.roleName!, required: true },
        resourceProviderNamespace: only("Microsoft.DBforPostgreSQL"),
        resourceType: only("roles"),
        extendedLocation: nothing("object"),
        identity: nothing("object"),
        kind: nothing("string"),
        location: nothing("string"),
        managedBy: nothing("string"),
        plan: nothing("object"),
        sku: nothing("object"),
        tags: nothing("map"),
        azureApiVersion: { type: "string", computed: true },
        name: { type: "string", computed: true },
        type: { type: "string", computed: true },
    },
};

/** What the bridge does for the types of its own. */
export interface Bridge {
    subscriptionId: string;
    put(id: string, body: PropertyMap, options: OperationOptions): Promise<ResourceView>;
    find(id: string): Promise<ResourceView | undefined>;
}

export class GenericResource {
    constructor(private readonly bridge: Bridge) {}

    async check(news: PropertyMap): Promise<CheckResult> {
        const failures = checkInputs(GENERIC_TABLE, news);
        return { inputs: news, failures };
    }

    async diff(oldInputs: PropertyMap, news: PropertyMap): Promise<DiffResult> {
        const { detailedDiff } = diffInputs(GENERIC_TABLE, oldInputs, news);
        const replaces = Object.values(detailedDiff).some((kind) => kind.endsWith("-replace"));
        return { detailedDiff, deleteBeforeReplace: replaces };
    }

    async create(inputs: PropertyMap, options: OperationOptions) {
        if (options.preview) return { id: "", properties: { ...inputs } };
        const id = this.#idOf(inputs);
        if (await this.bridge.find(id)) throw new Error(`cannot create already existing resource '${id}'`);
        return this.#put(id, inputs, options);
    }

    async update(id: string, oldState: PropertyMap, news: PropertyMap, options: OperationOptions) {
        if (options.preview) return { ...oldState, ...news };
        return (await this.#put(id, news, options)).properties;
    }

    /** The password is never read back: a refresh keeps what was given. */
    async read(_resource: ResourceRef, id: string, inputs: PropertyMap): Promise<ReadResult | undefined> {
        const view = await this.bridge.find(id);
        return view && { id: view.id, inputs, properties: outputsOf(view) };
    }

    async #put(id: string, inputs: PropertyMap, options: OperationOptions) {
        const { password } = inputs.properties as { password: unknown };
        const view = await this.bridge.put(id, { password }, options);
        return { id: view.id, properties: outputsOf(view) };
    }

    #idOf(inputs: PropertyMap): string {
        const clusterName = PARENT.exec(inputs.parentResourcePath as string)![1]!;
        const names = {
            resourceGroupName: inputs.resourceGroupName,
            clusterName,
            roleName: inputs.resourceName,
        };
        return formatId(`${CLUSTER_PATH}/roles/{roleName}`, this.bridge.subscriptionId, names);
    }
}

/** As the service answers: no password. */
function outputsOf({ name, type, outputs }: ResourceView): PropertyMap {
    const { roleType, provisioningState, azureApiVersion } = outputs;
    return { name, type, azureApiVersion, properties: { roleType, provisioningState } };
}
