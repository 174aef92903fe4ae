import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AuthMode, Cloud, FlexibleServer } from "../../components/index";
import { everything, full, make } from "./fullServer";
import { record, type Recording } from "./recorder";
import {
    ADA,
    ada,
    argsOfMode,
    deployer,
    DEPLOYER,
    GROUP,
    serverArgs,
    SUBNET_ID,
    TENANT,
    zoneId,
} from "./serverArgs";

const CHILDREN = ["Configuration", "FirewallRule", "AdministratorsMicrosoftEntra", "Database"];

function children(recording: Recording<unknown>) {
    return recording.registrations.filter((r) => CHILDREN.some((type) => r.type.endsWith(`:${type}`)));
}

describe("the body of the server", () => {
    const password = { administratorLogin: "pgadmin", administratorLoginPassword: "s3cret-Passw0rd" };
    const bodies: [AuthMode, string, string, object][] = [
        [AuthMode.EntraOnly, "Enabled", "Disabled", {}],
        [AuthMode.EntraAndPassword, "Enabled", "Enabled", password],
        [AuthMode.PasswordOnly, "Disabled", "Enabled", password],
    ];
    for (const [mode, entra, passwords, credentials] of bodies)
        test(`F1: ${mode} sends both flags and the tenant id`, async () => {
            const { one } = await make(argsOfMode(mode));
            const { inputs } = one("Server");
            assert.deepEqual(inputs, {
                serverName: "pg-test",
                resourceGroupName: "rg",
                version: "17",
                sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
                storage: { storageSizeGB: 32 },
                backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
                availabilityZone: "",
                highAvailability: { mode: "Disabled", standbyAvailabilityZone: "" },
                authConfig: { activeDirectoryAuth: entra, passwordAuth: passwords, tenantId: TENANT },
                network: { publicNetworkAccess: "Disabled" },
                ...credentials,
            });
        });

    test("F4, E9: a server without passwords has no login in its body, not even an empty one", async () => {
        const { one } = await make(argsOfMode(AuthMode.EntraOnly));
        const { inputs } = one("Server");
        assert.equal("administratorLogin" in inputs, false);
        assert.equal("administratorLoginPassword" in inputs, false);
    });

    test("a password given in plain text is a secret, as input and as output", async () => {
        const recording = await make(argsOfMode(AuthMode.EntraAndPassword));
        const server = recording.one("Server");
        assert.deepEqual(server.secrets, ["administratorLoginPassword"]);
        assert.deepEqual(server.additionalSecretOutputs, ["administratorLoginPassword"]);
        const others = recording.registrations.filter((r) => r !== server);
        assert.equal(JSON.stringify(others).includes("s3cret"), false);
    });

    test("F74: a private server has its subnet and zone, and no public access", async () => {
        const zone = zoneId("contoso.private.postgres.database.azure.com");
        const network = { delegatedSubnetId: SUBNET_ID, privateDnsZoneId: zone };
        const { one } = await make(serverArgs({ network }));
        assert.deepEqual(one("Server").inputs["network"], {
            delegatedSubnetResourceId: SUBNET_ID,
            privateDnsZoneArmResourceId: zone,
            publicNetworkAccess: "Disabled",
        });
    });

    test("every setting reaches the body", async () => {
        const { one } = await make(
            serverArgs({
                location: "westeurope",
                version: "16",
                sku: { name: "Standard_E4ds_v5", tier: "MemoryOptimized" },
                storageSizeGb: 256,
                backupRetentionDays: 35,
                geoRedundantBackup: true,
                highAvailability: "ZoneRedundant",
                availabilityZone: "1",
                standbyAvailabilityZone: "2",
                tags: { team: "data" },
            }),
        );
        const { inputs } = one("Server");
        assert.equal(inputs["location"], "westeurope");
        assert.equal(inputs["version"], "16");
        assert.deepEqual(inputs["sku"], { name: "Standard_E4ds_v5", tier: "MemoryOptimized" });
        assert.deepEqual(inputs["storage"], { storageSizeGB: 256 });
        assert.deepEqual(inputs["backup"], { backupRetentionDays: 35, geoRedundantBackup: "Enabled" });
        assert.equal(inputs["availabilityZone"], "1");
        assert.deepEqual(inputs["highAvailability"], { mode: "ZoneRedundant", standbyAvailabilityZone: "2" });
        assert.deepEqual(inputs["tags"], { team: "data" });
    });
});

