/** `azure-native:dbforpostgresql:ServerGroupCluster`: a coordinator and its workers, with real PostgreSQLs behind them. */

import { CLOUDS } from "../../../components/clouds";
import { createHash } from "node:crypto";
import type { PropertyMap } from "../../../components/provider/resourceProvider";
import type { ClusterSpec, ClusterSurroundings, Surroundings } from "../../postgres/serverTypes";
import { conflict, invalidParameter } from "../armError";
import type { ArmType, Azure, PutCall } from "../armType";
import { refusalByFirewall, type AddressRange } from "../dbforpostgresql/surroundings";
import { normalizeLocation } from "../locations";
import { keyOf, lastName } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import {
    CLUSTER,
    CLUSTER_API_VERSION,
    CLUSTER_FIREWALL_RULE,
    CLUSTER_PATH,
    nodesOf,
    type ClusterAuth,
} from "./clusterChild";
import { clusterTable } from "./clusterTable";

const HOST_SUFFIX = CLOUDS.Local.cosmosHostSuffix!;
export const CITUS = "citus";

export const cluster: ArmType = {
    table: clusterTable,
    armType: "Microsoft.DBforPostgreSQL/serverGroupsv2",
    path: CLUSTER_PATH,
    apiVersion: CLUSTER_API_VERSION,
    naming: "random",
    async put(call) {
        const properties = desired(call);
        await (call.existing ? change(call, properties) : create(call, properties));
        return properties;
    },
    async open(azure, { id, name, properties }) {
        await azure.servers.clusters.open(specOf(azure, name, properties), surroundingsOf(azure, id));
    },
    async remove({ azure, resource }) {
        await azure.servers.clusters.remove(resource.name.toLowerCase());
    },
    view(_, { name, properties }) {
        const auth = properties.authConfig as ClusterAuth;
        return {
            aadAuthEnabled: auth.activeDirectoryAuth,
            administratorLogin: CITUS,
            passwordEnabled: auth.passwordAuth,
            privateEndpointConnections: [],
            readReplicas: [],
            serverNames: serverNames(name, properties.nodeCount as number),
            state: "Ready",
        };
    },
};

/** Host name of the coordinator (F51). The unique part is the service's choice; here it follows from the name. */
export function coordinatorHost(name: string): string {
    const digest = createHash("sha256").update(name.toLowerCase()).digest("hex");
    const unique = BigInt(`0x${digest}`).toString(36).slice(0, 14);
    return `${name.toLowerCase()}.${unique}.${HOST_SUFFIX}`;
}

function workerHost(name: string, index: number): string {
    return `w${index}-${coordinatorHost(name)}`;
}

function serverNames(name: string, nodeCount: number): PropertyMap[] {
    const workers = Array.from({ length: nodeCount }, (_, i) => ({
        name: `${name}-w${i}`,
        fullyQualifiedDomainName: workerHost(name, i),
    }));
    return [{ name: `${name}-c`, fullyQualifiedDomainName: coordinatorHost(name) }, ...workers];
}

function specOf(azure: Azure, name: string, properties: Readonly<PropertyMap>): ClusterSpec {
    const auth = properties.authConfig as ClusterAuth;
    return {
        name: name.toLowerCase(),
        coordinatorHost: coordinatorHost(name),
        workerHost: (properties.nodeCount as number) > 0 ? workerHost(name, 0) : undefined,
        database: properties.databaseName as string,
        tenantId: azure.directory.tenantId,
        entraEnabled: auth.activeDirectoryAuth === "enabled",
        passwordEnabled: auth.passwordAuth === "enabled",
    };
}

/** Public access is switched on for the coordinator and the workers apart; the firewall's rules are the cluster's. */
function surroundingsOf(azure: Azure, id: string): ClusterSurroundings {
    const node = (property: string): Surroundings => ({
        refusalOfAddress(address) {
            const found = azure.store.get(id);
            if (!found) return undefined;
            const rules = azure.store
                .below(id, CLUSTER_FIREWALL_RULE)
                .map((rule) => ({ name: rule.name, ...rule.properties }) as unknown as AddressRange);
            return refusalByFirewall(address, found.properties[property] ? "Enabled" : "Disabled", rules);
        },
        entraUnreachable: () => undefined,
    });
    return { coordinator: node("coordinatorEnablePublicIpAccess"), worker: node("nodeEnablePublicIpAccess") };
}

