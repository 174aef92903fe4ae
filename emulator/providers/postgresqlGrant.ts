/** `postgresql:index/grant:Grant`: exactly these privileges of one role, on a database, a schema, or objects within it. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { identifier } from "../../components/provider/sql";
import { arePrivileges, grantee, granteeOid } from "./postgresqlPrivileges";
import { schemaOwner } from "./postgresqlSchema";
import { asMemberOf, type SqlServer, type SqlSession } from "./postgresqlSession";
import { GRANT_TABLE } from "./postgresqlTables";
import type { PostgresqlType } from "./postgresqlType";

interface Grant {
    role: string;
    database: string;
    schema?: string;
    objectType: string;
    objects?: string[];
    privileges: string[];
    withGrantOption?: boolean;
}

export const GRANT_TYPE: PostgresqlType = {
    table: GRANT_TABLE,

    async create(server, inputs) {
        await apply(server, inputs);
        const grant = inputs as unknown as Grant;
        const within = grant.objectType === "database" ? [] : [grant.schema];
        const id = [grant.role, grant.database, ...within, grant.objectType, ...(grant.objects ?? [])].join(
            "_",
        );
        return { id, properties: { withGrantOption: false, ...inputs } };
    },

    async update(server, _state, news) {
        await apply(server, news);
        return { withGrantOption: false, ...news };
    },

    async read(server, id, inputs, state) {
        const grant = { ...inputs, ...state } as unknown as Grant;
        if (!grant.role)
            throw new Error(`A grant cannot be imported: '${id}' does not say where one name ends.`);
        const privileges = await readPrivileges(server, {
            ...grant,
            privileges: inputs.privileges as string[],
        });
        return privileges && { id, inputs: { ...inputs, privileges }, properties: { ...state, privileges } };
    },

    async delete(server, state) {
        const grant = state as unknown as Grant;
        if (!(await exists(server, grant))) return;
        await server.transaction(
            (session) => asOwner(session, grant, async () => void (await session.query(revoke(grant)))),
            grant.database,
        );
    },
};

/** Revokes and grants in one transaction: the role is never without what it keeps. */
async function apply(server: SqlServer, inputs: PropertyMap): Promise<void> {
    const grant = inputs as unknown as Grant;
    await server.transaction(
        (session) =>
            asOwner(session, grant, async () => {
                await session.query(revoke(grant));
                if (grant.privileges.length === 0) return;
                const option = grant.withGrantOption ? " with grant option" : "";
                await session.query(
                    `grant ${grant.privileges.join(", ")} on ${target(grant)} to ${grantee(grant.role)}${option}`,
                );
            }),
        grant.database,
    );
}

function revoke(grant: Grant): string {
    return `revoke all privileges on ${target(grant)} from ${grantee(grant.role)}`;
}

function target({ objectType, database, schema, objects }: Grant): string {
    if (objectType === "database") return `database ${identifier(database)}`;
    const within = identifier(schema!);
    if (objectType === "schema") return `schema ${within}`;
    if (!objects || objects.length === 0) return `all ${objectType}s in schema ${within}`;
    return `${objectType} ${objects.map((object) => `${within}.${objectName(object)}`).join(", ")}`;
}

/** `f(int, text)` is the function `f` with these argument types. */
function objectName(object: string): string {
    const bracket = object.indexOf("(");
    return bracket < 0 ? identifier(object) : identifier(object.slice(0, bracket)) + object.slice(bracket);
}

/** Only an object's owner can grant on it. */
async function asOwner(session: SqlSession, grant: Grant, action: () => Promise<void>): Promise<void> {
    if (grant.objectType === "database") return action();
    const owner = await schemaOwner(session, grant.schema!);
    if (!owner) throw new Error(`The database '${grant.database}' has no schema '${grant.schema}'.`);
    const { rows } = await session.query(
        "select distinct tableowner::text as owner from pg_tables where schemaname = $1",
        [grant.schema],
    );
    await asMemberOf(session, [owner, ...rows.map((row) => row["owner"] as string)], action);
}

async function exists(server: SqlServer, grant: Grant): Promise<boolean> {
    const found = await server.transaction(async (session) => {
        const { rows } = await session.query("select from pg_database where datname = $1", [grant.database]);
        return rows.length > 0 && (await granteeOid(session, grant.role)) !== undefined;
    });
    if (!found || grant.objectType === "database") return found;
    return server.transaction(
        async (session) => (await schemaOwner(session, grant.schema!)) !== undefined,
        grant.database,
    );
}

/**
 * What the role has; as given where that is the same. Of many objects: as given where all have it, else none, so that
 * the next update grants anew. `undefined` where the role, the database or the schema is gone.
 */
async function readPrivileges(server: SqlServer, grant: Grant): Promise<string[] | undefined> {
    if (!(await exists(server, grant))) return undefined;
    const lists = await server.transaction(async (session) => {
        const [query, ...values] = privilegeQuery(grant);
        const { rows } = await session.query(query, [await granteeOid(session, grant.role), ...values]);
        return rows.map((row) => row["privileges"] as string[]);
    }, grant.database);
    const wanted = grant.privileges ?? [];
    if (lists.every((found) => arePrivileges(grant.objectType, wanted, found))) return wanted;
    return grant.objectType === "database" || grant.objectType === "schema" ? (lists[0] ?? []) : [];
}

const RELATION_KINDS: Record<string, string[]> = { table: ["r", "p", "v", "m", "f"], sequence: ["S"] };
const ROUTINE_KINDS: Record<string, string[]> = {
    function: ["f", "a", "w"],
    procedure: ["p"],
    routine: ["f", "a", "w", "p"],
};

/** One row an object, with the role's privileges; the role's oid is the first parameter. */
function privilegeQuery({ objectType, database, schema, objects }: Grant): [string, ...unknown[]] {
    const privileges = (list: string) =>
        `array(select privilege_type::text from aclexplode(${list}) where grantee = $1::oid order by 1) as privileges`;
    if (objectType === "database") {
        return [
            `select ${privileges("coalesce(datacl, acldefault('d', datdba))")} from pg_database where datname = $2`,
            database,
        ];
    }
    if (objectType === "schema") {
        return [
            `select ${privileges("coalesce(nspacl, acldefault('n', nspowner))")} from pg_namespace where nspname = $2`,
            schema,
        ];
    }
    const names = objects && objects.length > 0 ? objects.map((object) => object.split("(")[0]) : null;
    const routines = ROUTINE_KINDS[objectType];
    const [from, name, kind, list] = routines
        ? [
              "pg_proc o join pg_namespace n on n.oid = pronamespace",
              "proname",
              "prokind",
              "coalesce(proacl, acldefault('f', proowner))",
          ]
        : [
              "pg_class o join pg_namespace n on n.oid = relnamespace",
              "relname",
              "relkind",
              "coalesce(relacl, '{}')",
          ];
    return [
        `select ${privileges(list!)} from ${from}
          where nspname = $2 and ${kind}::text = any ($3) and ($4::text[] is null or ${name}::text = any ($4))`,
        schema,
        routines ?? RELATION_KINDS[objectType],
        names,
    ];
}
