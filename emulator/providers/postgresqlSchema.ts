/** `postgresql:index/schema:Schema`. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { identifier } from "../../components/provider/sql";
import { asMemberOf, type SqlServer, type SqlSession } from "./postgresqlSession";
import { SCHEMA_TABLE } from "./postgresqlTables";
import type { PostgresqlType } from "./postgresqlType";

export const SCHEMA_TYPE: PostgresqlType = {
    table: SCHEMA_TABLE,
    named: true,

    async create(server, inputs) {
        const name = inputs.name as string;
        const owner = inputs.owner as string | undefined;
        const database = databaseOf(server, inputs);
        await server.transaction(async (session) => {
            const databaseOwner = await ownerOf(
                session,
                "select datdba as owner from pg_database where datname = $1",
                database,
            );
            await asMemberOf(session, [databaseOwner!, ...(owner ? [owner] : [])], async () => {
                const exists = (await schemaOwner(session, name)) !== undefined;
                if (!exists || inputs.ifNotExists === false) {
                    const authorization = owner ? ` authorization ${identifier(owner)}` : "";
                    await session.query(`create schema ${identifier(name)}${authorization}`);
                } else if (owner) {
                    await session.query(`alter schema ${identifier(name)} owner to ${identifier(owner)}`);
                }
            });
        }, database);
        return { id: `${database}.${name}`, properties: (await read(server, inputs))!.properties };
    },

    async read(server, id, inputs, state) {
        const [database, name] = splitId(id);
        const found = await read(server, {
            ...inputs,
            name: state.name ?? name,
            database: state.database ?? database,
        });
        if (!found) return undefined;
        const imported = {
            name: found.properties.name,
            database: found.properties.database,
            owner: found.properties.owner,
        };
        const kept = Object.keys(inputs).filter((key) => key in found.properties);
        const drift = Object.fromEntries(kept.map((key) => [key, found.properties[key]]));
        return {
            id,
            inputs: Object.keys(inputs).length > 0 ? { ...inputs, ...drift } : imported,
            properties: found.properties,
        };
    },

    async update(server, state, news) {
        const [before, name] = [state.name as string, news.name as string];
        const owner = news.owner as string | undefined;
        const database = databaseOf(server, state);
        await server.transaction(async (session) => {
            const current = await schemaOwner(session, before);
            await asMemberOf(
                session,
                [...(current ? [current] : []), ...(owner ? [owner] : [])],
                async () => {
                    if (before !== name)
                        await session.query(
                            `alter schema ${identifier(before)} rename to ${identifier(name)}`,
                        );
                    if (owner && owner !== current) {
                        await session.query(`alter schema ${identifier(name)} owner to ${identifier(owner)}`);
                    }
                },
            );
        }, database);
        return (await read(server, { ...news, database }))!.properties;
    },

    async delete(server, state) {
        const name = state.name as string;
        await server.transaction(
            async (session) => {
                const owner = await schemaOwner(session, name);
                if (!owner) return;
                await asMemberOf(session, [owner], async () => {
                    const mode = state.dropCascade === true ? "cascade" : "restrict";
                    await session.query(`drop schema ${identifier(name)} ${mode}`);
                });
            },
            databaseOf(server, state),
        );
    },
};

async function read(
    server: SqlServer,
    inputs: PropertyMap,
): Promise<{ properties: PropertyMap } | undefined> {
    const database = databaseOf(server, inputs);
    const owner = await server.transaction(
        (session) => schemaOwner(session, inputs.name as string),
        database,
    );
    if (owner === undefined) return undefined;
    return {
        properties: { ifNotExists: true, dropCascade: false, policies: [], ...inputs, database, owner },
    };
}

export function schemaOwner(session: SqlSession, name: string): Promise<string | undefined> {
    return ownerOf(session, "select nspowner as owner from pg_namespace where nspname = $1", name);
}

/** The database's owner in place of `pg_database_owner`, which nobody can join. */
async function ownerOf(session: SqlSession, query: string, name: string): Promise<string | undefined> {
    const { rows } = await session.query(
        `select case pg_get_userbyid(found.owner) when 'pg_database_owner'
                then (select pg_get_userbyid(datdba) from pg_database where datname = current_database())
                else pg_get_userbyid(found.owner) end::text as owner
           from (${query}) found`,
        [name],
    );
    return rows[0]?.["owner"] as string | undefined;
}

function databaseOf(server: SqlServer, inputs: PropertyMap): string {
    return (inputs.database as string | undefined) ?? server.database;
}

function splitId(id: string): [string, string] {
    const dot = id.indexOf(".");
    if (dot <= 0 || dot === id.length - 1)
        throw new Error(`'${id}' is no id of a schema; give <database>.<schema>.`);
    return [id.slice(0, dot), id.slice(dot + 1)];
}
