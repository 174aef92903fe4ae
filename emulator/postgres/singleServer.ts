/**
 * The dialect of Single Server on a real PostgreSQL: `azure_ad_admin` and `azure_ad_user`, names of the form USER@SERVER, and the
 * setting `aad_validate_oids_in_tenant`. Membership in `azure_ad_user` makes a role one of an identity (F36): who that is, is settled
 * when the membership is given, so revoking and granting it settles it anew (F34).
 */

import pg from "pg";
import { principalName } from "../entra/directoryRules";
import type { DirectoryObject } from "../entra/directoryObject";
import { labelType, type DirectoryLookup } from "./directoryTable";
import { ADMIN_GROUP } from "./roles.sql";
import { isScramPassword } from "./scram";
import { formatLabel } from "./securityLabel";
import type { EntraAdministrator } from "./serverTypes";
import type { Row, SuperuserPool } from "./superuserPool";

const USERS = "azure_ad_user";
const ADMINS = "azure_ad_admin";

/** Once per start; may run again. Only `azure_ad_admin` may hand on `azure_ad_user` (F25, F26). */
const SETUP = [
    ...[USERS, ADMINS].map(
        (role) => `do $body$ begin
          if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        end $body$`,
    ),
    `grant ${USERS} to ${ADMINS} with admin option`,
    `do $body$ declare f regprocedure; begin
       for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
                and p.proname ~ '^pgaadauth_(create_principal|list_principals|sync)'
       loop execute format('drop function %s', f); end loop;
     end $body$`,
];

/** Roles in `azure_ad_user`, each with the transaction that put it there, which tells one membership from the next. */
const MEMBERS = `
    select r.oid, r.rolname as name, a.rolpassword as verifier, m.xmin::text as grant,
           (select l.label from pg_shseclabel l where l.objoid = r.oid and l.provider = 'azure_ad') as settled
    from pg_auth_members m join pg_roles r on r.oid = m.member join pg_authid a on a.oid = r.oid
    join pg_roles g on g.oid = m.roleid and g.rolname = '${USERS}' where r.rolname <> '${ADMINS}'`;

/** Bindings of roles that are in neither group any more. */
const FORGET = `
    delete from pg_shseclabel l where l.classoid = 'pg_authid'::regclass and l.provider in ('pgaadauth', 'azure_ad')
    and not exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
                    where m.member = l.objoid and g.rolname in ('${USERS}', '${ADMINS}'))`;

interface Member extends Row {
    oid: number;
    name: string;
    verifier: string | null;
    grant: string;
    settled: string | null;
}

export class SingleServerRoles {
    /** The tenant as it was when memberships were settled last: who it was that a role was made for. */
    #tenant: DirectoryObject[] | undefined;
    readonly #stopListening: () => void;
    #changed = true;
    /** What is being done, after which the next thing is: two at once would write the same label. */
    #last: Promise<void> = Promise.resolve();
    #running = 0;

    constructor(
        private readonly directory: DirectoryLookup,
        private readonly pool: () => SuperuserPool,
    ) {
        this.#stopListening = directory.onChange(() => (this.#changed = true));
    }

    async setUp(): Promise<void> {
        for (const statement of SETUP) await this.pool().query(statement);
    }

    /** Before anything that a client sends, once the tenant has changed: what was made before, was made for the tenant of before. */
    beforeStatement(): Promise<void> | undefined {
        return this.#changed || this.#running > 0 ? this.settle() : undefined;
    }

    /** Settles new memberships. */
    settle(): Promise<void> {
        return this.#inTurn(() => this.#settle());
    }

    async #settle(): Promise<void> {
        const now = this.directory.all();
        const tenant = this.#tenant ?? now;
        this.#changed = false;
        try {
            await this.pool().transaction(async (query) => {
                await query(FORGET);
                for (const member of (await query(MEMBERS)) as Member[]) {
                    if (member.settled === member.grant) continue;
                    const identity = identityOf(member, tenant);
                    if (identity) await bind(query, member, identity);
                }
            });
            this.#tenant = now;
        } catch (error) {
            this.#changed = true;
            throw error;
        }
    }

    async #inTurn(work: () => Promise<void>): Promise<void> {
        this.#running++;
        const own = this.#last.then(work);
        this.#last = own.catch(() => undefined);
        try {
            await own;
        } finally {
            this.#running--;
        }
    }

    /** There is one at most (F23); without one nobody signs in by token (F27, F56). */
    setAdministrator(administrator: EntraAdministrator | undefined): Promise<void> {
        return this.#inTurn(() => this.#setAdministrator(administrator));
    }

    async #setAdministrator(administrator: EntraAdministrator | undefined): Promise<void> {
        await this.pool().transaction(async (query) => {
            const before = await query(
                `select r.rolname as name from pg_auth_members m join pg_roles r on r.oid = m.member
                 join pg_roles g on g.oid = m.roleid and g.rolname = '${ADMINS}' where r.rolname <> $1`,
                [administrator?.roleName ?? ""],
            );
            for (const { name } of before) {
                const role = pg.escapeIdentifier(name as string);
                await query(`revoke ${ADMINS}, ${ADMIN_GROUP} from ${role}`);
                await query(`alter role ${role} nologin nocreaterole nocreatedb`);
            }
            if (administrator) await makeAdministrator(query, administrator);
            await query(FORGET);
        });
    }

    close(): void {
        this.#stopListening();
    }
}

