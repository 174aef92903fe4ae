import assert from "node:assert/strict";
import { test } from "node:test";
import { CLUSTER_INPUTS } from "../arm/samples";
import { SERVER_INPUTS } from "../arm/support";
import { ClusterWorld } from "./clusterWorld";

test("a flexible server called like a node stays, whatever becomes of the cluster", async () => {
    const world = await ClusterWorld.start();
    try {
        const server = world.id.replace(/serverGroupsv2.*/, "flexibleServers/shop-c");
        const { serverName: _, resourceGroupName: __, ...inputs } = SERVER_INPUTS;
        const authConfig = { ...inputs.authConfig, tenantId: world.azure.directory.tenantId };
        await world.azure.api.put(server, { ...inputs, authConfig });
        const cluster = world.id.replace(world.name, "shop");
        const { clusterName: ___, resourceGroupName: ____, ...single } = CLUSTER_INPUTS;
        await world.azure.api.put(cluster, {
            ...single,
            nodeCount: 0,
            nodeStorageQuotaInMb: undefined,
            nodeVCores: undefined,
        });
        await world.azure.api.delete(cluster);
        assert.ok(world.azure.servers.get("shop-c"));
        await world.azure.api.delete(server);
    } finally {
        await world.azure.stop();
    }
});
