/**
 * The tenant of the stack `local`, always the same: `contoso.onmicrosoft.com`. Its ids are fixed, so that
 * `Pulumi.local.yaml`, the documentation and the tests can name them.
 *
 * Users      ada, grace (platform administrators; ada is in `DB Admins`), sam (in `Prod DB Readonly`), kim,
 *            a guest of fabrikam.com, and olga, who is in no group and has no role anywhere
 * Groups     `DB Admins`, `Prod DB Readonly`
 * Apps       `deployer` (runs Pulumi), `billing-api`
 * Identities `orders-api`, `reporting-job` (user-assigned; the second is in `Prod DB Readonly`), `vm-batch` (of the virtual
 *            machine that is called so)
 * Microsoft's `Azure Cosmos DB for PostgreSQL AAD Authentication`, which nobody has enabled yet (F45)
 */

import { CLUSTER_APPLICATION } from "./audiences";
import { Directory } from "./directory";
import type { DirectoryObject } from "./directoryObject";

export const SEED_TENANT_ID = "5e3c2a10-7b4d-4c0e-9f61-0a1b2c3d4e5f";
export const SEED_TENANT_DOMAIN = "contoso.onmicrosoft.com";

/** Object ids. */
export const SEED_IDS = {
    ada: "a1000000-0000-4000-8000-000000000001",
    grace: "a1000000-0000-4000-8000-000000000002",
    sam: "a1000000-0000-4000-8000-000000000003",
    kim: "a1000000-0000-4000-8000-000000000004",
    guest: "a1000000-0000-4000-8000-000000000005",
    olga: "a1000000-0000-4000-8000-000000000006",
    dbAdmins: "b1000000-0000-4000-8000-000000000001",
    prodDbReadonly: "b1000000-0000-4000-8000-000000000002",
    deployer: "c1000000-0000-4000-8000-000000000001",
    billingApi: "c1000000-0000-4000-8000-000000000002",
    ordersApi: "d1000000-0000-4000-8000-000000000001",
    reportingJob: "d1000000-0000-4000-8000-000000000002",
    vmBatch: "d1000000-0000-4000-8000-000000000003",
    clusterAuthentication: "c1000000-0000-4000-8000-000000000003",
} as const;

/** Application (client) ids of the service principals. Never the object ids (F65). */
export const SEED_CLIENT_IDS = {
    deployer: "c2000000-0000-4000-8000-000000000001",
    billingApi: "c2000000-0000-4000-8000-000000000002",
    ordersApi: "d2000000-0000-4000-8000-000000000001",
    reportingJob: "d2000000-0000-4000-8000-000000000002",
    vmBatch: "d2000000-0000-4000-8000-000000000003",
} as const;

/** The UPN of the guest, in the form that a role's name takes (F61). */
export const SEED_GUEST = `guest_fabrikam.com#EXT#@${SEED_TENANT_DOMAIN}`;

/** A new tenant with the objects above. */
export function seedDirectory(): Directory {
    return new Directory(SEED_TENANT_ID, [...users(), ...groups(), ...applications()]);
}

function users(): DirectoryObject[] {
    const user = (alias: "ada" | "grace" | "sam" | "kim" | "olga", displayName: string): DirectoryObject => ({
        objectId: SEED_IDS[alias],
        principalType: "User",
        displayName,
        userPrincipalName: `${alias}@${SEED_TENANT_DOMAIN}`,
        userType: "Member",
    });
    return [
        user("ada", "Ada Moreau"),
        user("grace", "Grace Okafor"),
        user("sam", "Sam Lindqvist"),
        user("kim", "Kim Tanaka"),
        user("olga", "Olga Novak"),
        {
            objectId: SEED_IDS.guest,
            principalType: "User",
            displayName: "Guest of Fabrikam",
            userPrincipalName: SEED_GUEST,
            userType: "Guest",
        },
    ];
}

function groups(): DirectoryObject[] {
    return [
        {
            objectId: SEED_IDS.dbAdmins,
            principalType: "Group",
            displayName: "DB Admins",
            description: "Administers the database servers.",
            mailNickname: "db-admins",
            securityEnabled: true,
            owners: [SEED_IDS.grace],
            members: [SEED_IDS.ada],
        },
        {
            objectId: SEED_IDS.prodDbReadonly,
            principalType: "Group",
            displayName: "Prod DB Readonly",
            description: "Reads the production databases.",
            mailNickname: "prod-db-readonly",
            securityEnabled: true,
            owners: [SEED_IDS.grace],
            members: [SEED_IDS.sam, SEED_IDS.reportingJob],
        },
    ];
}

function applications(): DirectoryObject[] {
    const application = (key: keyof typeof SEED_CLIENT_IDS, displayName: string): DirectoryObject => ({
        objectId: SEED_IDS[key],
        principalType: "ServicePrincipal",
        displayName,
        appId: SEED_CLIENT_IDS[key],
    });
    return [
        application("deployer", "deployer"),
        application("billingApi", "billing-api"),
        {
            objectId: SEED_IDS.clusterAuthentication,
            principalType: "ServicePrincipal",
            displayName: "Azure Cosmos DB for PostgreSQL AAD Authentication",
            appId: CLUSTER_APPLICATION,
            accountEnabled: false,
        },
        { ...application("ordersApi", "orders-api"), managedIdentity: "UserAssigned" },
        { ...application("reportingJob", "reporting-job"), managedIdentity: "UserAssigned" },
        { ...application("vmBatch", "vm-batch"), managedIdentity: "SystemAssigned" },
    ];
}
