/** A database's privileges one by one, and what its profiles should have and lack. Pure. */

import type { AccessPlan } from "../../../components/databaseAccessPlan";
import { identifier } from "../../../components/provider/sql";
import type { DatabaseContent, DatabaseSnapshot, ObjectKind } from "../snapshot";
import { nameOf, type PlaceKind } from "./allowances";
import { PUBLIC } from "./effective";

/** One privilege of one role on one place. */
export interface FoundGrant {
    role: string;
    privilege: string;
    kind: PlaceKind;
    schema?: string;
    /** Of the database or schema, whose own privileges count for nothing. */
    owner?: string;
    /** A default privilege: for later objects of this owner. */
    laterOf?: string;
    /** How many objects of how many. */
    objects?: [number, number];
    onColumns?: boolean;
}

export function foundGrants(database: DatabaseSnapshot): FoundGrant[] {
    const { inside, owner } = database;
    return [
        ...database.privileges.map(({ role, privilege }) => ({
            role: role ?? PUBLIC,
            privilege,
            kind: "database" as const,
            owner,
        })),
        ...(inside ? insideGrants(inside) : []),
    ];
}

function insideGrants(content: DatabaseContent): FoundGrant[] {
    return [
        ...content.schemas
            .filter((schema) => !schema.ofExtension)
            .flatMap(({ name, owner, privileges }) =>
                privileges.map(({ role, privilege }) => ({
                    role: role ?? PUBLIC,
                    privilege,
                    kind: "schema" as const,
                    schema: name,
                    owner,
                })),
            ),
        ...content.granted.map(({ role, privilege, kind, schema, objects, onColumns }) => ({
            role: role ?? PUBLIC,
            privilege,
            kind,
            schema,
            onColumns,
            objects: [objects, objectsIn(content, schema, kind)] as [number, number],
        })),
        ...content.defaults.map(({ role, privilege, kind, schema, owner }) => ({
            role: role ?? PUBLIC,
            privilege,
            kind,
            schema: schema ?? undefined,
            laterOf: owner,
        })),
    ];
}

function objectsIn(content: DatabaseContent, schema: string, kind: ObjectKind): number {
    return content.owned
        .filter((entry) => entry.schema === schema && entry.kind === kind)
        .reduce((sum, { objects }) => sum + objects, 0);
}

/** In words, for instance `2 of 5 tables of the schema 'public'`. */
export function placeOf({ kind, schema, laterOf, objects, onColumns }: FoundGrant): string {
    const where = schema === undefined ? "every schema" : `the schema '${schema}'`;
    if (laterOf !== undefined) return `later ${kind}s of '${laterOf}' in ${where}`;
    if (kind === "database") return "the database";
    if (kind === "schema") return where;
    const [some, all] = objects!;
    return `${onColumns ? "columns of " : ""}${some} of ${all} ${kind}${all === 1 ? "" : "s"} of ${where}`;
}

/** The statement that takes the privileges back; to be run in the database by whoever gave them. */
export function revocation(
    { role, kind, schema, laterOf, onColumns }: FoundGrant,
    privileges: readonly string[],
    database: string,
): string {
    const from = role === PUBLIC ? "public" : identifier(role);
    const what = privileges.join(", ");
    const within = schema === undefined ? "" : ` in schema ${identifier(schema)}`;
    if (laterOf !== undefined)
        return `alter default privileges for role ${identifier(laterOf)}${within} revoke ${what} on ${kind}s from ${from}`;
    if (kind === "database") return `revoke ${what} on database ${identifier(database)} from ${from}`;
    if (kind === "schema") return `revoke ${what} on schema ${identifier(schema!)} from ${from}`;
    if (onColumns) return `revoke ${what} (<columns>) on <table> from ${from}`;
    return `revoke ${what} on all ${kind}s${within} from ${from}`;
}

export interface LackingGrant {
    role: string;
    place: string;
    privileges: string[];
    /** On objects that are there, which others may have made. */
    onObjects?: true;
}

/** What the plan gives and the database does not hold. */
export function lackingGrants(database: DatabaseSnapshot, plan: AccessPlan): LackingGrant[] {
    const found = foundGrants(database);
    const { inside } = database;
    const lacking: LackingGrant[] = [];
    for (const { role: grantee, objectType, schema, privileges } of plan.grants) {
        const role = nameOf(grantee);
        if (objectType !== "database" && !inside) continue;
        const place = { role, privilege: "", kind: objectType, schema };
        if (objectType === "database" || objectType === "schema") {
            const there = objectType === "database" || inside!.schemas.some(({ name }) => name === schema);
            const missing = there ? privileges.filter((p) => !has(found, { ...place, privilege: p })) : [];
            if (missing.length > 0) lacking.push({ role, place: placeOf(place), privileges: missing });
            continue;
        }
        lacking.push(...lackingOnObjects(inside!, role, objectType, schema!, privileges));
    }
    if (inside) lacking.push(...lackingDefaults(found, plan));
    return lacking;
}

function has(found: readonly FoundGrant[], wanted: FoundGrant): boolean {
    return found.some(
        (grant) =>
            grant.role === wanted.role &&
            grant.privilege === wanted.privilege &&
            grant.kind === wanted.kind &&
            grant.schema === wanted.schema &&
            grant.laterOf === wanted.laterOf,
    );
}

function lackingOnObjects(
    content: DatabaseContent,
    role: string,
    kind: ObjectKind,
    schema: string,
    privileges: readonly string[],
): LackingGrant[] {
    const all = objectsIn(content, schema, kind);
    const own = content.owned
        .filter((o) => o.schema === schema && o.kind === kind && o.owner === role)
        .reduce((sum, { objects }) => sum + objects, 0);
    const reached = (privilege: string) =>
        own +
        (content.granted.find(
            (g) =>
                !g.onColumns &&
                g.role === role &&
                g.schema === schema &&
                g.kind === kind &&
                g.privilege === privilege,
        )?.objects ?? 0);
    // Functions that were there are PUBLIC's; profiles get nothing on them.
    const short = kind === "function" ? [] : privileges.filter((privilege) => reached(privilege) < all);
    if (short.length === 0) return [];
    const most = Math.max(...short.map((privilege) => all - reached(privilege)));
    const place = placeOf({ role, privilege: "", kind, schema, objects: [most, all] });
    return [{ role, place, privileges: short, onObjects: true }];
}

function lackingDefaults(found: readonly FoundGrant[], plan: AccessPlan): LackingGrant[] {
    return plan.defaults.flatMap(({ role: grantee, owner, objectType, schema, privileges }) => {
        const place = { role: nameOf(grantee), privilege: "", kind: objectType, schema, laterOf: owner };
        const missing = privileges.filter((privilege) => !has(found, { ...place, privilege }));
        return missing.length > 0 ? [{ role: place.role, place: placeOf(place), privileges: missing }] : [];
    });
}
