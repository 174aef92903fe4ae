import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { PASSWORD_MODE, SERVER_INPUTS, TENANT, TestAzure, armError } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

const refused = (inputs: PropertyMap, text: RegExp) =>
    assert.rejects(azure.server(inputs), armError("InvalidParameterValue", text));
const entra = (passwordAuth?: string) => ({ activeDirectoryAuth: "Enabled", passwordAuth, tenantId: TENANT });

describe("F1, F4: the authentication mode", () => {
    test("Microsoft Entra alone: no login, no password", async () => {
        await azure.server();
        const spec = azure.engine.specs.get("pg-test")!;
        assert.deepEqual(spec, {
            name: "pg-test",
            host: "pg-test.postgres.database.azure.com",
            tenantId: TENANT,
            entraEnabled: true,
            passwordEnabled: false,
        });
    });

    test("passwords alone, and both", async () => {
        await azure.server(PASSWORD_MODE);
        assert.equal(azure.engine.specs.get("pg-test")!.entraEnabled, false);
        await azure.server({ ...PASSWORD_MODE, serverName: "pg-both", authConfig: entra("Enabled") });
        const { entraEnabled, passwordEnabled, administratorLogin } = azure.engine.specs.get("pg-both")!;
        assert.deepEqual([entraEnabled, passwordEnabled, administratorLogin], [true, true, "pgadmin"]);
    });

    test("leaving passwordAuth out leaves passwords Enabled, so credentials are asked for", async () => {
        await assert.rejects(azure.server({ authConfig: entra() }), armError("EngineCredentialsNotProvided"));
        await azure.server({ ...PASSWORD_MODE, authConfig: entra() });
        assert.equal(azure.engine.specs.get("pg-test")!.passwordEnabled, true);
    });

    test("no authConfig at all is passwords alone", async () => {
        await assert.rejects(
            azure.server({ authConfig: undefined }),
            armError("EngineCredentialsNotProvided"),
        );
        const { outputs } = await azure.server({ ...PASSWORD_MODE, authConfig: undefined });
        assert.deepEqual(outputs.authConfig, { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" });
    });

    test("a login without a password and a password without a login are not enough", async () => {
        for (const missing of ["administratorLogin", "administratorLoginPassword"]) {
            const inputs = { ...PASSWORD_MODE, [missing]: undefined };
            await assert.rejects(azure.server(inputs), armError("EngineCredentialsNotProvided"), missing);
        }
    });

    test("F2: Enabled needs the tenant's id; the SDK sends an empty one where it is left out", async () => {
        const withTenant = (tenantId?: string) => ({ authConfig: { ...entra("Disabled"), tenantId } });
        await refused(withTenant(""), /tenantId.*empty/);
        await refused(withTenant(undefined), /tenantId.*empty/);
        await refused(withTenant("00000000-0000-4000-8000-000000000000"), new RegExp(TENANT));
        await azure.server(withTenant(TENANT.toUpperCase()));
    });

    test("both Disabled is refused", () =>
        refused({ authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Disabled" } }, /authConfig/));

    test("a server born without passwords takes neither login nor password", async () => {
        await refused({ administratorLogin: "pgadmin" }, /administratorLogin.*F4/);
        await refused({ administratorLoginPassword: "Correct-Horse-7" }, /administratorLoginPassword.*F4/);
    });

    for (const login of [
        "admin",
        "azure_pg_admin",
        "azuresu",
        "pg_monitor",
        "postgres user",
        "1st",
        "root",
        "a".repeat(64),
        "",
    ]) {
        test(`the login ${JSON.stringify(login)} is refused`, () =>
            refused({ ...PASSWORD_MODE, administratorLogin: login }, /administratorLogin/));
    }

    test("the mode changes in place; switching passwords off keeps the login (E8)", async () => {
        await azure.server(PASSWORD_MODE);
        await azure.server({ ...PASSWORD_MODE, authConfig: entra("Enabled") });
        const { outputs } = await azure.server({ ...PASSWORD_MODE, authConfig: entra("Disabled") });
        assert.equal(outputs.administratorLogin, "pgadmin");
        const [, both, entraOnly] = azure.engine.calls;
        assert.match(both!, /"entraEnabled":true,"passwordEnabled":true,"administratorLogin":"pgadmin"/);
        assert.match(entraOnly!, /"entraEnabled":true,"passwordEnabled":false}/);
    });

    test("switching passwords on later takes login and password (azure-cli#29346)", async () => {
        await azure.server();
        await assert.rejects(
            azure.server({ authConfig: entra("Enabled") }),
            armError("EngineCredentialsNotProvided"),
        );
        await azure.server({ ...PASSWORD_MODE, authConfig: entra("Enabled") });
        assert.match(azure.engine.calls.at(-1)!, /"administratorLoginPassword":"Correct-Horse-7"/);
    });

    test("an update without authConfig keeps the mode; a new password is handed on", async () => {
        await azure.server(PASSWORD_MODE);
        await azure.server({
            ...PASSWORD_MODE,
            authConfig: undefined,
            administratorLoginPassword: "Another-Horse-8",
        });
        assert.match(azure.engine.calls.at(-1)!, /"passwordEnabled":true.*Another-Horse-8/);
        await azure.server({
            ...PASSWORD_MODE,
            authConfig: undefined,
            administratorLoginPassword: undefined,
            tags: {},
        });
        assert.equal(azure.engine.calls.length, 2);
    });

    test("the login is for life", async () => {
        await azure.server(PASSWORD_MODE);
        await refused({ ...PASSWORD_MODE, administratorLogin: "other" }, /administratorLogin.*'pgadmin'/);
    });

    test("a password is never stored and never shown", async () => {
        const { outputs } = await azure.server(PASSWORD_MODE);
        assert.ok(!JSON.stringify(outputs).includes("Horse"));
        assert.ok(!JSON.stringify(azure.api.azure.store.all()).includes("Horse"));
    });
});

describe("compute, storage, availability", () => {
    const cases: [string, PropertyMap, RegExp][] = [
        ["a name with a capital", { serverName: "Pg" }, /serverName/],
        ["a name of 64 characters", { serverName: "p".repeat(64) }, /serverName/],
        ["a name ending in a hyphen", { serverName: "pg-" }, /serverName/],
        ["no version", { version: undefined }, /version/],
        ["no sku", { sku: undefined }, /sku/],
        ["no location", { location: undefined }, /location/],
        ["an unknown region", { location: "westeurop" }, /region/],
        ["version 10", { version: "10" }, /version/],
        [
            "a size of another tier",
            { sku: { name: "Standard_B1ms", tier: "GeneralPurpose" } },
            /no size of the tier GeneralPurpose/,
        ],
        ["33 GB of Premium SSD", { storage: { storageSizeGB: 33 } }, /storageSizeGB/],
        ["16 GB", { storage: { storageSizeGB: 16 } }, /too small/],
        [
            "SSD v2 without IOPS",
            { storage: { storageSizeGB: 100, type: "PremiumV2_LRS", throughput: 125 } },
            /storage\.iops/,
        ],
        ["6 days of backups", { backup: { backupRetentionDays: 6 } }, /too small/],
        ["36 days of backups", { backup: { backupRetentionDays: 36 } }, /too large/],
        [
            "high availability on Burstable",
            { sku: { name: "Standard_B1ms", tier: "Burstable" }, highAvailability: { mode: "SameZone" } },
            /Burstable/,
        ],
        [
            "ZoneRedundant in one zone",
            {
                availabilityZone: "1",
                highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "1" },
            },
            /different/,
        ],
        [
            "SameZone in two zones",
            { availabilityZone: "1", highAvailability: { mode: "SameZone", standbyAvailabilityZone: "2" } },
            /the same/,
        ],
        ["a replica", { createMode: "Replica" }, /no restores and no replicas/],
        ["a cluster", { cluster: { clusterSize: 2 } }, /elastic clusters/],
        ["a customer-managed key", { dataEncryption: { type: "AzureKeyVault" } }, /key vault/],
        ["hour 24", { maintenanceWindow: { startHour: 24 } }, /too large/],
    ];
    for (const [title, inputs, text] of cases) {
        test(`${title} is refused`, () => refused(inputs, text));
    }

    test("a zone that nobody chose suits the standby's", async () => {
        const zoneWith = async (serverName: string, mode: string, standbyAvailabilityZone: string) =>
            (await azure.server({ serverName, highAvailability: { mode, standbyAvailabilityZone } })).outputs
                .availabilityZone;
        assert.equal(await zoneWith("pg-one", "ZoneRedundant", "1"), "2");
        assert.equal(await zoneWith("pg-two", "ZoneRedundant", "2"), "1");
        assert.equal(await zoneWith("pg-three", "SameZone", "3"), "3");
    });

    test("what the SDK fills in is taken", async () => {
        await azure.server({
            availabilityZone: "",
            backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
            highAvailability: { mode: "Disabled", standbyAvailabilityZone: "" },
            maintenanceWindow: { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 },
        });
    });

    test("outputs: host name, state, and the defaults of the service", async () => {
        const { id, outputs, type } = await azure.server();
        assert.match(
            id,
            /\/resourceGroups\/rg\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/pg-test$/,
        );
        assert.equal(type, "Microsoft.DBforPostgreSQL/flexibleServers");
        assert.equal(outputs.fullyQualifiedDomainName, "pg-test.postgres.database.azure.com");
        assert.equal(outputs.state, "Ready");
        assert.equal(outputs.minorVersion, "6");
        assert.equal(outputs.azureApiVersion, "2025-08-01");
        assert.deepEqual(outputs.network, { publicNetworkAccess: "Enabled" });
        assert.deepEqual(outputs.highAvailability, { mode: "Disabled", state: "NotEnabled" });
        assert.equal((outputs.systemData as PropertyMap).createdByType, "Application");
    });

    test("storage grows only; version, zone, location and geo-redundancy stay", async () => {
        await azure.server({ storage: { storageSizeGB: 128 } });
        await azure.server({ storage: { storageSizeGB: 256 } });
        await refused({ storage: { storageSizeGB: 128 } }, /only grow/);
        await refused({ version: "18" }, /version/);
        await refused({ availabilityZone: "3" }, /availabilityZone/);
        await refused({ location: "northeurope" }, /location/);
        await refused({ backup: { geoRedundantBackup: "Enabled" } }, /geoRedundantBackup/);
        await azure.server({ sku: { name: "Standard_E2ds_v5", tier: "MemoryOptimized" } });
    });

    test("names are unique in all of Azure, not in a resource group", async () => {
        await azure.server();
        await azure.group("other");
        const other = azure.put("dbforpostgresql:Server", { ...SERVER_INPUTS, resourceGroupName: "other" });
        await assert.rejects(other, armError("ServerNameAlreadyExists", /'pg-test' is already used/));
    });

    test("a server that PostgreSQL could not start is not there", async () => {
        azure.engine.failure = new Error("no room");
        await assert.rejects(azure.server(), /no room/);
        assert.deepEqual(azure.api.list("azure-native:dbforpostgresql:Server"), []);
        await azure.server();
    });
});
