import { Cloud, tokenScope } from "./clouds";
import { connectionStrings, type SignInTarget } from "./connectionStrings";
import { encodeUriPart, Shell } from "./shellQuoting";
import { metadataUrl, psqlCommand } from "./signIn";

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
    return metadataUrl(cloud, { clientId: options.clientId, metadataHost: options.metadataService });
}

/** Bash with curl and jq; prints the token, or says on standard error why there is none. */
export function metadataTokenCommand(cloud: string, options: WorkloadOptions): string {
    const url = metadataRequest(cloud, options);
    const pick = ".access_token // error(.error_description)";
    return `curl --silent --noproxy '*' --header 'Metadata: true' '${url}' | jq --raw-output '${pick}'`;
}

/**
 * How each client signs in: `psql` is a line for bash (with curl and jq), the others are connection strings without a
 * password, which the samples under examples/clients take as `POSTGRES_CONNECTION`.
 *
 * @throws ValidationError for a target that no client could reach
 */
export function workloadClients(target: SignInTarget, options: WorkloadOptions): Record<string, string> {
    const { cloud = Cloud.Public } = target;
    const { libpq, nodePostgres, npgsql, jdbc } = connectionStrings(target);
    const command = { [Shell.Bash]: metadataTokenCommand(cloud, options) };
    return {
        psql: psqlCommand(Shell.Bash, target, { command }),
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
