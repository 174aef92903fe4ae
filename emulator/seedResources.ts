/**
 * What the local subscription holds before anybody deploys: the managed identities of the seed tenant as resources, and
 * a virtual machine with an identity of its own, which belong to somebody else's program.
 */

import type { ResourceApi } from "./arm/resourceApi";
import type { Directory } from "./entra/directory";
import { SEED_CLIENT_IDS, SEED_IDS } from "./entra/seedDirectory";

export const SEED_RESOURCE_GROUP = "rg-workloads";
/** With a system-assigned identity, which is called like it (F38). */
export const SEED_MACHINE = "vm-batch";

const IDENTITIES = { "orders-api": "ordersApi", "reporting-job": "reportingJob" } as const;
const location = "westeurope";

/** Resource id of something in the seed's resource group, for instance `Microsoft.Compute/virtualMachines/vm-batch`. */
export function seedId(subscriptionId: string, path: string): string {
    return `/subscriptions/${subscriptionId}/resourceGroups/${SEED_RESOURCE_GROUP}/providers/${path}`;
}

/** Only into an empty subscription of the seed tenant; a kept one stays as it is. */
export async function seedResources(api: ResourceApi, directory: Directory): Promise<void> {
    const { tenantId } = directory;
    if (api.azure.store.all().length > 0 || !directory.get(SEED_IDS.vmBatch)) return;
    await api.seed(`/subscriptions/${api.subscriptionId}/resourceGroups/${SEED_RESOURCE_GROUP}`, {
        location,
    });
    for (const [name, key] of Object.entries(IDENTITIES)) {
        const id = seedId(api.subscriptionId, `Microsoft.ManagedIdentity/userAssignedIdentities/${name}`);
        api.record(id, { location, tenantId, principalId: SEED_IDS[key], clientId: SEED_CLIENT_IDS[key] });
    }
    const identity = {
        type: "SystemAssigned",
        userAssignedIdentities: [],
        principalId: SEED_IDS.vmBatch,
        tenantId,
    };
    api.record(seedId(api.subscriptionId, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`), {
        location,
        hardwareProfile: { vmSize: "Standard_B2s" },
        identity,
    });
}
