/** Asks Microsoft Entra who exists and who is in a group. Whatever cannot be asked is said, and never fails the report. */

import { CLOUDS, type Cloud } from "../../../components/clouds";
import { azureCredential } from "../../../components/provider/token";
import { findLocalGraph } from "../../../components/provider/localAzure";
import type { DirectoryIdentity, DirectorySnapshot } from "../snapshot";
import { GraphClient, GraphRefusal } from "./graphClient";

/** Groups that are asked at the same time. */
const AT_ONCE = 4;

/** @throws SignInError where cloud Local is asked for and no local Azure runs */
export async function graphOf(
    cloud: string,
    environment: NodeJS.ProcessEnv = process.env,
): Promise<GraphClient> {
    const credential = azureCredential(cloud, environment);
    if (cloud === "Local") {
        const { url, ca } = await findLocalGraph(environment);
        return new GraphClient({ url, ca, audience: CLOUDS.Local.graph, credential });
    }
    return new GraphClient({ url: CLOUDS[cloud as Cloud].graph, credential });
}

/** Nothing was asked, because somebody wanted it so. */
export function notAsked(why: string): DirectorySnapshot {
    return { identities: undefined, members: new Map(), notRead: [why] };
}

/**
 * @param objectIds whose existence matters
 * @param groupIds whose members matter
 */
export async function readDirectory(
    graph: () => Promise<GraphClient>,
    objectIds: readonly string[],
    groupIds: readonly string[],
    progress: (what: string) => void = () => undefined,
): Promise<DirectorySnapshot> {
    const notRead: string[] = [];
    progress("asking Microsoft Entra");
    try {
        const client = await graph();
        const identities = await readIdentities(client, objectIds, notRead);
        const members = await readMembers(client, groupIds, notRead);
        return { identities, members, notRead };
    } catch (error) {
        return notAsked(`Microsoft Entra could not be asked: ${words(error)}.`);
    }
}

/** Without the permission: `undefined`. @throws what would fail the next question too: no token, no network */
async function readIdentities(
    client: GraphClient,
    objectIds: readonly string[],
    notRead: string[],
): Promise<DirectorySnapshot["identities"]> {
    try {
        const found = await client.existing([...new Set(objectIds)]);
        return new Map(found.map((identity) => [identity.objectId, identity]));
    } catch (error) {
        if (!(error instanceof GraphRefusal)) throw error;
        notRead.push(
            `Whether the identities of the roles still exist: ${words(error)}${permission(error, "Directory.Read.All")}.`,
        );
        return undefined;
    }
}

async function readMembers(
    client: GraphClient,
    groupIds: readonly string[],
    notRead: string[],
): Promise<Map<string, DirectoryIdentity[]>> {
    const members = new Map<string, DirectoryIdentity[]>();
    const failures: unknown[] = [];
    const queue = [...new Set(groupIds)];
    const work = async () => {
        for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
            try {
                const found = await client.membersOf(id);
                if (found) members.set(id, found);
            } catch (error) {
                failures.push(error);
            }
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (failures.length > 0) {
        const which = failures.length === 1 ? "one group" : `${failures.length} groups`;
        notRead.push(
            `Who is in ${which}: ${words(failures[0])}${permission(failures[0], "GroupMember.Read.All (Member.Read.Hidden for hidden members)")}.`,
        );
    }
    return members;
}

function permission(error: unknown, needed: string): string {
    const refused = error instanceof GraphRefusal && (error.status === 403 || error.status === 401);
    return refused ? `; the identity needs ${needed}` : "";
}

function words(error: unknown): string {
    return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").replace(/\.$/, "");
}
