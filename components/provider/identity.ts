/** Whose role it is (F33): when a role may be adopted, renamed or handed to another identity, and why not. Pure. */
import { roleNameProblem } from "../names";
import { UNLABELLED, type PrincipalSpec } from "./principalSpec";
import type { PlannedPrincipal } from "./plan";
import { ADMIN_ROLE, type RoleIndex, type RoleState, type SessionState } from "./roleState";

/** What a decision about one principal depends on beside itself. */
export interface Surroundings {
    index: RoleIndex;
    /** Names that become free before they are taken: their roles get other names in the same transaction. */
    vacated: ReadonlySet<string>;
    session: SessionState;
}

/** Does `rebindFrom` name exactly the identity that the role belongs to now? */
export function mayRebind(spec: PrincipalSpec, role: RoleState): boolean {
    if (!spec.rebindFrom) return false;
    return role.label ? role.label.objectId === spec.rebindFrom : spec.rebindFrom === UNLABELLED;
}

/**
 * Why the role must not become the declared principal's; `undefined` where it may.
 *
 * @param role The role that `findRole` found; `undefined` where none exists.
 */
export function checkTakeOver(
    principal: PlannedPrincipal,
    role: RoleState | undefined,
    { index, vacated, session }: Surroundings,
): string | undefined {
    if (!role) return undefined;
    const { spec, ownedObjectId } = principal;
    const refusal = (why: string) => `principal '${spec.name}': ${why}`;
    const objectId = spec.objectId ?? ownedObjectId;
    if (role.superuser) return refusal(`role '${role.name}' is a superuser; this package never touches one`);
    const isOwn = objectId !== undefined && role.label?.objectId === objectId;
    if (!isOwn && !mayRebind(spec, role)) return refusal(foreignRole(objectId, role));
    if (!isOwn) {
        const why = unrebindable(role, session);
        if (why) return refusal(`role '${role.name}' must not be rebound: ${why}`);
    }
    const isKnown = ownedObjectId !== undefined && ownedObjectId === role.label?.objectId;
    if (role.label?.admin && !spec.isAdmin && !isKnown) {
        return refusal(
            `object id ${role.label.objectId} is an administrator of the server already (role '${role.name}'), and cannot be a database principal as well; declare isAdmin: true, or remove the administrator first`,
        );
    }
    if (role.name === session.user && !spec.isAdmin) {
        return refusal(
            "it is the role that is signed in now; it cannot take its own administrator rights away",
        );
    }
    if (role.name === spec.name) return undefined;
    if (!isKnown) {
        return refusal(
            `object id ${role.label?.objectId} has the role '${role.name}' already; declare that name (it can be renamed in a later deployment), or drop that role`,
        );
    }
    const occupant = index.named(spec.name);
    if (!occupant || vacated.has(spec.name)) return undefined;
    return refusal(`cannot be renamed from '${role.name}': ${owner(occupant)}`);
}

const owner = (role: RoleState) =>
    role.label
        ? `role '${role.name}' belongs to object id ${role.label.objectId}`
        : `role '${role.name}' exists and belongs to no Microsoft Entra identity`;

function foreignRole(objectId: string | undefined, role: RoleState): string {
    const declared = objectId ? `the declared object id is ${objectId}` : "no object id is declared";
    const from = role.label?.objectId ?? UNLABELLED;
    const kept = "it keeps its privileges";
    const fix = objectId
        ? `to hand the role over (${kept}), set rebindFrom: "${from}"`
        : `to adopt it, set objectId: "${role.label?.objectId ?? "<object id>"}"${role.label ? "" : ` and rebindFrom: "${UNLABELLED}"`}`;
    return `${owner(role)}, but ${declared}; ${fix}, or choose another name`;
}

/** Roles that no `rebindFrom` hands over. */
function unrebindable(role: RoleState, session: SessionState): string | undefined {
    if (roleNameProblem(role.name)) return "its name is reserved";
    if (role.replication) return "it may replicate";
    if (role.name === session.user) return "it is the role that is signed in";
    if (role.label) return undefined;
    // Profile and owner roles (`<database>_readonly` and their like) cannot sign in, and must stay so.
    if (!role.canLogin) return "it has no LOGIN, so it is a group of privileges and nobody's own role";
    if (role.memberships.some((membership) => membership.role === ADMIN_ROLE)) {
        return `it is an administrator with a password (member of ${ADMIN_ROLE}), which the resource API owns`;
    }
    return undefined;
}
