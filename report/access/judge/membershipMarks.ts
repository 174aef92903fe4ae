/** Drift of memberships, beside and below what the stack gives. Pure. */

import { identifier } from "../../../components/provider/sql";
import type { Mark } from "../accessReport";
import type { Declared } from "./declared";
import type { Matches } from "./match";
import type { Edge, Memberships } from "./reach";

export function membershipMarks(matches: Matches, declared: Declared, memberships: Memberships): Mark[] {
    const ofPrincipals = matches.principals.flatMap(({ role, declared: d }) => {
        if (!d) return [];
        const direct = memberships.of(role.name);
        // Who made a role holds it with ADMIN OPTION alone, from PostgreSQL 16 on; it gives no privilege.
        const usable = direct.filter((edge) => edge.inherits || edge.canSet);
        const extra = usable.filter((edge) => !d.memberOf.has(edge.role) && !d.mayBeMemberOf.has(edge.role));
        const held = new Set(usable.map((edge) => edge.role));
        const missing = [...d.memberOf].filter((name) => !held.has(name));
        const grantable = d.admin ? [] : direct.filter((edge) => edge.admin && !extra.includes(edge));
        return [
            ...extra.map(extraMark),
            ...missing.map((name) => missingMark(role.name, name)),
            ...grantable.map(adminMark),
        ];
    });
    const ofProfiles = [...declared.profileRoles].flatMap((profile) =>
        memberships
            .of(profile)
            .filter((edge) => edge.inherits || edge.canSet)
            .map(extraMark),
    );
    return [...ofPrincipals, ...ofProfiles];
}

function extraMark({ role, member, admin }: Edge): Mark {
    const option = admin ? ", and may give it to others" : "";
    return {
        kind: "ExtraMembership",
        role: member,
        database: null,
        text: `is a member of '${role}', which the stack does not give${option}`,
        fix: `add it to access or memberOf, or: revoke ${identifier(role)} from ${identifier(member)}`,
    };
}

function adminMark({ role, member }: Edge): Mark {
    return {
        kind: "ExtraMembership",
        role: member,
        database: null,
        text: `may give '${role}' to others (ADMIN OPTION)`,
        fix: `revoke admin option for ${identifier(role)} from ${identifier(member)}`,
    };
}

function missingMark(member: string, role: string): Mark {
    return {
        kind: "MissingMembership",
        role: member,
        database: null,
        text: `is no member of '${role}', which the stack gives`,
        fix: "pulumi up --refresh",
    };
}
