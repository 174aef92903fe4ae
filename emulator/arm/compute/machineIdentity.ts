/** The block `identity` of a virtual machine: the one that is its own, and those that are attached to it. */

import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../../../components/provider/resourceProvider";
import { badRequest } from "../armError";
import type { Azure } from "../armType";
import { USER_ASSIGNED_IDENTITY } from "../managedidentity/userAssignedIdentity";
import { lastName, sameId } from "../resourceId";
import type { StoredResource } from "../resourceStore";

export const IDENTITY_TYPES = [
    "None",
    "SystemAssigned",
    "SystemAssigned, UserAssigned",
    "UserAssigned",
] as const;

/** As it is stored: the ids in a list, as azure-native takes them. */
export interface MachineIdentity {
    type: (typeof IDENTITY_TYPES)[number];
    userAssignedIdentities: string[];
    /** Of its own identity, where it has one. */
    principalId?: string;
    tenantId?: string;
}

export function identityOfMachine(machine: StoredResource | undefined): MachineIdentity {
    const none: MachineIdentity = { type: "None", userAssignedIdentities: [] };
    return { ...none, ...(machine?.properties.identity as MachineIdentity | undefined) };
}

/**
 * What a write makes of the identities: its own comes into the tenant or leaves it; the attached ones must exist.
 *
 * @throws ArmError
 */
export function writeIdentity(
    azure: Azure,
    id: string,
    given: PropertyMap | undefined,
    existing: StoredResource | undefined,
): MachineIdentity | undefined {
    const before = identityOfMachine(existing);
    const type = (given?.type as MachineIdentity["type"] | undefined) ?? "None";
    const ids = attached(azure, id, type, (given?.userAssignedIdentities as string[] | undefined) ?? []);
    const own = ownIdentity(azure, id, type.includes("SystemAssigned"), before);
    return type === "None" ? undefined : { type, userAssignedIdentities: ids, ...own };
}

function attached(
    azure: Azure,
    machine: string,
    type: MachineIdentity["type"],
    ids: readonly string[],
): string[] {
    if (type.includes("UserAssigned") !== ids.length > 0) {
        throw badRequest(
            "InvalidIdentityTypeOrIds",
            `The identity type '${type}' and ${ids.length} user-assigned identities do not fit. The type UserAssigned names at least one; the others name none.`,
        );
    }
    return ids.map((given) => {
        const found = azure.store.get(given);
        if (found?.token === USER_ASSIGNED_IDENTITY) return found.id;
        throw badRequest(
            "FailedIdentityOperation",
            `Identity operation for resource '${machine}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{"error":{"code":"BadRequest","message":"Resource '${given}' was not found."}}'.'.`,
        );
    });
}

/** It is called like the machine (F38). Its object id is a new one each time that it is enabled. */
function ownIdentity(
    azure: Azure,
    id: string,
    wanted: boolean,
    { principalId, tenantId }: MachineIdentity,
): Pick<MachineIdentity, "principalId" | "tenantId"> {
    if (!wanted) {
        removeOwnIdentity(azure, principalId);
        return {};
    }
    if (principalId) return { principalId, tenantId };
    const made = { principalId: randomUUID(), tenantId: azure.directory.tenantId };
    azure.directory.add({
        objectId: made.principalId,
        principalType: "ServicePrincipal",
        displayName: lastName(id),
        appId: randomUUID(),
        managedIdentity: "SystemAssigned",
    });
    return made;
}

export function removeOwnIdentity(azure: Azure, principalId: string | undefined): void {
    if (principalId && azure.directory.get(principalId)) azure.directory.remove(principalId);
}

/** The block as the service shows it: the attached ones as a map with their ids. */
export function identityView(azure: Azure, machine: StoredResource): PropertyMap {
    const { userAssignedIdentities, ...rest } = identityOfMachine(machine);
    if (rest.type === "None") return {};
    if (userAssignedIdentities.length === 0) return { identity: rest };
    const ids = userAssignedIdentities.map((id) => {
        const { clientId, principalId } = azure.store.get(id)?.properties ?? {};
        return [id, { clientId, principalId }];
    });
    return { identity: { ...rest, userAssignedIdentities: Object.fromEntries(ids) } };
}

/** From the map that the REST API and azure-native's outputs have to the list of azure-native's inputs. */
export function attachedIds(identities: unknown): unknown {
    if (typeof identities !== "object" || identities === null || Array.isArray(identities)) return identities;
    return Object.keys(identities);
}

/**
 * The block after a PATCH: identities with `{}` are attached, those with `null` detached, all others stay, as RFC 7396
 * has it and Microsoft's page on identities of virtual machines shows it.
 */
export function patchedIdentity(machine: StoredResource, patch: PropertyMap): PropertyMap {
    const { type, userAssignedIdentities } = identityOfMachine(machine);
    // A type without attached ones takes them all away.
    const keepsAttached = String(patch.type ?? type).includes("UserAssigned");
    let ids = keepsAttached ? userAssignedIdentities : [];
    for (const [id, value] of Object.entries((patch.userAssignedIdentities ?? {}) as PropertyMap)) {
        ids = ids.filter((other) => !sameId(other, id));
        if (value !== null) ids = [...ids, id];
    }
    return { type: patch.type ?? type, ...(ids.length > 0 && { userAssignedIdentities: ids }) };
}
