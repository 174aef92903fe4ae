/** The network of a server: public, or in a virtual network (F74, F75). */

import { CLOUDS } from "../../../components/clouds";
import { parseCidr } from "../addresses";
import { badRequest, invalidParameter, resourceNotFound } from "../armError";
import type { Azure } from "../armType";
import { prefixesOf } from "../network/subnet";
import { referredId, SUBNET } from "../network/references";
import { PRIVATE_ZONE, VIRTUAL_NETWORK_LINK } from "../privatedns/privateZone";
import { parentOf, sameId } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import type { ServerNetwork } from "./serverChild";

export const HOST_SUFFIX = `.${CLOUDS.Local.hostSuffix}`;
const DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers";

/**
 * Checks the network of a write and gives what is stored: with a delegated subnet public access is off, without one
 * it is on unless switched off.
 *
 * @throws ArmError
 */
export function effectiveNetwork(
    azure: Azure,
    serverName: string,
    location: string,
    given: ServerNetwork | undefined,
    existing: StoredResource | undefined,
): ServerNetwork {
    const before = existing?.properties.network as ServerNetwork | undefined;
    const network = given ?? before ?? {};
    if (before) refuseMove(before, network);
    const subnetId = network.delegatedSubnetResourceId ?? before?.delegatedSubnetResourceId;
    if (subnetId === undefined) return { publicNetworkAccess: network.publicNetworkAccess ?? "Enabled" };
    if (network.publicNetworkAccess === "Enabled") {
        throw badRequest(
            "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration",
            "Conflicting configuration is detected between Public Network Access and Virtual Network arguments. Public Network Access is not supported along with Virtual Network feature.",
        );
    }
    const subnet = checkSubnet(azure, subnetId, location);
    const zoneId = network.privateDnsZoneArmResourceId ?? before?.privateDnsZoneArmResourceId ?? "";
    checkZone(azure, serverName, zoneId, parentOf(subnet.id)!);
    return {
        delegatedSubnetResourceId: subnetId,
        privateDnsZoneArmResourceId: zoneId,
        publicNetworkAccess: "Disabled",
    };
}

/** F74: neither the subnet nor the kind of access changes later. azure-native sends the update; Azure refuses it. */
function refuseMove(before: ServerNetwork, network: ServerNetwork): void {
    const [from, to] = [before.delegatedSubnetResourceId, network.delegatedSubnetResourceId];
    if (from === undefined ? to === undefined : to === undefined || sameId(from, to)) return;
    throw invalidParameter(
        "delegatedSubnetResourceId",
        `It is ${from ? `'${from}'` : "not set"} for the rest of the server's life (F74). Replace the server to change it.`,
    );
}

function checkSubnet(azure: Azure, id: string, location: string): StoredResource {
    const subnet = azure.store.get(id);
    if (subnet?.token !== SUBNET) throw resourceNotFound(id);
    const delegations = (subnet.properties.delegations ?? []) as { serviceName: string }[];
    if (!delegations.some((delegation) => delegation.serviceName === DELEGATION)) {
        throw invalidParameter(
            "delegatedSubnetResourceId",
            `Subnet ${id} must be delegated to ${DELEGATION} (F74).`,
        );
    }
    const lengths = prefixesOf(subnet.properties).map((prefix) => parseCidr(prefix)?.length ?? 32);
    if (Math.min(...lengths) > 28) {
        throw invalidParameter(
            "delegatedSubnetResourceId",
            `Subnet ${id} is a /${Math.min(...lengths)}; a flexible server needs /28 or larger (F74).`,
        );
    }
    const where = azure.store.get(parentOf(subnet.id)!)?.properties.location;
    if (where !== location) {
        throw invalidParameter(
            "location",
            `The server is in '${location}', its virtual network in '${String(where)}'.`,
        );
    }
    return subnet;
}

function checkZone(azure: Azure, serverName: string, id: string, networkId: string): void {
    const zone = azure.store.get(id);
    if (zone?.token !== PRIVATE_ZONE) throw resourceNotFound(id);
    const name = zone.name.toLowerCase();
    if (!name.endsWith(HOST_SUFFIX)) {
        throw invalidParameter(
            "privateDnsZoneArmResourceId",
            `The zone '${zone.name}' must end with '${HOST_SUFFIX}' (F75).`,
        );
    }
    if (name === `${serverName.toLowerCase()}${HOST_SUFFIX}`) {
        throw invalidParameter(
            "privateDnsZoneArmResourceId",
            `The zone '${zone.name}' is named like the server '${serverName}'; its name must differ (F75).`,
        );
    }
    const links = azure.store.below(zone.id, VIRTUAL_NETWORK_LINK);
    if (!links.some((link) => sameId(referredId(link.properties.virtualNetwork), networkId))) {
        throw invalidParameter(
            "privateDnsZoneArmResourceId",
            `The zone '${zone.name}' is not linked to the server's virtual network ${networkId} (F75).`,
        );
    }
}
