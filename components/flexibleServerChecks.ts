import { allowsEntra, AuthMode, checkAuthentication } from "./authMode";
import { checkPrivateDnsZoneId } from "./dnsZone";
import { checkAddresses } from "./firewallRules";
import { ComputeTier, HighAvailabilityMode, type FlexibleServerArgs } from "./flexibleServerArgs";
import { isPlain, plainValue } from "./inputs";
import { checkTenantId } from "./names";
import { checkIdentities, refuseSecond, type PrincipalToCheck } from "./principalChecks";
import {
    checkAdministratorLogin,
    checkDatabaseName,
    checkFirewallRuleName,
    checkParameterName,
    checkServerName,
} from "./resourceNames";
import { ValidationError } from "./validationError";

/**
 * Checks everything about a server that is known before anything is registered. What arrives as an output is checked by
 * the component when it is known.
 *
 * @returns the authentication mode
 * @throws ValidationError
 */
export function checkFlexibleServer(args: FlexibleServerArgs): AuthMode {
    const authMode = checkAuthentication({
        authMode: args.authMode,
        hasLogin: args.administratorLogin !== undefined,
        hasPassword: args.administratorPassword !== undefined,
        keepsPassword: args.keepAdministratorPassword ?? false,
        administrators: (args.administrators ?? []).length,
    });
    checkSettings(args);
    checkNetwork(args);
    if (allowsEntra(authMode)) checkIdentities(identities(args));
    administratorKeys(args);
    checkFirewallRules(args);
    checkDatabases(args);
    checkParameters(args);
    return authMode;
}

/** The administrators as far as they are known, for the checks of identities. */
export function identities(args: FlexibleServerArgs): PrincipalToCheck[] {
    return (args.administrators ?? []).map((administrator, i) => ({
        argument: `administrators[${i}]`,
        name: plainValue(administrator.principalName),
        objectId: plainValue(administrator.objectId),
        principalType: plainValue(administrator.principalType),
        foundByName: true,
    }));
}

/**
 * What tells the administrators apart in the state: each one's own key, so that removing one leaves the others as they
 * are (E2). The object id comes first: a person's name may change, and the service knows administrators by id.
 */
export function administratorKeys(args: FlexibleServerArgs): string[] {
    const keys = (args.administrators ?? []).map(
        (a) => a.key ?? plainValue(a.objectId)?.toLowerCase() ?? plainValue(a.principalName),
    );
    const missing = keys.indexOf(undefined);
    if (missing >= 0)
        throw new ValidationError(
            `administrators[${missing}].key`,
            undefined,
            "an administrator whose object id and name are both outputs needs a key of its own",
            "give a short fixed text",
        );
    refuseSecond(
        keys.map((key, i) => ({ argument: `administrators[${i}].key`, value: key, key })),
        "a key tells administrators apart",
        "give each a key of its own",
    );
    return keys as string[];
}

function checkSettings(args: FlexibleServerArgs): void {
    const { name, tenantId, administratorLogin: login } = args;
    if (isPlain(name)) checkServerName("name", name);
    if (isPlain(tenantId)) checkTenantId("tenantId", tenantId);
    if (login !== undefined && isPlain(login)) checkAdministratorLogin("administratorLogin", login);
    checkWhole("storageSizeGb", plainValue(args.storageSizeGb), 32, 65536);
    checkWhole("backupRetentionDays", plainValue(args.backupRetentionDays), 7, 35);
    checkVersion(plainValue(args.version));
    checkCompute(args);
}

function checkVersion(version: string | undefined): void {
    if (version === undefined || (/^\d{2}$/.test(version) && Number(version) >= 11)) return;
    throw new ValidationError(
        "version",
        version,
        "Flexible Server has major versions of PostgreSQL from 11 on",
        'write the major version alone, like "17"',
    );
}

function checkWhole(argument: string, value: number | undefined, least: number, most: number): void {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
    const rule = `it is a whole number from ${least} to ${most}`;
    throw new ValidationError(argument, value, rule, "choose such a number");
}

