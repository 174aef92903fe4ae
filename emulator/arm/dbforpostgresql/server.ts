/** `azure-native:dbforpostgresql:Server`: the flexible server, with a real PostgreSQL behind it. */

import type { PropertyMap } from "../../../components/provider/resourceProvider";
import type { ServerSpec } from "../../postgres/serverTypes";
import { conflict, invalidParameter } from "../armError";
import type { ArmType, Azure, PutCall } from "../armType";
import { normalizeLocation } from "../locations";
import { keyOf, lastName } from "../resourceId";
import type { StoredResource } from "../resourceStore";
import { checkAuth, effectiveAuth, type AuthConfig } from "./serverAuthentication";
import { API_VERSION, engineOf, SERVER, SERVER_PATH, type ServerNetwork } from "./serverChild";
import { effectiveNetwork, HOST_SUFFIX } from "./serverNetwork";
import { serverTable } from "./serverTable";
import { surroundingsOf } from "./surroundings";

export const server: ArmType = {
    table: serverTable,
    armType: "Microsoft.DBforPostgreSQL/flexibleServers",
    path: SERVER_PATH,
    apiVersion: API_VERSION,
    naming: "random",
    async put(call) {
        const properties = desired(call);
        await (call.existing ? change(call, properties) : create(call, properties));
        return properties;
    },
    async open(azure, { id, name, properties }) {
        await azure.servers.open(specOf(azure, name, properties), surroundingsOf(azure, id));
    },
    async remove({ azure, resource }) {
        await azure.servers.remove(resource.name.toLowerCase());
    },
    view: (_, resource) => ({
        fullyQualifiedDomainName: hostOf(resource.name),
        privateEndpointConnections: [],
        replicaCapacity: 5,
        state: "Ready",
        ...nestedOutputs(resource.properties),
    }),
};

/**
 * The host name. The same form for private servers, whose zone resolves it: what Azure returns for those has not been
 * confirmed on a live subscription.
 */
export function hostOf(serverName: string): string {
    return `${serverName.toLowerCase()}${HOST_SUFFIX}`;
}

/** What the machinery needs to start a server. */
function specOf(
    azure: Azure,
    name: string,
    properties: Readonly<PropertyMap>,
    password?: string,
): ServerSpec {
    const auth = properties.authConfig as AuthConfig;
    return {
        name: name.toLowerCase(),
        host: hostOf(name),
        tenantId: azure.directory.tenantId,
        ...authentication(auth, properties.administratorLogin as string | undefined, password),
    };
}

function authentication(auth: AuthConfig, login: string | undefined, password: string | undefined) {
    const passwordEnabled = auth.passwordAuth === "Enabled";
    return {
        entraEnabled: auth.activeDirectoryAuth === "Enabled",
        passwordEnabled,
        ...(passwordEnabled && login !== undefined ? { administratorLogin: login } : {}),
        ...(passwordEnabled && password !== undefined ? { administratorLoginPassword: password } : {}),
    };
}

/** Checks the write against everything else and works out what it leads to. */
function desired({ azure, id, inputs, existing }: PutCall): PropertyMap {
    const name = lastName(id);
    if (!existing) refuseTakenName(azure, name);
    const location = normalizeLocation((inputs.location ?? existing?.properties.location ?? "") as string);
    refuseImmutable(inputs, existing, location);
    const auth = effectiveAuth(inputs, existing);
    checkAuth(auth, inputs, existing, azure.directory.tenantId);
    const before = existing?.properties ?? {};
    const kept = (property: string, fallback?: unknown): unknown =>
        inputs[property] ?? before[property] ?? fallback;
    return {
        administratorLogin: kept("administratorLogin"),
        authConfig: auth,
        availabilityZone: inputs.availabilityZone || before.availabilityZone || chosenZone(inputs),
        backup: {
            backupRetentionDays: 7,
            geoRedundantBackup: "Disabled",
            ...(kept("backup") as object | undefined),
        },
        dataEncryption: kept("dataEncryption", { type: "SystemManaged" }),
        highAvailability: { mode: "Disabled", ...(kept("highAvailability") as object | undefined) },
        identity: kept("identity"),
        location,
        minorVersion: before.minorVersion,
        maintenanceWindow: {
            customWindow: "Disabled",
            dayOfWeek: 0,
            startHour: 0,
            startMinute: 0,
            ...(kept("maintenanceWindow") as object | undefined),
        },
        network: effectiveNetwork(
            azure,
            name,
            location,
            inputs.network as ServerNetwork | undefined,
            existing,
        ),
        replicationRole: "Primary",
        sku: kept("sku"),
        storage: {
            autoGrow: "Disabled",
            storageSizeGB: 32,
            type: "Premium_LRS",
            ...(kept("storage") as object | undefined),
        },
        tags: inputs.tags,
        version: kept("version"),
    };
}

