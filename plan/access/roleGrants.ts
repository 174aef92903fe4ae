import type { Properties } from "../planDocument";

/** What roles are granted in databases, one privilege at a time so that two versions can be compared. Pure. */

export interface Privilege {
    privilege: string;
    objectType: string;
    /** Left out for the database itself and, with `later`, for every schema. */
    schema?: string;
    /** On what somebody makes from now on, instead of what is there. */
    later: boolean;
    /** Whose later objects. */
    owner?: string;
}

export interface RoleGrants {
    database: string;
    /** `public` is everybody. */
    role: string;
    privileges: Privilege[];
}

export const EVERYBODY = "public";

/** @param grants inputs of the grants, and of the default privileges: the same with an owner */
export function grantsOf(grants: Properties[], defaults: Properties[]): RoleGrants[] {
    const byRole = new Map<string, RoleGrants>();
    const add = (inputs: Properties, later: boolean) => {
        const [database, role] = [String(inputs.database), String(inputs.role)];
        const key = JSON.stringify([database, role]);
        const found = byRole.get(key) ?? { database, role, privileges: [] };
        byRole.set(key, found);
        const { objectType, schema, owner } = inputs as Record<string, string | undefined>;
        for (const privilege of (inputs.privileges ?? []) as string[])
            found.privileges.push({ privilege, objectType: String(objectType), schema, later, owner });
    };
    for (const grant of grants) add(grant, false);
    for (const given of defaults) add(given, true);
    return [...byRole.values()];
}

/** `orders_readonly` in the database `orders` is the profile `readonly`. */
export function profileName({ database, role }: Pick<RoleGrants, "database" | "role">): string {
    return role.startsWith(`${database}_`) ? role.slice(database.length + 1) : role;
}

/** Those of the first that the second does not have. */
export function beyond(one: readonly Privilege[], other: readonly Privilege[]): Privilege[] {
    const known = new Set(other.map(identityOf));
    return one.filter((privilege) => !known.has(identityOf(privilege)));
}

function identityOf({ privilege, objectType, schema, later, owner }: Privilege): string {
    return JSON.stringify([privilege, objectType, schema ?? "", later, owner ?? ""]);
}
