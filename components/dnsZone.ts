import { Cloud, cloudEndpoints } from "./clouds";
import { ValidationError } from "./validationError";

/** The parts of a private DNS zone's resource id that matter here. */
const ZONE_ID =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/privateDnsZones\/([^/]+)$/i;

/**
 * Checks the name of a private DNS zone (F75): it ends in the cloud's suffix, and it is not the server's own host name,
 * with which Azure's own record of the server would collide.
 *
 * @param serverName checked only where it is known
 * @throws ValidationError
 */
export function checkPrivateDnsZone(
    argument: string,
    zoneName: unknown,
    serverName: string | undefined,
    cloud: string = Cloud.Public,
): void {
    const suffix = cloudEndpoints(cloud).privateDnsZoneSuffix;
    const label = typeof zoneName === "string" ? labelsBefore(zoneName, suffix) : undefined;
    if (label === undefined)
        throw new ValidationError(
            argument,
            zoneName,
            `the private DNS zone's name ends in .${suffix}, with letters, digits and hyphens before it (F75)`,
            `name it like contoso.private.${suffix}`,
        );
    if (serverName !== undefined && label === serverName.toLowerCase())
        throw new ValidationError(
            argument,
            zoneName,
            `the zone must not be called like the server '${serverName}' (F75)`,
            `name it like ${serverName}.private.${suffix}`,
        );
}

/** The same for a zone given by its resource id. */
export function checkPrivateDnsZoneId(
    argument: string,
    zoneId: unknown,
    serverName: string | undefined,
    cloud?: string,
): void {
    const zoneName = typeof zoneId === "string" ? ZONE_ID.exec(zoneId)?.[1] : undefined;
    if (zoneName === undefined)
        throw new ValidationError(
            argument,
            zoneId,
            "this is the resource id of a private DNS zone",
            "copy it from `az network private-dns zone show --query id`",
        );
    checkPrivateDnsZone(argument, zoneName, serverName, cloud);
}

/** What stands before the suffix, in lower case; `undefined` where that is no row of DNS labels. */
function labelsBefore(zoneName: string, suffix: string): string | undefined {
    const name = zoneName.toLowerCase();
    if (!name.endsWith(`.${suffix}`)) return undefined;
    const before = name.slice(0, -suffix.length - 1);
    return before.split(".").every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))
        ? before
        : undefined;
}
