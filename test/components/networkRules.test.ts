import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../support/properties";
import {
    checkRoutes,
    checkSecurityRules,
    DEFAULT_RULES,
    detour,
    evaluate,
    neededTraffic,
    reachesEntra,
    routes,
    securityRules,
    type SecurityRule,
    type TableRoute,
} from "../../components/index";

const SUBNET = "10.20.1.0/24";
const own = (more: object = {}) =>
    securityRules({ prefix: "net", priorityBase: 100, subnet: SUBNET, ...more });

function deny(priority: number, destinations: string[], more: Partial<SecurityRule> = {}): SecurityRule {
    return {
        name: `deny-${priority}`,
        priority,
        direction: "Outbound",
        access: "Deny",
        protocol: "*",
        sources: ["*"],
        sourcePorts: ["*"],
        destinations,
        destinationPorts: ["*"],
        ...more,
    };
}

const allow = (priority: number, destinations: string[], more: Partial<SecurityRule> = {}): SecurityRule => ({
    ...deny(priority, destinations, more),
    access: "Allow",
    name: `allow-${priority}`,
});

describe("F10: does a network security group let AzureActiveDirectory 443 out?", () => {
    const verdicts: [string, SecurityRule[], "Allow" | "Deny"][] = [
        ["no rule at all: Azure's default rules let traffic to the internet out", [], "Allow"],
        ["everything denied", [deny(4096, ["*"])], "Deny"],
        ["the internet denied", [deny(200, ["Internet"])], "Deny"],
        ["all of Azure denied", [deny(200, ["AzureCloud"])], "Deny"],
        ["the tag denied, in small letters", [deny(200, ["azureactivedirectory"])], "Deny"],
        ["Storage denied", [deny(200, ["Storage"])], "Allow"],
        ["the network itself denied", [deny(200, ["VirtualNetwork"])], "Allow"],
        ["private addresses denied", [deny(200, ["10.0.0.0/8"])], "Allow"],
        ["a known range of the tag denied", [deny(200, ["20.190.128.0/24"])], "Deny"],
        ["half of the internet denied", [deny(200, ["0.0.0.0/1"])], "Deny"],
        [
            "the tag allowed before everything is denied",
            [allow(199, ["AzureActiveDirectory"]), deny(200, ["*"])],
            "Allow",
        ],
        [
            "the tag allowed after everything is denied",
            [allow(201, ["AzureActiveDirectory"]), deny(200, ["*"])],
            "Deny",
        ],
        ["another port denied", [deny(200, ["*"], { destinationPorts: ["80", "8000-9000"] })], "Allow"],
        ["the port denied within a range", [deny(200, ["*"], { destinationPorts: ["400-500"] })], "Deny"],
        ["UDP denied", [deny(200, ["*"], { protocol: "Udp" })], "Allow"],
        ["inbound denied", [deny(200, ["*"], { direction: "Inbound" })], "Allow"],
        ["another subnet's traffic denied", [deny(200, ["*"], { sources: ["10.20.2.0/24"] })], "Allow"],
        ["half of the subnet's traffic denied", [deny(200, ["*"], { sources: ["10.20.1.128/25"] })], "Deny"],
        [
            "half of the subnet allowed, the rest denied",
            [allow(199, ["Internet"], { sources: ["10.20.1.0/25"] }), deny(200, ["*"])],
            "Deny",
        ],
        ["members of application groups denied", [deny(200, ["*"], { applicationGroups: true })], "Allow"],
        [
            "members of application groups allowed, the rest denied",
            [allow(199, ["*"], { applicationGroups: true }), deny(200, ["*"])],
            "Deny",
        ],
        [
            "allowed from some source ports only",
            [allow(199, ["*"], { sourcePorts: ["1024-2000"] }), deny(200, ["*"])],
            "Deny",
        ],
        ["the component's own rules under a denial", [...own(), deny(3000, ["*"])], "Allow"],
        ["the component's own rules with its own denial", own({ denyOtherOutbound: true }), "Allow"],
    ];
    for (const [title, rules, expected] of verdicts)
        test(`${title}: ${expected}`, () => assert.equal(reachesEntra(rules, SUBNET).access, expected));

    test("denyOtherOutbound denies what a server does not need, and DNS only where it has no server of its own", () => {
        const rules = own({ denyOtherOutbound: true, dnsServers: ["10.20.0.4"] });
        const out = (to: object, port: number, protocol = "Tcp") =>
            evaluate(rules, { direction: "Outbound", protocol, from: { network: SUBNET }, to, port } as never)
                .access;
        assert.equal(out({ tag: "Internet" }, 443), "Deny");
        assert.equal(out({ tag: "Storage" }, 443), "Allow");
        assert.equal(out({ network: SUBNET }, 5432), "Allow");
        assert.equal(out({ network: "10.20.0.4/32" }, 53, "Udp"), "Allow");
        assert.equal(out({ network: "10.20.0.5/32" }, 53, "Udp"), "Deny");
        assert.equal(out({ tag: "AzureActiveDirectory" }, 80), "Deny");
    });

    test("all that a server needs is allowed by its own rules, with and without a known subnet", () => {
        for (const subnet of [SUBNET, undefined])
            for (const denyOtherOutbound of [true, false])
                for (const { what, traffic } of neededTraffic(subnet))
                    assert.equal(evaluate(own({ subnet, denyOtherOutbound }), traffic).access, "Allow", what);
    });
});

