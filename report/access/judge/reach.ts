/** From a role to all that it is a member of, as PostgreSQL resolves it. Pure. */

import type { Membership } from "../accessReport";
import type { MembershipSnapshot, RoleSnapshot } from "../snapshot";

/** A direct membership, whoever gave it. */
export interface Edge {
    role: string;
    member: string;
    inherits: boolean;
    canSet: boolean;
    admin: boolean;
}

export class Memberships {
    readonly #of = new Map<string, Edge[]>();
    readonly #in = new Map<string, Edge[]>();

    constructor(rows: readonly MembershipSnapshot[], roles: readonly RoleSnapshot[]) {
        const inherits = new Map(roles.map((role) => [role.name, role.inherits]));
        const edges = new Map<string, Edge>();
        for (const { role, member, admin, inherit, set } of rows) {
            const key = JSON.stringify([role, member]);
            const known = edges.get(key) ?? { role, member, inherits: false, canSet: false, admin: false };
            // One member can hold a role from several grantors; each gives what it gives.
            known.inherits ||= inherit ?? inherits.get(member) ?? true;
            known.canSet ||= set ?? true;
            known.admin ||= admin;
            edges.set(key, known);
        }
        for (const edge of edges.values()) {
            push(this.#of, edge.member, edge);
            push(this.#in, edge.role, edge);
        }
    }

    /** What the role is a direct member of. */
    of(member: string): readonly Edge[] {
        return this.#of.get(member) ?? [];
    }

    /** Who is a direct member of the role. */
    in(role: string): readonly Edge[] {
        return this.#in.get(role) ?? [];
    }

    /**
     * Everything that the role reaches, the nearest first: what it inherits, then what it can only become by SET ROLE, then what
     * it holds with ADMIN OPTION alone. PostgreSQL's own roles (`pg_…`) are not looked into.
     */
    reachedBy(role: string): Membership[] {
        const found = new Map<string, Membership>();
        this.#walk(role, found, (edge) => edge.inherits, true);
        this.#walk(role, found, (edge) => edge.inherits || edge.canSet, false);
        for (const edge of this.of(role))
            if (!found.has(edge.role))
                found.set(edge.role, {
                    role: edge.role,
                    path: [],
                    inherits: false,
                    adminOption: edge.admin,
                    usable: false,
                });
        return [...found.values()];
    }

    #walk(
        start: string,
        found: Map<string, Membership>,
        follows: (edge: Edge) => boolean,
        inherits: boolean,
    ): void {
        const open: { role: string; path: string[] }[] = [{ role: start, path: [] }];
        const seen = new Set([start]);
        for (let at = open.shift(); at; at = open.shift()) {
            if (at.role.startsWith("pg_")) continue;
            for (const edge of this.of(at.role)) {
                if (!follows(edge) || seen.has(edge.role)) continue;
                seen.add(edge.role);
                if (!found.has(edge.role)) {
                    const { role, admin } = edge;
                    found.set(role, { role, path: at.path, inherits, adminOption: admin, usable: true });
                }
                open.push({ role: edge.role, path: [...at.path, edge.role] });
            }
        }
    }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
}
