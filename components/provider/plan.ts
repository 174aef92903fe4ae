/** From what is declared and what the database holds to the statements between them. Pure. */
import { checkTakeOver, mayRebind } from "./identity";
import type { PrincipalSpec } from "./principalSpec";
import { adjustment, creation, type Around, type RoleSteps } from "./roleSteps";
import { RoleIndex, type RoleState, type ServerState } from "./roleState";
import * as sql from "./sql";
import type { Joint } from "./stepGroups";

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
    /** Where PostgreSQL can do the same for several principals in one statement; see `stepGroups.ts`. */
    joint?: Joint;
    /** What the signing-in administrator must hold beside CREATEROLE; `adminOn` is the role as it was found. */
    needs: { entraAdmin?: boolean; adminOn?: RoleState };
}

/** Why principals cannot be made; one line each. */
export class RefusedError extends Error {
    constructor(readonly reasons: string[]) {
        super(reasons.join("\n"));
        this.name = "RefusedError";
    }
}

interface Match {
    principal: PlannedPrincipal;
    role: RoleState | undefined;
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * @param vacating Object ids of principals that are removed right afterwards: their names may be taken already.
 * @throws RefusedError with every refusal, before anything is changed.
 */
export function plan(
    principals: PlannedPrincipal[],
    server: ServerState,
    vacating: ReadonlySet<string> = NOBODY,
): Step[] {
    const index = new RoleIndex(server.roles);
    const matches: Match[] = principals.map((principal) => ({ principal, role: ownRole(principal, index) }));
    const inTheWay = rolesInTheWay(matches, index, vacating);
    const vacated = new Set([...inTheWay, ...movingRoles(matches)].map((role) => role.name));
    for (const match of matches) {
        const { name } = match.principal.spec;
        if (!match.role && !vacated.has(name)) match.role = index.named(name);
    }
    const around = { index, vacated, session: server.session };
    const reasons = matches.map(({ principal, role }) => checkTakeOver(principal, role, around));
    const refusals = reasons.filter((reason) => reason !== undefined);
    if (refusals.length > 0) throw new RefusedError(refusals);
    const { renamed, steps } = renamesOf(matches, inTheWay, index);
    const formerName = new Map([...renamed].map(([from, to]) => [to, from]));
    const parts = stepsOf(matches, { index, version: server.session.version, renamed, formerName });
    const all = (kind: keyof RoleSteps) => parts.flatMap((part) => part[kind]);
    const kinds = ["labels", "creations", "attributes", "revocations", "grants"] as const;
    return [...steps, ...kinds.flatMap(all)];
}

/** The role that a declared principal means: by object id, then the one to be rebound, then by name. */
export function findRole(principal: PlannedPrincipal, index: RoleIndex): RoleState | undefined {
    return ownRole(principal, index) ?? index.named(principal.spec.name);
}

function ownRole({ spec, ownedObjectId }: PlannedPrincipal, index: RoleIndex): RoleState | undefined {
    return index.of(spec.objectId ?? ownedObjectId, spec.name) ?? index.of(spec.rebindFrom, spec.name);
}

/** Roles of leaving principals whose names are wanted. */
function rolesInTheWay(matches: Match[], index: RoleIndex, vacating: ReadonlySet<string>): RoleState[] {
    if (vacating.size === 0) return [];
    return matches.flatMap(({ principal, role }) => {
        const occupant = index.named(principal.spec.name);
        if (!occupant?.label || occupant === role || mayRebind(principal.spec, occupant)) return [];
        return vacating.has(occupant.label.objectId) ? [occupant] : [];
    });
}

/** Roles that get another name, so that their present one is free. */
function movingRoles(matches: Match[]): RoleState[] {
    return matches.flatMap(({ principal: { spec, ownedObjectId }, role }) =>
        role && ownedObjectId && role.label?.objectId === ownedObjectId && role.name !== spec.name
            ? [role]
            : [],
    );
}

interface Renames {
    /** From the present name to the new one. */
    renamed: Map<string, string>;
    steps: Step[];
}

/** Names that change hands within one set go through names of their own first. */
function renamesOf(matches: Match[], inTheWay: RoleState[], index: RoleIndex): Renames {
    const step = (role: RoleState, from: string, to: string, principal: string): Step => ({
        principal,
        what: `rename of '${from}' to '${to}'`,
        statement: sql.renameRole(from, to),
        needs: { adminOn: role },
    });
    const leaving = inTheWay.map((role) => ({ role, to: `leaving ${role.oid}` }));
    const moving = matches.flatMap(({ principal: { spec }, role }) =>
        role && role.name !== spec.name ? [{ role, to: spec.name }] : [],
    );
    const isParked = moving.some(({ to }) => index.named(to));
    const parkingName = (role: RoleState) => (isParked ? `renaming ${role.oid}` : role.name);
    return {
        renamed: new Map([...leaving, ...moving].map(({ role, to }) => [role.name, to])),
        steps: [
            ...leaving.map(({ role, to }) => step(role, role.name, to, role.name)),
            ...(isParked ? moving.map(({ role, to }) => step(role, role.name, parkingName(role), to)) : []),
            ...moving.map(({ role, to }) => step(role, parkingName(role), to, to)),
        ],
    };
}

function stepsOf(matches: Match[], around: Around): RoleSteps[] {
    return matches.map(({ principal, role }) =>
        role ? adjustment(principal, role, around) : creation(principal.spec, around),
    );
}
