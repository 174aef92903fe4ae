/** The block `identity` of a virtual machine: which PATCH attaches or detaches one identity and no other. Pure. */

/** As the resource API shows it. */
export interface MachineIdentity {
    /** None, SystemAssigned, UserAssigned, or both with a comma. */
    type?: string;
    userAssignedIdentities?: Record<string, unknown> | null;
}

/** What a PATCH sends: `{}` for what stays or comes, `null` for what goes. */
export interface MachineIdentityPatch {
    type: string;
    userAssignedIdentities?: Record<string, object | null>;
}

/** Resource ids are the same in any letter case. */
export function isAttached(identity: MachineIdentity | undefined, identityId: string): boolean {
    return attachedIds(identity).some((id) => same(id, identityId));
}

/**
 * The others are named too: whether the service merges the map or replaces it, they stay.
 *
 * @returns `undefined` where it is attached already.
 */
export function attachPatch(
    identity: MachineIdentity | undefined,
    identityId: string,
): MachineIdentityPatch | undefined {
    if (isAttached(identity, identityId)) return undefined;
    const own = hasOwn(identity);
    const ids = [...attachedIds(identity), identityId];
    return {
        type: own ? "SystemAssigned, UserAssigned" : "UserAssigned",
        userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])),
    };
}

/** @returns `undefined` where it is not attached. */
export function detachPatch(
    identity: MachineIdentity | undefined,
    identityId: string,
): MachineIdentityPatch | undefined {
    if (!isAttached(identity, identityId)) return undefined;
    const own = hasOwn(identity);
    const others = attachedIds(identity).filter((id) => !same(id, identityId));
    // Without any, the type alone says so: a map with nothing but nulls does not fit it.
    if (others.length === 0) return { type: own ? "SystemAssigned" : "None" };
    const map = attachedIds(identity).map((id) => [id, same(id, identityId) ? null : {}]);
    return {
        type: own ? "SystemAssigned, UserAssigned" : "UserAssigned",
        userAssignedIdentities: Object.fromEntries(map) as Record<string, object | null>,
    };
}

function attachedIds(identity: MachineIdentity | undefined): string[] {
    return Object.keys(identity?.userAssignedIdentities ?? {});
}

function hasOwn(identity: MachineIdentity | undefined): boolean {
    return /SystemAssigned/i.test(identity?.type ?? "");
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
