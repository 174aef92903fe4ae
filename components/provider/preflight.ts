/** What the signing-in administrator lacks for a change, said before its first statement. Pure. */
import type { OnDelete } from "./onDelete";
import { RefusedError, type Step } from "./plan";
import type { RoleState, SessionState } from "./roleState";
import { identifier } from "./sql";

const SIGN_IN = "or sign in as one that does (connection.user)";

/** A principal about to be removed, with its role. */
export interface Removed {
    role: RoleState;
    onDelete: OnDelete;
}

/** @throws RefusedError that lists everything that is missing, each with its fix. */
export function preflight(steps: Step[], removed: Removed[], session: SessionState): void {
    const leaving = new Set(removed.map(({ role }) => role.name));
    const reasons = removed.flatMap((one) => irremovable(one, leaving, session));
    if (!session.superuser) {
        reasons.push(...missingAttributes(steps, session), ...missingAdminOptions(steps, removed, session));
        // Nobody makes the administrator a member of a role that stays.
        if (removed.some(({ onDelete }) => onDelete.action === "Keep") && !session.endsSessions) {
            reasons.push(
                `'${session.user}' may not end the sessions of roles that stay (onDelete Keep); let a Microsoft Entra administrator run: GRANT pg_signal_backend TO ${identifier(session.user)}`,
            );
        }
    }
    if (reasons.length > 0) throw new RefusedError([...reasons, "Nothing was changed."]);
}

function irremovable({ role, onDelete }: Removed, leaving: Set<string>, session: SessionState): string[] {
    const refuse = (why: string) => [`principal '${role.name}': cannot be removed: ${why}`];
    if (role.superuser) return refuse("it is a superuser");
    if (role.name === session.user) {
        return refuse(
            "it is the role that is signed in now; sign in as another administrator (connection.user)",
        );
    }
    if (onDelete.reassignTo === undefined || !leaving.has(onDelete.reassignTo)) return [];
    return refuse(
        `its objects are to go to '${onDelete.reassignTo}' (onDelete.reassignTo), which is removed as well; name a role that stays`,
    );
}

function missingAttributes(steps: Step[], { user, createsRoles, isEntraAdmin }: SessionState): string[] {
    const reasons: string[] = [];
    const administered = steps.find(({ needs }) => needs.entraAdmin);
    if (administered && !isEntraAdmin) {
        reasons.push(
            `principal '${administered.principal}' and all others: only Microsoft Entra administrators can create or change Entra roles (F6), and '${user}' is signed in, which is none; make it an administrator of the server, ${SIGN_IN}`,
        );
    }
    if (steps.length > 0 && !createsRoles) {
        reasons.push(
            `'${user}' has no CREATEROLE, which every change of a role takes; let an administrator run: ALTER ROLE ${identifier(user)} CREATEROLE, ${SIGN_IN}`,
        );
    }
    return reasons;
}

/** From PostgreSQL 16 on CREATEROLE alone reaches no role that somebody else made. */
function missingAdminOptions(steps: Step[], removed: Removed[], session: SessionState): string[] {
    if (session.version < 160000) return [];
    const wanted = new Map<RoleState, Set<string>>();
    const want = (role: RoleState | undefined, what: string) => {
        // Everybody may change settings of his own; what else he may not, the server says.
        if (!role || role.administered || role.name === session.user) return;
        wanted.set(role, (wanted.get(role) ?? new Set()).add(what));
    };
    for (const { needs, principal, what } of steps) want(needs.adminOn, `principal '${principal}': ${what}`);
    for (const { role } of removed) want(role, `principal '${role.name}': cannot be removed`);
    return [...wanted].map(([role, whats]) => {
        const [first, ...more] = whats;
        const rest = more.length > 0 ? ` (and ${more.length} more)` : "";
        const grant = `GRANT ${identifier(role.name)} TO ${identifier(session.user)} WITH ADMIN OPTION`;
        return `${first}${rest}: from PostgreSQL 16 on this takes ADMIN OPTION on the role '${role.name}', which '${session.user}' does not hold; sign in as the administrator that created it, or let that one run: ${grant}`;
    });
}
