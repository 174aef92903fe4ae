/** From what is declared and what the database holds to the statements between them. Pure. */
import { checkTakeOver, mayRebind } from "./identity";
import { labelText } from "./label";
import type { PrincipalSpec } from "./principalSpec";
import { ADMIN_ROLE, isUsable, roleOf, type RoleState, type ServerState } from "./roleState";
import { sameValue, settingKey } from "./settings";
import * as sql from "./sql";

/** A declared principal, and whether this package made or adopted its role before. */
export interface PlannedPrincipal {
    spec: PrincipalSpec;
    /** The object id in the state of an earlier deployment; `undefined` when the resource is being created. */
    ownedObjectId?: string;
    /** MFA was demanded before; so the service itself is asked whether it still is. */
    hadMfa?: boolean;
}

/** One statement with the principal it is for and, for messages, what it does. */
export interface Step {
    principal: string;
    what: string;
    statement: sql.Statement;
}

/** Why principals cannot be made; one line each. */
export class RefusedError extends Error {
    constructor(readonly reasons: string[]) {
        super(reasons.join("\n"));
        this.name = "RefusedError";
    }
}

/** @throws RefusedError with every refusal, before anything is changed. */
export function plan(principals: PlannedPrincipal[], server: ServerState): Step[] {
    const reasons: string[] = [];
    const renames: { from: RoleState; to: string }[] = [];
    const rest: Step[] = [];
    for (const principal of principals) {
        const found = findRole(principal, server);
        const reason = checkTakeOver(principal, found, server, principals);
        if (reason) {
            reasons.push(reason);
            continue;
        }
        if (!found) {
            rest.push(...creation(principal.spec, server));
            continue;
        }
        if (found.name !== principal.spec.name) renames.push({ from: found, to: principal.spec.name });
        rest.push(...adjustment(principal, found, server));
    }
    if (reasons.length > 0) throw new RefusedError(reasons);
    return [...renameSteps(renames, server), ...rest];
}

/** The role that a declared principal means: by object id, then the one to be rebound, then by name. */
export function findRole(
    { spec, ownedObjectId }: PlannedPrincipal,
    server: ServerState,
): RoleState | undefined {
    const objectId = spec.objectId ?? ownedObjectId;
    const byId = objectId ? roleOf(objectId, server.roles, spec.name) : undefined;
    if (byId) return byId;
    const rebound = spec.rebindFrom && roleOf(spec.rebindFrom, server.roles, spec.name);
    return rebound || server.roles.find((role) => role.name === spec.name);
}

/** Names that change hands within one set go through names of their own first. */
function renameSteps(renames: { from: RoleState; to: string }[], server: ServerState): Step[] {
    const taken = new Set(server.roles.map((role) => role.name));
    const parked = renames.filter(({ to }) => taken.has(to));
    const parkingName = (role: RoleState) => `renaming ${role.oid}`;
    const step = (from: string, to: string, principal: string): Step => ({
        principal,
        what: `rename of '${from}' to '${to}'`,
        statement: sql.renameRole(from, to),
    });
    if (parked.length === 0) return renames.map(({ from, to }) => step(from.name, to, to));
    return [
        ...renames.map(({ from, to }) => step(from.name, parkingName(from), to)),
        ...renames.map(({ from, to }) => step(parkingName(from), to, to)),
    ];
}

function creation(spec: PrincipalSpec, server: ServerState): Step[] {
    const statement = spec.objectId
        ? sql.createByObjectId(spec.name, spec.objectId, spec.kind, spec.isAdmin, spec.requireMfa)
        : sql.createByName(spec.name, spec.isAdmin, spec.requireMfa);
    const steps: Step[] = [{ principal: spec.name, what: "creation", statement }];
    // What the function is to have made; the rest is checked against what it really made before the commit.
    const fresh: RoleState = {
        oid: "",
        name: spec.name,
        canLogin: true,
        superuser: false,
        replication: false,
        createRole: spec.isAdmin,
        createDb: spec.isAdmin,
        connectionLimit: -1,
        label: { objectId: spec.objectId ?? "", kind: spec.kind, admin: spec.isAdmin, mfa: spec.requireMfa },
        memberships: spec.isAdmin
            ? [{ role: ADMIN_ROLE, grantor: "", admin: false, inherit: true, set: true }]
            : [],
        settings: [],
    };
    return [
        ...steps,
        ...attributes(spec, fresh),
        ...memberships(spec, fresh, server),
        ...settings(spec, fresh),
    ];
}

