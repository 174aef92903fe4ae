/** Values of a server that do not go together, as far as its own inputs tell. */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import type { ServerNetwork } from "./serverChild";

interface ServerInputs {
    availabilityZone?: string;
    highAvailability?: { mode?: string; standbyAvailabilityZone?: string };
    network?: ServerNetwork;
    sku?: { name: string; tier: string };
    storage?: { storageSizeGB?: number; type?: string; iops?: number; throughput?: number; tier?: string };
}

/** Sizes of Premium SSD in GB (Microsoft Learn, Limits); SSD v2 and Ultra take any. */
const PREMIUM_SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767, 32768];
const HIGH_AVAILABILITY = "Microsoft Learn, High availability in Azure Database for PostgreSQL";
const TIER_LETTER: Record<string, string> = { Burstable: "B", GeneralPurpose: "D", MemoryOptimized: "E" };

export function checkServer(inputs: PropertyMap): CheckFailure[] {
    const server = inputs as ServerInputs;
    return [
        ...checkSku(server.sku),
        ...checkStorage(server.storage),
        ...checkHighAvailability(server),
        ...checkNetwork(server.network),
    ];
}

function checkSku(sku: ServerInputs["sku"]): CheckFailure[] {
    if (!sku || isUnknown(sku.name, sku.tier)) return [];
    if (sku.name.startsWith(`Standard_${TIER_LETTER[sku.tier]}`)) return [];
    const reason = `'sku.name' is "${sku.name}", which is no size of the tier ${sku.tier}. Use one, for instance Standard_${TIER_LETTER[sku.tier]}…`;
    return [{ property: "sku.name", reason }];
}

function checkStorage(storage: ServerInputs["storage"]): CheckFailure[] {
    if (!storage || isUnknown(storage.type, storage.storageSizeGB)) return [];
    const premium = (storage.type ?? "Premium_LRS") === "Premium_LRS";
    const size = storage.storageSizeGB;
    if (premium && size !== undefined && !PREMIUM_SIZES.includes(size)) {
        const reason = `'storage.storageSizeGB' is ${size}; Premium SSD comes in ${PREMIUM_SIZES.join(", ")} GB. Use one of these.`;
        return [{ property: "storage.storageSizeGB", reason }];
    }
    if (premium) return [];
    return (["iops", "throughput"] as const)
        .filter((name) => storage[name] === undefined)
        .map((name) => ({
            property: `storage.${name}`,
            reason: `'storage.${name}' is missing; storage of the type ${storage.type} needs it (Microsoft.DBforPostgreSQL 2025-08-01). Add it.`,
        }));
}

function checkHighAvailability(server: ServerInputs): CheckFailure[] {
    const { mode = "Disabled", standbyAvailabilityZone: standby } = server.highAvailability ?? {};
    const zone = server.availabilityZone;
    if (mode === "Disabled" || isUnknown(mode)) return [];
    if (server.sku?.tier === "Burstable") {
        const reason = `'highAvailability.mode' is ${mode}, but the tier is Burstable, which has no high availability (${HIGH_AVAILABILITY}). Use GeneralPurpose or MemoryOptimized.`;
        return [{ property: "highAvailability.mode", reason }];
    }
    if (!zone || !standby || isUnknown(zone, standby) || (mode === "SameZone") === (zone === standby))
        return [];
    const reason = `'highAvailability.standbyAvailabilityZone' is ${standby} and 'availabilityZone' is ${zone}; with the mode ${mode} they must be ${mode === "SameZone" ? "the same" : "different"}.`;
    return [{ property: "highAvailability.standbyAvailabilityZone", reason }];
}

function checkNetwork(network: ServerNetwork | undefined): CheckFailure[] {
    const subnet = network?.delegatedSubnetResourceId;
    const zone = network?.privateDnsZoneArmResourceId;
    if (isUnknown(subnet, zone)) return [];
    if (subnet !== undefined && zone === undefined) {
        return [
            {
                property: "network.privateDnsZoneArmResourceId",
                reason: "'network.privateDnsZoneArmResourceId' is missing; a server in a virtual network needs a private DNS zone (F75). Add its id.",
            },
        ];
    }
    if (zone !== undefined && subnet === undefined) {
        return [
            {
                property: "network.delegatedSubnetResourceId",
                reason: "'network.delegatedSubnetResourceId' is missing, but a private DNS zone is given; only a server in a virtual network has one (F75). Add the subnet or leave the zone out.",
            },
        ];
    }
    return [];
}

function isUnknown(...values: unknown[]): boolean {
    return values.includes(UNKNOWN);
}
