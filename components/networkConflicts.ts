import { STORAGE_TAG, ENTRA_TAG } from "./networkRules";
import { detour, type TableRoute } from "./routeEvaluation";
import { evaluate, type SecurityRule, type Traffic } from "./securityRuleEvaluation";
import { ValidationError } from "./validationError";

/** Finds out whether rules for Microsoft Entra take effect in an existing network security group or route table. Pure. */

/** The shape in which the resource API answers; every list is also given as a single value. */
export interface SecurityRuleAnswer {
    name?: string;
    priority?: number;
    direction: string;
    access: string;
    protocol: string;
    sourceAddressPrefix?: string;
    sourceAddressPrefixes?: string[];
    sourceApplicationSecurityGroups?: unknown[];
    sourcePortRange?: string;
    sourcePortRanges?: string[];
    destinationAddressPrefix?: string;
    destinationAddressPrefixes?: string[];
    destinationApplicationSecurityGroups?: unknown[];
    destinationPortRange?: string;
    destinationPortRanges?: string[];
}

export function readSecurityRule(answer: SecurityRuleAnswer): SecurityRule {
    const list = (single?: string, many?: string[]) => [...(single ? [single] : []), ...(many ?? [])];
    const groups = (answer.sourceApplicationSecurityGroups ?? []).length;
    return {
        name: answer.name ?? "(unnamed)",
        priority: answer.priority ?? 0,
        direction: answer.direction.toLowerCase() === "inbound" ? "Inbound" : "Outbound",
        access: answer.access.toLowerCase() === "allow" ? "Allow" : "Deny",
        protocol: answer.protocol,
        sources: list(answer.sourceAddressPrefix, answer.sourceAddressPrefixes),
        sourcePorts: list(answer.sourcePortRange, answer.sourcePortRanges),
        destinations: list(answer.destinationAddressPrefix, answer.destinationAddressPrefixes),
        destinationPorts: list(answer.destinationPortRange, answer.destinationPortRanges),
        applicationGroups: groups + (answer.destinationApplicationSecurityGroups ?? []).length > 0,
    };
}

/**
 * Checks that new rules fit into an existing group and are served before anything that denies the same.
 *
 * @param existing the group's rules; those named like new ones are the component's own of an earlier run
 * @throws ValidationError that names the rule in the way
 */
export function checkSecurityRules(
    group: string,
    existing: readonly SecurityRule[],
    added: readonly SecurityRule[],
    subnet: string | undefined,
): void {
    const own = new Set(added.map((rule) => rule.name.toLowerCase()));
    const others = existing.filter((rule) => !own.has(rule.name.toLowerCase()));
    for (const rule of added) refuseTakenPriority(group, others, rule);
    for (const traffic of neededTraffic(subnet))
        refuseDenial(group, [...others, ...added], added[0]!, traffic);
}

function refuseTakenPriority(group: string, others: readonly SecurityRule[], rule: SecurityRule): void {
    const taken = others.find((o) => o.priority === rule.priority && o.direction === rule.direction);
    if (!taken) return;
    throw new ValidationError(
        "rulePriorityBase",
        rule.priority,
        `the rule '${taken.name}' of the network security group '${group}' has this ${rule.direction.toLowerCase()} priority already`,
        "choose a base from which the next priorities are free",
    );
}

function refuseDenial(
    group: string,
    rules: readonly SecurityRule[],
    first: SecurityRule,
    needed: NeededTraffic,
): void {
    const verdict = evaluate(rules, needed.traffic);
    if (verdict.access === "Allow") return;
    throw new ValidationError(
        "rulePriorityBase",
        first.priority,
        `the rule '${verdict.rule.name}' (priority ${verdict.rule.priority}) of the network security group '${group}' is served first and denies ${needed.what}`,
        `use a base below ${verdict.rule.priority}, or change that rule`,
    );
}

interface NeededTraffic {
    what: string;
    traffic: Traffic;
}

/** What a private server with Entra authentication needs (F10). */
export function neededTraffic(subnet: string | undefined): NeededTraffic[] {
    const network = { network: subnet ?? "" };
    const out = (what: string, to: Traffic["to"], port: number): NeededTraffic => ({
        what,
        traffic: { direction: "Outbound", protocol: "Tcp", from: network, to, port },
    });
    const within = out("5432 within the subnet", network, 5432);
    return [
        out(`outbound 443 to ${ENTRA_TAG} (F10)`, { tag: ENTRA_TAG }, 443),
        out(`outbound 443 to ${STORAGE_TAG}`, { tag: STORAGE_TAG }, 443),
        within,
        { ...within, traffic: { ...within.traffic, direction: "Inbound" } },
    ];
}

/** Whether a group with these rules lets the server reach Microsoft Entra, and the rule that decides (F10). */
export function reachesEntra(rules: readonly SecurityRule[], subnet?: string) {
    return evaluate(rules, neededTraffic(subnet)[0]!.traffic);
}

/**
 * Checks that new routes fit into an existing table and lead to Microsoft Entra (F11).
 *
 * @throws ValidationError that names the route in the way
 */
export function checkRoutes(
    table: string,
    existing: readonly TableRoute[],
    added: readonly TableRoute[],
): void {
    const own = new Set(added.map((route) => route.name.toLowerCase()));
    const others = existing.filter((route) => !own.has(route.name.toLowerCase()));
    for (const route of added) refuseTakenPrefix(table, others, route);
    const astray = detour([...others, ...added], ENTRA_TAG);
    if (!astray) return;
    throw new ValidationError(
        "existing.routeTableName",
        table,
        `its route '${astray.name}' (${astray.addressPrefix} to ${astray.nextHopType}) leads traffic for ${ENTRA_TAG} elsewhere (F11)`,
        "remove that route, or make it wider than the service tag's networks",
    );
}

function refuseTakenPrefix(table: string, others: readonly TableRoute[], route: TableRoute): void {
    const taken = others.find((o) => o.addressPrefix.toLowerCase() === route.addressPrefix.toLowerCase());
    if (!taken) return;
    throw new ValidationError(
        "existing.routeTableName",
        table,
        `a route table holds one route for ${route.addressPrefix}, and its route '${taken.name}' is one already (to ${taken.nextHopType})`,
        taken.nextHopType === route.nextHopType
            ? "leave the route table out: it needs nothing more"
            : "remove that route",
    );
}
