/** Groups of the local directory, as `azuread:index/group:Group` and `…:GroupMember` make and read them. */

import { randomUUID } from "node:crypto";
import { UNKNOWN, type PropertyMap, type ReadResult } from "../../components/provider/resourceProvider";
import { isGuid, type Directory } from "../entra/directory";
import type { DirectoryObject } from "../entra/directoryObject";
import { GROUP_TABLE } from "./azureadTables";

/** The id that azuread 6 gives a group. */
export function groupId(objectId: string): string {
    return `/groups/${objectId}`;
}

/** @throws Error where the id is not of that form. */
export function objectIdOfGroup(id: string): string {
    const objectId = id.startsWith("/groups/") ? id.slice("/groups/".length) : "";
    if (isGuid(objectId)) return objectId.toLowerCase();
    throw new Error(`'${id}' is no id of a group; give /groups/<object id>.`);
}

/** The outputs before the group exists: what the service chooses is not known. */
export function previewOfGroup(inputs: PropertyMap): PropertyMap {
    const unknown = Object.entries(GROUP_TABLE.properties)
        .filter(([, rule]) => rule.computed || rule.keptWhenLeftOut)
        .map(([name]) => [name, UNKNOWN]);
    return { ...Object.fromEntries(unknown), ...inputs };
}

/** @returns the new group's object id. @throws Error where the name is taken and must not be, or a member is unknown. */
export function createGroup(directory: Directory, callerId: string, inputs: PropertyMap): string {
    refuseDuplicateName(directory, inputs, undefined);
    const objectId = randomUUID();
    directory.add({
        objectId,
        principalType: "Group",
        displayName: inputs.displayName as string,
        description: emptyAsNone(inputs.description),
        securityEnabled: inputs.securityEnabled as boolean,
        assignableToRole: inputs.assignableToRole as boolean | undefined,
        // As the real provider does, and the portal.
        mailNickname: emptyAsNone(inputs.mailNickname) ?? objectId.slice(0, 8),
        owners: (inputs.owners as string[] | undefined) ?? [callerId],
        members: (inputs.members as string[] | undefined) ?? [],
    });
    return objectId;
}

/** Members and owners that are left out stay as they are. */
export function updateGroup(directory: Directory, objectId: string, news: PropertyMap): void {
    refuseDuplicateName(directory, news, objectId);
    const { members, owners } = news as { members?: string[]; owners?: string[] };
    directory.update(objectId, {
        displayName: news.displayName as string,
        description: emptyAsNone(news.description),
        securityEnabled: news.securityEnabled as boolean,
        ...(members && { members }),
        ...(owners && { owners }),
    });
}

/** All outputs of a group. */
export function groupProperties(group: DirectoryObject): PropertyMap {
    return {
        administrativeUnitIds: [],
        assignableToRole: group.assignableToRole ?? false,
        autoSubscribeNewMembers: false,
        behaviors: [],
        description: group.description ?? "",
        displayName: group.displayName,
        externalSendersAllowed: false,
        hideFromAddressLists: false,
        hideFromOutlookClients: false,
        mail: "",
        mailEnabled: false,
        mailNickname: group.mailNickname ?? "",
        members: group.members ?? [],
        objectId: group.objectId,
        onpremisesDomainName: "",
        onpremisesGroupType: "",
        onpremisesNetbiosName: "",
        onpremisesSamAccountName: "",
        onpremisesSecurityIdentifier: "",
        onpremisesSyncEnabled: false,
        owners: group.owners ?? [],
        preferredLanguage: "",
        provisioningOptions: [],
        proxyAddresses: [],
        securityEnabled: group.securityEnabled ?? true,
        theme: "",
        types: [],
        visibility: "Private",
        writebackEnabled: false,
    };
}

/** What the directory holds; `undefined` where the group is gone. For an import (no inputs) all that a program sets. */
export function readGroup(directory: Directory, id: string, inputs: PropertyMap): ReadResult | undefined {
    const group = directory.get(objectIdOfGroup(id));
    if (group?.principalType !== "Group") return undefined;
    const properties = groupProperties(group);
    const imported = ["displayName", "description", "securityEnabled", "mailNickname", "members", "owners"];
    const names = Object.keys(inputs).length > 0 ? Object.keys(inputs) : imported;
    const read: PropertyMap = { ...inputs };
    for (const name of names) {
        if (Object.hasOwn(properties, name)) read[name] = sameSet(inputs[name], properties[name]);
    }
    if (read.description === "") delete read.description;
    const { preventDuplicateNames } = inputs;
    return {
        id,
        inputs: read,
        properties: { ...properties, ...(preventDuplicateNames !== undefined && { preventDuplicateNames }) },
    };
}

/** The order that the program gave, where both sets are the same; so a refresh does not look like a change. */
function sameSet(given: unknown, found: unknown): unknown {
    if (!Array.isArray(given) || !Array.isArray(found) || given.length !== found.length) return found;
    const ids = new Set(found.map((id) => String(id).toLowerCase()));
    return given.every((id) => ids.has(String(id).toLowerCase())) ? given : found;
}

function refuseDuplicateName(directory: Directory, inputs: PropertyMap, own: string | undefined): void {
    if (inputs.preventDuplicateNames !== true) return;
    const name = inputs.displayName as string;
    const wanted = name.toLowerCase();
    const other = directory
        .all()
        .find(
            (o) =>
                o.principalType === "Group" && o.objectId !== own && o.displayName.toLowerCase() === wanted,
        );
    if (!other) return;
    throw new Error(
        `A group named '${other.displayName}' exists already (${groupId(other.objectId)}), and preventDuplicateNames ` +
            "is true. Import that group, or choose another name.",
    );
}

function emptyAsNone(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}
