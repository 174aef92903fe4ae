/** Reads a server and what belongs to it through the resource API: GET alone. */

import { ResourceManager, ResourceManagerError } from "../../components/provider/resourceManager";
import type { AdministratorProperties, ArmResource, ServerProperties, ServerResources } from "../existing";

const API_VERSION = "2025-08-01";

export interface ServerPlace {
    cloud: string;
    subscription: string;
    resourceGroup: string;
    server: string;
}

/** In the letter case of azure-native's own ids, whatever that of the API's answers. */
export function serverId({ subscription, resourceGroup, server }: Omit<ServerPlace, "cloud">): string {
    return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${server}`;
}

/** @throws Error that says what is missing: the server, or the right to read it */
export async function readResources(
    api: ResourceManager,
    place: ServerPlace,
    progress: (what: string) => void = () => undefined,
): Promise<ServerResources> {
    const id = serverId(place);
    const list = async <T>(collection: string): Promise<ArmResource<T>[]> => {
        progress(`reading ${collection}`);
        const found = await api.list(place.cloud, `${id}/${collection}`, API_VERSION, {});
        return (found as unknown as ArmResource<T>[]).sort((a, b) => (a.name < b.name ? -1 : 1));
    };
    try {
        progress(`reading the server ${place.server}`);
        const server = await api.get(place.cloud, id, API_VERSION, {});
        return {
            server: server as unknown as ArmResource<ServerProperties>,
            administrators: await list<AdministratorProperties>("administrators"),
            databases: await list("databases"),
            firewallRules: await list("firewallRules"),
            configurations: await list("configurations"),
        };
    } catch (error) {
        throw error instanceof ResourceManagerError ? explained(error, place) : error;
    }
}

function explained(error: ResourceManagerError, { server, resourceGroup, subscription }: ServerPlace): Error {
    const where = `the server '${server}' of the resource group '${resourceGroup}'`;
    const because = (text: string) => new Error(`${text} (${error.message})`, { cause: error });
    if (error.status === 404)
        return because(
            `there is no ${where.slice(4)} in the subscription ${subscription}; az postgres flexible-server list shows those that there are`,
        );
    if (error.status === 403 || error.status === 401)
        return because(`the identity that runs this may not read ${where}; it needs the role Reader on it`);
    return because(`${where} could not be read`);
}
