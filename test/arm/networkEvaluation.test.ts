import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { covered, parseCidr } from "../../emulator/arm/addresses";
import {
    entraUnreachable,
    type Route,
    type SecurityRule,
    type SubnetNetwork,
} from "../../emulator/arm/networkEvaluation";

const SUBNET = { addressPrefixes: ["10.0.1.0/24"], networkPrefixes: ["10.0.0.0/16"] };

function rule(priority: number, access: "Allow" | "Deny", more: Partial<SecurityRule> = {}): SecurityRule {
    return {
        name: `${access.toLowerCase()}-${priority}`,
        priority,
        direction: "Outbound",
        access,
        protocol: "*",
        sources: ["*"],
        sourcePorts: ["*"],
        destinations: ["*"],
        destinationPorts: ["*"],
        ...more,
    };
}

const toEntra: Partial<SecurityRule> = {
    protocol: "Tcp",
    destinations: ["AzureActiveDirectory"],
    destinationPorts: ["443"],
};
const denyAll = rule(4096, "Deny");

function withRules(...rules: SecurityRule[]): SubnetNetwork {
    return { ...SUBNET, securityGroup: { name: "nsg", rules } };
}

function withRoutes(...routes: [prefix: string, hop: string, address?: string][]): SubnetNetwork {
    const list: Route[] = routes.map(([addressPrefix, nextHopType, nextHopIpAddress], index) => ({
        name: `route-${index}`,
        addressPrefix,
        nextHopType,
        nextHopIpAddress,
    }));
    return { ...SUBNET, routeTable: { name: "routes", routes: list } };
}

