/** `postgresql:index/defaultPrivileges:DefaultPrivileges`: what a role gets on the objects that an owner makes from now on. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { identifier } from "../../components/provider/sql";
import { arePrivileges, grantee, granteeOid } from "./postgresqlPrivileges";
import { asMemberOf, type SqlServer } from "./postgresqlSession";
import { DEFAULT_PRIVILEGES_TABLE } from "./postgresqlTables";
import type { PostgresqlType } from "./postgresqlType";

interface DefaultPrivileges {
    role: string;
    database: string;
    owner: string;
    schema?: string;
    objectType: string;
    privileges: string[];
    withGrantOption?: boolean;
}

/** As `pg_default_acl` calls them. */
const KINDS: Record<string, string> = {
    table: "r",
    sequence: "S",
    function: "f",
    routine: "f",
    type: "T",
    schema: "n",
};

export const DEFAULT_PRIVILEGES_TYPE: PostgresqlType = {
    table: DEFAULT_PRIVILEGES_TABLE,

    async create(server, inputs) {
        await apply(server, inputs);
        const { role, database, schema, owner, objectType } = inputs as unknown as DefaultPrivileges;
        const id = [role, database, schema ?? "noschema", owner, objectType].join("_");
        return { id, properties: { withGrantOption: false, ...inputs } };
    },

    async update(server, _state, news) {
        await apply(server, news);
        return { withGrantOption: false, ...news };
    },

    async read(server, id, inputs, state) {
        const wanted = { ...inputs, ...state } as unknown as DefaultPrivileges;
        if (!wanted.role)
            throw new Error(
                `Default privileges cannot be imported: '${id}' does not say where one name ends.`,
            );
        const found = await readPrivileges(server, wanted);
        const given = (inputs.privileges as string[] | undefined) ?? [];
        // As the real provider: none at all means that the resource is gone, where any are wanted.
        if (!found || (found.length === 0 && given.length > 0)) return undefined;
        const privileges = arePrivileges(wanted.objectType, given, found) ? given : found;
        return { id, inputs: { ...inputs, privileges }, properties: { ...state, privileges } };
    },

    async delete(server, state) {
        const wanted = state as unknown as DefaultPrivileges;
        if (!(await readPrivileges(server, wanted))) return;
        await server.transaction(
            (session) =>
                asMemberOf(session, [wanted.owner], async () => void (await session.query(revoke(wanted)))),
            wanted.database,
        );
    },
};

async function apply(server: SqlServer, inputs: PropertyMap): Promise<void> {
    const wanted = inputs as unknown as DefaultPrivileges;
    await server.transaction(
        (session) =>
            asMemberOf(session, [wanted.owner], async () => {
                await session.query(revoke(wanted));
                if (wanted.privileges.length === 0) return;
                const option = wanted.withGrantOption ? " with grant option" : "";
                const what = `grant ${wanted.privileges.join(", ")} on ${wanted.objectType}s to ${grantee(wanted.role)}${option}`;
                await session.query(`${alter(wanted)} ${what}`);
            }),
        wanted.database,
    );
}

function revoke(wanted: DefaultPrivileges): string {
    return `${alter(wanted)} revoke all on ${wanted.objectType}s from ${grantee(wanted.role)}`;
}

function alter({ owner, schema }: DefaultPrivileges): string {
    return `alter default privileges for role ${identifier(owner)}${schema ? ` in schema ${identifier(schema)}` : ""}`;
}

/** `undefined` where the role, the owner, the database or the schema is gone. */
async function readPrivileges(server: SqlServer, wanted: DefaultPrivileges): Promise<string[] | undefined> {
    const there = await server.transaction(async (session) => {
        const { rows } = await session.query("select from pg_database where datname = $1", [wanted.database]);
        return rows.length > 0;
    });
    if (!there) return undefined;
    return server.transaction(async (session) => {
        const oid = await granteeOid(session, wanted.role);
        const owner = await granteeOid(session, wanted.owner);
        const schema = await session.query("select oid::text from pg_namespace where nspname = $1", [
            wanted.schema ?? "",
        ]);
        const namespace = wanted.schema ? (schema.rows[0]?.["oid"] as string | undefined) : "0";
        if (oid === undefined || owner === undefined || namespace === undefined) return undefined;
        const { rows } = await session.query(
            `select array(select a.privilege_type::text from pg_default_acl d, aclexplode(d.defaclacl) a
                           where d.defaclrole = $1::oid and d.defaclnamespace = $2::oid and d.defaclobjtype::text = $3
                             and a.grantee = $4::oid order by 1) as privileges`,
            [owner, namespace, KINDS[wanted.objectType], oid],
        );
        return rows[0]!["privileges"] as string[];
    }, wanted.database);
}
