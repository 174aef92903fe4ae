import { Cloud, cloudEndpoints, CLOUDS } from "./clouds";
import {
    checkTarget,
    connectionStrings,
    keywordValues,
    uri,
    type CheckedTarget,
    type ConnectionStrings,
    type SignInTarget,
} from "./connectionStrings";
import { checkObjectId, checkTenantId } from "./names";
import { needsPercentEncoding, quoteFor, Shell } from "./shellQuoting";
import { ValidationError } from "./validationError";

/** What to type to sign in as a principal: the command for a token, psql, pgAdmin, connection strings. Pure. */

/** Where a person or a workload gets the token from. */
export enum TokenSource {
    /** `az login` has been done; the Azure CLI hands out a token of whoever that was. */
    AzureCli = "AzureCli",
    /** A managed identity, on the machine that has it, through its metadata service (F37). */
    ManagedIdentity = "ManagedIdentity",
}

export interface TokenOptions {
    /** Default: AzureCli. */
    source?: TokenSource;
    /** Tenant of the server; needed by guests, whose home is another one. For AzureCli. */
    tenantId?: string;
    /** Which user-assigned identity; without it the system-assigned one. For ManagedIdentity. */
    clientId?: string;
    /** Where the metadata service answers. Default: http://169.254.169.254. For ManagedIdentity. */
    metadataHost?: string;
    /** For whom the token is. Default: Flexible Server in the target's cloud (F14); clusters have their own (F49). */
    audience?: string;
    /** Another command that prints a token and nothing else, by shell; it replaces the source. */
    command?: Partial<Record<Shell, string>>;
}

export interface SignIn {
    /** Prints a token, which is the password (F13); it lives for 5 to 60 minutes (F17). */
    tokenCommand: Record<Shell, string>;
    /** Signs in with psql 16 or later (older ones need a CA file) and leaves no PGPASSWORD behind (F54). */
    psql: Record<Shell, string>;
    /** What to do in pgAdmin (F22), step by step. */
    pgAdmin: string[];
    connectionStrings: ConnectionStrings;
}

/**
 * Everything that a principal needs to sign in.
 *
 * @throws ValidationError for a target that no client could reach
 */
export function signIn(target: SignInTarget, token: TokenOptions = {}): SignIn {
    const checked = checkTarget(target);
    const inEachShell = (command: (shell: Shell) => string) =>
        Object.fromEntries(Object.values(Shell).map((shell) => [shell, command(shell)])) as Record<
            Shell,
            string
        >;
    return {
        tokenCommand: inEachShell((shell) => tokenCommand(shell, checked.cloud, token)),
        psql: inEachShell((shell) => psqlCommand(shell, target, token)),
        pgAdmin: pgAdminSteps(target),
        connectionStrings: connectionStrings({ audience: token.audience, ...target }),
    };
}

/** The command that prints a token for PostgreSQL in this cloud (F14). */
export function tokenCommand(shell: Shell, cloud: Cloud = Cloud.Public, token: TokenOptions = {}): string {
    const own = token.command?.[shell];
    if (own !== undefined) return own;
    const audience = audienceOf(cloud, token);
    if (token.source === TokenSource.ManagedIdentity) return metadataCommand(shell, cloud, token);
    return azureCliCommand(cloud, audience, token);
}

function audienceOf(cloud: string, { audience = cloudEndpoints(cloud).tokenAudience }: TokenOptions): string {
    if (/^https:\/\/[A-Za-z0-9.-]+$/.test(audience)) return audience;
    throw new ValidationError("audience", audience, "an audience is https://host", "use a service's own");
}

/** The same in every shell: nothing in it needs quoting. In the public cloud as Microsoft writes it. */
function azureCliCommand(cloud: Cloud, audience: string, token: TokenOptions): string {
    const { tenantId } = token;
    if (tenantId !== undefined) checkTenantId("tenantId", tenantId);
    const byType = cloud === Cloud.Public && token.audience === undefined;
    const resource = byType ? "--resource-type oss-rdbms" : `--resource ${audience}`;
    const tenant = tenantId === undefined ? "" : ` --tenant ${tenantId}`;
    return `az account get-access-token ${resource}${tenant} --query accessToken --output tsv`;
}

