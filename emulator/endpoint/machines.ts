/**
 * The virtual machines of the local Azure, as a workload on one sees them: each has a metadata service of its own, which
 * knows the machine's identities alone. The real one answers at the same address on every machine; here each has a port.
 */

import type { ResourceApi } from "../arm/resourceApi";
import { VIRTUAL_MACHINE } from "../arm/compute/virtualMachine";
import type { ResourceView } from "../arm/resourceView";
import type { Directory } from "../entra/directory";
import type { TokenIssuer } from "../entra/tokenIssuer";
import type { Faults } from "../faults";
import { HttpError, type Request } from "./http";
import { LoopbackServer } from "./httpServer";
import { virtualMachine, type Machine, type MachineIdentities } from "./managedIdentity";
import { METADATA_PATH, metadataToken } from "./metadataService";

export interface MachinesOptions {
    api: ResourceApi;
    directory: Directory;
    issuer: TokenIssuer;
    faults: Faults;
}

export class Machines {
    readonly #options: MachinesOptions;
    /** By the machine's resource id. */
    readonly #services = new Map<string, Promise<LoopbackServer>>();

    constructor(options: MachinesOptions) {
        this.#options = options;
    }

    /**
     * Where the metadata service of a machine answers. It is started when it is first asked for.
     *
     * @param machine name or resource id
     * @throws HttpError where there is none, or several are called so.
     */
    async metadataUrl(machine: string): Promise<string> {
        const { id, name } = this.#find(machine);
        const key = id.toLowerCase();
        let service = this.#services.get(key);
        if (!service) this.#services.set(key, (service = this.#serve(id, name)));
        return (await service).url;
    }

    async close(): Promise<void> {
        const services = [...this.#services.values()];
        this.#services.clear();
        await Promise.all(services.map(async (service) => (await service).close()));
    }

    #find(machine: string): ResourceView {
        const wanted = machine.toLowerCase();
        const all = this.#options.api.list(VIRTUAL_MACHINE);
        const found = all.filter((m) => [m.id.toLowerCase(), m.name.toLowerCase()].includes(wanted));
        if (found.length === 1) return found[0]!;
        const known = all.map((m) => (found.length > 1 ? m.id : m.name)).join(", ") || "none";
        const why =
            found.length > 1
                ? "names several machines; give the resource id"
                : "is no machine of this local Azure";
        throw new HttpError(404, "UnknownMachine", `'${machine}' ${why}. Known: ${known}.`);
    }

    #serve(id: string, name: string): Promise<LoopbackServer> {
        const { directory, issuer, faults, api } = this.#options;
        const machine: Machine = virtualMachine(directory, name, () => identitiesOf(api, id));
        const source = { directory, issuer, faults, machine };
        return LoopbackServer.start(async (request: Request) => {
            if (request.path === METADATA_PATH) return metadataToken(source, request);
            return { status: 404, body: { error: "Not found" } };
        });
    }
}

/** As they are now; none where the machine is gone. */
function identitiesOf(api: ResourceApi, machineId: string): MachineIdentities {
    const machine = api.list(VIRTUAL_MACHINE).find((m) => m.id === machineId);
    const identity = (machine?.outputs.identity ?? {}) as {
        principalId?: string;
        userAssignedIdentities?: Record<string, { principalId?: string }>;
    };
    const attached = Object.entries(identity.userAssignedIdentities ?? {}).map(
        ([resourceId, { principalId }]) => ({ resourceId, objectId: principalId ?? "" }),
    );
    return { own: identity.principalId, attached };
}
