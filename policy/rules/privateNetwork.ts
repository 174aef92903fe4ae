import { readSecurityRule, reachesEntra, type SecurityRuleAnswer } from "../../components/networkConflicts";
import { ENTRA_TAG } from "../../components/networkRules";
import { detour, type TableRoute } from "../../components/routeEvaluation";
import {
    isUnknown,
    objectOf,
    ofAzureType,
    text,
    type Finding,
    type PolicyResource,
    type PolicyRule,
} from "../rule";
import { referred } from "../references";

/** F8: a private server must reach Microsoft Entra, or nobody signs in and no administrator can be added. */

/** F10, evaluated as Azure does: by priority, with the group's default rules, never by the mere presence of a rule. */
export const entraTraffic: PolicyRule = {
    name: "entra-traffic-let-through",
    description: `The network security group of a private server lets outbound 443 to ${ENTRA_TAG} through.`,
    level: "mandatory",
    find: (resources) =>
        forEachPrivateServer(resources, "network security group", (server, subnet) => {
            if (subnet.inputs.networkSecurityGroup === undefined) return [];
            const group = referred(resources, subnet, "networkSecurityGroup", "NetworkSecurityGroup");
            if (!group) return [outside(server, "its network security group")];
            const rules = [
                ...listOf(group.inputs.securityRules),
                ...childrenOf(resources, "SecurityRule", "networkSecurityGroupName", group),
            ];
            if (rules.some(hasUnknown)) return [notKnownYet(server, "a security rule")];
            const read = rules.map((rule) =>
                readSecurityRule({
                    name: text(rule.securityRuleName ?? rule.name),
                    ...rule,
                } as unknown as SecurityRuleAnswer),
            );
            const prefix = subnet.inputs.addressPrefix;
            const verdict = reachesEntra(
                read,
                typeof prefix === "string" && !isUnknown(prefix) ? prefix : undefined,
            );
            if (verdict.access === "Allow") return [];
            const { name, priority } = verdict.rule;
            const message =
                `The private server '${text(server.inputs.serverName)}' cannot reach Microsoft Entra ID: the rule '${name}' (priority ${priority}) of the ` +
                `network security group '${text(group.inputs.networkSecurityGroupName)}' denies outbound 443 to ${ENTRA_TAG}, so Entra sign-ins and administrators ` +
                `fail (F8, F10). Add a rule before it that allows Tcp 443 from VirtualNetwork to the service tag ${ENTRA_TAG}; EntraNetwork makes one.`;
            return [{ urn: server.urn, message }];
        }),
};

/** F11 */
export const entraRoute: PolicyRule = {
    name: "entra-route",
    description: `A route table of a private server's subnet has the route for ${ENTRA_TAG} to the internet, and none that leads it elsewhere.`,
    level: "mandatory",
    find: (resources) =>
        forEachPrivateServer(resources, "route table", (server, subnet) => {
            if (subnet.inputs.routeTable === undefined) return [];
            const table = referred(resources, subnet, "routeTable", "RouteTable");
            if (!table) return [outside(server, "its route table")];
            const found = [
                ...listOf(table.inputs.routes),
                ...childrenOf(resources, "Route", "routeTableName", table),
            ];
            if (found.some(hasUnknown)) return [notKnownYet(server, "a route")];
            const routes = found.map((route): TableRoute => ({
                name: text(route.routeName ?? route.name),
                addressPrefix: text(route.addressPrefix),
                nextHopType: text(route.nextHopType),
            }));
            return routeProblem(server, text(table.inputs.routeTableName), routes);
        }),
};

function routeProblem(server: PolicyResource, table: string, routes: TableRoute[]): Finding[] {
    const astray = detour(routes, ENTRA_TAG);
    const fix = `Give the route table a route with the destination ${ENTRA_TAG} and the next hop Internet (F11); EntraNetwork makes one with routeTable: true.`;
    const name = text(server.inputs.serverName);
    if (astray) {
        const message = `The private server '${name}' cannot reach Microsoft Entra ID: the route '${astray.name}' (${astray.addressPrefix} to ${astray.nextHopType}) of the route table '${table}' leads its traffic elsewhere. ${fix}`;
        return [{ urn: server.urn, message }];
    }
    const own = routes.some((route) => route.addressPrefix.toLowerCase() === ENTRA_TAG.toLowerCase());
    if (own) return [];
    const message = `The route table '${table}' of the private server '${name}' has no route for ${ENTRA_TAG}: a default route that a gateway announces would lead its traffic elsewhere, and does not show in the table. ${fix}`;
    return [{ urn: server.urn, message }];
}

type Judge = (server: PolicyResource, subnet: PolicyResource) => Finding[];

function forEachPrivateServer(resources: readonly PolicyResource[], what: string, judge: Judge): Finding[] {
    return ofAzureType(resources, "dbforpostgresql", "Server").flatMap((server) => {
        if (objectOf(server.inputs.network)?.delegatedSubnetResourceId === undefined) return [];
        const subnet = referred(resources, server, "network", "Subnet");
        return subnet ? judge(server, subnet) : [outside(server, `its subnet, and so the ${what},`)];
    });
}

/** The component reads a group or table that is there already in every preview, and fails where it is in the way. */
function outside(server: PolicyResource, what: string): Finding {
    const message = `The private server '${text(server.inputs.serverName)}': ${what} is not of this stack and is not judged here.`;
    return { urn: server.urn, message, undecided: true };
}

function notKnownYet(server: PolicyResource, what: string): Finding {
    const message = `The private server '${text(server.inputs.serverName)}': ${what} is not known yet.`;
    return { urn: server.urn, message, undecided: true };
}

type Inputs = Record<string, unknown>;

function listOf(value: unknown): Inputs[] {
    return Array.isArray(value) ? (value as Inputs[]) : [];
}

/** Rules and routes as resources of their own, by the name of what they belong to. */
function childrenOf(
    resources: readonly PolicyResource[],
    type: string,
    nameOfParent: string,
    parent: PolicyResource,
): Inputs[] {
    return ofAzureType(resources, "network", type)
        .map((child) => child.inputs)
        .filter((inputs) => inputs[nameOfParent] === parent.inputs[nameOfParent]);
}

/** Of what counts here; the resource group of a new stack never is known. */
function hasUnknown({ resourceGroupName: _, ...inputs }: Inputs): boolean {
    return Object.values(inputs).some(
        (value) => isUnknown(value) || (Array.isArray(value) && value.some(isUnknown)),
    );
}
