/**
 * A server that somebody made by hand: by calls of the resource API and by SQL, never by this project's program. Two administrators,
 * ten principals in both layouts of the security label, and what a configuration cannot say.
 */

import { Client } from "pg";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LOCAL_SUBSCRIPTION_ID, type LocalAzure } from "../../emulator/localAzure";

export const RESOURCE_GROUP = "rg-by-hand";
export const SERVER = "pg-by-hand";
export const HOST = `${SERVER}.postgres.database.azure.com`;
export const SERVER_ID = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${SERVER}`;
/** Of the password administrator and of the password role: must appear nowhere. */
export const PASSWORDS = ["By-Hand-Password-1", "app-role-password"];

export const PRINCIPALS = [
    "Analysts: EU, US / 'all'",
    "Prod DB Readonly",
    "ada@contoso.onmicrosoft.com",
    "billing-api",
    "grace@contoso.onmicrosoft.com",
    "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com",
    "kim@contoso.onmicrosoft.com",
    "orders-api",
    "reporting-job",
    "sam@contoso.onmicrosoft.com",
];

/** A group that nobody has in the directory any more. */
const ANALYSTS = "b1000000-0000-4000-8000-000000000099";

/** With the label in two parts. */
const TWO_PARTS = ["Prod DB Readonly", "billing-api", "kim@contoso.onmicrosoft.com"];

export async function makeServerByHand(azure: LocalAzure): Promise<void> {
    await makeResources(azure);
    azure.directory.add({ objectId: ANALYSTS, principalType: "Group", displayName: "Analysts", members: [] });
    await asDeployer(azure, "postgres", [...PRINCIPALS_BY_HAND, ...ROLES_BY_HAND]);
    await asDeployer(azure, "orders", OBJECTS_BY_HAND);
    await azure.servers.get(SERVER)!.superuserQuery(LABELS_IN_PARTS, [TWO_PARTS, azure.directory.tenantId]);
    azure.directory.remove(ANALYSTS);
}

async function makeResources({ api, directory }: LocalAzure): Promise<void> {
    const { tenantId } = directory;
    await api.put(SERVER_ID.split("/").slice(0, 5).join("/"), { location: "westeurope" });
    await api.put(SERVER_ID, {
        location: "westeurope",
        version: "17",
        sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
        storage: { storageSizeGB: 64, autoGrow: "Enabled" },
        backup: { backupRetentionDays: 14 },
        authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId },
        administratorLogin: "pgadmin",
        administratorLoginPassword: PASSWORDS[0],
        maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 6, startHour: 3, startMinute: 0 },
        network: { publicNetworkAccess: "Enabled" },
        // Plain words that YAML reads as a date, a number and a truth value.
        tags: { created: "2024-05-01", budget: "1_000", shared: "yes" },
    });
    const child = (path: string, body: object) => api.put(`${SERVER_ID}/${path}`, { ...body });
    await child("firewallRules/office", { startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.31" });
    await child("firewallRules/everybody", { startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" });
    await child("configurations/work_mem", { value: "8192", source: "user-override" });
    await child("configurations/log_lock_waits", { value: "on", source: "user-override" });
    for (const [objectId, principalName, principalType] of [
        [SEED_IDS.deployer, "deployer", "ServicePrincipal"],
        [SEED_IDS.dbAdmins, "DB Admins", "Group"],
    ] as const)
        await child(`administrators/${objectId}`, { principalName, principalType, tenantId });
    for (const database of ["orders", "billing"]) await child(`databases/${database}`, {});
}

export async function asDeployer(azure: LocalAzure, database: string, statements: string[]): Promise<void> {
    const client = new Client({
        host: "127.0.0.1",
        port: azure.resolve(HOST)!.port,
        user: "deployer",
        database,
        password: await azure.tokens.issue({ objectId: SEED_IDS.deployer }),
        ssl: { ca: azure.certificate, servername: HOST },
    });
    client.on("error", () => undefined);
    await client.connect();
    try {
        for (const statement of statements) await client.query(statement);
    } finally {
        await client.end();
    }
}

const byName = (name: string, flags = "false, false") =>
    `select pgaadauth_create_principal('${name}', ${flags})`;
const byId = (name: string, objectId: string, type: string) =>
    `select pgaadauth_create_principal_with_oid('${name.replaceAll("'", "''")}', '${objectId}', '${type}', false, false)`;

const PRINCIPALS_BY_HAND = [
    byName("Prod DB Readonly"),
    byName("ada@contoso.onmicrosoft.com", "true, false"),
    byName("grace@contoso.onmicrosoft.com", "false, true"),
    byName("kim@contoso.onmicrosoft.com"),
    byName("sam@contoso.onmicrosoft.com"),
    byName("guest_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
    byName("orders-api"),
    byName("billing-api"),
    byId("reporting-job", SEED_IDS.reportingJob, "service"),
    byId("Analysts: EU, US / 'all'", ANALYSTS, "group"),
];

const ROLES_BY_HAND = [
    "create role app_readers",
    `grant app_readers to "Prod DB Readonly", "Analysts: EU, US / 'all'"`,
    `grant "Prod DB Readonly" to "reporting-job"`,
    `alter role "Prod DB Readonly" set statement_timeout = '30s'`,
    `alter role "orders-api" in database orders set search_path = "Orders", public`,
    `alter role "billing-api" connection limit 20`,
    `create role legacy_app login password '${PASSWORDS[1]}'`,
    // Profiles as somebody made them who had read of the project.
    "create role orders_readonly",
    `grant orders_readonly to "kim@contoso.onmicrosoft.com"`,
    // Left out: one that may not sign in, one that may give a role to others.
    byId("on leave", SEED_IDS.olga, "user"),
    `alter role "on leave" nologin`,
    byId("tool-runner", SEED_IDS.vmBatch, "service"),
    'grant app_readers to "tool-runner" with admin option',
];

const OBJECTS_BY_HAND = [
    'create schema "Orders"',
    'create table "Orders".items (id int)',
    'grant usage on schema "Orders" to app_readers',
    'grant select on "Orders".items to app_readers, "sam@contoso.onmicrosoft.com"',
];

/** As some servers write it: the identity stands under another provider's name. */
const LABELS_IN_PARTS = `
with old as (
    delete from pg_shseclabel l using pg_roles r
    where r.oid = l.objoid and l.provider = 'pgaadauth' and r.rolname = any($1::text[])
    returning l.objoid, l.classoid, substring(l.label from 'oid=([^,]+)') as oid, substring(l.label from 'type=([^,]+)') as type
)
insert into pg_shseclabel (objoid, classoid, provider, label)
select objoid, classoid, provider, case provider when 'pgaadauth' then 'aadauth'
    else 'type=' || type || ',oid=' || oid || ',tenant_id=' || $2::text end
from old, (values ('pgaadauth'), ('pgaadauth-int')) as p(provider)`;