describe("what belongs to the server", () => {
    test("E6, E7: administrators are AdministratorsMicrosoftEntra with the API's spelling of types", async () => {
        const { all } = await full();
        const bodies = all("AdministratorsMicrosoftEntra").map((r) => r.inputs);
        const server = { resourceGroupName: "rg", serverName: "pg-test", tenantId: TENANT };
        assert.deepEqual(bodies, [
            { ...server, objectId: ADA, principalName: "ada@contoso.com", principalType: "User" },
            { ...server, objectId: GROUP, principalName: "Postgres Admins", principalType: "Group" },
            { ...server, objectId: DEPLOYER, principalName: "deployer", principalType: "ServicePrincipal" },
        ]);
    });

    test("parameters, firewall rules and databases have their bodies", async () => {
        const { one } = await full();
        const server = { resourceGroupName: "rg", serverName: "pg-test" };
        assert.deepEqual(one("Configuration", "pg-parameter-pgaudit.log").inputs, {
            ...server,
            configurationName: "pgaudit.log",
            source: "user-override",
            value: "ddl",
        });
        assert.deepEqual(one("FirewallRule", "pg-firewall-office").inputs, {
            ...server,
            firewallRuleName: "office",
            startIpAddress: "203.0.113.1",
            endIpAddress: "203.0.113.9",
        });
        assert.deepEqual(one("Database", "pg-database-orders").inputs, {
            ...server,
            databaseName: "orders",
            charset: "UTF8",
            collation: "en_US.utf8",
        });
        assert.equal(one("Database", "pg-database-billing").inputs["collation"], "C");
    });

    test("E1, E2, E3, F71: one operation at a time: parameters, firewall rules, administrators, databases", async () => {
        const recording = await full();
        const server = recording.one("Server").urn;
        const order = children(recording);
        assert.deepEqual(
            order.map((r) => r.name),
            [
                "pg-parameter-log_connections",
                "pg-parameter-pgaudit.log",
                "pg-firewall-home",
                "pg-firewall-office",
                `pg-administrator-${ADA}`,
                `pg-administrator-${GROUP}`,
                `pg-administrator-${DEPLOYER}`,
                "pg-database-billing",
                "pg-database-orders",
            ],
        );
        let before = server;
        for (const child of order) {
            assert.deepEqual(new Set(child.dependencies), new Set([server, before]), child.name);
            before = child.urn;
        }
    });

    test("E2: taking an administrator out of the middle changes nothing of the others but what they wait for", async () => {
        const bare = (recording: Recording<unknown>) =>
            children(recording).map((r) => ({ name: r.name, urn: r.urn, inputs: r.inputs }));
        const all = bare(await full());
        const fewer = bare(await make({ ...everything, administrators: [deployer, ada] }));
        assert.deepEqual(
            fewer,
            all.filter((r) => !r.name.includes(GROUP)),
        );
    });

    test("E2: the order of the arguments does not matter", async () => {
        const plain = (recording: Recording<unknown>) =>
            children(recording).map((r) => [r.name, r.dependencies]);
        const one = plain(await full());
        const other = plain(
            await make({
                ...everything,
                administrators: [...everything.administrators!].reverse(),
                databases: [...everything.databases!].reverse(),
                firewallRules: [...everything.firewallRules!].reverse(),
                parameters: Object.fromEntries(Object.entries(everything.parameters!).reverse()),
            }),
        );
        assert.deepEqual(one, other);
    });

    test("E1: every child retries while the server is busy, goes with the server, and is deleted before it is replaced", async () => {
        const recording = await full();
        const server = recording.one("Server");
        assert.deepEqual(server.onError, ["azure-postgres-entra:server-busy"]);
        for (const child of children(recording)) {
            assert.deepEqual(child.onError, ["azure-postgres-entra:server-busy"], child.name);
            assert.equal(child.deletedWith, server.urn, child.name);
            assert.equal(child.deleteBeforeReplace, true, child.name);
        }
    });

    test("on the local Azure the waits are shorter, by a hook of its own", async () => {
        const local = await record(() => new FlexibleServer("pg", { ...everything, cloud: Cloud.Local }));
        for (const { name, onError } of [local.one("Server"), ...children(local)])
            assert.deepEqual(onError, ["azure-postgres-entra:server-busy-local"], name);
    });

    test("one error hook serves two servers, and names are unique in the engine", async () => {
        const { recorder } = await record(() => [
            new FlexibleServer("one", serverArgs()),
            new FlexibleServer("two", serverArgs({ name: "pg-two" })),
        ]);
        const names = recorder.hooks.map((hook) => hook.name);
        assert.equal(names.filter((name) => name === "azure-postgres-entra:server-busy").length, 1);
        assert.equal(new Set(names).size, names.length);
    });

    test("a hook that another process registered first is used as it is", async () => {
        const refuseErrorHooks =
            'resource hook already registered for name "azure-postgres-entra:server-busy"';
        const { one } = await record(() => new FlexibleServer("pg", serverArgs()), { refuseErrorHooks });
        assert.deepEqual(one("Server").onError, ["azure-postgres-entra:server-busy"]);
    });

    test("A3: every child is the component's, by parent and by name", async () => {
        const recording = await full();
        const component = recording.one("FlexibleServer");
        assert.equal(component.type, "azure-postgres-entra:index:FlexibleServer");
        for (const r of recording.registrations.filter((other) => other !== component)) {
            assert.equal(r.parent, component.urn, r.name);
            assert.ok(r.name.startsWith("pg-"), r.name);
        }
    });
});
