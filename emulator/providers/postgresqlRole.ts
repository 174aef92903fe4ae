/** `postgresql:index/role:Role`. */

import type { PropertyMap, ReadResult } from "../../components/provider/resourceProvider";
import { identifier, literal } from "../../components/provider/sql";
import { scramVerifier } from "../postgres/scram";
import { asMemberOf, type SqlServer, type SqlSession } from "./postgresqlSession";
import { ROLE_TABLE } from "./postgresqlTables";
import type { PostgresqlType } from "./postgresqlType";

/** The property, and the words for true and false. */
const FLAGS: readonly [string, string, string][] = [
    ["login", "login", "nologin"],
    ["createDatabase", "createdb", "nocreatedb"],
    ["createRole", "createrole", "nocreaterole"],
    ["inherit", "inherit", "noinherit"],
    ["superuser", "superuser", "nosuperuser"],
    ["replication", "replication", "noreplication"],
    ["bypassRowLevelSecurity", "bypassrls", "nobypassrls"],
];

const SETTINGS: readonly [string, string][] = [
    ["searchPaths", "search_path"],
    ["statementTimeout", "statement_timeout"],
    ["idleInTransactionSessionTimeout", "idle_in_transaction_session_timeout"],
    ["assumeRole", "role"],
];

/** What PostgreSQL says of a role that nobody asked anything of: not named when it is made, as only a superuser may name them. */
const PLAIN: PropertyMap = { superuser: false, replication: false, bypassRowLevelSecurity: false };

export const ROLE_TYPE: PostgresqlType = {
    table: ROLE_TABLE,
    named: true,

    async create(server, inputs) {
        const name = inputs.name as string;
        await server.transaction(async (session) => {
            await session.query(`create role ${identifier(name)} ${changedOptions(PLAIN, inputs).join(" ")}`);
            await setMemberships(session, name, [], inputs.roles);
            await setSettings(session, name, {}, inputs);
        });
        return { id: name, properties: (await read(server, name, inputs))!.properties };
    },

    read: (server, id, inputs, state) => read(server, (state.name as string | undefined) ?? id, inputs, id),

    async update(server, state, news) {
        const [before, name] = [state.name as string, news.name as string];
        await server.transaction(async (session) => {
            if (before !== name)
                await session.query(`alter role ${identifier(before)} rename to ${identifier(name)}`);
            const options = changedOptions(state, news);
            if (options.length > 0)
                await session.query(`alter role ${identifier(name)} ${options.join(" ")}`);
            await setMemberships(session, name, state.roles, news.roles);
            await setSettings(session, name, state, news);
        });
        return (await read(server, name, news))!.properties;
    },

    async delete(server, state) {
        const name = state.name as string;
        if (!(await exists(server, name))) return;
        if (state.skipReassignOwned !== true)
            for (const database of await databasesWith(server, name))
                await server.transaction((session) => handOver(session, name), database);
        if (state.skipDropRole !== true)
            await server.transaction(async (session) => {
                if (state.skipReassignOwned !== true) await handOver(session, name);
                await session.query(`drop role ${identifier(name)}`);
            });
    },
};

async function exists(server: SqlServer, name: string): Promise<boolean> {
    const { rows } = await server.transaction((session) =>
        session.query("select from pg_roles where rolname = $1", [name]),
    );
    return rows.length > 0;
}

/**
 * The databases in which the role owns something or has privileges. The real provider hands over in its own database
 * alone; here calls of several provider resources cannot be told apart.
 */
async function databasesWith(server: SqlServer, name: string): Promise<string[]> {
    const { rows } = await server.transaction((session) =>
        session.query(
            `select distinct d.datname::text as name from pg_shdepend s join pg_database d on d.oid = s.dbid
              where s.refclassid = 'pg_authid'::regclass and d.datname <> 'postgres'
                and s.refobjid = (select oid from pg_roles where rolname = $1) order by 1`,
            [name],
        ),
    );
    return rows.map((row) => row["name"] as string);
}

function handOver(session: SqlSession, name: string): Promise<void> {
    return asMemberOf(session, [name], async () => {
        await session.query(`reassign owned by ${identifier(name)} to current_user`);
        await session.query(`drop owned by ${identifier(name)}`);
    });
}

/** Only what changes: naming some options at all takes a superuser. */
function changedOptions(before: PropertyMap, after: PropertyMap): string[] {
    const flags = FLAGS.filter(([name]) => before[name] !== after[name]).map(([name, on, off]) =>
        after[name] ? on : off,
    );
    if (before.connectionLimit !== after.connectionLimit)
        flags.push(`connection limit ${Number(after.connectionLimit)}`);
    if (before.validUntil !== after.validUntil)
        flags.push(`valid until ${literal(String(after.validUntil))}`);
    if ((before.password ?? "") !== (after.password ?? "")) {
        const password = after.password as string | undefined;
        // A verifier, so that the password is in no log of the server.
        flags.push(password ? `password ${literal(scramVerifier(password))}` : "password null");
    }
    return flags;
}