function adjustment(principal: PlannedPrincipal, role: RoleState, server: ServerState): Step[] {
    const { spec } = principal;
    return [
        ...labels(principal, role),
        ...attributes(spec, role),
        ...memberships(spec, role, server),
        ...settings(spec, role),
    ];
}

function labels({ spec, ownedObjectId }: PlannedPrincipal, role: RoleState): Step[] {
    const objectId = spec.objectId ?? ownedObjectId ?? role.label?.objectId;
    const label = role.label;
    if (!objectId) return [];
    const same =
        label !== undefined &&
        label.objectId === objectId &&
        label.kind === spec.kind &&
        label.admin === spec.isAdmin &&
        label.mfa === spec.requireMfa;
    if (same || (label?.objectId !== objectId && !mayRebind(spec, role))) return [];
    const text = labelText({ objectId, kind: spec.kind, admin: spec.isAdmin, mfa: spec.requireMfa });
    return [{ principal: spec.name, what: `label ${text}`, statement: sql.setLabel(spec.name, text) }];
}

function attributes(spec: PrincipalSpec, role: RoleState): Step[] {
    const options: sql.RoleOption[] = [];
    if (!role.canLogin) options.push("login");
    if (role.createRole !== spec.isAdmin) options.push(spec.isAdmin ? "createrole" : "nocreaterole");
    if (role.createDb !== spec.isAdmin) options.push(spec.isAdmin ? "createdb" : "nocreatedb");
    const steps: Step[] = [];
    const step = (what: string, statement: sql.Statement) =>
        steps.push({ principal: spec.name, what, statement });
    if (options.length > 0) step(options.join(", "), sql.alterRole(spec.name, options));
    if (role.connectionLimit !== spec.connectionLimit) {
        step(
            `connection limit ${spec.connectionLimit}`,
            sql.setConnectionLimit(spec.name, spec.connectionLimit),
        );
    }
    return steps;
}

function memberships(spec: PrincipalSpec, role: RoleState, server: ServerState): Step[] {
    const { version } = server.session;
    const wanted = new Set(spec.isAdmin ? [...spec.memberOf, ADMIN_ROLE] : spec.memberOf);
    const steps: Step[] = [];
    const step = (what: string, statement: sql.Statement) =>
        steps.push({ principal: spec.name, what, statement });
    for (const held of role.memberships) {
        if (!wanted.has(held.role)) {
            const statement = sql.revokeMembership(held.role, spec.name, held.grantor, version);
            step(`end of the membership in '${held.role}', granted by '${held.grantor}'`, statement);
        } else if (held.admin && held.role !== ADMIN_ROLE) {
            const statement = sql.revokeAdminOption(held.role, spec.name, held.grantor, version);
            step(`end of the ADMIN OPTION on '${held.role}', granted by '${held.grantor}'`, statement);
        }
    }
    for (const name of wanted) {
        const held = role.memberships.filter((membership) => membership.role === name);
        // How the service itself grants azure_pg_admin is its own matter.
        if (held.some((membership) => name === ADMIN_ROLE || isUsable(membership))) continue;
        step(`membership in '${name}'`, sql.grantMembership(name, spec.name, version));
    }
    return steps;
}

function settings(spec: PrincipalSpec, role: RoleState): Step[] {
    const wanted = new Map(spec.settings.map((setting) => [settingKey(setting), setting]));
    const held = new Map(role.settings.map((setting) => [settingKey(setting), setting]));
    const where = (database?: string) => (database === undefined ? "" : ` in database '${database}'`);
    const steps: Step[] = [];
    for (const [key, setting] of held) {
        if (wanted.has(key)) continue;
        const what = `reset of ${setting.name}${where(setting.database)}`;
        steps.push({ principal: spec.name, what, statement: sql.resetSetting(spec.name, setting) });
    }
    for (const [key, setting] of wanted) {
        const present = held.get(key);
        if (present && sameValue(setting.name, present.value, setting.value)) continue;
        const what = `setting ${setting.name}${where(setting.database)}`;
        steps.push({ principal: spec.name, what, statement: sql.setSetting(spec.name, setting) });
    }
    return steps;
}
