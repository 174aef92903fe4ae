/** What a role may do in a database, through all that it reaches. Pure. */

import { LEVELS, type DatabaseAccess, type Level, type Membership, type SchemaAccess } from "../accessReport";
import type { DatabaseContent, DatabaseSnapshot, ObjectKind } from "../snapshot";

export const PUBLIC = "PUBLIC";

/** What an owner may do with its objects. */
const OWNERS_PRIVILEGES: Record<ObjectKind, readonly string[]> = {
    table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
    sequence: ["USAGE", "SELECT", "UPDATE"],
    function: ["EXECUTE"],
};

/** PostgreSQL's roles whose privileges stand in no access list. */
const EVERYWHERE: Record<string, { schema: string[] } & Partial<Record<ObjectKind, string[]>>> = {
    pg_read_all_data: { schema: ["USAGE"], table: ["SELECT"], sequence: ["SELECT"] },
    pg_write_all_data: { schema: ["USAGE"], table: ["INSERT", "UPDATE", "DELETE"], sequence: ["UPDATE"] },
};

const PLURALS = { table: "tables", sequence: "sequences", function: "functions" } as const;

export interface Subject {
    role: string;
    superuser: boolean;
    memberships: readonly Membership[];
}

/**
 * `undefined` where the role cannot connect, or has nothing there but what everybody has.
 *
 * @param profiles the profiles' roles of the database, by role, with the profile's name
 */
export function databaseAccess(
    subject: Subject,
    database: DatabaseSnapshot,
    profiles: ReadonlyMap<string, string>,
): DatabaseAccess | undefined {
    const held = rolesHeld(subject, database);
    const privileges = grants(database.privileges, held);
    if (!subject.superuser && !privileges.some(({ privilege }) => privilege === "CONNECT")) return undefined;
    const schemas = database.inside && schemaAccesses(database.inside, held);
    const own = [...privileges, ...(schemas ?? []).flatMap(everyGrant)];
    if (!subject.superuser && own.every(({ through }) => through.every((role) => role === PUBLIC)))
        return undefined;
    return {
        database: database.name,
        level: subject.superuser
            ? "create"
            : levelOf(privileges, schemas ?? [], laterPrivileges(database.inside, held)),
        profiles: [...profiles].filter(([role]) => held.has(role)).map(([, profile]) => profile),
        privileges,
        schemas: schemas ?? null,
    };
}

function everyGrant(schema: SchemaAccess): { through: string[] }[] {
    const { privileges, tables, columns, sequences, functions } = schema;
    return [...privileges, ...tables, ...columns, ...sequences, ...functions];
}

/** The role itself, everybody, what it can use, and in a database of its own PostgreSQL's stand-in for the owner. */
function rolesHeld({ role, memberships }: Subject, database: DatabaseSnapshot): Set<string> {
    const held = new Set([role, PUBLIC, ...memberships.filter((m) => m.usable).map((m) => m.role)]);
    if (held.has(database.owner)) held.add("pg_database_owner");
    return held;
}

function grants(
    given: readonly { role: string | null; privilege: string }[],
    held: ReadonlySet<string>,
): { privilege: string; through: string[] }[] {
    const found = new Map<string, Set<string>>();
    for (const { role, privilege } of given) {
        const name = role ?? PUBLIC;
        if (held.has(name)) add(found, privilege, name);
    }
    return [...found].map(([privilege, roles]) => ({ privilege, through: [...roles] }));
}

function schemaAccesses(content: DatabaseContent, held: ReadonlySet<string>): SchemaAccess[] {
    return content.schemas.flatMap((schema) => {
        const everywhere = [...held].filter((role) => Object.hasOwn(EVERYWHERE, role));
        const beyond = everywhere.flatMap((role) =>
            EVERYWHERE[role]!.schema.map((privilege) => ({ role, privilege })),
        );
        const privileges = grants([...schema.privileges, ...beyond], held);
        const usable = privileges.some(({ privilege }) => privilege === "USAGE");
        const objects = (kind: ObjectKind) =>
            usable ? objectGrants(content, schema.name, kind, held, everywhere) : [];
        if (privileges.length === 0) return [];
        return [
            {
                schema: schema.name,
                privileges,
                [PLURALS.table]: objects("table"),
                columns: usable ? columnGrants(content, schema.name, held) : [],
                [PLURALS.sequence]: objects("sequence"),
                [PLURALS.function]: objects("function"),
            } as SchemaAccess,
        ];
    });
}

