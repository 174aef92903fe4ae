/** A private server that somebody made by hand: standby in a zone that Azure chose, Entra alone, one group, no database. */

import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LOCAL_SUBSCRIPTION_ID, type LocalAzure } from "../../emulator/localAzure";

export const PRIVATE = { resourceGroup: "rg-private", server: "pg-private" };

const GROUP = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/${PRIVATE.resourceGroup}`;
const NETWORK = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet`;
const ZONE = `${GROUP}/providers/Microsoft.Network/privateDnsZones/contoso.private.postgres.database.azure.com`;
const SERVER = `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${PRIVATE.server}`;

export async function makePrivateServerByHand({ api, directory }: LocalAzure): Promise<void> {
    const location = "westeurope";
    const { tenantId } = directory;
    await api.put(GROUP, { location });
    await api.put(NETWORK, { location, addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
    await api.put(`${NETWORK}/subnets/postgres`, {
        addressPrefix: "10.0.1.0/28",
        delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
    });
    await api.put(ZONE, { location: "global" });
    await api.put(`${ZONE}/virtualNetworkLinks/link`, {
        location: "global",
        virtualNetwork: { id: NETWORK },
    });
    await api.put(SERVER, {
        ...{ location, version: "17", sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" } },
        authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId },
        network: {
            delegatedSubnetResourceId: `${NETWORK}/subnets/postgres`,
            privateDnsZoneArmResourceId: ZONE,
        },
        highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "2" },
        tags: { team: "data" },
    });
    await api.put(`${SERVER}/administrators/${SEED_IDS.deployer}`, {
        ...{ principalName: "deployer", principalType: "ServicePrincipal", tenantId },
    });
}
