import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServerResources } from "../../adopt/existing";
import { serverValues } from "../../adopt/judge/serverValues";
import { DBA, named, resources, TENANT } from "./serverAnswers";

describe("the configuration of a server that is there", () => {
    test("F1: the mode is that of the server, and a password stays as it is", () => {
        const passwords = { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: TENANT };
        const { server } = serverValues(
            resources({ authConfig: passwords, administratorLogin: "pgadmin" }),
        ).values;
        assert.deepEqual(
            [server.authMode, server.administratorLogin, server.keepAdministratorPassword],
            ["EntraAndPassword", "pgadmin", true],
        );
        // The service tells a login of its own for servers that have no password.
        const entra = serverValues(resources({ administratorLogin: "azuresu" })).values.server;
        assert.deepEqual(
            [entra.authMode, entra.administratorLogin, entra.keepAdministratorPassword],
            ["EntraOnly", undefined, undefined],
        );
    });

    test("location, sizes and the zone as the service tells them; never the standby's zone, which a failover changes", () => {
        const { values } = serverValues(resources());
        assert.equal(values.location, "West Europe");
        assert.equal(values.tenantId, TENANT);
        assert.deepEqual(values.server.tags, {});
        assert.deepEqual([values.server.storageSizeGb, values.server.availabilityZone], [128, "2"]);
        for (const mode of ["Disabled", "ZoneRedundant"]) {
            const highAvailability = { mode, standbyAvailabilityZone: "1" };
            const { server } = serverValues(resources({ highAvailability })).values;
            assert.equal(server.highAvailability, mode);
            assert.ok(!("standbyAvailabilityZone" in server));
        }
    });

    test("only parameters that somebody set, only databases that are somebody's", () => {
        const parameter = (name: string, value: string, source: string, isReadOnly = false) =>
            named(name, { value, source, isReadOnly });
        const { values, leftOut } = serverValues(
            resources(
                {},
                {
                    configurations: [
                        parameter("work_mem", "8192", "user-override"),
                        parameter("max_connections", "859", "system-default"),
                        parameter("server_version", "16", "user-override", true),
                        parameter("require_secure_transport", "off", "user-override"),
                    ],
                    databases: ["azure_maintenance", "azure_sys", "orders", "postgres"].map((name) =>
                        named(name, { charset: "UTF8", collation: "de_DE.utf8" }),
                    ),
                },
            ),
        );
        assert.deepEqual(values.server.parameters, { work_mem: "8192" });
        assert.deepEqual(values.databases, [
            { name: "orders", charset: "UTF8", collation: "de_DE.utf8", managePrivileges: false },
        ]);
        assert.deepEqual(
            leftOut.map(({ kind, name }) => [kind, name]),
            [["parameter", "require_secure_transport"]],
        );
    });

    test("F74: a server in a subnet has its network by id, and no firewall rules", () => {
        const network = {
            publicNetworkAccess: "Disabled",
            delegatedSubnetResourceId: "/subscriptions/s/subnet",
            privateDnsZoneArmResourceId: "/subscriptions/s/zone",
        };
        assert.deepEqual(serverValues(resources({ network })).values.network, {
            access: "Private",
            existing: { subnetId: "/subscriptions/s/subnet", privateDnsZoneId: "/subscriptions/s/zone" },
        });
    });

    test("what has no word in the configuration is told by name", () => {
        const { values, leftOut } = serverValues(
            resources(
                {
                    storage: {
                        ...{ storageSizeGB: 64, autoGrow: "Enabled", type: "PremiumV2_LRS" },
                        tier: "P20",
                        iops: 2300,
                    },
                    maintenanceWindow: { customWindow: "Enabled" },
                    dataEncryption: { type: "AzureKeyVault" },
                    privateEndpointConnections: [{}, {}],
                },
                {
                    firewallRules: [
                        named("all", { startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" }),
                        named("azure", { startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" }),
                    ],
                    administrators: [
                        { name: DBA.objectId, properties: DBA },
                        named("x", { ...DBA, principalName: "someone", principalType: "Unknown" }),
                        named("y", { ...DBA, principalName: "grace", principalType: "User" }),
                        named("z", { ...DBA, principalName: "else", tenantId: DBA.objectId }),
                    ],
                },
            ),
        );
        assert.deepEqual(
            leftOut.map(({ kind, name }) => `${kind} ${name}`),
            [
                ...["administrator someone", "administrator grace", "administrator else"],
                "firewall rule all",
                ...Array<string>(6).fill("server pg-prod"),
            ],
        );
        const server = leftOut.filter(({ kind }) => kind === "server").map(({ text }) => text);
        for (const [i, words] of [
            /autoGrow.*raise storageSizeGb to the new size before the next update/,
            /tier P20 and 2300 IOPS.*size outside of Pulumi.*`pulumi refresh`.*storageSizeGb/,
            /PremiumV2_LRS/,
            /maintenance window/,
            /key/,
            /2 private/,
        ].entries())
            assert.match(server[i]!, words);
        assert.deepEqual(
            values.administrators.map(({ principalName, objectId }) => [principalName, objectId]),
            [["DBA", DBA.objectId.toLowerCase()]],
        );
        assert.equal(values.network.access === "Public" && values.network.firewallRules?.length, 1);
    });
});

describe("a server that no stack can describe", () => {
    const refusals: [string, ServerResources, RegExp][] = [
        [
            "F6: without Microsoft Entra authentication",
            resources({ authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" } }),
            /Microsoft Entra authentication is off.*enable it and set an administrator/,
        ],
        [
            "F6: without an administrator",
            resources({}, { administrators: [] }),
            /no Microsoft Entra administrator/,
        ],
        [
            "with administrators of which the configuration can have none",
            resources(
                {},
                { administrators: [named("y", { ...DBA, principalName: "grace", principalType: "User" })] },
            ),
            /its administrator 'grace' stays unmanaged: administrators\.principalName is "grace"/,
        ],
        [
            "with private endpoints alone",
            resources({ network: { publicNetworkAccess: "Disabled" } }),
            /public access is off and it is in no delegated subnet/,
        ],
        ["F72: a replica", resources({ replicationRole: "AsyncReplica" }), /read replica.*F72/],
        ["an elastic cluster", resources({ cluster: { clusterSize: 2 } }), /elastic cluster/],
    ];
    for (const [title, found, message] of refusals)
        test(title, () => {
            assert.throws(() => serverValues(found), message);
        });

    test("all reasons are told at once", () => {
        const found = resources({ replicationRole: "GeoAsyncReplica", network: {} });
        assert.throws(() => serverValues(found), /subnet.*replica/s);
    });
});
