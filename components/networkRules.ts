import { checkCidr, parseIpv4 } from "./cidr";
import type { SecurityRule } from "./securityRuleEvaluation";
import type { TableRoute } from "./routeEvaluation";
import { ValidationError } from "./validationError";

/**
 * The network rules that a private server needs for Microsoft Entra (F8, F10–F12) and for itself: Storage for its logs,
 * 5432 within its subnet for high availability. Pure.
 */

export const ENTRA_TAG = "AzureActiveDirectory";
export const STORAGE_TAG = "Storage";
/** Of a network security group: 100 is served first, 4096 last. */
export const LOWEST_PRIORITY = 4096;
const HIGHEST_PRIORITY = 100;

export interface RuleOptions {
    /** Put before each rule's name. */
    prefix: string;
    /** Priority of the first rule; the others follow it one by one. */
    priorityBase: number;
    /** The server's subnet in CIDR notation; left out, `VirtualNetwork` stands for it. */
    subnet?: string;
    /** Adds a last rule that denies every other outbound traffic (F10: "only" the service tag). */
    denyOtherOutbound?: boolean;
    /** Own DNS servers, which must stay reachable (F76). */
    dnsServers?: string[];
}

/** The NSG rules, the highest priority first. */
export function securityRules(options: RuleOptions): SecurityRule[] {
    const subnet = options.subnet ?? "VirtualNetwork";
    const tcp = (
        name: string,
        direction: SecurityRule["direction"],
        from: string,
        to: string,
        port: string,
    ) => rule(`${options.prefix}-${name}`, { direction, protocol: "Tcp" }, [from], [to], port);
    const rules = [
        tcp("entra-out", "Outbound", "VirtualNetwork", ENTRA_TAG, "443"),
        tcp("storage-out", "Outbound", "VirtualNetwork", STORAGE_TAG, "443"),
        tcp("postgres-out", "Outbound", subnet, subnet, "5432"),
        tcp("postgres-in", "Inbound", subnet, subnet, "5432"),
    ];
    const dns = { direction: "Outbound", protocol: "*" } as const;
    if (options.denyOtherOutbound && options.dnsServers?.length)
        rules.push(rule(`${options.prefix}-dns-out`, dns, ["VirtualNetwork"], options.dnsServers, "53"));
    const numbered = rules.map((r, i) => ({ ...r, priority: options.priorityBase + i }));
    return options.denyOtherOutbound ? [...numbered, denyOthers(options.prefix)] : numbered;
}

function rule(
    name: string,
    kind: Pick<SecurityRule, "direction" | "protocol">,
    sources: string[],
    destinations: string[],
    port: string,
): SecurityRule {
    return {
        name,
        ...kind,
        priority: 0,
        access: "Allow",
        sources,
        sourcePorts: ["*"],
        destinations,
        destinationPorts: [port],
    };
}

function denyOthers(prefix: string): SecurityRule {
    const all = rule(`${prefix}-deny-out`, { direction: "Outbound", protocol: "*" }, ["*"], ["*"], "*");
    return { ...all, access: "Deny", priority: LOWEST_PRIORITY };
}

/** The routes (F11); with an appliance as the default route, the subnet's own range must stay inside the network. */
export function routes(prefix: string, subnet: string | undefined): TableRoute[] {
    const entra = { name: `${prefix}-entra`, addressPrefix: ENTRA_TAG, nextHopType: "Internet" };
    if (subnet === undefined) return [entra];
    return [entra, { name: `${prefix}-subnet`, addressPrefix: subnet, nextHopType: "VnetLocal" }];
}

/** @throws ValidationError where the rules would not all fit between 100 and 4096 */
export function checkPriorityBase(argument: string, base: unknown, rules = 6): void {
    const last = LOWEST_PRIORITY - rules;
    if (Number.isInteger(base) && (base as number) >= HIGHEST_PRIORITY && (base as number) <= last) return;
    const rule = `priorities of a network security group go from ${HIGHEST_PRIORITY} to ${LOWEST_PRIORITY}, and ${rules} rules must fit`;
    throw new ValidationError(argument, base, rule, `use a whole number from ${HIGHEST_PRIORITY} to ${last}`);
}

/** @throws ValidationError where one of the own DNS servers is no IPv4 address */
export function checkDnsServers(argument: string, servers: unknown[]): void {
    for (const [i, server] of servers.entries())
        if (typeof server !== "string" || parseIpv4(server) === undefined)
            throw new ValidationError(
                `${argument}[${i}]`,
                server,
                "a DNS server is given by its IPv4 address",
                "write an address like 10.20.0.4",
            );
}

/** Azure Firewall (F12): one network rule that lets HTTP and HTTPS reach the service tag only. */
export function firewallRuleCollection(name: string, priority: number, sources: string[]) {
    return {
        ruleCollectionType: "FirewallPolicyFilterRuleCollection" as const,
        name,
        priority,
        action: { type: "Allow" },
        rules: [
            {
                ruleType: "NetworkRule" as const,
                name,
                ipProtocols: ["TCP"],
                sourceAddresses: sources,
                destinationAddresses: [ENTRA_TAG],
                destinationPorts: ["80", "443"],
            },
        ],
    };
}

/** @throws ValidationError where the priority is not one that Azure Firewall takes */
export function checkFirewallPriority(argument: string, priority: unknown): void {
    if (Number.isInteger(priority) && (priority as number) >= 100 && (priority as number) <= 65000) return;
    const rule = "priorities of Azure Firewall go from 100 to 65000";
    throw new ValidationError(argument, priority, rule, "use a whole number from 100 to 65000");
}

/** @throws ValidationError where a source of the Azure Firewall rule is no network */
export function checkFirewallSources(argument: string, sources: unknown[]): void {
    for (const [i, source] of sources.entries()) checkCidr(`${argument}[${i}]`, source);
}
