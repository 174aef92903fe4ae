/** The statements that make one role what is declared. Pure. */
import { mayRebind } from "./identity";
import { labelText } from "./label";
import type { PlannedPrincipal, Step } from "./plan";
import type { PrincipalSpec } from "./principalSpec";
import { ADMIN_ROLE, isUsable, type Membership, type RoleIndex, type RoleState } from "./roleState";
import { sameValue, settingKey } from "./settings";
import * as sql from "./sql";
import { inOneMessage, jointly, MOST_CREATIONS } from "./stepGroups";

/** What the statements of one principal depend on beside itself. */
export interface Around {
    index: RoleIndex;
    version: number;
    /** Names that roles get in the same transaction, before anything else: from the present name to the new one. */
    renamed: ReadonlyMap<string, string>;
    /** The other way round. */
    formerName: ReadonlyMap<string, string>;
}

/** In the order in which the kinds run: what a set grants must exist, and circles must be opened before they are closed. */
export interface RoleSteps {
    /** Of roles that exist: they may free object ids that are then given to others. */
    labels: Step[];
    creations: Step[];
    /** And settings. */
    attributes: Step[];
    revocations: Step[];
    grants: Step[];
}

export function creation(spec: PrincipalSpec, around: Around): RoleSteps {
    const [way, create] = spec.objectId
        ? (["by object id", sql.createByObjectId] as const)
        : (["by name", sql.createByName] as const);
    const creating = {
        principal: spec.name,
        what: "creation",
        ...jointly(`creation ${way}`, spec, create, MOST_CREATIONS),
        needs: { entraAdmin: true },
    };
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
        administered: true,
        label: { objectId: spec.objectId ?? "", kind: spec.kind, admin: spec.isAdmin, mfa: spec.requireMfa },
        memberships: spec.isAdmin
            ? [{ role: ADMIN_ROLE, grantor: "", admin: false, inherit: true, set: true }]
            : [],
        settings: [],
    };
    return {
        labels: [],
        creations: [creating],
        attributes: [...attributes(spec, fresh), ...settings(spec, fresh)],
        ...memberships(spec, fresh, around),
    };
}

export function adjustment(principal: PlannedPrincipal, role: RoleState, around: Around): RoleSteps {
    const { spec } = principal;
    return {
        labels: labels(principal, role),
        creations: [],
        attributes: [...attributes(spec, role), ...settings(spec, role)],
        ...memberships(spec, role, around),
    };
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
    const needs = { entraAdmin: true, adminOn: role };
    return [{ principal: spec.name, what: `label ${text}`, statement: sql.setLabel(spec.name, text), needs }];
}

function attributes(spec: PrincipalSpec, role: RoleState): Step[] {
    const options: sql.RoleOption[] = [];
    if (!role.canLogin) options.push("login");
    if (role.createRole !== spec.isAdmin) options.push(spec.isAdmin ? "createrole" : "nocreaterole");
    if (role.createDb !== spec.isAdmin) options.push(spec.isAdmin ? "createdb" : "nocreatedb");
    const steps: Step[] = [];
    const step = (what: string, statement: sql.Statement) =>
        steps.push({
            principal: spec.name,
            what,
            ...inOneMessage("attributes", statement),
            needs: { adminOn: role },
        });
    if (options.length > 0) step(options.join(", "), sql.alterRole(spec.name, options));
    if (role.connectionLimit !== spec.connectionLimit) {
        step(
            `connection limit ${spec.connectionLimit}`,
            sql.setConnectionLimit(spec.name, spec.connectionLimit),
        );
    }
    return steps;
}

function memberships(
    spec: PrincipalSpec,
    role: RoleState,
    { index, version, renamed, formerName }: Around,
): Pick<RoleSteps, "revocations" | "grants"> {
    const wanted = new Set(spec.isAdmin ? [...spec.memberOf, ADMIN_ROLE] : spec.memberOf);
    const revocations: Step[] = [];
    const grants: Step[] = [];
    const held = role.memberships.map((membership) => afterRenames(membership, renamed));
    const stepFor = (
        group: string,
        what: string,
        statementFor: (members: string[]) => sql.Statement,
    ): Step => {
        const adminOn = index.named(formerName.get(group) ?? group);
        // Statements that differ in nothing but their members.
        const key = statementFor(["member"]).text;
        return { principal: spec.name, what, ...jointly(key, spec.name, statementFor), needs: { adminOn } };
    };
    for (const { role: group, grantor, admin } of held) {
        if (!wanted.has(group)) {
            const what = `end of the membership in '${group}', granted by '${grantor}'`;
            const revoke = (members: string[]) => sql.revokeMembership(group, members, grantor, version);
            revocations.push(stepFor(group, what, revoke));
        } else if (admin && group !== ADMIN_ROLE) {
            const what = `end of the ADMIN OPTION on '${group}', granted by '${grantor}'`;
            const revoke = (members: string[]) => sql.revokeAdminOption(group, members, grantor, version);
            revocations.push(stepFor(group, what, revoke));
        }
    }
    for (const group of wanted) {
        const own = held.filter((membership) => membership.role === group);
        // How the service itself grants azure_pg_admin is its own matter.
        if (own.some((membership) => group === ADMIN_ROLE || isUsable(membership))) continue;
        const grant = (members: string[]) => sql.grantMembership(group, members, version);
        grants.push(stepFor(group, `membership in '${group}'`, grant));
    }
    return { revocations, grants };
}

function afterRenames(membership: Membership, renamed: ReadonlyMap<string, string>): Membership {
    const { role, grantor } = membership;
    return { ...membership, role: renamed.get(role) ?? role, grantor: renamed.get(grantor) ?? grantor };
}

function settings(spec: PrincipalSpec, role: RoleState): Step[] {
    const wanted = new Map(spec.settings.map((setting) => [settingKey(setting), setting]));
    const held = new Map(role.settings.map((setting) => [settingKey(setting), setting]));
    const where = (database?: string) => (database === undefined ? "" : ` in database '${database}'`);
    const steps: Step[] = [];
    const step = (what: string, statement: sql.Statement) =>
        steps.push({
            principal: spec.name,
            what,
            ...inOneMessage("settings", statement),
            needs: { adminOn: role },
        });
    for (const [key, setting] of held) {
        if (wanted.has(key)) continue;
        const what = `reset of ${setting.name}${where(setting.database)}`;
        step(what, sql.resetSetting(spec.name, setting));
    }
    for (const [key, setting] of wanted) {
        const present = held.get(key);
        if (present && sameValue(setting.name, present.value, setting.value)) continue;
        const what = `setting ${setting.name}${where(setting.database)}`;
        step(what, sql.setSetting(spec.name, setting));
    }
    return steps;
}
