import type { ClusterEngine, DatabaseCluster } from "../../emulator/arm/databaseEngine";
import type { ClusterSpec } from "../../emulator/postgres/serverTypes";

/** The recording engine's clusters: notes what they are told. */
export class RecordingClusters implements ClusterEngine {
    readonly #clusters = new Map<string, DatabaseCluster>();

    constructor(private readonly note: (text: string) => Promise<void>) {}

    create(spec: ClusterSpec): Promise<DatabaseCluster> {
        return this.#start("create", spec);
    }

    open(spec: ClusterSpec): Promise<DatabaseCluster> {
        return this.#start("open", spec);
    }

    get(name: string): DatabaseCluster | undefined {
        return this.#clusters.get(name);
    }

    async remove(name: string): Promise<void> {
        await this.note(`remove cluster ${name}`);
        this.#clusters.delete(name);
    }

    async #start(verb: string, { name, database, workerHost }: ClusterSpec): Promise<DatabaseCluster> {
        await this.note(`${verb} cluster ${name} ${database}${workerHost ? " with workers" : ""}`);
        const note = (text: string) => this.note(`${name}: ${text}`);
        const cluster: DatabaseCluster = {
            setAuthentication: (entra, password) => note(`entra ${entra}, password ${password}`),
            setPassword: (role) => note(`password of ${role}`),
            createNativeRole: (role) => note(`native role ${role}`),
            createEntraRole: (role) => note(`role ${role.roleName} ${role.objectId} ${role.isAdmin}`),
            setAdministrator: (role, isAdmin) => note(`administrator ${role} ${isAdmin}`),
            removeRole: (role) => note(`no role ${role}`),
        };
        this.#clusters.set(name, cluster);
        return cluster;
    }
}
