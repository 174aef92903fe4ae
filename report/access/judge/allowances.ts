/** Which privileges a database's profiles account for. Pure. */

import type { ObjectKind } from "../snapshot";
import type { DeclaredDatabase } from "./declared";
import { PUBLIC } from "./effective";

export type PlaceKind = "database" | "schema" | ObjectKind | "type";

export interface Allowance {
    role: string;
    kind: PlaceKind;
    /** `undefined`: in every schema. */
    schema?: string;
    /** A default privilege. */
    later: boolean;
    /** Whose later objects; `undefined`: everybody's. */
    laterOf?: string;
    privileges: readonly string[];
}

/** PostgreSQL's own, which profiles leave alone: functions are everybody's to call, types everybody's to use. */
const EVERYBODYS: readonly Allowance[] = [
    { role: PUBLIC, kind: "function", later: false, privileges: ["EXECUTE"] },
    { role: PUBLIC, kind: "function", later: true, privileges: ["EXECUTE"] },
    { role: PUBLIC, kind: "type", later: true, privileges: ["USAGE"] },
    { role: PUBLIC, kind: "schema", schema: "public", later: false, privileges: ["USAGE"] },
];

const COMMON: readonly Allowance[] = [
    { role: PUBLIC, kind: "database", later: false, privileges: ["CONNECT", "TEMPORARY"] },
];

/** @param common whether it is the database that everybody may enter */
export function allowances(plan: DeclaredDatabase | undefined, common: boolean): Allowance[] {
    const granted = (plan?.plan.grants ?? []).map(({ role, objectType, schema, privileges }): Allowance => ({
        role: nameOf(role),
        kind: objectType,
        schema,
        later: false,
        privileges,
    }));
    const later = (plan?.plan.defaults ?? []).flatMap(
        ({ role, owner, objectType, schema, privileges }): Allowance[] => {
            const allowance = { role: nameOf(role), kind: objectType, schema, privileges };
            // What was made since then carries them.
            return [
                { ...allowance, later: true, laterOf: owner },
                { ...allowance, later: false },
            ];
        },
    );
    return [...EVERYBODYS, ...(common ? COMMON : []), ...granted, ...later];
}

/** In grants PUBLIC is written `public`, which no role can be called. */
export function nameOf(grantee: string): string {
    return grantee === "public" ? PUBLIC : grantee;
}
