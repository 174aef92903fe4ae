import { Cloud, cloudEndpoints, tokenScope } from "./clouds";
import { checkRoleName, textProblem } from "./names";
import { parseIpv4 } from "./cidr";
import { encodeUriPart, quoteAdoNet, quoteKeywordValue } from "./shellQuoting";
import { ValidationError } from "./validationError";

/** Connection strings without a password, for clients that are given the token separately. Pure. */

/** Whom to sign in as, and where. */
export interface SignInTarget {
    /** Host name of the server; the TLS certificate must be for it. */
    host: string;
    /** Name of the role, exactly as in Entra (F18): for members of a group, the group's (F20). */
    user: string;
    /** Default: postgres. */
    database?: string;
    /** Default: 5432. */
    port?: number;
    /** Default: Public. */
    cloud?: Cloud;
    /** IP address and port to connect to instead, for instance 127.0.0.1:6432: a tunnel, or the local Azure. */
    address?: string;
    /** File with the certificate authority to trust instead of the system's; for the local Azure. */
    caFile?: string;
    /** For whom the token is. Default: Flexible Server in the target's cloud (F14); clusters have their own (F49). */
    audience?: string;
}

/** The target with its defaults, and the address taken apart. */
export interface CheckedTarget {
    host: string;
    user: string;
    database: string;
    port: number;
    cloud: Cloud;
    hostAddress?: string;
    /** What TLS trusts: a file, or the system's authorities. */
    rootCertificates: string;
    caFile?: string;
    audience?: string;
}

export interface ConnectionStrings {
    /** Keywords and values for libpq: psql, psycopg, … */
    libpq: string;
    /** The same as a URI. */
    uri: string;
    /** For pgjdbc with the sign-in plug-in of com.azure:azure-identity-extensions, which fetches tokens itself. */
    jdbc: string;
    /** For Npgsql; give the token with UsePeriodicPasswordProvider. */
    npgsql: string;
    /**
     * For node-postgres: `new Client({ ...parse(text), password: async () => token })` with `parse` of
     * `pg-connection-string`. Beside a `connectionString` the client forgets its `password`. The parser cannot read a
     * database's name with `/`, `?` or `#`: give that as `database` too.
     */
    nodePostgres: string;
}

/** @throws ValidationError for names that no role, database or host can have, and for a wrong address */
export function checkTarget(target: SignInTarget): CheckedTarget {
    const { database = "postgres", port = 5432, cloud = Cloud.Public } = target;
    checkRoleName("user", target.user);
    const problem = textProblem(database);
    if (problem) throw new ValidationError("database", database, problem.rule, problem.fix);
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(target.host))
        throw new ValidationError(
            "host",
            target.host,
            "a host name has letters, digits, dots and hyphens",
            "use the server's output `host`",
        );
    checkPort("port", port);
    const rootCertificates = target.caFile ?? "system";
    const checked = { ...target, database, port, cloud, rootCertificates };
    if (target.address === undefined) return checked;
    return { ...checked, ...readAddress(target.address) };
}

function readAddress(address: string): { hostAddress: string; port: number } {
    const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(address);
    const hostAddress = match?.[1] ?? match?.[2];
    if (hostAddress === undefined || (match?.[2] !== undefined && parseIpv4(hostAddress) === undefined))
        throw new ValidationError(
            "address",
            address,
            "this is an IP address and a port",
            "write it like 127.0.0.1:6432",
        );
    const port = Number(match![3]);
    checkPort("address", port);
    return { hostAddress, port };
}

function checkPort(argument: string, port: number): void {
    if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
    throw new ValidationError(
        argument,
        port,
        "a port is a whole number from 1 to 65535",
        "give the server's port",
    );
}

/** All connection strings of a target. None holds a password: the token goes in beside them. */
export function connectionStrings(target: SignInTarget): ConnectionStrings {
    const checked = checkTarget(target);
    return {
        libpq: keywordValues(checked),
        uri: uri(checked),
        jdbc: jdbc(checked),
        npgsql: npgsql(checked),
        nodePostgres: nodePostgres(checked),
    };
}

