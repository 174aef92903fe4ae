import * as pulumi from "@pulumi/pulumi";
import { checkNoClientId, WorkloadIdentity, type FlexibleServer, type IdentityIds } from "./components/index";
import type { StackConfig } from "./stackConfig";
import { expectedHost } from "./stackResources";
import { workloadIdentityArgs } from "./stackWorkloads";

/** The managed identities of the stack's workloads, by their keys in the configuration. */
export type Workloads = Record<string, WorkloadIdentity>;

export function makeWorkloads(
    config: StackConfig,
    server: FlexibleServer,
    resourceGroupName: pulumi.Input<string>,
): Workloads {
    const address = config.hostAddresses[expectedHost(config)];
    const around = { host: server.host, address, resourceGroupName };
    return Object.fromEntries(
        Object.keys(config.workloadIdentities).map((key) => [
            key,
            new WorkloadIdentity(`workload-${key}`, workloadIdentityArgs(config, key, around)),
        ]),
    );
}

/** What one of them is, and how it signs in. */
interface WorkloadOutputs {
    principalId: string;
    clientId: string;
    environment?: Record<string, string>;
    clients?: Record<string, string>;
}

/**
 * The stack's output about them. Of the local Azure only the ids: its addresses are not the same tomorrow.
 *
 * @throws ValidationError (inside the output) where a principal or administrator has the client id of one of them (F65)
 */
export function workloadOutputs(
    config: StackConfig,
    workloads: Workloads,
): pulumi.Output<Record<string, WorkloadOutputs>> {
    const all = Object.entries(workloads).map(([key, workload]) => {
        const { principalId, clientId, environment, clients } = workload;
        const shown =
            config.cloud === "Local"
                ? { principalId, clientId }
                : { principalId, clientId, environment, clients };
        return pulumi.output(shown).apply((values) => [key, values] as const);
    });
    return pulumi.all(all).apply((entries) => {
        refuseClientIds(
            config,
            entries.map(([name, { principalId, clientId }]) => ({ name, principalId, clientId })),
        );
        return Object.fromEntries(entries);
    });
}

/** @throws ValidationError */
export function refuseClientIds(config: StackConfig, identities: IdentityIds[]): void {
    for (const [list, given] of [
        ["administrators", config.administrators],
        ["principals", config.principals],
    ] as const)
        for (const [i, { objectId }] of given.entries())
            if (objectId !== undefined) checkNoClientId(`${list}[${i}].objectId`, objectId, identities);
}
