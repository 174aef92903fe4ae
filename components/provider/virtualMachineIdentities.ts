/** The resource `VirtualMachineIdentity`: one user-assigned identity on a machine that another program owns. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cloud, cloudEndpoints, CLOUDS } from "../clouds";
import { resourceIdParts, USER_ASSIGNED_IDENTITY, VIRTUAL_MACHINE, type ResourceKind } from "../resourceIds";
import { Failures, isAbsent } from "./checks";
import {
    attachPatch,
    detachPatch,
    isAttached,
    type MachineIdentity,
    type MachineIdentityPatch,
} from "./machineIdentity";
import { ResourceManagerError, type ResourceManager } from "./resourceManager";
import {
    UNKNOWN,
    type CheckResult,
    type DiffResult,
    type OperationOptions,
    type PropertyMap,
    type ReadResult,
    type ResourceRef,
} from "./resourceProvider";
import { pauseBefore } from "./retry";

const KEYS = ["virtualMachineId", "identityId", "cloud"] as const;

/** Of Microsoft.Compute/virtualMachines; from 2024-03-01 on a machine has an etag. */
const API_VERSION = "2024-11-01";

/** Where an id has no room for a separator of its own: resource ids hold no such character. */
const SEPARATOR = "|";

interface Attachment {
    virtualMachineId: string;
    identityId: string;
    cloud: string;
}

/** The machine as far as it matters here. */
interface Machine {
    identity?: MachineIdentity;
    etag?: string;
    properties?: { provisioningState?: string };
}

export class VirtualMachineIdentities {
    constructor(private readonly resourceManager: ResourceManager) {}

    check(_resource: ResourceRef, news: PropertyMap): CheckResult {
        const failures = new Failures();
        failures.unknownKeys("", news, KEYS);
        checkId(failures, "virtualMachineId", news, VIRTUAL_MACHINE);
        checkId(failures, "identityId", news, USER_ASSIGNED_IDENTITY);
        const { cloud } = news;
        if (failures.isOf("cloud", cloud, "string") && !Object.hasOwn(CLOUDS, cloud as string))
            failures.add(
                "cloud",
                cloud,
                "there is no such cloud",
                `use one of ${Object.keys(CLOUDS).join(", ")}`,
            );
        return { inputs: news, failures: failures.list };
    }

    diff(_state: PropertyMap, olds: PropertyMap, news: PropertyMap): DiffResult {
        const changed = KEYS.filter((key) => comparable(olds, key) !== comparable(news, key));
        return { detailedDiff: Object.fromEntries(changed.map((key) => [key, "update-replace" as const])) };
    }

    async create(
        _resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (options.preview) return { id: "", properties: {} };
        const attachment = attachmentOf(inputs);
        const changed = await this.#change(attachment, attachPatch, options).catch((error: unknown) => {
            throw explained(error, attachment);
        });
        return { id: idOf(attachment), properties: { attachedBefore: !changed } };
    }

    async read(
        _resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        const known = Object.keys(inputs).length > 0;
        const attachment = known ? attachmentOf(inputs) : parseId(id);
        const machine = await this.#machine(attachment, options).catch(absence);
        if (!isAttached(machine?.identity, attachment.identityId)) return undefined;
        // Who imports it takes charge of it: from then on it goes when the resource goes.
        const properties = known ? state : { attachedBefore: false };
        return { id, inputs: known ? inputs : { ...attachment }, properties };
    }

    /** Every change replaces. */
    update(_resource: ResourceRef, state: PropertyMap): Promise<PropertyMap> {
        return Promise.resolve(state);
    }

    async delete(
        _resource: ResourceRef,
        _id: string,
        state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        if (state["attachedBefore"] === true) return;
        const attachment = attachmentOf(inputs);
        try {
            await this.#change(attachment, detachPatch, options);
        } catch (error) {
            if (!isAbsence(error)) throw explained(error, attachment);
        }
    }

    /**
     * Reads the machine, changes its identities and reads it again, until they are as wanted: what somebody else changes
     * in between counts (the etag tells).
     *
     * @returns whether this may have changed anything
     */
    async #change(
        attachment: Attachment,
        patchOf: (identity: MachineIdentity | undefined, id: string) => MachineIdentityPatch | undefined,
        options: OperationOptions,
    ): Promise<boolean> {
        const { cloud, virtualMachineId, identityId } = attachment;
        const end = performance.now() + this.resourceManager.deadline;
        let changed = false;
        for (let attempt = 0; ; attempt++) {
            const { identity, etag, properties } = await this.#machine(attachment, options);
            const patch = patchOf(identity, identityId);
            if (!patch) return changed;
            if (performance.now() > end)
                throw new Error(`the machine ${virtualMachineId} is still being changed; run it again`);
            if (attempt > 0) await sleep(pauseBefore(attempt + 2), undefined, { signal: options.signal });
            if (properties?.provisioningState === "Updating") continue;
            try {
                const target = { id: virtualMachineId, apiVersion: API_VERSION, etag };
                await this.resourceManager.patch(cloud, target, { identity: patch }, options);
                changed = true;
            } catch (error) {
                if (!isConflict(error)) throw error;
                // Where an answer got lost, the repetition meets the etag that the first attempt made.
                changed ||= error.mayBeDone;
            }
        }
    }

    #machine({ cloud, virtualMachineId }: Attachment, options: OperationOptions): Promise<Machine> {
        return this.resourceManager.get(cloud, virtualMachineId, API_VERSION, options);
    }
}

