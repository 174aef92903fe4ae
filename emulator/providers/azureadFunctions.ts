/** The look-ups of the local `azuread` package. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { Directory } from "../entra/directory";
import type { DirectoryObject, PrincipalType } from "../entra/directoryObject";
import { groupId, groupProperties } from "./azureadGroup";

export function getGroup(directory: Directory, args: PropertyMap): PropertyMap {
    const { objectId, displayName, mailNickname, mailEnabled, securityEnabled, includeTransitiveMembers } =
        args as {
            objectId?: string;
            displayName?: string;
            mailNickname?: string;
            mailEnabled?: boolean;
            securityEnabled?: boolean;
            includeTransitiveMembers?: boolean;
        };
    const fits = (group: DirectoryObject) =>
        mailEnabled !== true &&
        (group.securityEnabled ?? true) === (securityEnabled ?? group.securityEnabled ?? true);
    const groups = objects(directory, "Group").filter(fits);
    const found = objectId
        ? byObjectId(groups, "group", objectId)
        : displayName
          ? byText(groups, "group", "displayName", displayName)
          : byText(groups, "group", "mailNickname", mailNickname!);
    const members = includeTransitiveMembers ? transitiveMembers(directory, found) : (found.members ?? []);
    return {
        ...groupProperties(found),
        members,
        dynamicMemberships: [],
        id: groupId(found.objectId),
        ...(includeTransitiveMembers !== undefined && { includeTransitiveMembers }),
    };
}

export function getUser(directory: Directory, args: PropertyMap): PropertyMap {
    const users = objects(directory, "User");
    const user = args.objectId
        ? byObjectId(users, "user", String(args.objectId))
        : byText(users, "user", "userPrincipalName", String(args.userPrincipalName));
    return {
        accountEnabled: true,
        displayName: user.displayName,
        id: `/users/${user.objectId}`,
        mail: "",
        mailNickname: user.userPrincipalName!.split("@")[0],
        objectId: user.objectId,
        userPrincipalName: user.userPrincipalName,
        userType: user.userType ?? "Member",
    };
}

export function getServicePrincipal(directory: Directory, args: PropertyMap): PropertyMap {
    const principals = objects(directory, "ServicePrincipal");
    const { objectId, clientId, displayName } = args as {
        objectId?: string;
        clientId?: string;
        displayName?: string;
    };
    const found = objectId
        ? byObjectId(principals, "service principal", objectId)
        : clientId
          ? byText(principals, "service principal", "appId", clientId.toLowerCase())
          : byText(principals, "service principal", "displayName", displayName!);
    return {
        accountEnabled: found.accountEnabled ?? true,
        alternativeNames: [],
        appRoleAssignmentRequired: false,
        applicationTenantId: directory.tenantId,
        clientId: found.appId ?? "",
        description: found.description ?? "",
        displayName: found.displayName,
        id: `/servicePrincipals/${found.objectId}`,
        objectId: found.objectId,
        servicePrincipalNames: found.appId ? [found.appId] : [],
        signInAudience: "AzureADMyOrg",
        tags: [],
        type: found.managedIdentity ? "ManagedIdentity" : "Application",
    };
}

/** Who runs Pulumi. */
export function getClientConfig(directory: Directory, callerId: string): PropertyMap {
    const clientId = directory.get(callerId)?.appId ?? "";
    const { tenantId } = directory;
    return { id: `${tenantId}-${clientId}-${callerId}`, clientId, objectId: callerId, tenantId };
}

function objects(directory: Directory, type: PrincipalType): DirectoryObject[] {
    return directory.all().filter((object) => object.principalType === type);
}

function byObjectId(candidates: DirectoryObject[], kind: string, objectId: string): DirectoryObject {
    const found = candidates.find((object) => object.objectId === objectId.toLowerCase());
    if (found) return found;
    throw new Error(`No ${kind} was found with the object id ${objectId} (and the other filters given).`);
}

/**
 * Stricter than Microsoft Graph, which finds names whatever their case: a sign-in must spell them exactly (F18), and a
 * name that fits two objects is refused (F61).
 */
function byText(
    candidates: DirectoryObject[],
    kind: string,
    field: "displayName" | "mailNickname" | "userPrincipalName" | "appId",
    text: string,
): DirectoryObject {
    const alike = candidates.filter((object) => object[field]?.toLowerCase() === text.toLowerCase());
    const what = `${kind} with the ${field === "appId" ? "clientId" : field} '${text}'`;
    if (alike.length === 0) throw new Error(`No ${what} was found (with the other filters given).`);
    if (alike.length > 1) {
        const ids = alike.map((object) => object.objectId).join(", ");
        throw new Error(`More than one ${what} was found: ${ids}. Look it up by objectId.`);
    }
    if (alike[0]![field] !== text) {
        throw new Error(
            `No ${what} was found. Did you mean '${alike[0]![field]}'? Names are case-sensitive.`,
        );
    }
    return alike[0]!;
}

/** All members of all groups within, without the groups' own circles. */
function transitiveMembers(directory: Directory, group: DirectoryObject): string[] {
    const found = new Set<string>();
    const open = [...(group.members ?? [])];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (found.has(id) || id === group.objectId) continue;
        found.add(id);
        open.push(...(directory.get(id)?.members ?? []));
    }
    return [...found];
}
