/** Finds the one identity that somebody names, or says why there is none. */

import { isGuid, principalName, type Directory } from "./directory";
import type { DirectoryObject } from "./directoryObject";

/**
 * The object with this object id, or with this name (a user's UPN, the others' display name).
 *
 * @throws Error where nothing or more than one object fits; it says what to give instead.
 */
export function lookUpPrincipal(directory: Directory, principal: string): DirectoryObject {
    const byId = isGuid(principal) ? directory.get(principal) : undefined;
    if (byId) return byId;
    const found = directory.findByName(principal);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
        const ids = found.map((object) => `${object.principalType} ${object.objectId}`).join(", ");
        throw new Error(
            `'${principal}' names ${found.length} objects of the tenant: ${ids}. Give the object id.`,
        );
    }
    throw new Error(`The tenant ${directory.tenantId} has no '${principal}'. ${hint(directory, principal)}`);
}

function hint(directory: Directory, principal: string): string {
    const wanted = principal.toLowerCase();
    const objects = directory.all();
    const close = objects.find((object) => principalName(object).toLowerCase() === wanted);
    if (close) return `Did you mean '${principalName(close)}'? Names are case-sensitive.`;
    const client = objects.find((object) => object.appId === wanted);
    if (client)
        return `That is the client id of '${client.displayName}'; its object id is ${client.objectId}.`;
    const user = objects.find((object) => object.userPrincipalName && object.displayName === principal);
    if (user) return `A user is named by the user principal name: '${user.userPrincipalName}'.`;
    return "Give an object id, a user principal name, or the display name of a group or application.";
}
