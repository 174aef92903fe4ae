/**
 * Server parameters that the local Azure knows: a selection, with Azure's types, ranges and defaults (General Purpose,
 * 2 vCores) after its documentation of server parameters. Not read from a live server; defaults differ by size.
 */

export type ParameterType = "Boolean" | "Integer" | "Numeric" | "Enumeration" | "String" | "Set";

export interface ParameterRule {
    type: ParameterType;
    /** What Azure gives a new server. */
    default: string;
    /** For numbers: `0-100`. For enumerations and sets: the values. For strings: a regular expression. */
    allowed: string;
    /** False where a change waits for a restart. */
    dynamic: boolean;
    readOnly?: boolean;
    unit?: string;
    /** True where the PostgreSQL of the local Azure takes the value; the others are stored only. */
    applied?: boolean;
}

const MAX = "2147483647";
const LEVELS = "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic";
const LIBRARIES =
    "age,auto_explain,azure_storage,pg_cron,pg_failover_slots,pg_hint_plan,pg_partman_bgw,pg_prewarm,pg_squeeze,pg_stat_statements,pgaudit,pglogical,timescaledb,wal2json";
const EXTENSIONS =
    "address_standardizer,age,amcheck,azure_ai,azure_storage,bloom,btree_gin,btree_gist,citext,cube,dblink,dict_int,dict_xsyn,earthdistance,fuzzystrmatch,hll,hstore,hypopg,intagg,intarray,isn,lo,login_hook,ltree,orafce,pageinspect,pg_buffercache,pg_cron,pg_freespacemap,pg_hint_plan,pg_partman,pg_prewarm,pg_repack,pg_squeeze,pg_stat_statements,pg_trgm,pg_visibility,pgaudit,pgcrypto,pglogical,pgrouting,pgrowlocks,pgstattuple,plpgsql,plv8,postgis,postgis_raster,postgis_sfcgal,postgis_tiger_geocoder,postgis_topology,postgres_fdw,semver,session_variable,sslinfo,tablefunc,tds_fdw,timescaledb,topn,tsm_system_rows,tsm_system_time,unaccent,uuid-ossp,vector";

/** By name. PostgreSQL's own names are not case-sensitive; Azure's paths neither. */
export const PARAMETERS: Readonly<Record<string, ParameterRule>> = {
    ...parameters("Boolean", "on,off", {
        autovacuum: "on",
        default_transaction_read_only: "off",
        log_checkpoints: "on",
        log_connections: "on",
        log_disconnections: "on",
        log_duration: "off",
        log_lock_waits: "off",
        log_replication_commands: "off",
        row_security: "on",
        track_activities: "on",
        track_io_timing: "on",
    }),
    ...parameters("Integer", `0-${MAX}`, {
        idle_in_transaction_session_timeout: "0",
        idle_session_timeout: "0",
        lock_timeout: "0",
        statement_timeout: "0",
    }),
    ...parameters("Integer", `-1-${MAX}`, {
        log_autovacuum_min_duration: "600000",
        log_min_duration_sample: "-1",
        log_min_duration_statement: "-1",
        log_temp_files: "-1",
    }),
    ...parameters("Enumeration", LEVELS, { log_min_error_statement: "error", log_min_messages: "warning" }),
    DateStyle: applied("String", "ISO, MDY", "^(ISO|POSTGRES|SQL|GERMAN)(, ?(MDY|DMY|YMD))?$"),
    IntervalStyle: applied("Enumeration", "postgres", "iso_8601,postgres,postgres_verbose,sql_standard"),
    TimeZone: applied("String", "UTC", "^[A-Za-z0-9/_+-]+$"),
    bytea_output: applied("Enumeration", "hex", "escape,hex"),
    deadlock_timeout: { ...applied("Integer", "1000", `1-${MAX}`), unit: "ms" },
    default_transaction_isolation: applied(
        "Enumeration",
        "read committed",
        "serializable,repeatable read,read committed,read uncommitted",
    ),
    effective_io_concurrency: applied("Integer", "1", "0-1000"),
    log_error_verbosity: applied("Enumeration", "default", "terse,default,verbose"),
    log_line_prefix: applied("String", "%t-%c-", "^.*$"),
    log_statement: applied("Enumeration", "none", "none,ddl,mod,all"),
    maintenance_work_mem: { ...applied("Integer", "99328", "1024-2097151"), unit: "kB" },
    password_encryption: applied("Enumeration", "scram-sha-256", "md5,scram-sha-256"),
    "pgaadauth.enable_group_sync": applied("Boolean", "off", "on,off"),
    random_page_cost: applied("Numeric", "2", "0-1.79769e+308"),
    search_path: applied("String", '"$user", public', "^.*$"),
    work_mem: { ...applied("Integer", "4096", "4096-2097151"), unit: "kB" },

    "azure.accepted_password_auth_method": stored("Set", "md5,scram-sha-256", "md5,scram-sha-256"),
    "azure.extensions": stored("Set", "", EXTENSIONS),
    "connection_throttle.enable": stored("Boolean", "off", "on,off"),
    "logfiles.download_enable": stored("Boolean", "off", "on,off"),
    "logfiles.retention_days": stored("Integer", "3", "1-7"),
    "metrics.autovacuum_diagnostics": stored("Boolean", "off", "on,off"),
    "metrics.collector_database_activity": stored("Boolean", "off", "on,off"),
    "pg_qs.query_capture_mode": stored("Enumeration", "none", "top,all,none"),
    "pgaudit.log": stored("Set", "none", "none,read,write,function,role,ddl,misc,all"),
    "pgaudit.log_catalog": stored("Boolean", "on", "on,off"),
    "pgaudit.log_parameter": stored("Boolean", "off", "on,off"),
    "pgaudit.role": stored("String", "", "^[A-Za-z_][A-Za-z0-9_.-]{0,62}$|^$"),
    "pgbouncer.enabled": stored("Boolean", "false", "true,false"),
    require_secure_transport: stored("Boolean", "on", "on,off"),
    ssl_min_protocol_version: stored("Enumeration", "TLSv1.2", "TLSv1.2,TLSv1.3"),

    max_connections: restarting("Integer", "859", "25-5000"),
    max_prepared_transactions: restarting("Integer", "0", "0-262143"),
    max_replication_slots: restarting("Integer", "10", "2-262143"),
    max_wal_senders: restarting("Integer", "10", "5-100"),
    max_worker_processes: restarting("Integer", "8", "0-262143"),
    shared_buffers: { ...restarting("Integer", "262144", "16-1073741823"), unit: "8kB" },
    shared_preload_libraries: restarting("Set", "pg_cron,pg_stat_statements", LIBRARIES),
    wal_level: restarting("Enumeration", "replica", "replica,logical"),

    data_directory_mode: { ...stored("Integer", "0700", "0-511"), readOnly: true },
    fsync: { ...stored("Boolean", "on", "on,off"), readOnly: true },
    server_version: { ...stored("String", "17", "^\\d+$"), readOnly: true },
    ssl: { ...stored("Boolean", "on", "on,off"), readOnly: true },
};

