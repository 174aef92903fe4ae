/** Reads roles, memberships, settings and privileges, as the access report does: read-only transactions. */

import { Connections, type ConnectionArgs } from "../../components/provider/connection";
import { sendAll } from "../../components/provider/pipeline";
import { parseStored, type RoleSetting } from "../../components/provider/settings";
import { commit, ownNamesOnly } from "../../components/provider/sql";
import { beginReadOnly } from "../../report/access/read/catalog.sql";
import { graphOf, notAsked, readDirectory } from "../../report/access/read/readDirectory";
import { readServer } from "../../report/access/read/readServer";
import type { ServerRoles } from "../existing";
import { roleSettings } from "./settings.sql";

export interface RolesRequest {
    connection: ConnectionArgs;
    /** Whether Microsoft Graph is asked. */
    graph: boolean;
    environment?: NodeJS.ProcessEnv;
    progress?: (what: string) => void;
}

/** @throws SignInError, DatabaseError where the server cannot be read; never because of Microsoft Graph */
export async function readRoles(request: RolesRequest): Promise<ServerRoles> {
    const { connection, graph, environment = process.env, progress } = request;
    const connections = new Connections({ environment });
    try {
        const server = await readServer(connections, connection, progress);
        const settings = await readSettings(connections, connection);
        const ids = server.roles.flatMap(({ label }) => label?.objectId ?? []);
        const directory = graph
            ? await readDirectory(() => graphOf(connection.cloud!, environment), ids, [], progress)
            : notAsked("Microsoft Entra was not asked (--no-graph).");
        return { server, directory, settings };
    } finally {
        await connections.close();
    }
}

async function readSettings(
    connections: Connections,
    connection: ConnectionArgs,
): Promise<Map<string, RoleSetting[]>> {
    const [, , result] = await connections.use(connection, (client) =>
        sendAll(client, [beginReadOnly, ownNamesOnly, roleSettings, commit]),
    );
    const found = new Map<string, RoleSetting[]>();
    const rows = result!.rows as { role: string; database: string | null; settings: string[] }[];
    for (const { role, database, settings } of rows) {
        const named = settings
            .map(parseStored)
            .map((setting) => (database === null ? setting : { ...setting, database }));
        found.set(role, [...(found.get(role) ?? []), ...named]);
    }
    return found;
}