/** F37. Needs neither jq nor Python; the service's words on why there is no token go to standard error. */
function metadataCommand(shell: Shell, cloud: Cloud, token: TokenOptions): string {
    const url = metadataUrl(cloud, token);
    const ask = `(Invoke-RestMethod -Headers @{ Metadata = 'true' } -Uri '${url}').access_token`;
    if (shell === Shell.PowerShell) return ask;
    if (shell === Shell.Cmd) return `powershell -NoProfile -Command "${ask}"`;
    return `curl --silent --show-error --noproxy '*' --header 'Metadata: true' '${url}' | ${PICK_TOKEN}`;
}

const PICK_TOKEN = String.raw`sed -e 's/.*"access_token" *: *"\([^"]*\)".*/\1/;t' -e 's/.*"error_description" *: *"\([^"]*\)".*/\1/w /dev/stderr' -e d`;

/**
 * The request to the metadata service for a token for PostgreSQL in this cloud (F37).
 *
 * @throws ValidationError for a client id that is no GUID, and for a wrong metadata host
 */
export function metadataUrl(
    cloud: string,
    {
        clientId,
        metadataHost = CLOUDS.Public.metadataService!,
        audience: given,
    }: Pick<TokenOptions, "clientId" | "metadataHost" | "audience">,
): string {
    const audience = audienceOf(cloud, { audience: given });
    if (clientId !== undefined) checkObjectId("clientId", clientId);
    if (!/^http:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/.test(metadataHost))
        throw new ValidationError(
            "metadataHost",
            metadataHost,
            "the metadata service answers at http://host or http://host:port",
            "leave it out on a machine in Azure",
        );
    const identity = clientId === undefined ? "" : `&client_id=${clientId}`;
    return `${metadataHost}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${audience}${identity}`;
}

/**
 * The lines that sign in with psql. The token goes in by PGPASSWORD, as psql's prompt is too short for it (F15), and only
 * for this one call: what is left over would be taken for the next password (F54).
 */
export function psqlCommand(shell: Shell, target: SignInTarget, token: TokenOptions = {}): string {
    const checked = checkTarget(target);
    const psql = `psql --no-password ${quoteFor(shell, connectionArgument(shell, checked))}`;
    const command = tokenCommand(shell, checked.cloud, token);
    if (shell === Shell.Bash) return `PGPASSWORD="$(${command})" ${psql}`;
    if (shell === Shell.PowerShell)
        return `try { $env:PGPASSWORD = ${command}; ${psql} } finally { Remove-Item Env:PGPASSWORD -ErrorAction Ignore }`;
    return [
        `for /f "usebackq delims=" %t in (\`${command}\`) do @set "PGPASSWORD=%t"`,
        psql,
        `set "PGPASSWORD="`,
    ].join("\n");
}

/** Keywords and values, readable (F18); the URI where the shell would not hand those through. */
function connectionArgument(shell: Shell, target: CheckedTarget): string {
    const readable = keywordValues(target);
    return needsPercentEncoding(shell, readable) ? uri(target) : readable;
}

/** F22. */
export function pgAdminSteps(target: SignInTarget): string[] {
    const { host, hostAddress, port, database, user, caFile } = checkTarget(target);
    const address = hostAddress === undefined ? [] : [`Parameters: add Host address = ${hostAddress}`];
    return [
        `Register > Server; General: Name = ${host}, clear "Connect now?"`,
        `Connection: Host name = ${host}, Port = ${port}, Maintenance database = ${database}, Username = ${user}, leave the password empty`,
        `Parameters: SSL mode = verify-full, Root certificate = ${caFile ?? "system"}`,
        ...address,
        "Save, then Connect to Server and paste a fresh token as the password; do not save it",
    ];
}
