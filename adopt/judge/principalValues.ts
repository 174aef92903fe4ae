/** From the server's roles to the principals of a stack's configuration, and why some are none. Pure. */

import { roleNameProblem } from "../../components/names";
import { checkPrincipal } from "../../components/provider/principalCheck";
import { ADMIN_ROLE } from "../../components/provider/roleState";
import type { RoleSetting } from "../../components/provider/settings";
import { Memberships, type Edge } from "../../report/access/judge/reach";
import type { RoleSnapshot } from "../../report/access/snapshot";
import type { LeftOut, ServerRoles } from "../existing";
import type { StackValues } from "./serverValues";

export type PrincipalValues = NonNullable<StackValues["principals"]>[number];

export interface PrincipalAdoption {
    principals: PrincipalValues[];
    leftOut: LeftOut[];
}

/**
 * A principal that a deployment would change is left out, so that the preview has nothing to do: it stays as it is, and
 * somebody decides.
 */
export function principalValues(
    { server, settings }: Pick<ServerRoles, "server" | "settings">,
    administrators: readonly { objectId: string; principalName: string }[],
): PrincipalAdoption {
    const memberships = new Memberships(server.memberships, server.roles);
    const ofAdministrators = new Map(administrators.map((a) => [a.objectId.toLowerCase(), a.principalName]));
    const taken = new Map<string, string>();
    const result: PrincipalAdoption = { principals: [], leftOut: [] };
    for (const role of server.roles) {
        if (!role.label || isAdministrator(role, ofAdministrators)) continue;
        const edges = memberships.of(role.name).filter((edge) => edge.role !== ADMIN_ROLE);
        const values = principal(role, edges, settings.get(role.name) ?? []);
        const reasons = [
            ...identityReasons(role, ofAdministrators, taken),
            ...roleReasons(role, memberships),
            ...edges.flatMap(membershipReasons),
            ...checkPrincipal(values).map(({ reason }) => reason),
        ];
        if (reasons.length === 0) {
            taken.set(role.label.objectId, role.name);
            result.principals.push(values);
        } else result.leftOut.push({ kind: "principal", name: role.name, text: reasons.join("; ") });
    }
    return result;
}

/** The role of a server administrator, not another one of the same identity. */
function isAdministrator(role: RoleSnapshot, administrators: ReadonlyMap<string, string>): boolean {
    return administrators.get(role.label!.objectId) === role.name;
}

function principal(role: RoleSnapshot, edges: readonly Edge[], settings: RoleSetting[]): PrincipalValues {
    const { kind, objectId, admin } = role.label!;
    const { mfa, connectionLimit } = role;
    return {
        name: role.name,
        principalType: kind!,
        objectId,
        ...(admin && { isAdmin: true }),
        ...(mfa && { requireMfa: true }),
        ...(edges.length > 0 && { memberOf: edges.map((edge) => edge.role) }),
        ...(settings.length > 0 && { settings }),
        ...(connectionLimit !== -1 && { connectionLimit }),
    };
}

function identityReasons(
    { name, label }: RoleSnapshot,
    administrators: ReadonlyMap<string, string>,
    taken: ReadonlyMap<string, string>,
): string[] {
    const { objectId, kind } = label!;
    const administrator = administrators.get(objectId);
    const other = taken.get(objectId);
    const problem = roleNameProblem(name);
    return [
        ...(administrator === undefined
            ? []
            : [`its identity is the server administrator '${administrator}' already (F69)`]),
        ...(other === undefined
            ? []
            : [`its object id ${objectId} is that of '${other}', and one identity is one role`]),
        ...(kind === undefined
            ? ["its label does not say whether it is a user, a group or a service principal"]
            : []),
        ...(problem ? [problem.rule] : []),
    ];
}

/** An administrator has all of these, and nobody else has any (F66). */
function roleReasons(role: RoleSnapshot, memberships: Memberships): string[] {
    const { admin } = role.label!;
    const traits = [
        ["CREATEROLE", role.createRole] as const,
        ["CREATEDB", role.createDatabase] as const,
        [
            `the membership in ${ADMIN_ROLE}`,
            memberships.of(role.name).some((edge) => edge.role === ADMIN_ROLE),
        ] as const,
    ];
    const has = traits.filter(([, held]) => held).map(([trait]) => trait);
    const lacks = traits.filter(([, held]) => !held).map(([trait]) => trait);
    return [
        ...(role.canLogin ? [] : ["it has no LOGIN, which a deployment would give back"]),
        ...(admin && lacks.length > 0
            ? [
                  `its label says administrator, but it lacks ${lacks.join(", ")}, which a deployment would give`,
              ]
            : []),
        ...(!admin && has.length > 0
            ? [`it has ${has.join(", ")} without being an administrator, which a deployment would take`]
            : []),
    ];
}

function membershipReasons({ role, admin, inherits, canSet }: Edge): string[] {
    if (admin) return [`it may give '${role}' to others (ADMIN OPTION), which a deployment would take`];
    if (inherits && canSet) return [];
    return [`its membership in '${role}' is without INHERIT or SET, which a deployment would give`];
}
