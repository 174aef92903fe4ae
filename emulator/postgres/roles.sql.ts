/**
 * What every server has before anybody uses it: Azure's own roles, databases and owners. Run once, into the
 * data template.
 */

/** The superuser. Belongs to the service; nobody reaches it through the gateway. */
export const SUPERUSER = "azuresu";

/** The group of all administrators. */
export const ADMIN_GROUP = "azure_pg_admin";

/** Cluster-wide; run in one database. */
export const CLUSTER_SETUP: string[] = [
    `create role ${ADMIN_GROUP} nologin createrole createdb`,
    // Without ADMIN OPTION, as on Azure: administrators use these rights, and cannot hand them on (PostgreSQL
    // 16 and up).
    `grant pg_monitor, pg_signal_backend to ${ADMIN_GROUP}`,
    `alter database postgres owner to ${ADMIN_GROUP}`,
];

/** After everything else, so that the copies hold it: the databases that the service keeps for itself. */
export const SERVICE_DATABASES: string[] = [
    "create database azure_maintenance template template1",
    "revoke connect on database azure_maintenance from public",
    "create database azure_sys template template1",
];

/** In every database, the templates too (F79). */
export const DATABASE_SETUP: string[] = [`alter schema public owner to ${ADMIN_GROUP}`];

/**
 * Makes somebody an administrator: a member of `azure_pg_admin` who may make other administrators. From
 * PostgreSQL 16 on that takes ADMIN OPTION; before, CREATEROLE is enough.
 *
 * @param role quoted.
 */
export function administratorStatements(role: string): string[] {
    return [
        `alter role ${role} login createrole createdb`,
        `grant ${ADMIN_GROUP} to ${role} with admin option`,
    ];
}
