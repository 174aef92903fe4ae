import { describe, test } from "node:test";
import { check, none, one, type Change } from "./judge";

/** The rules on the scenario's cluster, whose types and values are spelled otherwise than a Flexible Server's (E6). */
describe("a cluster is judged by the policy", { concurrency: 1 }, () => {
    test("no-password-only-server, F43: kept with Entra, violated without, allowed by name", async () => {
        const rule = "no-password-only-server";
        none(await check(rule, "cosmos"));
        const passwordOnly: Change = (c) => {
            c.cosmosCluster.authMode = "PasswordOnly";
            c.administrators = [];
            delete c.signInAs;
            c.principals = [];
            delete c.nativeRoles[0].access;
        };
        one(
            await check(rule, "cosmos", passwordOnly),
            /The cluster 'cosmos-local' accepts passwords alone/,
            /Set cosmosCluster\.authMode to EntraOnly/,
        );
        none(await check(rule, "cosmos", passwordOnly, { [rule]: { allowed: ["cosmos-local"] } }));
    });

    test("no-open-firewall, F9: kept by known addresses, violated by all of Azure and by too wide a range", async () => {
        const rule = "no-open-firewall";
        none(await check(rule, "cosmos"));
        const opening =
            (startIpAddress: string, endIpAddress: string): Change =>
            (c) =>
                void (c.cosmosCluster.firewallRules = [{ name: "door", startIpAddress, endIpAddress }]);
        const off = /publicNetworkAccess: false of coordinator and workers/;
        one(await check(rule, "cosmos", opening("0.0.0.0", "0.0.0.0")), /AllowAllAzureServices/, off);
        one(await check(rule, "cosmos", opening("10.0.0.0", "10.0.1.0")), /to 257 addresses/, off);
    });

    test("no-application-administrator, F44: the one that gives the privileges is apart, any other is not", async () => {
        const rule = "no-application-administrator";
        none(await check(rule, "cosmos"));
        one(
            await check(rule, "cosmos", (c) => (c.signInAs = "ada@contoso.onmicrosoft.com")),
            /identity 'deployer' is an administrator/,
        );
    });

    test("people-administer-as-group, F80: not asked of a cluster, which knows no groups", async () => {
        none(await check("people-administer-as-group", "cosmos"));
    });
});