async function setMemberships(
    session: SqlSession,
    name: string,
    before: unknown,
    after: unknown,
): Promise<void> {
    const [olds, news] = [before, after].map((list) => (list as string[] | undefined) ?? []) as [
        string[],
        string[],
    ];
    for (const role of olds.filter((r) => !news.includes(r))) {
        await session.query(`revoke ${identifier(role)} from ${identifier(name)}`);
    }
    for (const role of news.filter((r) => !olds.includes(r))) {
        await session.query(`grant ${identifier(role)} to ${identifier(name)}`);
    }
}

async function setSettings(
    session: SqlSession,
    name: string,
    before: PropertyMap,
    after: PropertyMap,
): Promise<void> {
    for (const [property, setting] of SETTINGS) {
        const [old, now] = [settingText(before[property]), settingText(after[property])];
        if (old === now) continue;
        const change = now === undefined ? `reset ${setting}` : `set ${setting} to ${now}`;
        await session.query(`alter role ${identifier(name)} ${change}`);
    }
}

/** As SQL; `undefined` for what is not set. */
function settingText(value: unknown): string | undefined {
    if (Array.isArray(value))
        return value.length > 0 ? value.map((v) => identifier(String(v))).join(", ") : undefined;
    if (typeof value === "number") return value > 0 ? String(value) : undefined;
    return value ? literal(String(value)) : undefined;
}

async function read(
    server: SqlServer,
    name: string,
    inputs: PropertyMap,
    id = name,
): Promise<ReadResult | undefined> {
    const found = await server.transaction(async (session) => {
        const { rows } = await session.query(
            `select rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, rolsuper, rolreplication, rolbypassrls,
                    rolconnlimit, coalesce(rolvaliduntil::text, 'infinity') as rolvaliduntil, coalesce(rolconfig, '{}') as rolconfig,
                    array(select distinct g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                           where m.member = r.oid order by 1) as roles
               from pg_roles r where rolname = $1`,
            [name],
        );
        return rows[0];
    });
    if (!found) return undefined;
    const config = new Map(
        (found["rolconfig"] as string[]).map((entry) => [
            entry.slice(0, entry.indexOf("=")),
            entry.slice(entry.indexOf("=") + 1),
        ]),
    );
    const number = (setting: string) =>
        config.has(setting) ? milliseconds(config.get(setting)!) : undefined;
    const values: PropertyMap = {
        name,
        login: found["rolcanlogin"],
        createDatabase: found["rolcreatedb"],
        createRole: found["rolcreaterole"],
        inherit: found["rolinherit"],
        superuser: found["rolsuper"],
        replication: found["rolreplication"],
        bypassRowLevelSecurity: found["rolbypassrls"],
        connectionLimit: found["rolconnlimit"],
        validUntil: sameTime(inputs.validUntil, found["rolvaliduntil"] as string),
        roles: sameSet(inputs.roles, found["roles"] as string[]),
        searchPaths: config.has("search_path") ? searchPaths(config.get("search_path")!) : undefined,
        statementTimeout: number("statement_timeout"),
        idleInTransactionSessionTimeout: number("idle_in_transaction_session_timeout"),
        assumeRole: config.get("role"),
    };
    // What the database does not tell (the password) or that is only about deleting stays as it was given.
    const properties = withoutEmpty({
        encryptedPassword: true,
        skipDropRole: false,
        skipReassignOwned: false,
        ...inputs,
        ...values,
    });
    const known = Object.keys(inputs).length > 0;
    const shown = Object.entries(properties).filter(
        ([key, value]) => !known || key in inputs || !isNothing(key, value),
    );
    return { id, inputs: Object.fromEntries(shown), properties };
}

/** Not in the inputs and not in the database either. */
function isNothing(key: string, value: unknown): boolean {
    if (Array.isArray(value)) return value.length === 0;
    return (
        value === undefined || JSON.stringify(value) === JSON.stringify(ROLE_TABLE.properties[key]?.default)
    );
}

function withoutEmpty(values: PropertyMap): PropertyMap {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function sameSet(given: unknown, found: string[]): unknown {
    if (!Array.isArray(given) || given.length !== found.length) return found;
    return given.every((value) => found.includes(String(value))) ? given : found;
}

/** The time as it was given, where it is the one found. */
function sameTime(given: unknown, found: string): unknown {
    if (typeof given !== "string" || given === found) return found;
    const [a, b] = [Date.parse(given), Date.parse(found)];
    return !Number.isNaN(a) && a === b ? given : found;
}

function searchPaths(text: string): string[] {
    return text
        .split(", ")
        .map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}

/** PostgreSQL keeps `1000` and `1s` as they were written; whole milliseconds are what this provider writes. */
function milliseconds(text: string): number {
    const value = Number(text);
    return Number.isFinite(value) ? value : -1;
}