function checkCompute(args: FlexibleServerArgs): void {
    const tier = plainValue(args.sku?.tier);
    checkOneOf("sku.tier", tier, Object.values(ComputeTier));
    const mode = plainValue(args.highAvailability);
    checkOneOf("highAvailability", mode, Object.values(HighAvailabilityMode));
    const standby = args.standbyAvailabilityZone;
    if (mode !== undefined && mode !== HighAvailabilityMode.Disabled && tier === ComputeTier.Burstable)
        throw new ValidationError(
            "highAvailability",
            mode,
            `the tier ${ComputeTier.Burstable} has no standby server`,
            `use the tier ${ComputeTier.GeneralPurpose} or ${ComputeTier.MemoryOptimized}`,
        );
    if (standby !== undefined && (args.highAvailability ?? "Disabled") === HighAvailabilityMode.Disabled)
        throw new ValidationError(
            "standbyAvailabilityZone",
            plainValue(standby) ?? "(given)",
            "without high availability there is no standby server",
            "remove it, or set highAvailability",
        );
    const zone = plainValue(args.availabilityZone);
    if (mode === HighAvailabilityMode.ZoneRedundant && zone !== undefined && zone === plainValue(standby))
        throw new ValidationError(
            "standbyAvailabilityZone",
            zone,
            "ZoneRedundant puts the standby into another zone than the primary",
            "choose another zone",
        );
}

function checkOneOf(argument: string, value: string | undefined, known: string[]): void {
    if (value === undefined || known.includes(value)) return;
    throw new ValidationError(argument, value, "there is no such value", `use one of ${known.join(", ")}`);
}

function checkNetwork(args: FlexibleServerArgs): void {
    const { delegatedSubnetId, privateDnsZoneId, publicNetworkAccess } = args.network ?? {};
    const rules = args.firewallRules ?? [];
    const isPrivate = delegatedSubnetId !== undefined;
    if (isPrivate && publicNetworkAccess)
        throw new ValidationError(
            "network.publicNetworkAccess",
            true,
            "a server in a delegated subnet has no public access (F74)",
            "remove it or the subnet",
        );
    if (isPrivate && rules.length > 0)
        throw new ValidationError(
            "firewallRules",
            rules.map((rule) => rule.name),
            "firewall rules are for public servers and a delegated subnet excludes public access (F74)",
            "remove the rules or the subnet",
        );
    if (isPrivate && privateDnsZoneId === undefined)
        throw new ValidationError(
            "network.privateDnsZoneId",
            undefined,
            "a server in a delegated subnet is found through a private DNS zone (F75)",
            "give the zone's resource id",
        );
    if (!isPrivate && privateDnsZoneId !== undefined)
        throw new ValidationError(
            "network.delegatedSubnetId",
            undefined,
            "a private DNS zone belongs to a server in a delegated subnet",
            "give the subnet's resource id, or remove the zone",
        );
    if (rules.length > 0 && !publicNetworkAccess)
        throw new ValidationError(
            "network.publicNetworkAccess",
            publicNetworkAccess,
            "firewall rules do nothing while public access is off",
            "set it to true, or remove the rules",
        );
    if (privateDnsZoneId !== undefined && isPlain(privateDnsZoneId))
        checkPrivateDnsZoneId(
            "network.privateDnsZoneId",
            privateDnsZoneId,
            plainValue(args.name),
            args.cloud,
        );
}

function checkFirewallRules(args: FlexibleServerArgs): void {
    const rules = args.firewallRules ?? [];
    for (const [i, rule] of rules.entries()) {
        const argument = `firewallRules[${i}]`;
        checkFirewallRuleName(`${argument}.name`, rule.name);
        const { startIpAddress, endIpAddress } = rule;
        if (isPlain(startIpAddress) && isPlain(endIpAddress))
            checkAddresses(argument, startIpAddress as string, endIpAddress as string);
    }
    refuseSecondName("firewallRules", rules);
}

function checkDatabases(args: FlexibleServerArgs): void {
    const databases = args.databases ?? [];
    for (const [i, database] of databases.entries()) checkDatabaseName(`databases[${i}].name`, database.name);
    refuseSecondName("databases", databases);
}

function refuseSecondName(list: string, entries: { name: string }[]): void {
    const keyed = entries.map((e, i) => ({ argument: `${list}[${i}].name`, value: e.name, key: e.name }));
    refuseSecond(keyed, "names are unique on a server", "choose another name");
}

function checkParameters(args: FlexibleServerArgs): void {
    for (const [name, value] of Object.entries(args.parameters ?? {})) {
        checkParameterName(`parameters["${name}"]`, name);
        if (isPlain(value)) checkParameterValue(name, value);
    }
}

/** F16: a token is as good as a password, and must not cross a network in the clear. */
export function checkParameterValue(name: string, value: unknown): void {
    if (typeof value !== "string")
        throw new ValidationError(
            `parameters["${name}"]`,
            value,
            "values are text",
            'write it in quotes, like "on"',
        );
    if (name.toLowerCase() === "require_secure_transport" && !/^(on|true|yes|1)$/i.test(value))
        throw new ValidationError(
            `parameters["${name}"]`,
            value,
            "tokens and passwords must not cross the network without TLS (F16)",
            "remove it, or set it to on",
        );
}