/** The parameter's name as Azure spells it; `undefined` where the local Azure does not know it. */
export function parameterName(name: string): string | undefined {
    if (Object.hasOwn(PARAMETERS, name)) return name;
    return Object.keys(PARAMETERS).find((known) => known.toLowerCase() === name.toLowerCase());
}

/** Why a value cannot be; `undefined` where it can. */
export function refuseParameterValue(name: string, value: string): string | undefined {
    const rule = PARAMETERS[parameterName(name)!]!;
    if (rule.readOnly) return "the parameter is read-only.";
    const allowed = rule.allowed.split(",");
    switch (rule.type) {
        case "Boolean":
            return allowed.includes(value.toLowerCase())
                ? undefined
                : `it must be one of ${allowed.join(", ")}.`;
        case "Enumeration":
            return allowed.includes(value) ? undefined : `it must be one of ${allowed.join(", ")}.`;
        case "Set": {
            const foreign = value
                .split(",")
                .find((item) => item !== "" && !allowed.includes(item.trim().toLowerCase()));
            return foreign === undefined
                ? undefined
                : `'${foreign.trim()}' is none of ${allowed.join(", ")}.`;
        }
        case "String":
            return new RegExp(rule.allowed).test(value) ? undefined : `it must match ${rule.allowed}.`;
        default:
            return refuseNumber(rule, value);
    }
}

function refuseNumber(rule: ParameterRule, value: string): string | undefined {
    const [, minimum, maximum] = /^(-?[\d.]+)-(.+)$/.exec(rule.allowed)!;
    const form = rule.type === "Integer" ? /^-?\d+$/ : /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;
    const fits = form.test(value) && Number(value) >= Number(minimum) && Number(value) <= Number(maximum);
    return fits ? undefined : `it must be a number from ${minimum} to ${maximum}.`;
}

function parameters(
    type: ParameterType,
    allowed: string,
    defaults: Record<string, string>,
): Record<string, ParameterRule> {
    return Object.fromEntries(
        Object.entries(defaults).map(([name, value]) => [name, applied(type, value, allowed)]),
    );
}

function applied(type: ParameterType, value: string, allowed: string): ParameterRule {
    return { type, default: value, allowed, dynamic: true, applied: true };
}

function stored(type: ParameterType, value: string, allowed: string): ParameterRule {
    return { type, default: value, allowed, dynamic: true };
}

function restarting(type: ParameterType, value: string, allowed: string): ParameterRule {
    return { type, default: value, allowed, dynamic: false };
}
