import { tokenScope, type Cloud } from "./clouds";
import { connectionStrings, type SignInTarget } from "./connectionStrings";
import { encodeUriPart, Shell } from "./shellQuoting";
import { metadataUrl, psqlCommand, tokenCommand, TokenSource, type TokenOptions } from "./signIn";

/** How a workload with a managed identity signs in, on the machine that has it. Pure. */

export interface WorkloadOptions {
    /** Which user-assigned identity; without it the machine's own. */
    clientId?: string;
    /** Where the metadata service answers. Default: that of Azure. */
    metadataService?: string;
}

/**
 * The environment in which an Azure Identity library's default credential signs in as this identity, and asks nobody
 * else (F39). The samples under examples/clients read it; `POSTGRES_SCOPE` is what they ask a token for.
 */
export function workloadEnvironment(cloud: string, { clientId }: WorkloadOptions): Record<string, string> {
    return {
        AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
        ...(clientId && { AZURE_CLIENT_ID: clientId }),
        POSTGRES_SCOPE: tokenScope(cloud),
    };
}

/** The request for a token (F37): GET with the header `Metadata: true`; the answer's `access_token` is the password. */
export function metadataRequest(cloud: string, options: WorkloadOptions): string {
    return metadataUrl(cloud, fromMetadataService(options));
}

/** Bash with curl and sed; prints the token, or says on standard error why there is none. */
export function metadataTokenCommand(cloud: string, options: WorkloadOptions): string {
    return tokenCommand(Shell.Bash, cloud as Cloud, fromMetadataService(options));
}

function fromMetadataService({ clientId, metadataService }: WorkloadOptions): TokenOptions {
    return { source: TokenSource.ManagedIdentity, clientId, metadataHost: metadataService };
}

/**
 * How each client signs in: `psql` is a line for bash (with curl and sed), the others are connection strings without a
 * password, which the samples under examples/clients take as `POSTGRES_CONNECTION`.
 *
 * @throws ValidationError for a target that no client could reach
 */
export function workloadClients(target: SignInTarget, options: WorkloadOptions): Record<string, string> {
    const { libpq, nodePostgres, npgsql, jdbc } = connectionStrings(target);
    return {
        psql: psqlCommand(Shell.Bash, target, fromMetadataService(options)),
        nodePostgres,
        psycopg: libpq,
        jdbc: withManagedIdentity(jdbc, options),
        npgsql,
    };
}

/** Settings of the sign-in plug-in, which takes them from the connection's properties. */
function withManagedIdentity(jdbc: string, { clientId }: WorkloadOptions): string {
    const identity = clientId ? `&azure.clientId=${encodeUriPart(clientId)}` : "";
    return `${jdbc}&azure.managedIdentityEnabled=true${identity}`;
}
