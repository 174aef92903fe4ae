/** How to reach a server, as the program says it. Pure: nothing here connects. */
import { isIP } from "node:net";
import { CLOUDS, cloudEndpoints } from "../clouds";
import { textProblem } from "../names";
import { Failures, isAbsent, isKnown } from "./checks";
import { UNKNOWN, type CheckFailure } from "./resourceProvider";

export interface ConnectionArgs {
    /** The server's full host name; TLS always checks the certificate against it. */
    host: string;
    /** Default: 5432. */
    port?: number;
    /** The role name of the administrator who signs in: a UPN, or the name of a group, service principal or identity. */
    user: string;
    /** Default: `postgres`, the only one where the pgaadauth functions exist (F60). */
    database?: string;
    /** Default: `Public`. */
    cloud?: "Public" | "China" | "UsGovernment" | "Local";
    /** Where to connect instead of `host`, for instance `127.0.0.1:6432`; the name that TLS checks stays `host`. */
    address?: string;
    /** A certificate authority of its own; only with cloud `Local` on a loopback address. */
    caFile?: string;
}

const CONNECTION_KEYS = ["host", "port", "user", "database", "cloud", "address", "caFile"];

/** Is this the machine itself, whatever a resolver says? */
export function isLoopback(host: string): boolean {
    return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Takes `host:port`, `[::1]:port` or `host` apart. `undefined` where it is none of these. */
export function parseAddress(
    address: string,
    defaultPort: number,
): { host: string; port: number } | undefined {
    const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(address);
    if (!match) return undefined;
    const port = match[3] === undefined ? defaultPort : Number(match[3]);
    return port >= 1 && port <= 65535 ? { host: (match[1] ?? match[2])!, port } : undefined;
}

/** Checks everything that can be checked without connecting. */
export function checkConnection(given: unknown): CheckFailure[] {
    if (given === UNKNOWN) return [];
    const failures = new Failures();
    if (isAbsent(given)) failures.add("connection", given, "the server must be named", "give {host, user}");
    if (!failures.isOf("connection", given, "object")) return failures.list;
    const args = given as Record<string, unknown>;
    failures.unknownKeys("connection.", args, CONNECTION_KEYS);
    for (const key of ["host", "user"]) {
        if (isAbsent(args[key]))
            failures.add(`connection.${key}`, undefined, "it is needed to sign in", `give the ${key}`);
    }
    const isText = (key: string) => failures.isOf(`connection.${key}`, args[key], "string");
    if (isText("host")) checkHost(args["host"] as string, failures);
    if (isText("user")) checkUser(args["user"] as string, failures);
    if (isText("database")) checkDatabase(args["database"] as string, failures);
    if (isText("cloud") && !Object.hasOwn(CLOUDS, args["cloud"] as string)) {
        const fix = `use one of ${Object.keys(CLOUDS).join(", ")}`;
        failures.add("connection.cloud", args["cloud"], "there is no such cloud", fix);
    }
    if (isText("address") && !parseAddress(args["address"] as string, 5432)) {
        const rule = "it must be a host name or IP address with a port";
        failures.add("connection.address", args["address"], rule, "write it like 127.0.0.1:6432");
    }
    const { port } = args;
    if (isKnown(port) && !(Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535)) {
        failures.add(
            "connection.port",
            port,
            "a port is a whole number from 1 to 65535",
            "leave it out for 5432",
        );
    }
    if (isText("caFile") && args["cloud"] !== UNKNOWN)
        checkCaFile(args as unknown as ConnectionArgs, failures);
    return failures.list;
}

function checkHost(host: string, failures: Failures): void {
    if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) || isIP(host) !== 0) return;
    const fix = `give the server's full name, such as pg-prod.${cloudEndpoints().hostSuffix}`;
    failures.add("connection.host", host, "it is no host name", fix);
}

function checkUser(user: string, failures: Failures): void {
    const problem = textProblem(user);
    if (problem) failures.add("connection.user", user, problem.rule, problem.fix);
}

function checkDatabase(database: string, failures: Failures): void {
    if (database === "postgres") return;
    const rule = "the pgaadauth functions exist in the database postgres only (F60)";
    failures.add("connection.database", database, rule, "leave it out");
}

function checkCaFile(args: ConnectionArgs, failures: Failures): void {
    const fault = caFileFault(args);
    if (fault) failures.add("connection.caFile", args.caFile, fault.rule, fault.fix);
}

/** A certificate authority of its own could vouch for anybody, so it counts for the local Azure on this machine alone. */
export function caFileFault(args: ConnectionArgs): { rule: string; fix: string } | undefined {
    if (args.cloud !== "Local") {
        const rule = "only cloud Local may have its own certificate authority";
        return { rule, fix: "leave it out: servers in Azure are checked against the system's authorities" };
    }
    const address = args.address === undefined || args.address === UNKNOWN ? undefined : args.address;
    if (address !== undefined && !isLoopback(parseAddress(address, 5432)?.host ?? "")) {
        return { rule: `it goes with a loopback address only, not with ${address}`, fix: "use 127.0.0.1" };
    }
    return undefined;
}