/** Names are unique in all of Azure, not in a resource group (hashicorp/terraform-provider-azurerm#13155). */
function refuseTakenName(azure: Azure, name: string): void {
    const rival = azure.store.all(SERVER).find((other) => keyOf(other.name) === keyOf(name));
    if (!rival) return;
    throw conflict(
        "ServerNameAlreadyExists",
        `Specified server name '${name}' is already used (${rival.id}). Please use a different name and try again.`,
    );
}

function refuseImmutable(inputs: PropertyMap, existing: StoredResource | undefined, location: string): void {
    if (!existing) {
        for (const name of ["location", "sku", "version"]) {
            if (!inputs[name]) throw invalidParameter(name, "A new server needs it.");
        }
        return;
    }
    const before = existing.properties;
    if (location !== before.location)
        throw invalidParameter("location", `It is '${String(before.location)}' for good.`);
    if (inputs.version !== undefined && inputs.version !== before.version) {
        throw invalidParameter("version", "The local Azure upgrades no PostgreSQL to another major version.");
    }
    if (inputs.availabilityZone && inputs.availabilityZone !== before.availabilityZone) {
        throw invalidParameter("availabilityZone", `It is '${String(before.availabilityZone)}' for good.`);
    }
    const [from, to] = [before.storage, inputs.storage] as ({ storageSizeGB?: number } | undefined)[];
    if ((to?.storageSizeGB ?? Infinity) < (from?.storageSizeGB ?? 0)) {
        throw invalidParameter("storageSizeGB", `It is ${from!.storageSizeGB} and can only grow.`);
    }
    const geo = (value: unknown): unknown =>
        (value as { geoRedundantBackup?: string } | undefined)?.geoRedundantBackup;
    if (geo(inputs.backup) !== undefined && geo(inputs.backup) !== geo(before.backup)) {
        throw invalidParameter("geoRedundantBackup", "It is set for good when the server is created.");
    }
}

async function create({ azure, id, inputs }: PutCall, properties: PropertyMap): Promise<void> {
    const password = inputs.administratorLoginPassword as string | undefined;
    const spec = specOf(azure, lastName(id), properties, password);
    const started = await azure.servers.create(spec, surroundingsOf(azure, id));
    const { value } = await started.getParameter("server_version");
    properties.minorVersion = /^\d+\.(\d+)/.exec(value)?.[1] ?? "0";
}

async function change({ azure, id, inputs, existing }: PutCall, properties: PropertyMap): Promise<void> {
    const [from, to] = [existing!.properties.authConfig, properties.authConfig] as [AuthConfig, AuthConfig];
    const password = inputs.administratorLoginPassword as string | undefined;
    const same = from.activeDirectoryAuth === to.activeDirectoryAuth && from.passwordAuth === to.passwordAuth;
    if (same && (password === undefined || to.passwordAuth === "Disabled")) return;
    const login = properties.administratorLogin as string | undefined;
    await engineOf(azure, id).setAuthentication(authentication(to, login, password));
}

/** Where nobody chose a zone, the service does: not that of a standby which must lie elsewhere. */
function chosenZone(inputs: PropertyMap): string {
    const { mode, standbyAvailabilityZone: standby } = (inputs.highAvailability ?? {}) as Record<
        string,
        string
    >;
    if (mode === "SameZone" && standby) return standby;
    return mode === "ZoneRedundant" && standby === "1" ? "2" : "1";
}

/** Parts of the blocks that only the service knows. */
function nestedOutputs(properties: Readonly<PropertyMap>): PropertyMap {
    const availability = properties.highAvailability as { mode: string };
    return {
        highAvailability: {
            ...availability,
            state: availability.mode === "Disabled" ? "NotEnabled" : "Healthy",
        },
    };
}
