/** Databases as the resource API makes them. */

import pg from "pg";
import { AzureError } from "./azureError";
import { hasEntraAdministrator } from "./administrators";
import { ADMIN_GROUP, SUPERUSER } from "./roles.sql";
import type { SuperuserPool } from "./superuserPool";

/** The service's own; no resource can be made, or removed, under these names. */
const SERVICE_DATABASES = new Set(["postgres", "azure_sys", "azure_maintenance", "template0", "template1"]);

/** PostgreSQL's SQLSTATE for a locale name that the machine does not know. */
const UNKNOWN_LOCALE = new Set(["42809", "22023"]);

/**
 * Owner: `azure_pg_admin` where the server has an Entra administrator, else `azuresu` (F71). Existing:
 * nothing is changed.
 *
 * @param charset for instance `UTF8`.
 * @param collation for instance `en_US.utf8`. Where the machine lacks that locale, the same sorting rules of
 *     ICU are used.
 */
export async function createDatabase(
    pool: SuperuserPool,
    name: string,
    charset: string,
    collation: string,
): Promise<void> {
    if (await exists(pool, name)) return;
    const owner = (await hasEntraAdministrator(pool)) ? ADMIN_GROUP : SUPERUSER;
    const start = `create database ${pg.escapeIdentifier(name)} template template0 owner ${owner} encoding ${pg.escapeLiteral(charset)}`;
    const locale = pg.escapeLiteral(collation);
    try {
        await pool.query(`${start} locale_provider libc lc_collate ${locale} lc_ctype ${locale}`);
    } catch (error) {
        const icu = icuLocale(collation);
        if (!icu || !UNKNOWN_LOCALE.has((error as { code?: string }).code ?? "")) throw asAzureError(error);
        const rules = `locale_provider icu icu_locale ${pg.escapeLiteral(icu)} lc_collate 'C' lc_ctype 'C'`;
        await pool.query(`${start} ${rules}`).catch((second: unknown) => {
            throw asAzureError(second);
        });
    }
}

/** Ends the database's sessions too. Absence is success. */
export async function dropDatabase(pool: SuperuserPool, name: string): Promise<void> {
    if (SERVICE_DATABASES.has(name)) {
        throw new AzureError(
            "InvalidParameterValue",
            `The database '${name}' belongs to the service and cannot be dropped.`,
        );
    }
    try {
        await pool.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    } catch (error) {
        throw asAzureError(error);
    }
}

async function exists(pool: SuperuserPool, name: string): Promise<boolean> {
    return (await pool.query("select 1 from pg_database where datname = $1", [name])).rows.length > 0;
}

/** `en_US.utf8` to `en-US`; `undefined` for what is no locale of a language. */
export function icuLocale(collation: string): string | undefined {
    const match = /^([a-z]{2,3})_([A-Z]{2})\.utf-?8$/i.exec(collation);
    return match ? `${match[1]!.toLowerCase()}-${match[2]!.toUpperCase()}` : undefined;
}

function asAzureError(error: unknown): AzureError {
    return new AzureError("InvalidParameterValue", (error as Error).message, 400, { cause: error });
}