function checkId(failures: Failures, key: string, news: PropertyMap, kind: ResourceKind): void {
    const value = news[key];
    if (value === UNKNOWN) return;
    failures.run(key, (argument) => resourceIdParts(argument, isAbsent(value) ? undefined : value, kind));
}

/** Resource ids are the same in any letter case; a cloud that is left out is the public one. */
function comparable(inputs: PropertyMap, key: (typeof KEYS)[number]): string {
    const value = inputs[key];
    if (value === UNKNOWN) return UNKNOWN;
    return key === "cloud" ? String(value ?? Cloud.Public) : String(value).toLowerCase();
}

function attachmentOf(inputs: PropertyMap): Attachment {
    const { virtualMachineId, identityId, cloud } = inputs as Partial<Attachment>;
    return { virtualMachineId: virtualMachineId!, identityId: identityId!, cloud: cloud ?? Cloud.Public };
}

function idOf({ virtualMachineId, identityId, cloud }: Attachment): string {
    const parts = [virtualMachineId, identityId, ...(cloud === Cloud.Public ? [] : [cloud])];
    return parts.join(SEPARATOR);
}

/** @throws Error that shows the form of an import. */
function parseId(id: string): Attachment {
    const [virtualMachineId, identityId, cloud = Cloud.Public, ...rest] = id.split(SEPARATOR);
    if (rest.length > 0 || identityId === undefined)
        throw new Error(
            `'${id}' cannot be imported; write <machine's resource id>${SEPARATOR}<identity's resource id>, outside the public cloud with ${SEPARATOR}<cloud> after it`,
        );
    resourceIdParts("id", virtualMachineId, VIRTUAL_MACHINE);
    resourceIdParts("id", identityId, USER_ASSIGNED_IDENTITY);
    return { virtualMachineId: virtualMachineId!, identityId, cloud: cloudOf(cloud) };
}

function cloudOf(cloud: string): string {
    cloudEndpoints(cloud);
    return cloud;
}

const isAbsence = (error: unknown) => error instanceof ResourceManagerError && error.status === 404;

/** Somebody else changes the machine at the same time. */
const isConflict = (error: unknown): error is ResourceManagerError =>
    error instanceof ResourceManagerError && (error.status === 409 || error.status === 412);

function absence(error: unknown): undefined {
    if (!isAbsence(error)) throw error;
}

/** F57: with the right that is missing. */
function explained(error: unknown, { virtualMachineId, identityId }: Attachment): unknown {
    if (!(error instanceof ResourceManagerError)) return error;
    if (isAbsence(error))
        return new Error(`virtualMachineId ${virtualMachineId}: there is no such machine; ${error.message}`);
    if (error.status !== 403) return error;
    return new Error(
        `whoever runs Pulumi may not attach ${identityId} to ${virtualMachineId}: it takes Virtual Machine Contributor on the machine ` +
            `and Managed Identity Operator on the identity, or ask the machine's owner to attach it; ${error.message}`,
    );
}
