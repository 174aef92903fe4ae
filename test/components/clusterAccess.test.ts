import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
    CLUSTER_TOKEN_AUDIENCE,
    Cloud,
    DatabaseAccess,
    DatabaseService,
    Shell,
    signIn,
    tokenCommand,
    type DatabaseAccessArgs,
} from "../../components/index";
import { record } from "./recorder";
import { testRefusals, type Case } from "./refusals";
import { TENANT } from "./serverArgs";

describe("privileges in a cluster", () => {
    const ACCESS: DatabaseAccessArgs = {
        host: "cosmos-test.x.postgres.cosmos.azure.com",
        user: "deployer",
        database: "citus",
        service: DatabaseService.CosmosCluster,
        objectOwners: ["citus"],
        grantees: [
            { role: "ada@contoso.com", profile: "readonly" },
            { role: "orders-api", profile: "readwrite" },
        ],
    };

    test("F49, F52, F80: ordinary grants to the roles themselves; no role is made, the token comes from PGPASSWORD", async () => {
        const { all, registrations } = await record(() => new DatabaseAccess("access", ACCESS));
        assert.deepEqual(all("postgresql:index/role:Role"), []);
        assert.deepEqual(all("postgresql:index/grantRole:GrantRole"), []);
        const grants = all("postgresql:index/grant:Grant").map((r) => [
            r.name.replace("access-", ""),
            r.inputs["role"],
            r.inputs["privileges"],
        ]);
        assert.deepEqual(grants, [
            ["everybody-database", "public", []],
            ["ada@contoso.com-database", "ada@contoso.com", ["CONNECT"]],
            ["orders-api-database", "orders-api", ["CONNECT", "TEMPORARY"]],
            ["everybody-schema-public", "public", ["USAGE"]],
            ["ada@contoso.com-schema-public", "ada@contoso.com", ["USAGE"]],
            ["ada@contoso.com-tables-public", "ada@contoso.com", ["SELECT"]],
            ["ada@contoso.com-sequences-public", "ada@contoso.com", ["SELECT"]],
            ["orders-api-schema-public", "orders-api", ["USAGE"]],
            ["orders-api-tables-public", "orders-api", ["SELECT", "INSERT", "UPDATE", "DELETE"]],
            ["orders-api-sequences-public", "orders-api", ["USAGE", "SELECT"]],
        ]);
        const defaults = all("postgresql:index/defaultPrivileges:DefaultPrivileges");
        assert.deepEqual([...new Set(defaults.map((r) => r.inputs["owner"]))], ["citus"]);
        const provider = registrations.find((r) => r.type === "pulumi:providers:postgresql")!;
        assert.equal(provider.inputs["azureIdentityAuth"], undefined);
        assert.equal(provider.inputs["sslmode"], "verify-full");
    });

    const cases: Case<DatabaseAccessArgs>[] = [
        [
            "the profile owner",
            { ...ACCESS, grantees: [{ role: "a", profile: "owner" }] },
            "grantees[0].profile",
            /readonly, readwrite/,
        ],
        ["a cluster without grantees", { ...ACCESS, grantees: undefined }, "grantees", /resource API alone/],
        [
            "grantees of a Flexible Server",
            { ...ACCESS, service: undefined, tenantId: TENANT, objectOwners: [] },
            "grantees",
            /memberOf/,
        ],
        [
            "a role twice",
            { ...ACCESS, grantees: [...ACCESS.grantees!, ACCESS.grantees![0]!] },
            "grantees",
            /once/,
        ],
        [
            "citus as object owner elsewhere",
            { ...ACCESS, service: undefined, grantees: undefined, tenantId: TENANT },
            "objectOwners[0]",
            /keeps this name/,
        ],
    ];
    testRefusals(cases, (args) => new DatabaseAccess("access", args));
});

describe("signing in to a cluster", () => {
    test("F49, F51: the token is for clusters, the rest is as elsewhere", () => {
        const target = { host: "c.x.postgres.cosmos.azure.com", user: "Ada B", database: "citus" };
        const lines = signIn(target, { audience: CLUSTER_TOKEN_AUDIENCE });
        assert.equal(
            lines.tokenCommand[Shell.Bash],
            "az account get-access-token --resource https://token.postgres.cosmos.azure.com --query accessToken --output tsv",
        );
        assert.match(lines.psql[Shell.Bash], /user='\\''Ada B'\\'' sslmode=verify-full/);
        assert.throws(
            () => tokenCommand(Shell.Bash, Cloud.Public, { audience: "https://x; rm -rf /" }),
            /audience is "https:\/\/x; rm -rf \/"/,
        );
    });
});
