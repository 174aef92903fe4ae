import { describe, test } from "node:test";
import {
    EntraAdminGroup,
    EntraNetwork,
    type EntraAdminGroupArgs,
    type EntraNetworkArgs,
} from "../../components/index";
import { refusal } from "./recorder";
import { checkRefusal, testRefusals, type Case } from "./refusals";
import { GROUP, SUBNET_ID } from "./serverArgs";

const own: EntraNetworkArgs = {
    resourceGroupName: "rg",
    addressSpace: "10.20.0.0/16",
    subnetAddressPrefix: "10.20.1.0/24",
};
const onto = (
    existing: EntraNetworkArgs["existing"],
    more: Partial<EntraNetworkArgs> = {},
): EntraNetworkArgs => ({
    resourceGroupName: "rg",
    existing,
    ...more,
});

const network: Case<EntraNetworkArgs>[] = [
    [
        "F74: a subnet smaller than /28",
        { ...own, subnetAddressPrefix: "10.20.1.0/29" },
        "subnetAddressPrefix",
        /\/28 or larger.*10\.20\.1\.0\/28/,
    ],
    [
        "a subnet outside of its network",
        { ...own, subnetAddressPrefix: "10.21.1.0/24" },
        "subnetAddressPrefix",
        /inside the address space 10\.20\.0\.0\/16/,
    ],
    [
        "a network with bits behind its prefix",
        { ...own, addressSpace: "10.20.1.0/16" },
        "addressSpace",
        /write 10\.20\.0\.0\/16/,
    ],
    ["a network that is none", { ...own, addressSpace: "10.20.0.0" }, "addressSpace", /address\/bits/],
    ["no network at all", { resourceGroupName: "rg" }, "addressSpace", /is not given/],
    [
        "F75: a zone called like the server",
        { ...own, serverName: "pg", privateDnsZoneName: "pg.postgres.database.azure.com" },
        "privateDnsZoneName",
        /called like the server 'pg'/,
    ],
    [
        "F75: a zone with another suffix",
        { ...own, privateDnsZoneName: "contoso.internal" },
        "privateDnsZoneName",
        /ends in/,
    ],
    [
        "F75: the bare suffix",
        { ...own, privateDnsZoneName: "postgres.database.azure.com" },
        "privateDnsZoneName",
        /before it/,
    ],
    ["a priority out of range", { ...own, rulePriorityBase: 4095 }, "rulePriorityBase", /100 to 4096/],
    ["F76: a DNS server by name", { ...own, dnsServers: ["dns.contoso.com"] }, "dnsServers[0]", /IPv4/],
    [
        "F12: a firewall priority out of range",
        { ...own, firewall: { policyName: "p", priority: 1 } },
        "firewall.priority",
        /100 to 65000/,
    ],
    [
        "F12: a firewall source that is no network",
        { ...own, firewall: { policyName: "p", sourceAddresses: ["x"] } },
        "firewall.sourceAddresses[0]",
        /address\/bits/,
    ],
    [
        "F12: a firewall rule for nobody",
        onto({}, { firewall: { policyName: "p" } }),
        "firewall.sourceAddresses",
        /named networks/,
    ],
    [
        "an existing network without anything",
        onto({ subnetId: SUBNET_ID }),
        "existing.networkSecurityGroupName",
        /nothing to give rules to/,
    ],
    [
        "an existing network together with one of its own",
        onto({ routeTableName: "rt" }, { addressSpace: "10.0.0.0/16" }),
        "addressSpace",
        /rules only/,
    ],
    [
        "F74: an existing subnet smaller than /28",
        onto({ routeTableName: "rt", subnetAddressPrefix: "10.0.0.0/29" }),
        "existing.subnetAddressPrefix",
        /\/28/,
    ],
];

describe("EntraNetwork refuses before anything is registered", () => {
    testRefusals(network, (args) => new EntraNetwork("net", args));

    test("F75: a component's name that makes no zone's name", async () => {
        const error = await refusal(() => new EntraNetwork("my_net", own));
        checkRefusal(error, "privateDnsZoneName", /letters, digits and hyphens/);
    });
});

const group: Case<EntraAdminGroupArgs>[] = [
    ["neither of the two", {}, "create", /exactly one/],
    [
        "both of the two",
        { create: { displayName: "a" }, existing: { displayName: "a" } },
        "existing",
        /exactly one/,
    ],
    ["a name of 64 bytes", { create: { displayName: "x".repeat(64) } }, "create.displayName", /63 bytes/],
    [
        "a member that is no GUID",
        { create: { displayName: "a", members: [GROUP, "x"] } },
        "create.members[1]",
        /GUID/,
    ],
    ["an owner that is no GUID", { create: { displayName: "a", owners: ["x"] } }, "create.owners[0]", /GUID/],
    ["a look-up by nothing", { existing: {} }, "existing", /exactly one/],
    ["a look-up by both", { existing: { displayName: "a", objectId: GROUP } }, "existing", /exactly one/],
    ["a look-up by no GUID", { existing: { objectId: "x" } }, "existing.objectId", /GUID/],
];

describe("EntraAdminGroup refuses before anything is registered", () => {
    testRefusals(group, (args) => new EntraAdminGroup("g", args));
});
