/**
 * Server parameters. Azure's own, which PostgreSQL does not know, are kept as PostgreSQL's custom settings
 * where their name allows.
 */

import { AzureError } from "./azureError";
import type { SuperuserPool } from "./superuserPool";

/**
 * Azure's, without a dot in the name: PostgreSQL takes no such custom setting. The gateway always demands
 * TLS.
 */
const SERVICE_PARAMETERS: Record<string, readonly string[]> = { require_secure_transport: ["on", "off"] };

/** The service's own business: addresses, files, commands, and what is set when PostgreSQL starts. */
const READ_ONLY =
    /^(listen_addresses|port|fsync|full_page_writes|\w*shared_memory_type|superuser_reserved_connections|unix_socket_\w+|allow_system_table_mods|\w+_(file|command|director(y|ies)))$/;

export interface ParameterState {
    value: string;
    /** The value counts after the next restart only. */
    pendingRestart: boolean;
}

/** The file with all set parameters, which `postgresql.conf` includes. Pure. */
export function configurationFile(parameters: Readonly<Record<string, string>>): string {
    const lines = Object.entries(parameters)
        .filter(([name]) => !(name in SERVICE_PARAMETERS))
        .map(([name, value]) => `${name} = '${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`);
    return `# Written by the local Azure.\n${lines.join("\n")}\n`;
}

/** @throws AzureError where there is no such parameter, or the value is none that it can have. */
export async function checkParameter(pool: SuperuserPool, name: string, value: string): Promise<void> {
    if (/[\0\r\n]/.test(value)) throw invalid(name, value, "it holds a line break");
    const allowed = SERVICE_PARAMETERS[name];
    if (allowed) {
        if (!allowed.includes(value.toLowerCase()))
            throw invalid(name, value, `allowed: ${allowed.join(", ")}`);
        return;
    }
    const { rows } = await pool.query(
        "select vartype, context, min_val, max_val, enumvals from pg_settings where name = $1",
        [name],
    );
    const setting = rows[0] as Setting | undefined;
    // Azure's (`azure.extensions`, `pgaadauth.enable_group_sync`, `pgbouncer.enabled`) all have a dot.
    if (!setting && /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_.]*$/.test(name)) {
        if (name === "pgaadauth.enable_group_sync" && !isBoolean(value))
            throw invalid(name, value, "allowed: on, off");
        return;
    }
    if (!setting) {
        throw new AzureError(
            "ServerParameterNotFound",
            `The server parameter '${name}' does not exist.`,
            404,
        );
    }
    if (setting.context === "internal" || READ_ONLY.test(name))
        throw invalid(name, value, "the parameter cannot be changed");
    const problem = problemOf(setting, value);
    if (problem) throw invalid(name, value, problem);
}

interface Setting {
    vartype: "bool" | "enum" | "integer" | "real" | "string";
    context: string;
    min_val: string | null;
    max_val: string | null;
    enumvals: string[] | null;
}

/** Azure takes numbers in the parameter's base unit only. */
function problemOf(setting: Setting, value: string): string | undefined {
    switch (setting.vartype) {
        case "bool":
            return isBoolean(value) ? undefined : "allowed: on, off";
        case "enum":
            return setting.enumvals!.includes(value.toLowerCase())
                ? undefined
                : `allowed: ${setting.enumvals!.join(", ")}`;
        case "integer":
        case "real": {
            const isNumber = setting.vartype === "integer" ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
            const inRange =
                Number(value) >= Number(setting.min_val) && Number(value) <= Number(setting.max_val);
            return isNumber.test(value) && inRange
                ? undefined
                : `allowed: ${setting.min_val} to ${setting.max_val}`;
        }
        case "string":
            return undefined;
    }
}

function isBoolean(value: string): boolean {
    return /^(on|off|true|false)$/i.test(value);
}

function invalid(name: string, value: string, why: string): AzureError {
    return new AzureError(
        "InvalidParameterValue",
        `'${value}' is no value of the server parameter '${name}': ${why}.`,
    );
}

/** @param set what was set by `setParameter`. @throws AzureError where there is no such parameter. */
export async function readParameter(
    pool: SuperuserPool,
    set: Readonly<Record<string, string>>,
    name: string,
): Promise<ParameterState> {
    const { rows } = await pool.query("select setting, pending_restart from pg_settings where name = $1", [
        name,
    ]);
    if (rows[0]) {
        const value = set[name] ?? (rows[0].setting as string);
        return { value, pendingRestart: rows[0].pending_restart === true };
    }
    const value =
        set[name] ??
        SERVICE_PARAMETERS[name]?.[0] ??
        (name === "pgaadauth.enable_group_sync" ? "off" : undefined);
    if (value === undefined) {
        throw new AzureError(
            "ServerParameterNotFound",
            `The server parameter '${name}' does not exist.`,
            404,
        );
    }
    return { value, pendingRestart: false };
}
