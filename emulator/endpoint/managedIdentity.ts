/** Which identity a request for a token means, and the token as both identity services write it. */

import type { Directory } from "../entra/directory";
import type { DirectoryObject } from "../entra/directoryObject";
import type { IssuedToken, TokenIssuer } from "../entra/tokenIssuer";
import type { Faults } from "../faults";

export interface IdentitySource {
    directory: Directory;
    issuer: TokenIssuer;
    /** Whose identities are asked for. */
    machine: Machine;
    faults?: Faults;
}

/** What a request names; nothing at all means the machine's own identity, or its only one. */
export interface IdentitySelector {
    clientId?: string;
    objectId?: string;
    /** Resource id of a user-assigned identity. */
    resourceId?: string;
}

export type IdentitySelection = DirectoryObject | "NotFound" | "Several";

/** A machine with its managed identities, as they are at each request. */
export interface Machine {
    /** For faults: a virtual machine's name. */
    readonly name: string;
    select(selector: IdentitySelector): IdentitySelection;
}

/** What the query names, under the names that the services take. */
export function selectorOf(query: URLSearchParams): IdentitySelector {
    const given = (...names: string[]) => names.map((name) => query.get(name)).find(Boolean) ?? undefined;
    return {
        clientId: given("client_id"),
        objectId: given("object_id", "principal_id"),
        resourceId: given("msi_res_id", "mi_res_id"),
    };
}

/** The name of the machine that has every service principal of the tenant. */
export const PIPELINE = "pipeline";

/**
 * The machine on which deployments and tests run: it gives the token of any service principal that is named, and of
 * one without a name. Users' tokens never.
 *
 * @param principalOf object id of the identity with a resource id
 */
export function pipelineMachine(
    directory: Directory,
    defaultIdentity: string,
    principalOf: (resourceId: string) => string | undefined = () => undefined,
): Machine {
    return {
        name: PIPELINE,
        select(selector) {
            const { clientId, objectId, resourceId } = selector;
            const ids = [
                objectId,
                clientId && (directory.findByAppId(clientId)?.objectId ?? "none"),
                resourceId && (principalOf(resourceId) ?? "none"),
            ].filter((id) => id !== undefined);
            const wanted = ids.length > 0 ? ids : [defaultIdentity];
            return servicePrincipal(directory, wanted);
        },
    };
}

/** The object ids of what a virtual machine has: its own identity, and those attached to it by their resource ids. */
export interface MachineIdentities {
    own?: string;
    attached: { objectId: string; resourceId: string }[];
}

/** A virtual machine: it knows no identity but its own ones. */
export function virtualMachine(
    directory: Directory,
    name: string,
    identities: () => MachineIdentities,
): Machine {
    return {
        name,
        select(selector) {
            const { own, attached } = identities();
            const all = [...(own ? [{ objectId: own, resourceId: undefined }] : []), ...attached];
            const { clientId, objectId, resourceId } = selector;
            const asked = clientId ?? objectId ?? resourceId;
            if (asked === undefined && !own && attached.length > 1) return "Several";
            const fits = all.filter(
                (one) =>
                    sameText(objectId, one.objectId) &&
                    sameText(resourceId, one.resourceId) &&
                    sameText(clientId, directory.get(one.objectId)?.appId),
            );
            // Where nothing is named, its own identity goes before the attached one.
            return fits[0] ? servicePrincipal(directory, [fits[0].objectId]) : "NotFound";
        },
    };
}

function sameText(wanted: string | undefined, found: string | undefined): boolean {
    return wanted === undefined || wanted.toLowerCase() === found?.toLowerCase();
}

/** The one service principal with these object ids; another or a deleted identity is none. */
function servicePrincipal(directory: Directory, objectIds: string[]): IdentitySelection {
    const ids = new Set(objectIds.map((id) => id.toLowerCase()));
    const found = ids.size === 1 ? directory.get([...ids][0]!) : undefined;
    return found?.principalType === "ServicePrincipal" ? found : "NotFound";
}

/** The answer's fields; times are epoch seconds as text. */
export function tokenReply(
    token: IssuedToken,
    resource: string,
    identity: DirectoryObject,
): Record<string, string> {
    return {
        access_token: token.accessToken,
        client_id: identity.appId ?? "",
        expires_on: String(token.expiresOn),
        not_before: String(token.notBefore),
        resource,
        token_type: "Bearer",
    };
}
