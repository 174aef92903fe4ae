import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { GROUP_NAME, TestAzure, armError, rule } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

describe("security rules and routes", () => {
    test("priorities are unique in a direction, alone and in the group", async () => {
        const group = await azure.nsg([rule("first", 100)]);
        const alone = (name: string, priority: number, more = {}) =>
            azure.put("network:SecurityRule", {
                ...rule(name, priority, more),
                ...GROUP_NAME,
                networkSecurityGroupName: "nsg",
                securityRuleName: name,
            });
        await assert.rejects(
            alone("second", 100),
            armError("SecurityRuleConflict", /second conflicts with rule first/),
        );
        await alone("inbound", 100, { direction: "Inbound" });
        await alone("second", 101);
        await alone("second", 102);
        const names = (azure.api.get(group.id).outputs.securityRules as { name: string }[]).map(
            (r) => r.name,
        );
        assert.deepEqual(names.sort(), ["first", "inbound", "second"]);
        await assert.rejects(
            azure.nsg([rule("a", 200), rule("b", 200)]),
            armError("InvalidParameterValue", /SecurityRuleConflict/),
        );
    });

    const wrongRules: [string, object, RegExp][] = [
        [
            "a service tag in the wrong letter case",
            { destinationAddressPrefix: "azureactivedirectory" },
            /service tag/,
        ],
        ["an address of IPv6", { sourceAddressPrefix: "::/0" }, /IPv4/],
        ["no source", { sourceAddressPrefix: undefined }, /'sourceAddressPrefix' is missing/],
        ["source twice", { sourceAddressPrefixes: ["10.0.0.0/8"] }, /both given/],
        ["a port above 65535", { destinationPortRange: "65536" }, /port range/],
        ["a range of ports backwards", { destinationPortRange: "500-400" }, /port range/],
        ["priority 99", { priority: 99 }, /too small/],
        ["priority 4097", { priority: 4097 }, /too large/],
        [
            "an application security group",
            { sourceApplicationSecurityGroups: [] },
            /application security groups/,
        ],
    ];
    for (const [title, more, text] of wrongRules) {
        test(`a rule with ${title} is refused`, async () => {
            await azure.nsg();
            const inputs = {
                ...rule("r", 100),
                ...more,
                ...GROUP_NAME,
                networkSecurityGroupName: "nsg",
                securityRuleName: "r",
            };
            await assert.rejects(
                azure.put("network:SecurityRule", inputs),
                armError("InvalidParameterValue", text),
            );
        });
    }

    test("F11: routes: prefixes are unique; only an appliance has an address", async () => {
        await azure.routeTable([
            { name: "entra", addressPrefix: "AzureActiveDirectory", nextHopType: "Internet" },
        ]);
        const route = (more: object) =>
            azure.put("network:Route", { ...GROUP_NAME, routeTableName: "routes", routeName: "r", ...more });
        const refused = (more: object, text: RegExp) =>
            assert.rejects(route(more), armError("InvalidParameterValue", text));
        await refused(
            { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" },
            /'nextHopIpAddress' is missing/,
        );
        await refused(
            { addressPrefix: "0.0.0.0/0", nextHopType: "Internet", nextHopIpAddress: "10.9.0.4" },
            /only VirtualAppliance/,
        );
        await refused({ addressPrefix: "Internet", nextHopType: "Internet" }, /service tag/);
        await refused({ addressPrefix: "10.0.0.1/24", nextHopType: "VnetLocal" }, /host part/);
        await assert.rejects(
            route({ addressPrefix: "AzureActiveDirectory", nextHopType: "None" }),
            armError("RouteConflict", /entra/),
        );
        await route({ addressPrefix: "10.0.1.0/24", nextHopType: "VnetLocal" });
    });
});

describe("F12: rules of a firewall policy", () => {
    const inputs = (more: object = {}) => ({
        ...GROUP_NAME,
        firewallPolicyName: "policy",
        ruleCollectionGroupName: "entra",
        priority: 200,
        ruleCollections: [],
        ...more,
    });
    const GROUP = "network:FirewallPolicyRuleCollectionGroup";

    test("the policy must be there already", async () => {
        await assert.rejects(azure.put(GROUP, inputs()), armError("ParentResourceNotFound", /policy/));
        await azure.api.seed(azure.id(GROUP, inputs()).replace(/\/ruleCollectionGroups\/.*/, ""));
        await azure.put(GROUP, inputs());
        await assert.rejects(
            azure.put(GROUP, inputs({ ruleCollectionGroupName: "other" })),
            armError("FirewallPolicyRuleCollectionGroupPriorityConflict"),
        );
    });

    test("application rules and network rules have their own properties", async () => {
        await azure.api.seed(azure.id(GROUP, inputs()).replace(/\/ruleCollectionGroups\/.*/, ""));
        const collection = (rules: object[]) =>
            inputs({
                ruleCollections: [
                    {
                        name: "c",
                        priority: 100,
                        action: { type: "Allow" },
                        ruleCollectionType: "FirewallPolicyFilterRuleCollection",
                        rules,
                    },
                ],
            });
        const mixed = {
            name: "r",
            ruleType: "NetworkRule",
            targetFqdns: ["x"],
            destinationPorts: ["443"],
            ipProtocols: ["TCP"],
        };
        await assert.rejects(
            azure.put(GROUP, collection([mixed])),
            armError("InvalidParameterValue", /no property of a NetworkRule/),
        );
        await assert.rejects(
            azure.put(GROUP, collection([{ name: "r", ruleType: "ApplicationRule" }])),
            armError("InvalidParameterValue", /'.*protocols' is missing/),
        );
    });
});
