import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import { configured, readPolicyConfiguration } from "../../policy/configuration";
import { RULES } from "../../policy/rules/index";
import { findViolations } from "../../policy/violations";
import { planOf, ROOT } from "../plan/plans";
import { check, checkProgram, none, one, type Change } from "./judge";

describe("a stack is judged by the policy", { concurrency: 1 }, () => {
    test("no-password-only-server, F1: kept by dev, violated by a mode without Entra, allowed by name", async () => {
        const rule = "no-password-only-server";
        none(await check(rule, "dev"));
        const passwordOnly: Change = (c) => {
            c.server.authMode = "PasswordOnly";
            c.administrators = [];
            delete c.adminGroup;
            delete c.signInAs;
            c.principals = [];
        };
        one(
            await check(rule, "dev", passwordOnly),
            /'pg-contoso-dev' accepts passwords alone/,
            /Set server\.authMode to EntraOnly/,
        );
        none(await check(rule, "dev", passwordOnly, { [rule]: { allowed: ["pg-contoso-dev"] } }));
        one(await check(rule, "dev", passwordOnly, { [rule]: { allowed: ["pg-other"] } }));
    });

    test("no-open-firewall, F9: kept by dev, violated by the internet, by all of Azure, by too wide a range", async () => {
        const rule = "no-open-firewall";
        const opening =
            (startIpAddress: string, endIpAddress: string): Change =>
            (c) =>
                void (c.network.firewallRules = [{ name: "door", startIpAddress, endIpAddress }]);
        none(await check(rule, "dev"));
        // The component refuses this one itself; made without it, the rule does.
        const internet = () =>
            void new dbforpostgresql.FirewallRule("door", {
                resourceGroupName: "rg",
                serverName: "pg",
                firewallRuleName: "door",
                startIpAddress: "0.0.0.0",
                endIpAddress: "255.255.255.255",
            });
        one(await checkProgram(rule, internet), /'door' opens the server to the whole internet/);
        one(
            await check(rule, "dev", opening("10.0.0.0", "10.0.1.0")),
            /to 257 addresses \(10\.0\.0\.0 to 10\.0\.1\.0\); at most 256/,
        );
        none(await check(rule, "dev", opening("10.0.0.0", "10.0.0.255")));
        const azure = opening("0.0.0.0", "0.0.0.0");
        one(await check(rule, "dev", azure), /AllowAllAzureServices/, /any other customer/);
        none(await check(rule, "dev", azure, { [rule]: { allowAzureServices: true } }));
        none(
            await check(rule, "dev", opening("10.0.0.0", "10.0.1.0"), { [rule]: { maximumAddresses: 257 } }),
        );
        // One address more than the first, which is not the same as none.
        one(await check(rule, "dev", opening("0.0.0.0", "0.0.1.0")), /257 addresses/);
    });

    test("people-administer-as-group, F24: kept by prod, violated by a person, not by the one named by signInAs", async () => {
        const rule = "people-administer-as-group";
        none(await check(rule, "prod"));
        // In dev the person is the one named by signInAs.
        none(await check(rule, "dev"));
        one(
            await check(rule, "local"),
            /'grace@contoso\.onmicrosoft\.com' is an administrator as a single person/,
            /adminGroup/,
        );
        one(
            await check(rule, "prod", (c) =>
                c.principals.push({ name: "ada@contoso.com", principalType: "User", isAdmin: true }),
            ),
            /'ada@contoso\.com'/,
        );
    });

    test("no-application-administrator, F7: kept by local, whose deployer signs in; violated by any other", async () => {
        const rule = "no-application-administrator";
        for (const stack of ["local", "dev", "prod"]) none(await check(rule, stack));
        one(
            await check(rule, "local", (c) => (c.signInAs = "Postgres Admins")),
            /'deployer' is an administrator, with rights such as CREATEDB/,
            /List it under principals, with a profile/,
        );
        one(await check(rule, "prod", (c) => (c.principals[1].isAdmin = true)), /'orders-api'/);
    });

    test("no-single-server, F41: kept by every stack, violated by a Single Server, allowed by name", async () => {
        const rule = "no-single-server";
        none(await check(rule, "prod"));
        const administrator = () =>
            void new dbforpostgresql.SingleServerServerAdministrator("admin", {
                resourceGroupName: "rg",
                serverName: "pg-old",
                administratorType: "ActiveDirectory",
                login: "Postgres Admins",
                sid: "b1000000-0000-4000-8000-000000000001",
                tenantId: "b1000000-0000-4000-8000-000000000002",
            });
        one(await checkProgram(rule, administrator), /'pg-old' is a Single Server, which is retired/);
        none(await checkProgram(rule, administrator, { [rule]: { allowed: ["pg-old"] } }));
    });

    test("tls-required, F16: kept by prod, violated by old versions and by no TLS", async () => {
        const rule = "tls-required";
        const parameter =
            (name: string, value: string): Change =>
            (c) =>
                void (c.server.parameters[name] = value);
        none(await check(rule, "prod"));
        none(await check(rule, "prod", parameter("ssl_min_protocol_version", "TLSv1.3")));
        one(
            await check(rule, "prod", parameter("ssl_min_protocol_version", "TLSv1.1")),
            /is 'TLSv1\.1'/,
            /TLSv1\.2 or TLSv1\.3/,
        );
        none(await check(rule, "prod", parameter("require_secure_transport", "on")));
        // The component refuses this one itself; made without it, the rule does.
        const off = () =>
            void new dbforpostgresql.Configuration("off", {
                resourceGroupName: "rg",
                serverName: "pg",
                configurationName: "require_secure_transport",
                value: "off",
                source: "user-override",
            });
        one(await checkProgram(rule, off), /lets clients connect without TLS/);
    });

    test("no-owner-profile-for-people: kept by prod, violated by a person and by a group, through a membership too", async () => {
        const rule = "no-owner-profile-for-people";
        none(await check(rule, "prod"));
        one(
            await check(rule, "local"),
            /The user 'kim@contoso\.onmicrosoft\.com' has the profile owner on the database 'orders'/,
        );
        const group: Change = (c) => (c.principals[0].access.billing = "owner");
        one(await check(rule, "prod", group), /The group 'Prod DB Readonly'/);
        none(await check(rule, "prod", group, { [rule]: { groupsOfApplications: ["Prod DB Readonly"] } }));
        one(
            await check(rule, "prod", (c) =>
                c.principals.push({
                    name: "ada@contoso.com",
                    principalType: "User",
                    memberOf: ["orders-api"],
                }),
            ),
            /'ada@contoso\.com' has the profile owner on the database 'orders' through orders-api/,
        );
    });

    test("every checked-in stack keeps every rule, as its own file has them", async () => {
        for (const stack of ["local", "dev", "prod"]) {
            const file = path.join(ROOT, "policy", `${stack}.json`);
            const rules = configured(RULES, readPolicyConfiguration(file));
            none(findViolations(rules, (await planOf(stack)).resources));
        }
    });

    test("every file of rules is in the pack", () => {
        const files = readdirSync(path.join(ROOT, "policy", "rules")).filter((name) => name !== "index.ts");
        assert.equal(new Set(RULES.map((rule) => rule.name)).size, RULES.length);
        assert.ok(RULES.length >= files.length, `${files.length} files, ${RULES.length} rules`);
        for (const { name, description } of RULES) {
            assert.match(name, /^[a-z][a-z-]+$/);
            assert.ok(description.endsWith("."), name);
        }
    });
});
