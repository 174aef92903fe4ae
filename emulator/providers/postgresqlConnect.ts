/** Connects the local `postgresql` provider to the servers of the local Azure. */

import pg from "pg";
import type { Connect } from "./postgresqlSession";

export interface LocalServers {
    /** Where a host name's server answers; `undefined` where there is none. */
    resolve(host: string): { address: string; port: number } | undefined;
    /** Certificates of the authority that the servers' certificates come from, as PEM text. */
    ca: string;
    /** A token of the identity that runs Pulumi. */
    token(): Promise<string>;
    /**
     * What stands for a `PGPASSWORD` that was not exported: a token of the same identity for clusters, whose audience the provider
     * does not know. `undefined` for a host that is no cluster's.
     */
    exportedToken?(host: string): Promise<string> | undefined;
}

/** TLS always, with the certificate checked for the real host name; `sslmode: disable` alone goes without, and is refused by the server. */
export function connectToLocalServers(servers: LocalServers): Connect {
    return async (options) => {
        const found = servers.resolve(options.host);
        if (!found) {
            throw new Error(
                `No server of this local Azure is named '${options.host}'. Make the server before what uses it.`,
            );
        }
        const client = new pg.Client({
            host: found.address,
            port: found.port,
            user: options.user,
            database: options.database,
            password: options.azureIdentity
                ? await servers.token()
                : (options.password ?? (await servers.exportedToken?.(options.host))),
            ssl: options.sslmode === "disable" ? false : { ca: servers.ca, servername: options.host },
            connectionTimeoutMillis: options.connectTimeoutSeconds * 1000,
            application_name: "pulumi",
        });
        // Without a listener a connection that the server ends would end this process.
        client.on("error", () => undefined);
        await client.connect();
        return {
            query: (text, values) => client.query(text, values),
            end: () => client.end(),
        };
    };
}
