import type * as pulumi from "@pulumi/pulumi";
import { checkCidr, checkDelegatedSubnet } from "./cidr";
import { cloudEndpoints } from "./clouds";
import { checkPrivateDnsZone } from "./dnsZone";
import type { EntraNetworkArgs, ExistingNetworkArgs } from "./entraNetworkArgs";
import { isPlain, plainValue } from "./inputs";
import {
    checkDnsServers,
    checkFirewallPriority,
    checkFirewallSources,
    checkPriorityBase,
} from "./networkRules";
import { ValidationError } from "./validationError";

/**
 * Checks what is known before anything is registered.
 *
 * @throws ValidationError
 */
export function checkEntraNetwork(name: string, args: EntraNetworkArgs): void {
    if (args.existing) checkExistingNetwork(args, args.existing);
    else checkOwnNetwork(name, args);
    if (args.rulePriorityBase !== undefined) checkPriorityBase("rulePriorityBase", args.rulePriorityBase);
    checkDnsServers("dnsServers", (args.dnsServers ?? []).filter(isPlain));
    if (args.firewall?.priority !== undefined)
        checkFirewallPriority("firewall.priority", args.firewall.priority);
    checkFirewallSources("firewall.sourceAddresses", (args.firewall?.sourceAddresses ?? []).filter(isPlain));
}

function checkOwnNetwork(name: string, args: EntraNetworkArgs): void {
    for (const argument of ["addressSpace", "subnetAddressPrefix"] as const)
        if (args[argument] === undefined)
            throw new ValidationError(
                argument,
                undefined,
                "a network of its own needs its ranges",
                "give one like 10.20.0.0/16, or name an existing network",
            );
    const { addressSpace, subnetAddressPrefix } = args;
    const zone = zoneName(name, args);
    if (isPlain(addressSpace)) checkCidr("addressSpace", addressSpace);
    if (isPlain(subnetAddressPrefix))
        checkDelegatedSubnet("subnetAddressPrefix", subnetAddressPrefix, plainValue(addressSpace));
    if (isPlain(zone))
        checkPrivateDnsZone("privateDnsZoneName", zone, plainValue(args.serverName), args.cloud);
}

/** Name of the private DNS zone: the given one, or one that no server can have. */
export function zoneName(name: string, args: EntraNetworkArgs): pulumi.Input<string> {
    return args.privateDnsZoneName ?? `${name}.private.${cloudEndpoints(args.cloud).privateDnsZoneSuffix}`;
}

const OWN_ONLY = ["addressSpace", "subnetAddressPrefix", "privateDnsZoneName", "routeTable"] as const;

function checkExistingNetwork(args: EntraNetworkArgs, existing: ExistingNetworkArgs): void {
    for (const argument of OWN_ONLY)
        if (args[argument] !== undefined)
            throw new ValidationError(
                argument,
                plainValue<unknown>(args[argument]) ?? "(given)",
                "an existing network is given rules only",
                `remove it${argument === "subnetAddressPrefix" ? ", or move it into existing" : ""}`,
            );
    const { networkSecurityGroupName, routeTableName, subnetAddressPrefix } = existing;
    if (networkSecurityGroupName === undefined && routeTableName === undefined && args.firewall === undefined)
        throw new ValidationError(
            "existing.networkSecurityGroupName",
            undefined,
            "there is nothing to give rules to",
            "name a network security group, a route table or a firewall policy",
        );
    if (subnetAddressPrefix !== undefined && isPlain(subnetAddressPrefix))
        checkDelegatedSubnet("existing.subnetAddressPrefix", subnetAddressPrefix);
    const noSource = subnetAddressPrefix === undefined && (args.firewall?.sourceAddresses ?? []).length === 0;
    if (args.firewall && noSource)
        throw new ValidationError(
            "firewall.sourceAddresses",
            undefined,
            "the firewall's rule lets out named networks only",
            "name them, or give existing.subnetAddressPrefix",
        );
}
