import type { EndpointFile } from "../emulator/endpoint";
import { callLocalAzure } from "./localSession";

interface Principal {
    objectId: string;
    principalType: "User" | "Group" | "ServicePrincipal";
    displayName: string;
    members: string[];
}

/**
 * A token for an identity of the local tenant, as `az account get-access-token` would give it. For a group one of a member,
 * as groups have none: a person first. People have proved a second factor.
 *
 * @param name object id, user principal name or display name
 * @param audience for whom. Default: Flexible Server.
 * @throws Error where nobody is called so, or a group is empty
 */
export async function tokenFor(
    endpoint: EndpointFile,
    name: string,
    audience?: string,
): Promise<{ token: string; whose: string }> {
    const principal = await someoneOf(endpoint, await find(endpoint, name));
    const answer = await callLocalAzure(endpoint, "POST", "token", {
        principal: principal.objectId,
        mfa: principal.principalType === "User",
        ...(audience !== undefined && { audience }),
    });
    return { token: answer.accessToken as string, whose: principal.displayName };
}

async function someoneOf(endpoint: EndpointFile, principal: Principal): Promise<Principal> {
    if (principal.principalType !== "Group") return principal;
    const members = await Promise.all(principal.members.map((id) => find(endpoint, id)));
    const member = members.find((m) => m.principalType === "User") ?? members[0];
    if (!member)
        throw new Error(
            `the group '${principal.displayName}' has no members, and a group itself gets no token`,
        );
    return someoneOf(endpoint, member);
}

async function find(endpoint: EndpointFile, name: string): Promise<Principal> {
    return (await callLocalAzure(
        endpoint,
        "GET",
        `principal?name=${encodeURIComponent(name)}`,
    )) as unknown as Principal;
}
