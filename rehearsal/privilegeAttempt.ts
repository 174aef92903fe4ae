import { Client } from "pg";
import type { SignInTarget } from "./signInAttempt";

/** What is tried in a database, in this order. */
export const ACTIONS = ["connect", "select", "insert", "create table"] as const;

export type Action = (typeof ACTIONS)[number];

/** The table that every principal reads and writes, made after the deployment by an owner. */
const LATER_TABLE = "made_later";

export const LATER_TABLE_SQL = `create table public.${LATER_TABLE} (id int generated always as identity, by name)`;

export interface PrivilegeAttempt {
    /** Who tries, in words. */
    who: string;
    role: string;
    database: string;
    /** The profiles that the role has there; empty for none. */
    profiles: string[];
    token: () => Promise<string>;
    /** What it may do; all else must be refused. */
    may: Action[];
}

export interface PrivilegeResult {
    who: string;
    role: string;
    database: string;
    profiles: string[];
    /** What it may do. */
    expected: Action[];
    /** What it could do. */
    seen: Action[];
    asExpected: boolean;
    /** What was said where something else came of it than is expected. */
    problem?: string;
}

/** PostgreSQL's «insufficient_privilege»; every other error is no answer to the question. */
const REFUSED = "42501";

/** Signs in as the principal and tries everything, by SQL; what it makes is rolled back. */
export async function attemptPrivileges(
    target: SignInTarget,
    attempt: PrivilegeAttempt,
): Promise<PrivilegeResult> {
    const { who, role, database, profiles, may: expected } = attempt;
    const { seen, errors } = await tryAll(target, attempt);
    const asExpected = errors.length === 0 && ACTIONS.every((a) => expected.includes(a) === seen.includes(a));
    const problem = errors.length > 0 ? errors.join("; ") : undefined;
    return { who, role, database, profiles, expected, seen, asExpected, ...(problem && { problem }) };
}

/** `errors` are those that say something else than that the privilege is missing. */
async function tryAll(
    target: SignInTarget,
    attempt: PrivilegeAttempt,
): Promise<{ seen: Action[]; errors: string[] }> {
    const client = await clientFor(target, attempt);
    const seen: Action[] = [];
    const errors: string[] = [];
    const tried = async (action: Action, run: () => Promise<unknown>): Promise<boolean> => {
        try {
            await run();
            seen.push(action);
            return true;
        } catch (error) {
            const { code, message } = error as Error & { code?: string };
            if (code !== REFUSED) errors.push(`${action}: ${message}`);
            return false;
        }
    };
    try {
        if (!(await tried("connect", () => client.connect()))) return { seen, errors };
        for (const [action, sql] of STATEMENTS)
            await tried(action, () => client.query(sql)).finally(() => client.query("rollback"));
    } finally {
        await client.end().catch(() => undefined);
    }
    return { seen, errors };
}

/** Signs in as an owner and makes the table that everybody is tried on: default privileges alone say who may use it. */
export async function makeLaterTable(
    target: SignInTarget,
    owner: Pick<PrivilegeAttempt, "role" | "database" | "token">,
): Promise<void> {
    const client = await clientFor(target, owner);
    try {
        await client.connect();
        await client.query(LATER_TABLE_SQL);
    } finally {
        await client.end().catch(() => undefined);
    }
}

async function clientFor(
    target: SignInTarget,
    as: Pick<PrivilegeAttempt, "role" | "database" | "token">,
): Promise<Client> {
    const client = new Client({
        host: target.address,
        port: target.port,
        user: as.role,
        database: as.database,
        password: await as.token(),
        ssl: { ca: target.ca, servername: target.host },
    });
    // Without a listener, a connection that breaks would end the process.
    client.on("error", () => undefined);
    return client;
}

const STATEMENTS: readonly [Action, string][] = [
    ["select", `begin; select count(*) from public.${LATER_TABLE}`],
    ["insert", `begin; insert into public.${LATER_TABLE} (by) values (session_user)`],
    ["create table", "begin; create table public.made_by_a_principal (id int)"],
];