type Query = (text: string, values?: unknown[]) => Promise<Row[]>;

async function makeAdministrator(query: Query, { roleName, objectId, principalType }: EntraAdministrator) {
    const role = pg.escapeIdentifier(roleName);
    const found = await query("select oid from pg_roles where rolname = $1", [roleName]);
    if (found.length === 0) await query(`create role ${role}`);
    await query(`alter role ${role} login createrole createdb`);
    await query(`grant ${ADMINS}, ${ADMIN_GROUP} to ${role}`);
    const [{ oid }] = (await query("select oid from pg_roles where rolname = $1", [roleName])) as [
        { oid: number },
    ];
    const label = formatLabel({
        objectId: objectId.toLowerCase(),
        type: labelType(principalType),
        admin: false,
        mfa: false,
    });
    await write(query, oid, "pgaadauth", label);
}

/** By the client id that is its password (F36), else by its name. */
function identityOf(member: Member, tenant: DirectoryObject[]): DirectoryObject | undefined {
    const { verifier, name } = member;
    if (verifier === null) return tenant.find((object) => principalName(object) === name);
    return tenant.find(({ appId }) => appId !== undefined && isScramPassword(verifier, appId));
}

async function bind(query: Query, { oid, grant }: Member, identity: DirectoryObject): Promise<void> {
    const { objectId, principalType } = identity;
    const label = formatLabel({ objectId, type: labelType(principalType), admin: false, mfa: false });
    await write(query, oid, "pgaadauth", label);
    await write(query, oid, "azure_ad", grant);
}

async function write(query: Query, oid: number, provider: string, label: string): Promise<void> {
    const where = "objoid = $1 and classoid = 'pg_authid'::regclass and provider = $2";
    await query(`delete from pg_shseclabel where ${where}`, [oid, provider]);
    await query("insert into pg_shseclabel values ($1, 'pg_authid'::regclass, $2, $3)", [
        oid,
        provider,
        label,
    ]);
}

/** `ada@contoso.com@pg-old` is `ada@contoso.com` of the server pg-old (F40). @returns `undefined` for another form */
export function roleOfUser(user: string, serverName: string): string | undefined {
    const suffix = `@${serverName}`;
    return user.endsWith(suffix) && user.length > suffix.length ? user.slice(0, -suffix.length) : undefined;
}

/** Seen on real servers. */
export const WRONG_USER_FORM =
    "Invalid Username specified. Please check the Username and retry connection. The Username should be in <username@hostname> format.";

const QUERY = 0x51;
const PARSE = 0x50;
const HEAD = 5;
const SETTING = /\baad_validate_oids_in_tenant\b/gi;

/** Plain PostgreSQL knows no such setting without a prefix, so statements that name it are given one (F36). */
export class SettingFilter {
    #held: Buffer = Buffer.alloc(0);

    /** @returns what to send on; `undefined` where everything must wait for more. */
    push(chunk: Buffer): Buffer | undefined {
        const bytes = Buffer.concat([this.#held, chunk]);
        const parts: Buffer[] = [];
        let at = 0;
        while (bytes.length - at >= HEAD) {
            const end = at + 1 + bytes.readUInt32BE(at + 1);
            if (end > bytes.length) break;
            parts.push(rewritten(bytes.subarray(at, end)));
            at = end;
        }
        this.#held = bytes.subarray(at);
        return parts.length > 0 ? Buffer.concat(parts) : undefined;
    }
}

function rewritten(message: Buffer): Buffer {
    if (message[0] !== QUERY && message[0] !== PARSE) return message;
    const text = message.toString("latin1", HEAD);
    if (!SETTING.test(text)) return message;
    const body = Buffer.from(text.replace(SETTING, "azure.aad_validate_oids_in_tenant"), "latin1");
    const head = Buffer.alloc(HEAD);
    head[0] = message[0]!;
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
}