/** `sslmode=require` would hand the token to whoever answers; `verify-full` asks for the server's certificate (F16). */
function tls(target: CheckedTarget): [string, string][] {
    return [
        ["sslmode", "verify-full"],
        ["sslrootcert", target.rootCertificates],
    ];
}

export function keywordValues(target: CheckedTarget): string {
    const { host, hostAddress, port, database, user } = target;
    const pairs: [string, string][] = [
        ["host", host],
        ...(hostAddress === undefined ? [] : [["hostaddr", hostAddress] as [string, string]]),
        ["port", String(port)],
        ["dbname", database],
        ["user", user],
        ...tls(target),
    ];
    return pairs.map(([key, value]) => `${key}=${quoteKeywordValue(value)}`).join(" ");
}

export function uri(target: CheckedTarget): string {
    const { hostAddress } = target;
    const query = [
        ...(hostAddress === undefined ? [] : [["hostaddr", hostAddress] as const]),
        ...tls(target),
    ];
    return `postgresql://${encodeUriPart(target.user)}@${target.host}:${target.port}/${encodeUriPart(target.database)}?${queryString(query)}`;
}

/**
 * Host and port for clients that cannot connect to one address and check the certificate for another name. The local
 * Azure's certificates are for 127.0.0.1 too; behind a tunnel, the host's name must lead to it (hosts file).
 */
function endpoint(target: CheckedTarget): { host: string; port: number } {
    const local = target.cloud === Cloud.Local && target.hostAddress !== undefined;
    return { host: local ? target.hostAddress! : target.host, port: target.port };
}

function hostAndPort(target: CheckedTarget): string {
    const { host, port } = endpoint(target);
    return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function jdbc(target: CheckedTarget): string {
    const query: [string, string][] = [
        ["user", target.user],
        ["sslmode", "verify-full"],
        target.caFile === undefined
            ? ["sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory"]
            : ["sslrootcert", target.caFile],
        [
            "authenticationPluginClassName",
            "com.azure.identity.extensions.jdbc.postgresql.AzurePostgresqlAuthenticationPlugin",
        ],
        ...jdbcCloud(target),
    ];
    return `jdbc:postgresql://${hostAndPort(target)}/${encodeUriPart(target.database)}?${queryString(query)}`;
}

/** The plug-in knows Flexible Servers of the public cloud alone by itself. */
function jdbcCloud({ cloud, audience }: CheckedTarget): [string, string][] {
    const scopes: [string, string][] = [
        ["azure.scopes", audience === undefined ? tokenScope(cloud) : `${audience}/.default`],
    ];
    if (cloud === Cloud.Public || cloud === Cloud.Local) return audience === undefined ? [] : scopes;
    return [...scopes, ["azure.authorityHost", cloudEndpoints(cloud).authorityHost!]];
}

function npgsql(target: CheckedTarget): string {
    const { host, port } = endpoint(target);
    const pairs: [string, string][] = [
        ["Host", host],
        ["Port", String(port)],
        ["Database", target.database],
        ["Username", target.user],
        ["SSL Mode", "VerifyFull"],
        ...(target.caFile === undefined ? [] : [["Root Certificate", target.caFile] as [string, string]]),
    ];
    return pairs.map(([key, value]) => `${key}=${quoteAdoNet(value)}`).join(";");
}

/** Without a file node-postgres trusts the authorities that Node brings; the word `system` would be read as a file's name. */
function nodePostgres(target: CheckedTarget): string {
    const ca: [string, string][] = target.caFile === undefined ? [] : [["sslrootcert", target.caFile]];
    const query = queryString([["sslmode", "verify-full"], ...ca]);
    return `postgresql://${encodeUriPart(target.user)}@${hostAndPort(target)}/${nodePostgresPath(target.database)}?${query}`;
}

/** Its parser decodes the user as a component but the path as a whole URI, in which these characters stay as they are. */
function nodePostgresPath(database: string): string {
    return encodeUriPart(database).replace(/%(3B|2C|3A|40|26|3D|2B|24)/g, (code) => decodeURIComponent(code));
}

function queryString(pairs: readonly (readonly [string, string])[]): string {
    return pairs.map(([key, value]) => `${key}=${encodeUriPart(value)}`).join("&");
}