function desired({ azure, id, inputs, existing }: PutCall): PropertyMap {
    const name = lastName(id);
    if (!existing) refuseTakenName(azure, name);
    const before = existing?.properties ?? {};
    const kept = (property: string, fallback?: unknown): unknown =>
        inputs[property] ?? before[property] ?? fallback;
    const location = normalizeLocation(kept("location", "") as string);
    refuseImmutable(inputs, existing, location);
    const auth = {
        activeDirectoryAuth: "disabled",
        passwordAuth: "enabled",
        ...(kept("authConfig") as object | undefined),
    } as ClusterAuth;
    if (auth.activeDirectoryAuth === "disabled" && auth.passwordAuth === "disabled")
        throw invalidParameter("authConfig", "At least one authentication method must be enabled (F43).");
    return {
        authConfig: auth,
        citusVersion: kept("citusVersion", "12.1"),
        coordinatorEnablePublicIpAccess: kept("coordinatorEnablePublicIpAccess", true),
        coordinatorServerEdition: kept("coordinatorServerEdition", "GeneralPurpose"),
        coordinatorStorageQuotaInMb: kept("coordinatorStorageQuotaInMb"),
        coordinatorVCores: kept("coordinatorVCores"),
        dataEncryption: kept("dataEncryption", { type: "SystemManaged" }),
        databaseName: kept("databaseName", CITUS),
        enableGeoBackup: kept("enableGeoBackup", false),
        enableHa: kept("enableHa", false),
        enableShardsOnCoordinator: kept("enableShardsOnCoordinator", kept("nodeCount") === 0),
        identity: kept("identity"),
        location,
        maintenanceWindow: {
            customWindow: "Disabled",
            dayOfWeek: 0,
            startHour: 0,
            startMinute: 0,
            ...(kept("maintenanceWindow") as object | undefined),
        },
        nodeCount: kept("nodeCount"),
        nodeEnablePublicIpAccess: kept("nodeEnablePublicIpAccess", false),
        nodeServerEdition: kept("nodeServerEdition", "MemoryOptimized"),
        nodeStorageQuotaInMb: kept("nodeStorageQuotaInMb"),
        nodeVCores: kept("nodeVCores"),
        postgresqlVersion: kept("postgresqlVersion", "16"),
        preferredPrimaryZone: kept("preferredPrimaryZone"),
        tags: inputs.tags,
    };
}

/** The host name holds the cluster's. */
function refuseTakenName(azure: Azure, name: string): void {
    const rival = azure.store.all(CLUSTER).find((other) => keyOf(other.name) === keyOf(name));
    if (!rival) return;
    throw conflict(
        "ServerGroupNameAlreadyExists",
        `The cluster name '${name}' is already used (${rival.id}).`,
    );
}

/** What the specification marks «required for creation», and what stays as it was made. */
function refuseImmutable(inputs: PropertyMap, existing: StoredResource | undefined, location: string): void {
    if (!existing) {
        const required = [
            "location",
            "administratorLoginPassword",
            "coordinatorStorageQuotaInMb",
            "coordinatorVCores",
            "nodeCount",
        ];
        for (const name of required)
            if ((inputs[name] ?? "") === "") throw invalidParameter(name, "A new cluster needs it.");
        return;
    }
    const before = existing.properties;
    if (location !== before.location)
        throw invalidParameter("location", `It is '${String(before.location)}' for good.`);
    for (const name of ["databaseName", "enableGeoBackup"])
        if (inputs[name] !== undefined && inputs[name] !== before[name])
            throw invalidParameter(name, `It is '${String(before[name])}' for good.`);
    if (inputs.postgresqlVersion !== undefined && inputs.postgresqlVersion !== before.postgresqlVersion)
        throw invalidParameter(
            "postgresqlVersion",
            "The local Azure upgrades no PostgreSQL to another version.",
        );
    const workers = (count: unknown): boolean => Number(count) > 0;
    if (inputs.nodeCount !== undefined && workers(inputs.nodeCount) !== workers(before.nodeCount))
        throw invalidParameter(
            "nodeCount",
            "The local Azure makes no cluster of one node into one with workers, nor the other way round.",
        );
}

async function create({ azure, id, inputs }: PutCall, properties: PropertyMap): Promise<void> {
    const spec = specOf(azure, lastName(id), properties);
    const password = inputs.administratorLoginPassword as string;
    await azure.servers.clusters.create(spec, surroundingsOf(azure, id), password);
}

async function change({ azure, id, inputs, existing }: PutCall, properties: PropertyMap): Promise<void> {
    const [from, to] = [existing!.properties.authConfig, properties.authConfig] as [ClusterAuth, ClusterAuth];
    const nodes = nodesOf(azure, id);
    const password = inputs.administratorLoginPassword as string | undefined;
    if (password !== undefined) await nodes.setPassword(CITUS, password);
    if (from.activeDirectoryAuth === to.activeDirectoryAuth && from.passwordAuth === to.passwordAuth) return;
    await nodes.setAuthentication(to.activeDirectoryAuth === "enabled", to.passwordAuth === "enabled");
}