function objectGrants(
    content: DatabaseContent,
    schema: string,
    kind: ObjectKind,
    held: ReadonlySet<string>,
    everywhere: readonly string[],
): SchemaAccess["tables"] {
    const owned = content.owned.filter((entry) => entry.schema === schema && entry.kind === kind);
    const of = numberOf(owned);
    const entries = [
        ...given(content, schema, kind).filter(({ onColumns }) => !onColumns),
        ...owned.flatMap(({ owner, objects }) =>
            OWNERS_PRIVILEGES[kind].map((privilege) => ({ role: owner, privilege, objects })),
        ),
        ...everywhere.flatMap((role) =>
            (EVERYWHERE[role]![kind] ?? []).map((privilege) => ({ role, privilege, objects: of })),
        ),
    ];
    return counted(entries, held, of);
}

/** What was granted on some columns of tables alone. */
function columnGrants(
    content: DatabaseContent,
    schema: string,
    held: ReadonlySet<string>,
): SchemaAccess["columns"] {
    const tables = content.owned.filter((entry) => entry.schema === schema && entry.kind === "table");
    const entries = given(content, schema, "table").filter(({ onColumns }) => onColumns);
    return counted(entries, held, numberOf(tables));
}

function given(content: DatabaseContent, schema: string, kind: ObjectKind) {
    return content.granted
        .filter((entry) => entry.schema === schema && entry.kind === kind)
        .map(({ role, privilege, objects, onColumns }) => ({
            role: role ?? PUBLIC,
            privilege,
            objects,
            onColumns,
        }));
}

function numberOf(owned: readonly { objects: number }[]): number {
    return owned.reduce((sum, { objects }) => sum + objects, 0);
}

function counted(
    entries: readonly { role: string; privilege: string; objects: number }[],
    held: ReadonlySet<string>,
    of: number,
): SchemaAccess["tables"] {
    const found = new Map<string, { most: number; roles: Set<string> }>();
    for (const { role, privilege, objects } of entries) {
        if (objects === 0 || !held.has(role)) continue;
        const known = found.get(privilege) ?? { most: 0, roles: new Set<string>() };
        // Two roles may reach the same objects: their numbers must not be added.
        known.most = Math.max(known.most, objects);
        found.set(privilege, known);
        known.roles.add(role);
    }
    return [...found].map(([privilege, { most, roles }]) => ({
        privilege,
        objects: most,
        of,
        through: [...roles],
    }));
}

const WRITES = new Set(["INSERT", "UPDATE", "DELETE", "TRUNCATE"]);

/** What owners' later tables give: a database without tables yet has its readers already. */
function laterPrivileges(
    content: DatabaseContent | undefined,
    held: ReadonlySet<string>,
): { privilege: string }[] {
    return (content?.defaults ?? []).filter(
        ({ role, kind }) => kind === "table" && role !== null && held.has(role),
    );
}

function levelOf(
    privileges: readonly { privilege: string }[],
    schemas: readonly SchemaAccess[],
    later: readonly { privilege: string }[],
): Level {
    const inSchemas = schemas.flatMap((schema) => schema.privileges);
    const onTables = [...schemas.flatMap(({ tables, columns }) => [...tables, ...columns]), ...later];
    const has = (list: readonly { privilege: string }[], test: (privilege: string) => boolean) =>
        list.some(({ privilege }) => test(privilege));
    if (has([...privileges, ...inSchemas], (p) => p === "CREATE")) return "create";
    if (has(onTables, (p) => WRITES.has(p))) return "write";
    return has(onTables, (p) => p === "SELECT") ? "read" : LEVELS[0];
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
    const set = map.get(key);
    if (set) set.add(value);
    else map.set(key, new Set([value]));
}
