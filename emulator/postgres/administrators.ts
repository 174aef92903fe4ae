/** Microsoft Entra administrators and the password administrator of one server. */

import pg from "pg";
import { AzureError } from "./azureError";
import { labelType, type DirectoryLookup } from "./directoryTable";
import { administratorStatements } from "./roles.sql";
import { scramVerifier } from "./scram";
import { formatLabel, parseLabels } from "./securityLabel";
import type { EntraAdministrator } from "./serverTypes";
import type { Row, SuperuserPool } from "./superuserPool";

const NO_UPDATE =
    "Updating an existing principal isn't supported. Drop and recreate the Microsoft Entra principal.";
const CREATION_FAILED = "AadAuthPrincipalCreationFailed";

interface Principal {
    oid: number;
    rolname: string;
    admin: boolean;
}

/**
 * Makes the role of an administrator (F5, F66). Doing so again for the same identity and name changes
 * nothing.
 *
 * @throws AzureError where the identity is not in the tenant, or of another type; the object id is bound to
 *     another role (F69); or the role exists.
 */
export async function addAdministrator(
    pool: SuperuserPool,
    directory: DirectoryLookup,
    administrator: EntraAdministrator,
): Promise<void> {
    const objectId = administrator.objectId.toLowerCase();
    const { roleName } = administrator;
    const type = checkIdentity(directory, administrator);
    const [bound] = await principalsWith(pool, objectId);
    if (bound) {
        if (bound.admin && bound.rolname === roleName) return;
        throw new AzureError(CREATION_FAILED, NO_UPDATE);
    }
    const role = pg.escapeIdentifier(roleName);
    const label = formatLabel({ objectId, type, admin: true, mfa: false });
    try {
        await pool.transaction(async (query) => {
            await query(`create role ${role}`);
            for (const statement of administratorStatements(role)) await query(statement);
            await query("select pg_catalog.pgaadauth_local_set_label($1, $2)", [roleName, label]);
        });
    } catch (error) {
        throw asAzureError(error, CREATION_FAILED, "Failed to create Microsoft Entra principal.");
    }
}

function checkIdentity(
    directory: DirectoryLookup,
    { objectId, principalType }: EntraAdministrator,
): "user" | "group" | "service" {
    const object = directory.get(objectId);
    if (!object) {
        const message = `Could not validate AAD user ${objectId} because its name is not found in the tenant.`;
        throw new AzureError(CREATION_FAILED, message);
    }
    if (object.principalType !== principalType) {
        const types = `given object type: '${labelType(principalType)}', actual object type: '${labelType(object.principalType)}'`;
        throw new AzureError(CREATION_FAILED, `incorrect object type provided for principal, ${types}`);
    }
    return labelType(principalType);
}

/**
 * Drops the role of an administrator, and with it every sign-in. Absence is success.
 *
 * @throws AzureError where the role owns objects or has made grants: PostgreSQL says which, and nothing is
 *     changed.
 */
export async function removeAdministrator(pool: SuperuserPool, objectId: string): Promise<void> {
    for (const principal of await principalsWith(pool, objectId.toLowerCase())) {
        if (!principal.admin) continue;
        try {
            await pool.query(`drop role ${pg.escapeIdentifier(principal.rolname)}`);
        } catch (error) {
            throw asAzureError(
                error,
                "AadAuthPrincipalDropFailed",
                "Failed to drop Microsoft Entra principal.",
            );
        }
        // An open session outlives its role.
        await pool.query("select pg_terminate_backend(pid) from pg_stat_activity where usesysid = $1", [
            principal.oid,
        ]);
    }
}

/** Whether any role is a Microsoft Entra administrator. */
export async function hasEntraAdministrator(pool: SuperuserPool): Promise<boolean> {
    const { rows } = await pool.query(
        "select 1 from pg_catalog.pgaadauth_local_principals where admin limit 1",
    );
    return rows.length > 0;
}

/**
 * Creates the password administrator, or gives it a new password. The password itself reaches no statement
 * and no log.
 */
export async function setPasswordAdministrator(
    pool: SuperuserPool,
    login: string,
    password: string,
): Promise<void> {
    const role = pg.escapeIdentifier(login);
    const { rows } = await pool.query("select 1 from pg_roles where rolname = $1", [login]);
    const statements = [
        ...(rows.length === 0 ? [`create role ${role}`] : []),
        ...administratorStatements(role),
    ];
    await pool.transaction(async (query) => {
        for (const statement of statements) await query(statement);
        await query(`alter role ${role} password ${pg.escapeLiteral(scramVerifier(password))}`);
    });
}

async function principalsWith(pool: SuperuserPool, objectId: string): Promise<Principal[]> {
    const { rows } = await pool.query<Row & { oid: number; rolname: string; labels: string[] }>(
        `select r.oid, r.rolname, array_agg(l.label) as labels
         from pg_roles r join pg_shseclabel l on l.objoid = r.oid and l.classoid = 'pg_authid'::regclass
         where l.provider in ('pgaadauth', 'pgaadauth-int') group by r.oid, r.rolname order by r.rolname`,
    );
    return rows.flatMap(({ oid, rolname, labels }) => {
        const label = parseLabels(labels);
        return label?.objectId === objectId ? [{ oid, rolname, admin: label.admin }] : [];
    });
}

/**
 * In the form that Azure reports failures of PostgreSQL, for instance «… Reason - 42710: role "x" already
 * exists».
 */
function asAzureError(error: unknown, code: string, what: string): AzureError {
    if (error instanceof AzureError) return error;
    const { code: state, message, detail } = error as { code?: string; message: string; detail?: string };
    const reason = [state, message].filter(Boolean).join(": ");
    return new AzureError(code, `${what} Reason - ${reason}${detail ? ` (${detail})` : ""}`, 400, {
        cause: error,
    });
}