/** Rules over few values, so that they often meet. */
const rule = fc.record<SecurityRule>({
    name: fc.string(),
    priority: fc.integer({ min: 100, max: 4096 }),
    direction: fc.constantFrom("Inbound", "Outbound"),
    access: fc.constantFrom("Allow", "Deny"),
    protocol: fc.constantFrom("Tcp", "Udp", "*"),
    sources: fc.subarray(["*", "VirtualNetwork", SUBNET, "10.20.1.0/25", "10.0.0.0/8", "192.168.0.0/16"], {
        minLength: 1,
    }),
    sourcePorts: fc.constantFrom(["*"], ["1024-65535"], ["5000"]),
    destinations: fc.subarray(
        ["*", "Internet", "AzureActiveDirectory", "Storage", SUBNET, "20.190.128.0/18", "10.0.0.0/8"],
        {
            minLength: 1,
        },
    ),
    destinationPorts: fc.constantFrom(["*"], ["443"], ["5432"], ["80", "400-500"]),
    applicationGroups: fc.boolean(),
});
const rulesOfDistinctPriority = fc.uniqueArray(rule, {
    maxLength: 12,
    selector: (r) => `${r.direction}${r.priority}`,
});
const traffic = fc.constantFrom(...neededTraffic(SUBNET).map((n) => n.traffic));

describe("evaluation of any rules", () => {
    test("their order in the list does not matter", () => {
        const shuffled = rulesOfDistinctPriority.chain((rules) =>
            fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
        );
        fc.assert(
            fc.property(shuffled, traffic, ([rules, other], t) => {
                assert.deepEqual(evaluate(rules, t), evaluate(other, t));
            }),
        );
    });

    test("rules behind the deciding one, or for the other direction, do not matter", () => {
        fc.assert(
            fc.property(rulesOfDistinctPriority, rule, traffic, (rules, another, t) => {
                const verdict = evaluate(rules, t);
                fc.pre(another.direction !== t.direction || another.priority > verdict.rule.priority);
                assert.deepEqual(evaluate([...rules, another], t), verdict);
            }),
        );
    });

    test("an allowance of all traffic at the front allows, a denial denies", () => {
        fc.assert(
            fc.property(
                rulesOfDistinctPriority,
                traffic,
                fc.constantFrom("Allow", "Deny"),
                (rules, t, access) => {
                    const front = {
                        ...deny(1, ["*"]),
                        direction: t.direction,
                        access: access as "Allow" | "Deny",
                    };
                    assert.equal(evaluate([...rules, front], t).access, access);
                },
            ),
        );
    });

    test("it agrees with following single packets: what is allowed is so from every address, source port and to every address", () => {
        const packets = ["10.20.1.0/32", "10.20.1.127/32", "10.20.1.128/32", "10.20.1.255/32"];
        fc.assert(
            fc.property(rulesOfDistinctPriority, traffic, (rules, t) => {
                if (evaluate(rules, t).access !== "Allow") return;
                for (const from of packets) {
                    const to = "network" in t.to ? packets.map((network) => ({ network })) : [t.to];
                    for (const place of to)
                        assert.equal(
                            evaluate(rules, { ...t, from: { network: from }, to: place }).access,
                            "Allow",
                        );
                }
            }),
        );
    });

    test("Azure's default rules are the last of their direction", () => {
        for (const direction of ["Inbound", "Outbound"]) {
            const last = DEFAULT_RULES.filter((r) => r.direction === direction).at(-1)!;
            assert.deepEqual([last.access, last.priority], ["Deny", 65500]);
        }
    });
});

