import pg from "pg";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { CLUSTER_AUDIENCE } from "../../emulator/entra/audiences";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure, LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { CLUSTER_INPUTS } from "../arm/samples";

const GROUP_ID = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/rg`;

export const PASSWORD = "Correct-Horse-7";

/** A local Azure with one cluster, and clients that sign in to its nodes. */
export class ClusterWorld {
    private constructor(
        readonly azure: LocalAzure,
        readonly name: string,
    ) {}

    static async start(stateFolder?: string): Promise<ClusterWorld> {
        const azure = await LocalAzure.start({ stateFolder });
        await azure.api.put(GROUP_ID, { location: "westeurope" });
        return new ClusterWorld(azure, CLUSTER_INPUTS.clusterName);
    }

    get id(): string {
        return `${GROUP_ID}/providers/Microsoft.DBforPostgreSQL/serverGroupsv2/${this.name}`;
    }

    put(more: PropertyMap = {}, path = "") {
        const body: PropertyMap = path
            ? more
            : {
                  ...CLUSTER_INPUTS,
                  authConfig: { activeDirectoryAuth: "enabled", passwordAuth: "enabled" },
                  ...more,
              };
        for (const name of ["resourceGroupName", "clusterName"]) delete body[name];
        return this.azure.api.put(`${this.id}${path}`, body);
    }

    /** The enterprise application that each tenant enables once (F45). */
    enableApplication(): void {
        this.azure.directory.update(SEED_IDS.clusterAuthentication, { accountEnabled: true });
    }

    entraRole(roleName: string, objectId: string, more: PropertyMap = {}) {
        return this.put({ objectId, principalType: "user", roleType: "user", ...more }, `/roles/${roleName}`);
    }

    token(objectId: string, audience = CLUSTER_AUDIENCE): Promise<string> {
        return this.azure.tokens.issue({ objectId, audience });
    }

    host(node: "coordinator" | "worker" = "coordinator"): string {
        const names = this.azure.api.get(this.id).outputs.serverNames as {
            fullyQualifiedDomainName: string;
        }[];
        return names[node === "coordinator" ? 0 : 1]!.fullyQualifiedDomainName;
    }

    async connect(
        user: string,
        password: string,
        node: "coordinator" | "worker" = "coordinator",
        database = "citus",
    ): Promise<pg.Client> {
        const host = this.host(node);
        const { address, port } = this.azure.resolve(host)!;
        const ssl = { ca: this.azure.certificate, servername: host };
        const client = new pg.Client({ host: address, port, database, user, password, ssl });
        client.on("error", () => undefined);
        await client.connect();
        return client;
    }

    /** Signs in, runs one statement and leaves. */
    async ask(
        user: string,
        password: string,
        sql: string,
        node: "coordinator" | "worker" = "coordinator",
    ): Promise<Record<string, unknown>[]> {
        const client = await this.connect(user, password, node);
        try {
            return (await client.query<Record<string, unknown>>(sql)).rows;
        } finally {
            await client.end();
        }
    }

    /** As an identity of the seed tenant. */
    async as(role: string, objectId: string, sql: string, node: "coordinator" | "worker" = "coordinator") {
        return this.ask(role, await this.token(objectId), sql, node);
    }
}
