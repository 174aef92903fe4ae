/** Service tags: names that stand for address ranges of Azure's own services. A selection of the common ones. */

import { parseCidr, type Cidr } from "./addresses";

/** The tags that rules and routes may name, without a region. */
const TAGS = [
    "ApiManagement",
    "AppConfiguration",
    "AppService",
    "AzureActiveDirectory",
    "AzureActiveDirectoryDomainServices",
    "AzureAdvancedThreatProtection",
    "AzureArcInfrastructure",
    "AzureBackup",
    "AzureCloud",
    "AzureConnectors",
    "AzureContainerRegistry",
    "AzureCosmosDB",
    "AzureDatabricks",
    "AzureDevOps",
    "AzureEventGrid",
    "AzureFrontDoor.Backend",
    "AzureFrontDoor.FirstParty",
    "AzureFrontDoor.Frontend",
    "AzureKeyVault",
    "AzureLoadBalancer",
    "AzureMachineLearning",
    "AzureMonitor",
    "AzureOpenDatasets",
    "AzurePlatformDNS",
    "AzurePlatformIMDS",
    "AzureResourceManager",
    "AzureSignalR",
    "AzureSiteRecovery",
    "AzureTrafficManager",
    "EventHub",
    "GatewayManager",
    "Internet",
    "MicrosoftContainerRegistry",
    "ServiceBus",
    "Sql",
    "Storage",
    "VirtualNetwork",
];

/** Tags that only rules take: they are no ranges of a service. */
const RULES_ONLY = ["AzureLoadBalancer", "Internet", "VirtualNetwork"];

export const ENTRA_TAG = "AzureActiveDirectory";

/**
 * Some of the sign-in service's public ranges. The tag holds more, and they change: they only stand for it wherever a
 * rule or route names addresses instead of the tag.
 */
export const ENTRA_RANGES: readonly Cidr[] = [
    "20.20.32.0/19",
    "20.190.128.0/18",
    "20.231.128.0/19",
    "40.126.0.0/18",
].map((text) => parseCidr(text)!);

export function isRuleTag(text: string): boolean {
    return TAGS.includes(text) || isRegional(text);
}

export function isRouteTag(text: string): boolean {
    return isRuleTag(text) && !RULES_ONLY.includes(text);
}

function isRegional(text: string): boolean {
    const [, tag] = /^(\w+)\.([A-Z][A-Za-z0-9]+)$/.exec(text) ?? [];
    return tag !== undefined && TAGS.includes(tag) && !RULES_ONLY.includes(tag) && tag !== ENTRA_TAG;
}
