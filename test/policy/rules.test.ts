import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { planStack } from "../../plan/planStack";
import { stackValues } from "../../plan/stackValues";
import { configured, readPolicyConfiguration, type PolicyConfiguration } from "../../policy/configuration";
import { RULES } from "../../policy/rules/index";
import { findViolations, type PolicyResult } from "../../policy/violations";
import { planOf, PROJECT, ROOT, type StackConfiguration } from "../plan/plans";

type Change = (config: StackConfiguration) => void;

async function check(
    rule: string,
    stack: string,
    change: Change = () => {},
    configuration: PolicyConfiguration = {},
): Promise<PolicyResult> {
    const { resources } = await planOf(stack, change);
    const rules = configured(RULES, configuration).filter((r) => r.rule.name === rule);
    assert.equal(rules.length, 1, `no rule ${rule}`);
    return findViolations(rules, resources);
}

/** For what the program does not make: another one, through the same plan. */
async function checkProgram(rule: string, program: () => void, configuration: PolicyConfiguration = {}) {
    const run = () => {
        program();
        return Promise.resolve({});
    };
    const plan = await planStack({
        project: PROJECT,
        stack: "test",
        values: stackValues(PROJECT, {}),
        program: run,
    });
    const rules = configured(RULES, configuration).filter((r) => r.rule.name === rule);
    return findViolations(rules, plan.resources);
}

const messages = ({ violations }: PolicyResult) => violations.map((v) => v.message);

function none(result: PolicyResult): void {
    assert.deepEqual(messages(result), []);
    assert.deepEqual(result.undecided, []);
}

/** Exactly one, which says all of this. */
function one(result: PolicyResult, ...says: RegExp[]): void {
    assert.equal(result.violations.length, 1, messages(result).join("\n"));
    for (const pattern of says) assert.match(messages(result)[0]!, pattern);
}

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

    test("entra-traffic-let-through, F8, F10: kept by prod and local; a public server needs nothing (F9)", async () => {
        for (const stack of ["prod", "local", "dev"]) none(await check("entra-traffic-let-through", stack));
    });

    test("entra-traffic-let-through, F10: violated where an earlier rule denies, kept where it comes later", async () => {
        const denying = (priority: number) => () =>
            privateServer({ rules: [{ name: "deny-internet", priority, access: "Deny", to: "Internet" }] });
        one(
            await checkProgram("entra-traffic-let-through", denying(90 + 10)),
            /'deny-internet' \(priority 100\) of the network security group 'nsg' denies outbound 443 to AzureActiveDirectory/,
            /Add a rule before it/,
        );
        const withOwn = (priority: number) => () =>
            privateServer({
                rules: [
                    { name: "deny-internet", priority: 200, access: "Deny", to: "Internet" },
                    { name: "entra", priority, access: "Allow", to: "AzureActiveDirectory" },
                ],
            });
        none(await checkProgram("entra-traffic-let-through", withOwn(199)));
        one(
            await checkProgram("entra-traffic-let-through", withOwn(201)),
            /'deny-internet' \(priority 200\)/,
        );
        // The default rules let traffic out: no rule of one's own is needed.
        none(await checkProgram("entra-traffic-let-through", () => privateServer({ rules: [] })));
        none(await checkProgram("entra-traffic-let-through", () => privateServer({})));
    });

    test("entra-traffic-let-through: rules in the group itself count as well", async () => {
        const inline = () =>
            privateServer({
                rules: [],
                inline: [{ name: "deny-all", priority: 300, access: "Deny", to: "*" }],
            });
        one(await checkProgram("entra-traffic-let-through", inline), /'deny-all' \(priority 300\)/);
    });

    test("entra-route, F11: kept by prod; violated by a table without the route, or with one that leads elsewhere", async () => {
        none(await check("entra-route", "prod"));
        none(await check("entra-route", "prod", (c) => (c.network.own.routeTable = false)));
        one(
            await checkProgram("entra-route", () => privateServer({ routes: [] })),
            /route table 'routes' .* has no route for AzureActiveDirectory/,
        );
        const route = (nextHopType: string) => () =>
            privateServer({ routes: [{ name: "entra", to: "AzureActiveDirectory", nextHopType }] });
        none(await checkProgram("entra-route", route("Internet")));
        one(
            await checkProgram("entra-route", route("VirtualAppliance")),
            /the route 'entra' \(AzureActiveDirectory to VirtualAppliance\)/,
        );
    });

    test("F10, F11: an existing subnet is not judged, and that is said", async () => {
        const existing: Change = (c) => {
            const network = "/subscriptions/s/resourceGroups/rg-network/providers/Microsoft.Network";
            c.network = {
                access: "Private",
                existing: {
                    subnetId: `${network}/virtualNetworks/v/subnets/postgres`,
                    privateDnsZoneId: `${network}/privateDnsZones/contoso.private.postgres.database.azure.com`,
                },
            };
        };
        for (const rule of ["entra-traffic-let-through", "entra-route"]) {
            const { violations, undecided } = await check(rule, "prod", existing);
            assert.deepEqual(violations, []);
            assert.match(undecided[0]!.message, /is not of this stack and is not judged here/);
        }
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

interface TestRule {
    name: string;
    priority: number;
    access: "Allow" | "Deny";
    to: string;
}

/** A private server whose network is what a test wants it to be. */
function privateServer(parts: {
    rules?: TestRule[];
    inline?: TestRule[];
    routes?: { name: string; to: string; nextHopType: string }[];
}): void {
    const resourceGroupName = "rg";
    const ruleArgs = ({ access, to, priority }: TestRule) => ({
        priority,
        access,
        direction: "Outbound",
        protocol: "*",
        sourceAddressPrefix: "*",
        sourcePortRange: "*",
        destinationAddressPrefix: to,
        destinationPortRange: "*",
    });
    const group =
        parts.rules &&
        new network.NetworkSecurityGroup("nsg", {
            resourceGroupName,
            networkSecurityGroupName: "nsg",
            securityRules: parts.inline?.map((rule) => ({ name: rule.name, ...ruleArgs(rule) })),
        });
    for (const rule of parts.rules ?? [])
        new network.SecurityRule(rule.name, {
            resourceGroupName,
            networkSecurityGroupName: "nsg",
            securityRuleName: rule.name,
            ...ruleArgs(rule),
        });
    const table =
        parts.routes && new network.RouteTable("routes", { resourceGroupName, routeTableName: "routes" });
    for (const { name, to, nextHopType } of parts.routes ?? [])
        new network.Route(name, {
            resourceGroupName,
            routeTableName: "routes",
            routeName: name,
            addressPrefix: to,
            nextHopType,
        });
    const subnet = new network.Subnet("subnet", {
        resourceGroupName,
        virtualNetworkName: "vnet",
        addressPrefix: "10.0.1.0/24",
        networkSecurityGroup: group && { id: group.id },
        routeTable: table && { id: table.id },
    });
    new dbforpostgresql.Server("server", {
        resourceGroupName,
        serverName: "pg-private",
        network: { delegatedSubnetResourceId: pulumi.output(subnet.id) },
    });
}
