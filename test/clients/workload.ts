/** A deployed stack with three workloads on one virtual machine, and what each needs to sign in there. */

import { workloadClients, workloadEnvironment, Cloud } from "../../components/index";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { LocalAzure, LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { metadataEnvironment } from "../../emulator/endpoint/environment";
import { seedId, SEED_MACHINE } from "../../emulator/seedResources";
import { deploy } from "../../rehearsal/deployment";
import { changed, PROJECT, stackYaml } from "../program/stackYaml";
import { useEnvironment } from "../../emulator/endpoint/environment";

const MACHINE = seedId(LOCAL_SUBSCRIPTION_ID, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`);
const config = changed(stackYaml("local"), {
    workloadIdentities: {
        worker: { attachTo: { batch: MACHINE }, groups: { readers: SEED_IDS.prodDbReadonly } },
        batch: { existing: { virtualMachineId: MACHINE } },
    },
    principals: [
        {
            name: "worker's role",
            principalType: "ServicePrincipal",
            identity: "worker",
            access: { orders: "owner" },
        },
        {
            name: "vm-batch",
            principalType: "ServicePrincipal",
            identity: "batch",
            access: { orders: "readonly" },
        },
        {
            name: "Prod DB Readonly",
            principalType: "Group",
            objectId: SEED_IDS.prodDbReadonly,
            access: { orders: "readonly" },
        },
    ],
    network: {
        access: "Public",
        firewallRules: [{ name: "me", startIpAddress: "203.0.113.25", endIpAddress: "203.0.113.25" }],
    },
});

export interface Workload {
    /** What `POSTGRES_CONNECTION` says, by client; `psql` is a line for bash. */
    clients: Record<string, string>;
    /** Everything else that a process on the machine has in its environment. */
    environment: Record<string, string | undefined>;
}

export class DeployedWorkloads {
    private constructor(
        readonly azure: LocalAzure,
        private readonly outputs: Record<string, unknown>,
        private readonly metadataService: string,
    ) {}

    static async start(): Promise<DeployedWorkloads> {
        const azure = await LocalAzure.start();
        try {
            useEnvironment(azure.environment());
            const ours = new AzurePostgresEntraProvider();
            const program = async () => (await import("../../index.js")).default();
            const providers = [...azure.providers(), ours];
            const stack = { project: PROJECT, stack: "local", config };
            const outputs = await deploy({ ...stack, providers, program, onEvent: () => undefined });
            await ours.close();
            return new DeployedWorkloads(azure, outputs, await azure.machines.metadataUrl(SEED_MACHINE));
        } catch (error) {
            await azure.stop();
            throw error;
        }
    }

    stop(): Promise<void> {
        return this.azure.stop();
    }

    /**
     * How an identity of the machine signs in, from the same functions that make the component's outputs; the address, the
     * certificate authority and the metadata service are the local ones.
     */
    workload(identity: "worker" | "batch", user: string): Workload {
        const host = this.outputs.host as string;
        const { address, port } = this.azure.resolve(host)!;
        const target = {
            ...{ host, user, database: "orders", cloud: Cloud.Local },
            address: `${address}:${port}`,
            caFile: this.azure.caFile,
        };
        const workloads = this.outputs.workloads as Record<string, { clientId: string }>;
        const clientId = workloads[identity]!.clientId || undefined;
        const options = { clientId, metadataService: this.metadataService };
        return {
            clients: workloadClients(target, options),
            environment: {
                ...process.env,
                ...metadataEnvironment(this.metadataService, process.env),
                ...workloadEnvironment(Cloud.Local, options),
            },
        };
    }
}
