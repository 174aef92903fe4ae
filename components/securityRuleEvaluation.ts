import { contains, overlaps, parseRange, type AddressRange } from "./cidr";

/**
 * Decides what a network security group does with some traffic, as Azure does: by priority, the group's own rules first,
 * then the default rules, which let traffic to the internet out unless an earlier rule denies it. Pure.
 *
 * Only what is certain counts as allowed: a rule that lets part of the traffic through does not let it through, and a
 * rule that denies part of it denies it. Two rules that allow half of it each are therefore read as a denial.
 */

export interface SecurityRule {
    name: string;
    /** 100 is served first, 4096 last; the default rules come after them. */
    priority: number;
    direction: "Inbound" | "Outbound";
    access: "Allow" | "Deny";
    /** `Tcp`, `Udp`, `Icmp`, … or `*`. */
    protocol: string;
    /** Addresses, networks, service tags or `*`. */
    sources: string[];
    sourcePorts: string[];
    destinations: string[];
    destinationPorts: string[];
    /** True where the rule is about application security groups, to which a Flexible Server never belongs. */
    applicationGroups?: boolean;
}

/** One end of some traffic: a service outside of the network by its tag, or a part of the network. */
export type Place = { tag: string } | { network: string };

export interface Traffic {
    direction: "Inbound" | "Outbound";
    protocol: "Tcp" | "Udp";
    from: Place;
    to: Place;
    port: number;
}

export interface Verdict {
    access: "Allow" | "Deny";
    /** The rule that decided. */
    rule: SecurityRule;
}

type Match = "none" | "some" | "all";

/** Azure's own rules, present in every group and not removable. */
export const DEFAULT_RULES: readonly SecurityRule[] = [
    standard("AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    standard("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"),
    standard("DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"),
    standard("AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    standard("AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"),
    standard("DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"),
];

function standard(
    name: string,
    priority: number,
    direction: SecurityRule["direction"],
    access: SecurityRule["access"],
    from: string,
    to: string,
): SecurityRule {
    return {
        name,
        priority,
        direction,
        access,
        protocol: "*",
        sources: [from],
        sourcePorts: ["*"],
        destinations: [to],
        destinationPorts: ["*"],
    };
}

/** What a group with these rules does with the traffic. */
export function evaluate(rules: readonly SecurityRule[], traffic: Traffic): Verdict {
    const inOrder = [...rules, ...DEFAULT_RULES]
        .filter((rule) => rule.direction === traffic.direction)
        .sort((a, b) => a.priority - b.priority);
    for (const rule of inOrder) {
        const match = matchRule(rule, traffic);
        if (match === "all" || (match === "some" && rule.access === "Deny"))
            return { access: rule.access, rule };
    }
    throw new Error("unreachable: the default rules match all traffic");
}

/** How much of the traffic a rule is about. */
export function matchRule(rule: SecurityRule, traffic: Traffic): Match {
    if (rule.applicationGroups) return "none";
    return least([
        matchProtocol(rule.protocol, traffic.protocol),
        most(rule.sources.map((prefix) => matchPlace(prefix, traffic.from))),
        most(rule.sourcePorts.map(matchSourcePorts)),
        most(rule.destinations.map((prefix) => matchPlace(prefix, traffic.to))),
        most(rule.destinationPorts.map((ports) => matchPort(ports, traffic.port))),
    ]);
}

function least(matches: Match[]): Match {
    if (matches.includes("none")) return "none";
    return matches.includes("some") ? "some" : "all";
}

function most(matches: Match[]): Match {
    if (matches.includes("all")) return "all";
    return matches.includes("some") ? "some" : "none";
}

function matchProtocol(protocol: string, wanted: string): Match {
    return protocol === "*" || protocol.toLowerCase() === wanted.toLowerCase() ? "all" : "none";
}

function matchPort(ports: string, port: number): Match {
    const [low, high] = portRange(ports);
    return low <= port && port <= high ? "all" : "none";
}

/** Clients take any port from 1024 on. */
function matchSourcePorts(ports: string): Match {
    const [low, high] = portRange(ports);
    return low <= 1024 && high >= 65535 ? "all" : "some";
}

function portRange(ports: string): [number, number] {
    if (ports === "*") return [0, 65535];
    const [low, high = low] = ports.split("-").map(Number);
    return [low!, high!];
}

const EVERYWHERE: AddressRange = { first: 0, last: 2 ** 32 - 1 };
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((n) => parseRange(n)!);

/**
 * Addresses that are known to belong to a service tag, not all of them: the tag's list changes weekly. From the
 * documented endpoints of Microsoft 365 and Entra (login.microsoftonline.com).
 */
const KNOWN_ADDRESSES: Record<string, AddressRange[]> = {
    azureactivedirectory: ["20.190.128.0/18", "40.126.0.0/18"].map((n) => parseRange(n)!),
};

/** Some known networks of a service tag, for judging rules and routes that name addresses. */
export function knownNetworks(tag: string): AddressRange[] {
    return KNOWN_ADDRESSES[tag.toLowerCase()] ?? [];
}

function matchPlace(prefix: string, place: Place): Match {
    if (prefix === "*" || prefix.toLowerCase() === "any") return "all";
    const range = parseRange(prefix);
    if (range && contains(range, EVERYWHERE)) return "all";
    if ("tag" in place) return matchTag(prefix.toLowerCase(), range, place.tag.toLowerCase());
    return matchNetwork(prefix.toLowerCase(), range, place.network);
}

function matchTag(prefix: string, range: AddressRange | undefined, tag: string): Match {
    if (range) return knownNetworks(tag).some((known) => overlaps(known, range)) ? "some" : "none";
    if (prefix === tag || prefix === "internet" || prefix === "azurecloud") return "all";
    // A tag of one region, such as Storage.WestEurope.
    return prefix.startsWith(`${tag}.`) || prefix.startsWith("azurecloud.") ? "some" : "none";
}

function matchNetwork(prefix: string, range: AddressRange | undefined, network: string): Match {
    if (prefix === "virtualnetwork") return "all";
    if (!range) return "none";
    const own = parseRange(network);
    // Without the subnet's range, any private network may be part of it.
    if (!own) return PRIVATE.some((p) => overlaps(p, range)) ? "some" : "none";
    if (contains(range, own)) return "all";
    return overlaps(range, own) ? "some" : "none";
}
