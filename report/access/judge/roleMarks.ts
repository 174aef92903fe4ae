/** Drift of roles: who is there beside the stack, who is not, and who is another than declared. Pure. */

import { identifier } from "../../../components/provider/sql";
import type { Mark } from "../accessReport";
import type { DirectorySnapshot, RoleSnapshot } from "../snapshot";
import { isServiceRole, type Declared } from "./declared";
import type { Matches, MatchedRole } from "./match";
import type { Memberships } from "./reach";

export function roleMarks(
    matches: Matches,
    declared: Declared,
    directory: DirectorySnapshot,
    memberships: Memberships,
): Mark[] {
    return [
        ...matches.principals.flatMap((matched) => [
            ...presence(matched, memberships),
            ...existence(matched, directory),
            ...differences(matched),
            ...attributeMarks(matched.role, matched.declared?.admin ?? false, matched.origin),
        ]),
        ...matches.groupRoles.flatMap((role) => groupRoleMarks(role, declared, memberships)),
        ...matches.missing.map(({ name, objectId }) => {
            const who = objectId ? ` (object id ${objectId})` : "";
            return mark(
                "Missing",
                name,
                `declared, but the server has no such role${who}`,
                "pulumi up --refresh",
            );
        }),
    ];
}

function presence({ role, origin }: MatchedRole, memberships: Memberships): Mark[] {
    if (origin !== "outside") return [];
    const reached = memberships.reachedBy(role.name).filter((m) => m.usable);
    const reaches = reached.length > 0 ? `; it reaches ${reached.map((m) => m.role).join(", ")}` : "";
    if (!role.label) {
        const text = `signs in with a password: no Microsoft Entra identity belongs to it${reaches}`;
        return [mark("PasswordLogin", role.name, text, "give it an identity, or take its LOGIN away")];
    }
    const what = role.label.admin ? "administrator" : "principal";
    const text = `${what} that the stack does not declare (object id ${role.label.objectId})${reaches}`;
    return [mark("OutsideCode", role.name, text, "declare it in the stack, or drop the role")];
}

/** F30: who was deleted gets no new token, and the role stays. */
function existence({ role }: MatchedRole, directory: DirectorySnapshot): Mark[] {
    if (!role.label || !directory.identities || directory.identities.has(role.label.objectId)) return [];
    const text = `its identity ${role.label.objectId} does not exist in Microsoft Entra any more`;
    const fix = "drop the role; where the identity was made anew, declare the new object id with rebindFrom";
    return [mark("IdentityGone", role.name, text, fix)];
}

function differences({ role, declared }: MatchedRole): Mark[] {
    if (!declared) return [];
    const differs = (text: string, fix = "pulumi up --refresh, or change the configuration") =>
        mark("Differs", role.name, text, fix);
    if (declared.kind === "Password" || !role.label)
        return (declared.kind === "Password") === !role.label
            ? []
            : [
                  differs(
                      `declared as ${declared.kind}, but ${role.label ? "an identity belongs to it" : "no identity belongs to it"}`,
                  ),
              ];
    const { label } = role;
    const marks: Mark[] = [];
    if (declared.objectId !== undefined && declared.objectId !== label.objectId)
        marks.push(
            differs(
                `belongs to the identity ${label.objectId}, declared is ${declared.objectId}`,
                `to hand the role over, declare rebindFrom: "${label.objectId}"`,
            ),
        );
    if (declared.name !== role.name) marks.push(differs(`declared as '${declared.name}'`));
    if (label.kind && label.kind !== declared.kind)
        marks.push(differs(`is of type ${label.kind}, declared as ${declared.kind}`));
    if (label.admin !== declared.admin)
        marks.push(
            differs(
                label.admin
                    ? "is an administrator, declared as none"
                    : "is no administrator, declared as one",
            ),
        );
    if (declared.mfa !== undefined && role.mfa !== undefined && declared.mfa !== role.mfa)
        marks.push(
            differs(
                declared.mfa
                    ? "needs no second factor, declared with one"
                    : "needs a second factor, declared without",
            ),
        );
    if (!role.canLogin) marks.push(differs("may not sign in: it has no LOGIN"));
    return marks;
}

/** What a role may do beside its privileges. Administrators have CREATEROLE and CREATEDB (F66). */
function attributeMarks(role: RoleSnapshot, admin: boolean, origin: MatchedRole["origin"]): Mark[] {
    if (origin === "service" || isServiceRole(role.name)) return [];
    const extra = attributesOf(role).filter(
        (attribute) => !(admin && (attribute === "CREATEROLE" || attribute === "CREATEDB")),
    );
    if (extra.length === 0) return [];
    const fix = `alter role ${identifier(role.name)} with ${extra.map((attribute) => `NO${attribute}`).join(" ")}`;
    return [mark("ExtraAttribute", role.name, `has ${extra.join(", ")}`, fix)];
}

export function attributesOf(role: RoleSnapshot) {
    return [
        ...(role.superuser ? (["SUPERUSER"] as const) : []),
        ...(role.createRole ? (["CREATEROLE"] as const) : []),
        ...(role.createDatabase ? (["CREATEDB"] as const) : []),
        ...(role.replication ? (["REPLICATION"] as const) : []),
        ...(role.bypassRowSecurity ? (["BYPASSRLS"] as const) : []),
    ];
}

function groupRoleMarks(role: RoleSnapshot, declared: Declared, memberships: Memberships): Mark[] {
    if (isServiceRole(role.name)) return [];
    const attributes = attributeMarks(role, false, "outside");
    if (declared.profileRoles.has(role.name)) {
        if (!role.canLogin) return attributes;
        const text = "is a profile and may sign in";
        return [
            ...attributes,
            mark("Differs", role.name, text, `alter role ${identifier(role.name)} with nologin`),
        ];
    }
    if (declared.objectOwners.has(role.name)) return attributes;
    const usable = memberships.in(role.name).filter((edge) => edge.inherits || edge.canSet);
    const members = usable.map((edge) => edge.member);
    const who = members.length > 0 ? `; its members are ${members.join(", ")}` : "";
    const text = `role without sign-in that the stack does not declare${who}`;
    return [
        mark("OutsideCode", role.name, text, "make it a profile of the stack, or drop it"),
        ...attributes,
    ];
}

function mark(kind: Mark["kind"], role: string, text: string, fix: string): Mark {
    return { kind, role, database: null, text, fix };
}
