/** One membership of a group of the local directory. */

import type { PropertyMap, ReadResult } from "../../components/provider/resourceProvider";
import { isGuid, type Directory } from "../entra/directory";
import type { DirectoryObject } from "../entra/directoryObject";

/** The id that azuread gives a membership. */
export function memberId(inputs: PropertyMap): string {
    return `${String(inputs.groupObjectId)}/member/${String(inputs.memberObjectId)}`;
}

/** @throws Error where the group or the member does not exist, or the membership exists already. */
export function addMember(directory: Directory, inputs: PropertyMap): void {
    const groupObjectId = String(inputs.groupObjectId);
    const member = String(inputs.memberObjectId).toLowerCase();
    const group = requireGroup(directory, groupObjectId);
    if (group.members?.includes(member)) {
        const id = memberId(inputs);
        throw new Error(
            `The membership ${id} exists already. Import it, or name the member in one place only.`,
        );
    }
    directory.update(group.objectId, { members: [...(group.members ?? []), member] });
}

/** Absence is success. */
export function removeMember(directory: Directory, id: string): void {
    const { group, member } = parseId(id);
    const found = directory.get(group);
    if (!found?.members?.includes(member)) return;
    directory.update(group, { members: found.members.filter((other) => other !== member) });
}

export function readMember(directory: Directory, id: string, inputs: PropertyMap): ReadResult | undefined {
    const { group, member } = parseId(id);
    if (!directory.get(group)?.members?.includes(member)) return undefined;
    const known = Object.keys(inputs).length > 0;
    const properties = known ? { ...inputs } : { groupObjectId: group, memberObjectId: member };
    return { id, inputs: properties, properties };
}

function requireGroup(directory: Directory, objectId: string): DirectoryObject {
    const group = directory.get(objectId);
    if (group?.principalType === "Group") return group;
    throw new Error(`The tenant ${directory.tenantId} has no group with the object id ${objectId}.`);
}

function parseId(id: string): { group: string; member: string } {
    const [group, word, member, ...rest] = id.split("/");
    if (isGuid(group) && word === "member" && isGuid(member) && rest.length === 0) {
        return { group: group.toLowerCase(), member: member.toLowerCase() };
    }
    throw new Error(
        `'${id}' is no id of a membership; give <group's object id>/member/<member's object id>.`,
    );
}
