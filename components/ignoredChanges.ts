/** Properties of the server whose change would replace it without need. A zone moves by itself in a failover. */
const NEVER_FOLLOWED = ["administratorLogin", "availabilityZone"];

/**
 * Properties that no argument sets. A server that was imported keeps them as it has them, and every update sends them along: left out,
 * some would go back to the service's default, and those of a restore would replace the server.
 */
const NEVER_SET = [
    ...["createMode", "pointInTimeUTC", "replica", "replicationRole", "sourceServerResourceId"],
    ...["dataEncryption", "identity", "maintenanceWindow"],
    ...["storage.autoGrow", "storage.iops", "storage.throughput", "storage.tier", "storage.type"],
];

const STANDBY_ZONE = "highAvailability.standbyAvailabilityZone";

/** What Pulumi leaves on the server as it is. The standby's zone is Azure's to choose where no argument names it. */
export function ignoredChanges(args: { standbyAvailabilityZone?: unknown }): string[] {
    const standby = args.standbyAvailabilityZone === undefined ? [STANDBY_ZONE] : [];
    return [...NEVER_FOLLOWED, ...NEVER_SET, ...standby];
}