describe("F10: the network security group", () => {
    const open: [string, SubnetNetwork][] = [
        ["there is none", SUBNET],
        ["no rule of its own: the default rules let traffic to the internet out", withRules()],
        ["allow to the tag before deny all", withRules(rule(100, "Allow", toEntra), denyAll)],
        ["the order of the list says nothing", withRules(denyAll, rule(100, "Allow", toEntra))],
        ["allow to Internet", withRules(rule(100, "Allow", { destinations: ["Internet"] }), denyAll)],
        ["allow to AzureCloud", withRules(rule(100, "Allow", { destinations: ["AzureCloud"] }), denyAll)],
        ["allow to 0.0.0.0/0", withRules(rule(100, "Allow", { destinations: ["0.0.0.0/0"] }), denyAll)],
        [
            "allow to the two halves of all addresses",
            withRules(rule(100, "Allow", { destinations: ["128.0.0.0/1", "0.0.0.0/1"] }), denyAll),
        ],
        [
            "allow from VirtualNetwork",
            withRules(rule(100, "Allow", { ...toEntra, sources: ["VirtualNetwork"] }), denyAll),
        ],
        [
            "allow from the subnet",
            withRules(rule(100, "Allow", { ...toEntra, sources: ["10.0.1.0/24"] }), denyAll),
        ],
        [
            "allow from the network",
            withRules(rule(100, "Allow", { ...toEntra, sources: ["10.0.0.0/16"] }), denyAll),
        ],
        [
            "allow from the two halves of the subnet",
            withRules(rule(100, "Allow", { ...toEntra, sources: ["10.0.1.0/25", "10.0.1.128/25"] }), denyAll),
        ],
        [
            "allow to a range of ports",
            withRules(rule(100, "Allow", { ...toEntra, destinationPorts: ["400-500"] }), denyAll),
        ],
        ["deny of inbound traffic", withRules(rule(100, "Deny", { direction: "Inbound" }))],
        ["deny of another protocol", withRules(rule(100, "Deny", { protocol: "Udp" }))],
        ["deny of another port", withRules(rule(100, "Deny", { destinationPorts: ["80", "444-65535"] }))],
        ["deny from another subnet", withRules(rule(100, "Deny", { sources: ["10.0.2.0/24"] }))],
        [
            "deny to another service",
            withRules(rule(100, "Deny", { destinations: ["Storage", "Sql.WestEurope"] })),
        ],
        ["deny to private addresses", withRules(rule(100, "Deny", { destinations: ["10.0.0.0/8"] }))],
    ];
    for (const [title, network] of open) {
        test(`open: ${title}`, () => assert.equal(entraUnreachable(network), undefined));
    }

    const closed: [string, SubnetNetwork, RegExp][] = [
        ["deny all", withRules(denyAll), /'deny-4096' \(priority 4096\)/],
        ["deny all before allow", withRules(rule(200, "Allow", toEntra), rule(100, "Deny")), /'deny-100'/],
        ["deny to Internet", withRules(rule(100, "Deny", { destinations: ["Internet"] })), /'deny-100'/],
        ["deny to the tag alone", withRules(rule(100, "Deny", toEntra)), /'deny-100'/],
        [
            "deny to a part of the sign-in service's addresses",
            withRules(rule(100, "Deny", { destinations: ["20.190.129.0/24"] })),
            /'deny-100'/,
        ],
        [
            "deny from a part of the subnet",
            withRules(rule(100, "Deny", { sources: ["10.0.1.4"] })),
            /'deny-100'/,
        ],
        [
            "deny to AzureCloud of a region",
            withRules(rule(100, "Deny", { destinations: ["AzureCloud.WestEurope"] })),
            /'deny-100'/,
        ],
        [
            "allow from a part of the subnet",
            withRules(rule(100, "Allow", { ...toEntra, sources: ["10.0.1.0/25"] }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow to a part of the addresses",
            withRules(rule(100, "Allow", { destinations: ["20.190.128.0/18"] }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow to a region of AzureCloud",
            withRules(rule(100, "Allow", { destinations: ["AzureCloud.WestEurope"] }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow to the tag on another port",
            withRules(rule(100, "Allow", { ...toEntra, destinationPorts: ["80"] }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow to the tag over UDP",
            withRules(rule(100, "Allow", { ...toEntra, protocol: "Udp" }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow from one source port",
            withRules(rule(100, "Allow", { ...toEntra, sourcePorts: ["443"] }), denyAll),
            /'deny-4096'/,
        ],
        [
            "allow of inbound traffic",
            withRules(rule(100, "Allow", { ...toEntra, direction: "Inbound" }), denyAll),
            /'deny-4096'/,
        ],
        [
            "the tag in another letter case",
            withRules(rule(100, "Allow", { ...toEntra, destinations: ["azureactivedirectory"] }), denyAll),
            /'deny-4096'/,
        ],
    ];
    for (const [title, network, reason] of closed) {
        test(`closed: ${title}`, () => {
            assert.match(entraUnreachable(network) ?? "open", reason);
            assert.match(
                entraUnreachable(network)!,
                /network security group 'nsg' denies outbound TCP 443 .*\(F10\)/,
            );
        });
    }
});

describe("F11: the route table", () => {
    const firewall: [string, string, string] = ["0.0.0.0/0", "VirtualAppliance", "10.9.0.4"];
    const open: [string, SubnetNetwork][] = [
        ["there is no route", withRoutes()],
        ["default route to the internet", withRoutes(["0.0.0.0/0", "Internet"])],
        [
            "the tag to the internet beside a default route to an appliance",
            withRoutes(firewall, ["AzureActiveDirectory", "Internet"]),
        ],
        ["AzureCloud to the internet beside the same", withRoutes(["AzureCloud", "Internet"], firewall)],
        ["private addresses to an appliance", withRoutes(["10.0.0.0/8", "VirtualAppliance", "10.9.0.4"])],
        [
            "an explicit route of the tag's length wins over the tag",
            withRoutes(
                ["AzureActiveDirectory", "None"],
                ...["20.20.32.0/19", "20.190.128.0/18", "20.231.128.0/19", "40.126.0.0/18"].map(
                    (p): [string, string] => [p, "Internet"],
                ),
            ),
        ],
    ];
    for (const [title, network] of open) {
        test(`open: ${title}`, () => assert.equal(entraUnreachable(network), undefined));
    }

    const closed: [string, SubnetNetwork, RegExp][] = [
        [
            "default route to an appliance",
            withRoutes(firewall),
            /VirtualAppliance 10\.9\.0\.4 by route 'route-0' \(0\.0\.0\.0\/0\)/,
        ],
        ["default route into nothing", withRoutes(["0.0.0.0/0", "None"]), /to None/],
        [
            "default route to a gateway (forced tunnelling)",
            withRoutes(["0.0.0.0/0", "VirtualNetworkGateway"]),
            /VirtualNetworkGateway/,
        ],
        [
            "the tag to an appliance",
            withRoutes(["AzureActiveDirectory", "VirtualAppliance", "10.9.0.4"]),
            /\(AzureActiveDirectory\)/,
        ],
        [
            "a longer prefix within the tag's addresses",
            withRoutes(["AzureActiveDirectory", "Internet"], ["20.190.130.0/24", "None"]),
            /20\.190\.130\.0\/24/,
        ],
        [
            "another service's tag to the internet",
            withRoutes(firewall, ["Storage", "Internet"]),
            /0\.0\.0\.0\/0/,
        ],
        [
            "half of all addresses to an appliance",
            withRoutes(["0.0.0.0/1", "VirtualAppliance", "10.9.0.4"]),
            /0\.0\.0\.0\/1/,
        ],
    ];
    for (const [title, network, reason] of closed) {
        test(`closed: ${title}`, () => {
            assert.match(entraUnreachable(network) ?? "open", reason);
            assert.match(entraUnreachable(network)!, /next hop Internet \(F11\)/);
        });
    }
});

test("F8: the security group is asked before the routes, and both count", () => {
    const rules = { name: "nsg", rules: [denyAll] };
    const routes = withRoutes(["0.0.0.0/0", "None"]);
    assert.match(entraUnreachable({ ...routes, securityGroup: rules })!, /nsg/);
    assert.match(entraUnreachable({ ...routes, securityGroup: { name: "nsg", rules: [] } })!, /route table/);
});

test("address ranges: what is none, what is not aligned, and what several cover together", () => {
    for (const text of ["", "10.0.0", "10.0.0.256", "10.0.0.0/33", "010.0.0.0/8", "::1", "10.0.0.0/8x"]) {
        assert.equal(parseCidr(text), undefined, text);
    }
    assert.equal(parseCidr("10.0.0.1/24")!.aligned, false);
    assert.equal(parseCidr("255.255.255.255")!.last, 2 ** 32 - 1);
    const range = parseCidr("10.0.0.0/24")!;
    const parts = ["10.0.0.128/25", "10.0.0.0/26", "10.0.0.64/26"].map((text) => parseCidr(text)!);
    assert.equal(covered(range, parts), true);
    assert.equal(covered(range, parts.slice(0, 2)), false);
    assert.equal(covered(range, []), false);
});
