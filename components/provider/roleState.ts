/** What the database holds about a role: rows of `sql.ts` read into values. Pure. */
import { parseLabels, type EntraLabel } from "./label";
import { parseStored, type RoleSetting } from "./settings";

/** One membership by one grantor. */
export interface Membership {
    role: string;
    grantor: string;
    admin: boolean;
    /** `null` before PostgreSQL 16. */
    inherit: boolean | null;
    /** `null` before PostgreSQL 16. */
    set: boolean | null;
}

/** A row of `sql.rolesNamed`. */
export interface RoleRow {
    oid: string;
    name: string;
    canLogin: boolean;
    superuser: boolean;
    replication: boolean;
    createRole: boolean;
    createDb: boolean;
    connectionLimit: number;
    /** The signed-in role holds ADMIN OPTION on it. */
    administered: boolean;
    labels: [string, string][];
    memberships: Membership[];
    settings: { database: string | null; settings: string[] }[];
}

export interface RoleState extends Omit<RoleRow, "settings" | "labels"> {
    /** `undefined`: no Microsoft Entra identity belongs to the role. */
    label: EntraLabel | undefined;
    settings: RoleSetting[];
}

/** A row of `sql.session`. */
export interface SessionState {
    user: string;
    database: string;
    /** As `server_version_num`: 170010 is 17.10. */
    version: number;
    superuser: boolean;
    /** Has CREATEROLE. */
    createsRoles: boolean;
    /** A Microsoft Entra administrator by its label, or a member of azure_pg_admin. */
    isEntraAdmin: boolean;
    /** Holds pg_signal_backend. */
    endsSessions: boolean;
}

export interface ServerState {
    session: SessionState;
    roles: RoleState[];
}

export const ADMIN_ROLE = "azure_pg_admin";

/** @param mfa What the service says about MFA, by role name; it counts more than the label, whose MFA form is undocumented. */
export function roleState(row: RoleRow, mfa: Map<string, boolean>): RoleState {
    const label = parseLabels(row.labels);
    const told = mfa.get(row.name);
    return {
        ...row,
        label: label && { ...label, mfa: told ?? label.mfa },
        settings: row.settings.flatMap(({ database, settings }) =>
            settings
                .map(parseStored)
                .map((setting) => (database === null ? setting : { ...setting, database })),
        ),
    };
}

/** Roles by name and by object id, so that a set takes one pass whatever its size. */
export class RoleIndex {
    readonly #named = new Map<string, RoleState>();
    readonly #identified = new Map<string, RoleState[]>();

    constructor(roles: RoleState[]) {
        for (const role of roles) {
            this.#named.set(role.name, role);
            const objectId = role.label?.objectId;
            if (objectId === undefined) continue;
            const others = this.#identified.get(objectId);
            if (others) others.push(role);
            else this.#identified.set(objectId, [role]);
        }
    }

    named(name: string | undefined): RoleState | undefined {
        return name === undefined ? undefined : this.#named.get(name);
    }

    /** The role of an identity: the one of that name where several carry the object id. @param but No role of this `oid`. */
    of(objectId: string | undefined, preferredName?: string, but?: string): RoleState | undefined {
        const all = objectId === undefined ? undefined : this.#identified.get(objectId);
        const own = but === undefined ? all : all?.filter(({ oid }) => oid !== but);
        return own?.find((role) => role.name === preferredName) ?? own?.[0];
    }
}

/** Usable as a plain GRANT gives it: privileges inherited, SET ROLE possible. */
export function isUsable(membership: Membership): boolean {
    return membership.inherit !== false && membership.set !== false;
}

/** Has some, or all, of what makes an administrator of a role (F66). */
export function adminTraits(role: RoleState): { some: boolean; all: boolean } {
    const traits = [
        role.label?.admin ?? false,
        role.createRole,
        role.createDb,
        role.memberships.some((m) => m.role === ADMIN_ROLE),
    ];
    return { some: traits.some(Boolean), all: traits.every(Boolean) };
}
