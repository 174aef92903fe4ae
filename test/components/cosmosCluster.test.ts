import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
    AuthMode,
    CLUSTER_APPLICATION_ID,
    CosmosCluster,
    type CosmosClusterArgs,
} from "../../components/index";
import { record } from "./recorder";
import { testRefusals, type Case } from "./refusals";
import { ada, admins, deployer, TENANT } from "./serverArgs";

const PASSWORD = "Correct-Horse-7";
const NATIVE = { name: "reports", password: "Native-Role-1" };

function clusterArgs(changes: Partial<CosmosClusterArgs> = {}): CosmosClusterArgs {
    return {
        name: "cosmos-test",
        resourceGroupName: "rg",
        tenantId: TENANT,
        citusPassword: PASSWORD,
        administrators: [ada],
        ...changes,
    };
}

const both = (changes: Partial<CosmosClusterArgs> = {}) =>
    clusterArgs({ authMode: AuthMode.EntraAndPassword, ...changes });

const make = (args: CosmosClusterArgs) => record(() => new CosmosCluster("c", args));

describe("CosmosCluster", () => {
    const flags: [AuthMode, string, string][] = [
        [AuthMode.EntraOnly, "enabled", "disabled"],
        [AuthMode.EntraAndPassword, "enabled", "enabled"],
        [AuthMode.PasswordOnly, "disabled", "enabled"],
    ];
    for (const [authMode, activeDirectoryAuth, passwordAuth] of flags)
        test(`F43: ${authMode} sends both flags, in the small letters of this API`, async () => {
            const administrators = authMode === AuthMode.PasswordOnly ? [] : [ada];
            const { one } = await make(clusterArgs({ authMode, administrators }));
            const cluster = one("ServerGroupCluster");
            assert.deepEqual(cluster.inputs["authConfig"], { activeDirectoryAuth, passwordAuth });
            assert.deepEqual(cluster.inputs["nodeCount"], 0);
            assert.equal(cluster.inputs["coordinatorEnablePublicIpAccess"], false);
            assert.ok(cluster.secrets.includes("administratorLoginPassword"));
        });

    test("F44: administrators and others are roles of the API for clusters, in its spelling (E6)", async () => {
        const { all, result, value } = await make(clusterArgs({ entraRoles: [deployer] }));
        const roles = all("azure-native:dbforpostgresql:ServerGroupRole").map((r) => r.inputs);
        assert.deepEqual(
            roles.map((r) => [r["roleName"], r["principalType"], r["roleType"], r["tenantId"]]),
            [
                ["ada@contoso.com", "user", "admin", TENANT],
                ["deployer", "servicePrincipal", "user", TENANT],
            ],
        );
        assert.deepEqual(await value(result.administrators), ["ada@contoso.com"]);
        assert.deepEqual(await value(result.entraRoles), ["deployer"]);
    });

    test("an identity that becomes an administrator stays the same resource", async () => {
        const names = async (args: CosmosClusterArgs) =>
            (await make(args)).all("azure-native:dbforpostgresql:ServerGroupRole").map((r) => r.name);
        assert.deepEqual(
            await names(clusterArgs({ entraRoles: [deployer] })),
            await names(clusterArgs({ administrators: [deployer, ada] })),
        );
    });

    test("F46, F47: native roles go through the API version that has passwords, as secrets", async () => {
        const { one, result, value } = await make(both({ nativeRoles: [NATIVE] }));
        const role = one("resources:Resource");
        const { properties: _, ...inputs } = role.inputs;
        assert.deepEqual(inputs, {
            apiVersion: "2022-11-08",
            parentResourcePath: "serverGroupsv2/cosmos-test",
            resourceGroupName: "rg",
            resourceName: "reports",
            resourceProviderNamespace: "Microsoft.DBforPostgreSQL",
            resourceType: "roles",
        });
        assert.ok(role.secrets.includes("properties"));
        assert.deepEqual(await value(result.nativeRoles), ["reports"]);
    });

    test("F45: the enterprise application is enabled only where asked for, and stays when the stack goes", async () => {
        const without = await make(clusterArgs());
        assert.equal(without.all("azuread:index/servicePrincipal:ServicePrincipal").length, 0);
        const { one } = await make(clusterArgs({ enableEnterpriseApplication: true }));
        const application = one("ServicePrincipal");
        assert.deepEqual(application.inputs, {
            clientId: CLUSTER_APPLICATION_ID,
            useExisting: true,
            accountEnabled: true,
        });
        assert.equal(application.retainOnDelete, true);
        assert.equal(CLUSTER_APPLICATION_ID, "b4fa09d8-5da5-4352-83d9-05c2a44cf431");
    });

    test("F51: the host is the coordinator's, as the service tells it", async () => {
        const { result, value } = await make(clusterArgs());
        assert.equal(await value(result.host), "c-cosmos-test.x.postgres.cosmos.azure.com");
    });

    test("workers, sizes in GiB and firewall rules", async () => {
        const { one } = await make(
            clusterArgs({
                coordinator: { publicNetworkAccess: true, storageSizeGb: 256 },
                workers: { count: 2 },
                firewallRules: [
                    { name: "office", startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.9" },
                ],
            }),
        );
        const { inputs } = one("ServerGroupCluster");
        assert.deepEqual(
            [inputs["nodeCount"], inputs["nodeVCores"], inputs["coordinatorStorageQuotaInMb"]],
            [2, 4, 256 * 1024],
        );
        assert.equal(one("ServerGroupFirewallRule").inputs["firewallRuleName"], "office");
    });
});

describe("what a cluster cannot be is refused before anything is made", () => {
    const cases: Case<CosmosClusterArgs>[] = [
        [
            "F80: a group",
            clusterArgs({ administrators: [admins] }),
            "administrators[0].principalType",
            /name the group's members/,
        ],
        [
            "F48: EntraOnly without an administrator",
            clusterArgs({ administrators: [] }),
            "administrators",
            /disables citus/,
        ],
        [
            "F48: EntraOnly with a native role",
            clusterArgs({ nativeRoles: [NATIVE] }),
            "nativeRoles",
            /EntraAndPassword/,
        ],
        [
            "F43: PasswordOnly with an Entra role",
            clusterArgs({ authMode: AuthMode.PasswordOnly, administrators: [], entraRoles: [ada] }),
            "entraRoles",
            /lets no Microsoft Entra identity in/,
        ],
        [
            "F47: a role called citus",
            both({ nativeRoles: [{ ...NATIVE, name: "citus" }] }),
            "nativeRoles[0].name",
            /keeps this name/,
        ],
        [
            "F80: a name of 41 characters",
            clusterArgs({ entraRoles: [{ ...deployer, principalName: "x".repeat(41) }] }),
            "entraRoles[0].principalName",
            /at most 40 characters.*has 41/,
        ],
        [
            "a guest, whose name has #EXT#",
            clusterArgs({
                entraRoles: [
                    { ...ada, objectId: deployer.objectId, principalName: "g_x.com#EXT#@contoso.com" },
                ],
            }),
            "entraRoles[0].principalName",
            /part of the role's path/,
        ],
        [
            "one identity twice",
            clusterArgs({ entraRoles: [{ ...ada, principalName: "other@contoso.com" }] }),
            "entraRoles[0].objectId",
            /one identity is one role/,
        ],
        [
            "one name twice",
            both({ entraRoles: [deployer], nativeRoles: [{ ...NATIVE, name: "deployer" }] }),
            "nativeRoles[0].name",
            /one name is one role/,
        ],
        [
            "no password for citus",
            { ...clusterArgs(), citusPassword: undefined! },
            "citusPassword",
            /whatever the mode/,
        ],
        [
            "a weak password",
            clusterArgs({ citusPassword: "weakweakweak" }),
            "citusPassword",
            /\[secret\]|secret/,
        ],
        ["one worker", clusterArgs({ workers: { count: 1 } }), "workers.count", /at least two/],
        ["a name with capitals", clusterArgs({ name: "Cosmos" }), "name", /lower-case/],
        ["an old version", clusterArgs({ version: "13" }), "version", /14 or later/],
        [
            "a firewall rule without public access",
            clusterArgs({
                firewallRules: [{ name: "a", startIpAddress: "1.1.1.1", endIpAddress: "1.1.1.1" }],
            }),
            "coordinator.publicNetworkAccess",
            /do nothing/,
        ],
    ];
    testRefusals(cases, (args) => new CosmosCluster("c", args));

    test("a refused password is not shown", async () => {
        const weak = "weakweakweak";
        const error = await assert.rejects(make(clusterArgs({ citusPassword: weak })), (e: Error) => {
            assert.ok(!e.message.includes(weak));
            return true;
        });
        assert.equal(error, undefined);
    });
});