describe("F10: rules for a group that is there already", () => {
    const check = (existing: SecurityRule[]) => checkSecurityRules("nsg", existing, own(), SUBNET);
    test("an empty group, and one that holds them already", () => {
        check([]);
        check(own());
        check([deny(4096, ["*"])]);
    });
    test("a taken priority is named", () => {
        assert.throws(
            () => check([allow(101, ["Storage"])]),
            /rulePriorityBase is 101: the rule 'allow-101' of .*'nsg' has this outbound priority/,
        );
    });
    test("the same priority of the other direction is free", () =>
        check([allow(101, ["*"], { direction: "Inbound" })]));
    test("an earlier denial is named with what it denies", () => {
        const late = securityRules({ prefix: "net", priorityBase: 300, subnet: SUBNET });
        assert.throws(
            () => checkSecurityRules("nsg", [deny(200, ["Internet"])], late, SUBNET),
            /'deny-200' \(priority 200\).*denies outbound 443 to AzureActiveDirectory \(F10\); use a base below 200/,
        );
    });
});

describe("F11: routes", () => {
    const route = (addressPrefix: string, nextHopType: string): TableRoute => ({
        name: "there",
        addressPrefix,
        nextHopType,
    });
    const appliance = route("0.0.0.0/0", "VirtualAppliance");
    const cases: [string, TableRoute[], boolean][] = [
        ["an empty table: the system's default route leads to the internet", [], true],
        ["everything to an appliance", [appliance], false],
        [
            "everything to an appliance, but the tag to the internet",
            [appliance, ...routes("net", SUBNET)],
            true,
        ],
        ["the tag to an appliance", [route("AzureActiveDirectory", "VirtualAppliance")], false],
        ["private networks to an appliance", [route("10.0.0.0/8", "VirtualAppliance")], true],
        [
            "a known range of the tag to an appliance, though the tag goes to the internet",
            [route("20.190.128.0/18", "VirtualAppliance"), ...routes("net", SUBNET)],
            false,
        ],
        [
            "a wider network to an appliance, while the tag goes to the internet",
            [route("20.0.0.0/8", "None"), ...routes("net", SUBNET)],
            true,
        ],
    ];
    for (const [title, table, direct] of cases)
        test(`${title}: ${direct ? "reached" : "not reached"}`, () => {
            assert.equal(detour(table, "AzureActiveDirectory") === undefined, direct);
        });

    test("the tag goes to the internet and the subnet's own range stays in the network", () => {
        assert.deepEqual(routes("net", SUBNET), [
            { name: "net-entra", addressPrefix: "AzureActiveDirectory", nextHopType: "Internet" },
            { name: "net-subnet", addressPrefix: SUBNET, nextHopType: "VnetLocal" },
        ]);
    });
    test("a table that holds them already is fit", () =>
        checkRoutes("rt", [appliance, ...routes("net", SUBNET)], routes("net", SUBNET)));
    test("another route for the same prefix is named", () => {
        const taken = route("azureactivedirectory", "VirtualAppliance");
        assert.throws(
            () => checkRoutes("rt", [taken], routes("net", SUBNET)),
            /'there' is one already \(to VirtualAppliance\); remove/,
        );
    });
    test("a narrower route that leads elsewhere is named", () => {
        const narrow = route("40.126.0.0/20", "VirtualAppliance");
        assert.throws(
            () => checkRoutes("rt", [narrow], routes("net", SUBNET)),
            /'there' \(40\.126\.0\.0\/20 to VirtualAppliance\)/,
        );
    });
});
