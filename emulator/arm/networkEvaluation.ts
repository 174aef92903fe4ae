/**
 * Whether a private server reaches Microsoft Entra ID (F8): the network security group by priority with its default
 * rules (F10), then the routes by longest prefix (F11). Pure.
 *
 * Source: Microsoft Learn, "Network security groups" (priorities, default rules) and "Virtual network traffic
 * routing" (how Azure selects a route).
 */

import { contains, covered, overlap, parseCidr, type Cidr, type Range } from "./addresses";
import { ENTRA_RANGES, ENTRA_TAG } from "./serviceTags";

export interface SecurityRule {
    name: string;
    priority: number;
    direction: string;
    access: string;
    protocol: string;
    sources: readonly string[];
    sourcePorts: readonly string[];
    destinations: readonly string[];
    destinationPorts: readonly string[];
}

export interface Route {
    name: string;
    addressPrefix: string;
    nextHopType: string;
    nextHopIpAddress?: string;
}

export interface SubnetNetwork {
    /** Of the subnet that the server sits in. */
    addressPrefixes: readonly string[];
    /** Of its virtual network. */
    networkPrefixes: readonly string[];
    /** Left out where the subnet has no network security group. */
    securityGroup?: { name: string; rules: readonly SecurityRule[] };
    /** Left out where the subnet has no route table. */
    routeTable?: { name: string; routes: readonly Route[] };
}

const EVERYWHERE: Range = { first: 0, last: 2 ** 32 - 1 };
const HTTPS = 443;

/** The outbound rules that every network security group ends with. */
export const DEFAULT_OUTBOUND_RULES: readonly SecurityRule[] = [
    outbound("AllowVnetOutBound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    outbound("AllowInternetOutBound", 65001, "Allow", "*", "Internet"),
    outbound("DenyAllOutBound", 65500, "Deny", "*", "*"),
];

/** Why the subnet does not reach Microsoft Entra ID on port 443; `undefined` where it does. */
export function entraUnreachable(network: SubnetNetwork): string | undefined {
    return refusedBySecurityGroup(network) ?? lostByRoutes(network);
}

function refusedBySecurityGroup(network: SubnetNetwork): string | undefined {
    if (!network.securityGroup) return undefined;
    const rules = [...network.securityGroup.rules, ...DEFAULT_OUTBOUND_RULES]
        .filter((rule) => rule.direction === "Outbound" && ["Tcp", "*"].includes(rule.protocol))
        .sort((a, b) => a.priority - b.priority);
    const rule = rules.find((candidate) => decides(candidate, network));
    if (rule?.access === "Allow") return undefined;
    return (
        `network security group '${network.securityGroup.name}' denies outbound TCP 443 to ${ENTRA_TAG}: ` +
        `rule '${rule!.name}' (priority ${rule!.priority}). Allow it with a smaller priority (F10).`
    );
}

/** An allowing rule decides only what it covers whole; a denying one whatever it touches. */
function decides(rule: SecurityRule, network: SubnetNetwork): boolean {
    const whole = rule.access === "Allow";
    return (
        matchesSource(rule.sources, network, whole) &&
        (whole ? rule.sourcePorts.some((p) => p === "*" || p === "0-65535") : rule.sourcePorts.length > 0) &&
        matchesEntra(rule.destinations, whole) &&
        rule.destinationPorts.some((ports) => includesPort(ports, HTTPS))
    );
}

function matchesSource(sources: readonly string[], network: SubnetNetwork, whole: boolean): boolean {
    if (sources.includes("*") || sources.includes("VirtualNetwork")) return true;
    return matchesRanges(sources, ranges(network.addressPrefixes), whole);
}

function matchesEntra(destinations: readonly string[], whole: boolean): boolean {
    // The published ranges of Microsoft Entra ID are public addresses of Azure: both wider tags hold them.
    if (["*", ENTRA_TAG, "Internet", "AzureCloud"].some((tag) => destinations.includes(tag))) return true;
    if (!whole && destinations.some((tag) => tag.startsWith("AzureCloud."))) return true;
    return matchesRanges(destinations, ENTRA_RANGES, whole);
}

function matchesRanges(texts: readonly string[], targets: readonly Range[], whole: boolean): boolean {
    const given = ranges(texts);
    return whole
        ? targets.length > 0 && targets.every((target) => covered(target, given))
        : targets.some((target) => given.some((range) => overlap(target, range)));
}

function includesPort(ports: string, port: number): boolean {
    if (ports === "*") return true;
    const [first, last = first] = ports.split("-").map(Number);
    return first! <= port && port <= last!;
}

function ranges(texts: readonly string[]): Cidr[] {
    return texts.map(parseCidr).filter((range) => range !== undefined);
}

function lostByRoutes(network: SubnetNetwork): string | undefined {
    if (!network.routeTable) return undefined;
    const { name, routes } = network.routeTable;
    for (const range of ENTRA_RANGES) {
        for (const point of [range, ...routesWithin(routes, range)]) {
            const route = longestPrefix(routes, point, range);
            if (route && route.nextHopType !== "Internet") return lost(name, route);
        }
    }
    return undefined;
}

function routesWithin(routes: readonly Route[], range: Range): Cidr[] {
    return ranges(routes.map((route) => route.addressPrefix)).filter((prefix) => contains(range, prefix));
}

/** The route that traffic to `point` takes. Azure's own default route leads to the internet: `undefined`. */
function longestPrefix(routes: readonly Route[], point: Range, entraRange: Cidr): Route | undefined {
    const candidates = routes.flatMap((route) => {
        const prefix = routePrefix(route, entraRange);
        return prefix && contains(prefix.range, point) ? [{ route, ...prefix }] : [];
    });
    // Of two routes with the same prefix the explicit one wins over the service tag.
    candidates.sort((a, b) => b.length - a.length || Number(a.tag) - Number(b.tag));
    return candidates[0]?.route;
}

function routePrefix(
    route: Route,
    entraRange: Cidr,
): { range: Range; length: number; tag: boolean } | undefined {
    if (route.addressPrefix === ENTRA_TAG) return { range: entraRange, length: entraRange.length, tag: true };
    // AzureCloud holds the same addresses in wider ranges: it is longer than any default route and shorter than theirs.
    if (route.addressPrefix === "AzureCloud") return { range: EVERYWHERE, length: 8, tag: true };
    const prefix = parseCidr(route.addressPrefix);
    return prefix && { range: prefix, length: prefix.length, tag: false };
}

function lost(routeTable: string, route: Route): string {
    const hop = route.nextHopIpAddress ? `${route.nextHopType} ${route.nextHopIpAddress}` : route.nextHopType;
    return (
        `route table '${routeTable}' sends traffic to ${ENTRA_TAG} to ${hop} by route '${route.name}' ` +
        `(${route.addressPrefix}). Add a route with the destination ${ENTRA_TAG} and the next hop Internet (F11).`
    );
}

function outbound(
    name: string,
    priority: number,
    access: "Allow" | "Deny",
    source: string,
    destination: string,
): SecurityRule {
    return {
        name,
        priority,
        direction: "Outbound",
        access,
        protocol: "*",
        sources: [source],
        sourcePorts: ["*"],
        destinations: [destination],
        destinationPorts: ["*"],
    };
}
