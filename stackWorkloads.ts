import type * as pulumi from "@pulumi/pulumi";
import type { Cloud, WorkloadIdentityArgs } from "./components/index";
import { checkWorkloadIdentity } from "./components/workloadIdentityChecks";
import type { StackConfig } from "./stackConfig";
import { firstDatabase } from "./stackConfigAccess";
import { principalOfWorkload } from "./stackConfigWorkloads";

/** From the stack's configuration to the arguments of the workloads' identities. No resource is registered here. */

interface Around {
    host: pulumi.Input<string>;
    /** Where the host is reached through a tunnel. */
    address?: string;
    resourceGroupName?: pulumi.Input<string>;
}

/** A managed identity of a workload, with how it signs in where it, or a group of its, is a principal. */
export function workloadIdentityArgs(config: StackConfig, key: string, around: Around): WorkloadIdentityArgs {
    const { name, resourceGroup, existing, attachTo, groups } = config.workloadIdentities[key]!;
    const principal = principalOfWorkload(config, key);
    const create = {
        resourceGroupName: resourceGroup ?? around.resourceGroupName ?? config.resourceGroup.name,
        identityName: name ?? key,
        location: config.location,
        tags: config.server.tags,
    };
    return {
        ...(existing ? { existing } : { create }),
        attachTo,
        groups,
        cloud: config.cloud as Cloud,
        connection: principal && {
            host: around.host,
            address: around.address,
            user: principal.name,
            database: firstDatabase(config, principal),
        },
    };
}

/** @throws ValidationError */
export function checkWorkloads(config: StackConfig, host: string): void {
    for (const key of Object.keys(config.workloadIdentities))
        checkWorkloadIdentity(
            key,
            workloadIdentityArgs(config, key, { host }),
            `workloadIdentities["${key}"].`,
        );
}
