import { formatIpv4, parseIpv4 } from "../../components/cidr";
import { isUnknown, ofAzureType, text, type Finding, type PolicyRule, type Settings } from "../rule";

const EVERYTHING = 2 ** 32;

/** F9: on a public server the firewall rules alone decide who reaches the sign-in. */
export const openFirewall: PolicyRule = {
    name: "no-open-firewall",
    description:
        "A firewall rule opens a server to known addresses, never to the internet or to all of Azure.",
    level: "mandatory",
    settings: {
        maximumAddresses: {
            type: "integer",
            minimum: 1,
            default: 256,
            description: "How many addresses one rule may open.",
        },
        allowAzureServices: {
            type: "boolean",
            default: false,
            description:
                "Whether the rule 0.0.0.0 to 0.0.0.0, for everything that runs in Azure, is allowed.",
        },
    },
    find(resources, settings) {
        const rules = ofAzureType(resources, "dbforpostgresql", /^(ServerGroup)?FirewallRule$/);
        return rules.flatMap(({ urn, inputs }) => {
            const { firewallRuleName, startIpAddress, endIpAddress, clusterName } = inputs;
            const rule = `The firewall rule '${text(firewallRuleName)}'`;
            if (isUnknown(startIpAddress) || isUnknown(endIpAddress))
                return [{ urn, message: `${rule}: its addresses are not known yet.`, undecided: true }];
            const [first, last] = [parseIpv4(text(startIpAddress)), parseIpv4(text(endIpAddress))];
            // What is no address, Azure refuses.
            if (first === undefined || last === undefined) return [];
            const how = clusterName === undefined ? PRIVATE_SERVER : PRIVATE_CLUSTER;
            return judge({ urn, rule, first, last, how }, settings);
        });
    },
};

const PRIVATE_SERVER = "make the server private (network.access: Private)";
const PRIVATE_CLUSTER =
    "keep the cluster off the internet (publicNetworkAccess: false of coordinator and workers)";

interface Opened {
    urn: string;
    rule: string;
    first: number;
    last: number;
    /** How to do without. */
    how: string;
}

function judge({ urn, rule, first, last, how }: Opened, settings: Settings): Finding[] {
    if (first === 0 && last === 0) {
        if (settings.flag("allowAzureServices")) return [];
        const message =
            `${rule} is 0.0.0.0 to 0.0.0.0, which Azure reads as AllowAllAzureServices: every address that Azure uses, so resources of any ` +
            `other customer reach the sign-in too. Name the outbound addresses of your own resources, or ${how}; ` +
            `'allowAzureServices' of this rule permits it.`;
        return [{ urn, message }];
    }
    const count = last - first + 1;
    const most = settings.number("maximumAddresses");
    if (count <= most) return [];
    const range = `${formatIpv4(first)} to ${formatIpv4(last)}`;
    const what =
        count === EVERYTHING
            ? `opens the server to the whole internet (${range})`
            : `opens the server to ${count.toLocaleString("en-US")} addresses (${range}); at most ${most.toLocaleString("en-US")} are allowed`;
    const message = `${rule} ${what}: everybody there can try to sign in. Name the addresses of your networks one by one, or ${how}.`;
    return [{ urn, message }];
}
