/** From what the program would register for the adopted configuration to the file for `pulumi import`. Pure. */

import { isGuid } from "../../components/names";
import type { ConnectionArgs } from "../../components/provider/connectionArgs";
import { urnName, type Plan, type PlannedResource, type Properties } from "../../plan/planDocument";

/** One resource of the file. https://www.pulumi.com/docs/iac/adopting-pulumi/import/ */
export interface ImportSpec {
    type: string;
    name: string;
    id?: string;
    parent?: string;
    version?: string;
    component?: true;
    /** What no read of the resource tells. */
    inputs?: Properties;
}

export interface ImportFile {
    resources: ImportSpec[];
}

export interface ImportPlace {
    /** Resource id of the server. */
    serverId: string;
    connection: ConnectionArgs;
    /** Versions of the packages whose program names one, by package. */
    versions: Record<string, string>;
}

const STACK = "pulumi:pulumi:Stack";

/**
 * @throws Error where the program would register something that has no id here: it would be made, not imported
 */
export function importFile(plan: Plan, place: ImportPlace): ImportFile {
    const resources = plan.resources.filter(({ type }) => type !== STACK);
    const parents = new Set(resources.map(({ parent }) => parent));
    // Parents first, as they are in a state.
    const ordered = [...resources].sort((a, b) => Number(parents.has(b.urn)) - Number(parents.has(a.urn)));
    return { resources: ordered.map((resource) => importSpec(resource, place)) };
}

function importSpec(resource: PlannedResource, place: ImportPlace): ImportSpec {
    const { type, name, parent, custom, inputs } = resource;
    const version = place.versions[type.split(":")[0]!];
    return {
        type,
        name,
        ...(parent.includes(`::${STACK}::`) ? {} : { parent: urnName(parent) }),
        ...(custom && version !== undefined && { version }),
        ...(custom ? { id: importId(resource, place) } : { component: true, inputs }),
        ...(type === SERVER && { inputs: notRead(inputs) }),
    };
}

const SERVER = "azure-native:dbforpostgresql:Server";

/** Azure tells nothing of tags where there are none; the program always says which. */
function notRead({ tags }: Properties): Properties {
    return tags === undefined ? {} : { tags };
}

/** The last part of a child's id: its collection, and the input that is its name. */
const CHILDREN: Record<string, [collection: string, input: string]> = {
    "azure-native:dbforpostgresql:Configuration": ["configurations", "configurationName"],
    "azure-native:dbforpostgresql:FirewallRule": ["firewallRules", "firewallRuleName"],
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": ["administrators", "objectId"],
    "azure-native:dbforpostgresql:Database": ["databases", "databaseName"],
};

function importId({ urn, type, inputs }: PlannedResource, { serverId, connection }: ImportPlace): string {
    if (type === SERVER) return serverId;
    const [collection, input] = CHILDREN[type] ?? [];
    if (collection !== undefined) return `${serverId}/${collection}/${String(inputs[input!])}`;
    if (type === "azure-postgres-entra:index:DatabasePrincipalSet")
        return principalSetId(connection, inputs["principals"] as Record<string, Properties>);
    throw new Error(`${urn}: there is no way to import it, so the preview would make it`);
}

/** By name where that is plain: two roles may carry the same object id. */
export function principalSetId(connection: ConnectionArgs, principals: Record<string, Properties>): string {
    const { user, host, port, cloud, address } = connection;
    const roles = Object.values(principals).map(({ name, objectId }) => {
        const special = isGuid(String(name)) || /^\.{1,2}$/.test(String(name));
        return encodeURIComponent(String(special ? objectId : name));
    });
    const query = new URLSearchParams({ ...(cloud && { cloud }), ...(address && { address }) });
    const server = `${host}${port === undefined ? "" : `:${port}`}`;
    return `postgres://${encodeURIComponent(user)}@${server}/${roles.join(",")}?${query.toString()}`;
}
