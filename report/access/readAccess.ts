/** Reads a stack's server and the directory, and judges what was read. */

import { Connections, type ConnectionArgs } from "../../components/provider/connection";
import { signInRole, type StackConfig } from "../../stackConfig";
import { expectedHost } from "../../stackResources";
import type { AccessReport } from "./accessReport";
import { buildReport } from "./judge/buildReport";
import { graphOf, notAsked, readDirectory } from "./read/readDirectory";
import { readServer } from "./read/readServer";

export interface AccessRequest {
    stack: string;
    config: StackConfig;
    /** The role to sign in as. Default: the stack's `signInAs`. */
    as?: string;
    /** Whether Microsoft Graph is asked. Default: true. */
    graph?: boolean;
    environment?: NodeJS.ProcessEnv;
    progress?: (what: string) => void;
}

/**
 * The access report of a live server, over connections that read alone.
 *
 * @throws SignInError, DatabaseError where the server cannot be read; never because of Microsoft Graph
 */
export async function readAccess(request: AccessRequest): Promise<AccessReport> {
    const { stack, config, graph = true, environment = process.env, progress } = request;
    const user = request.as ?? signInRole(config);
    if (user === undefined)
        throw new Error(`the stack '${stack}' has no administrator to sign in as: name a role with --as`);
    const host = expectedHost(config);
    const args: ConnectionArgs = {
        host,
        user,
        cloud: config.cloud,
        address: config.hostAddresses[host],
    };
    const connections = new Connections({ environment });
    try {
        const server = await readServer(connections, args, progress);
        const labels = server.roles.flatMap(({ label }) => label ?? []);
        const groups = labels.filter(({ kind }) => kind === "Group").map(({ objectId }) => objectId);
        const ids = labels.map(({ objectId }) => objectId);
        const directory = graph
            ? await readDirectory(() => graphOf(config.cloud, environment), ids, groups, progress)
            : notAsked("Microsoft Entra was not asked (--no-graph).");
        const generatedAt = new Date().toISOString();
        return buildReport({ stack, host, config, server, directory, generatedAt });
    } finally {
        await connections.close();
    }
}
