/** From the server's resources to the configuration of its stack: server, network, administrators, databases. Pure. */

import { z } from "zod";
import { checkAddresses } from "../../components/firewallRules";
import { checkParameterValue } from "../../components/flexibleServerChecks";
import { checkRoleName, checkUserPrincipalName } from "../../components/names";
import { checkPrincipalType } from "../../components/principalType";
import { checkDatabaseName, checkFirewallRuleName, checkParameterName } from "../../components/resourceNames";
import { ValidationError } from "../../components/validationError";
import type { stackConfigSchema } from "../../stackConfigSchema";
import { NotAdoptable, type LeftOut, type ServerProperties, type ServerResources } from "../existing";

/** The configuration as it is written: what has a default may be left out. */
export type StackValues = z.input<typeof stackConfigSchema>;

/** On every server, and nobody's to manage. */
const SERVICE_DATABASES = new Set(["azure_maintenance", "azure_sys", "postgres"]);

export interface ServerAdoption {
    values: Pick<StackValues, "server" | "network" | "location" | "tenantId"> &
        Required<Pick<StackValues, "administrators" | "databases">>;
    leftOut: LeftOut[];
}

/** @throws NotAdoptable where a stack of this project cannot describe the server at all */
export function serverValues(resources: ServerResources): ServerAdoption {
    const { server } = resources;
    const reasons = obstacles(server.properties);
    if (reasons.length > 0) throw new NotAdoptable(server.name, reasons);
    const leftOut: LeftOut[] = [];
    const administrators = administratorValues(resources, leftOut);
    if (administrators.length === 0) throw new NotAdoptable(server.name, withoutAdministrator(leftOut));
    const values = {
        location: server.location ?? "",
        tenantId: server.properties.authConfig!.tenantId || undefined,
        server: serverBlock(resources, leftOut),
        network: networkBlock(resources, leftOut),
        administrators,
        databases: databaseValues(resources, leftOut),
    };
    leftOut.push(...keptAsItIs(server.properties).map((text) => note("server", server.name, text)));
    return { values, leftOut };
}

const note = (kind: LeftOut["kind"], name: string, text: string): LeftOut => ({ kind, name, text });

/** @param refused the administrators that the configuration cannot have */
function withoutAdministrator(refused: readonly LeftOut[]): string[] {
    if (refused.length > 0) return refused.map(({ name, text }) => `its administrator '${name}' ${text}`);
    return [
        "it has no Microsoft Entra administrator, and only one can read and make the roles (F6): set one, then adopt it",
    ];
}

/** Why no stack can describe the server. */
function obstacles({ authConfig, network, replicationRole, cluster }: ServerProperties): string[] {
    const found: string[] = [];
    if (authConfig?.activeDirectoryAuth !== "Enabled")
        found.push(
            "Microsoft Entra authentication is off, so there are no Entra roles to adopt and none can be made: enable it and set an administrator (this restarts the server, F70), then adopt it",
        );
    if (!network?.delegatedSubnetResourceId && network?.publicNetworkAccess !== "Enabled")
        found.push(
            "public access is off and it is in no delegated subnet; the configuration has public servers and those in a subnet alone",
        );
    if (network?.delegatedSubnetResourceId && !network.privateDnsZoneArmResourceId)
        found.push(
            "it is in a delegated subnet without a private DNS zone, by which it would be found (F75)",
        );
    if (/AsyncReplica/.test(replicationRole ?? ""))
        found.push(
            "it is a read replica: its roles and administrators are those of its primary (F72); adopt that one",
        );
    if (cluster) found.push("it is an elastic cluster, which the configuration does not have");
    return found;
}

function serverBlock({ server, configurations }: ServerResources, leftOut: LeftOut[]): StackValues["server"] {
    const { properties, sku } = server;
    const passwords = properties.authConfig!.passwordAuth === "Enabled";
    return defined({
        name: server.name,
        version: properties.version,
        sku: sku && { name: sku.name, tier: sku.tier },
        storageSizeGb: properties.storage?.storageSizeGB,
        backupRetentionDays: properties.backup?.backupRetentionDays,
        geoRedundantBackup: properties.backup?.geoRedundantBackup === "Enabled",
        // Without the standby's zone, which changes place with the server's own in a failover: Pulumi leaves it as it is.
        highAvailability: properties.highAvailability?.mode ?? "Disabled",
        availabilityZone: properties.availabilityZone || undefined,
        authMode: passwords ? "EntraAndPassword" : "EntraOnly",
        administratorLogin: passwords ? properties.administratorLogin : undefined,
        keepAdministratorPassword: passwords || undefined,
        parameters: parameterValues(configurations, leftOut),
        tags: server.tags ?? {},
    }) as StackValues["server"];
}

/** Those that somebody set; the others are the service's. */
function parameterValues(all: ServerResources["configurations"], leftOut: LeftOut[]): Record<string, string> {
    const set = all.filter(({ properties: p }) => p.source === "user-override" && !p.isReadOnly);
    const kept = set.filter(({ name, properties: { value } }) =>
        accepted(leftOut, "parameter", name, () => {
            checkParameterName(`parameters["${name}"]`, name);
            checkParameterValue(name, value ?? "");
        }),
    );
    return Object.fromEntries(kept.map(({ name, properties }) => [name, properties.value ?? ""]));
}

function networkBlock(
    { server, firewallRules }: ServerResources,
    leftOut: LeftOut[],
): StackValues["network"] {
    const { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: privateDnsZoneId } =
        server.properties.network!;
    if (subnetId) return { access: "Private", existing: { subnetId, privateDnsZoneId: privateDnsZoneId! } };
    const rules = firewallRules.filter(({ name, properties }) =>
        accepted(leftOut, "firewall rule", name, () => {
            checkFirewallRuleName("firewallRules.name", name);
            checkAddresses("firewallRules", properties.startIpAddress, properties.endIpAddress);
        }),
    );
    return {
        access: "Public",
        firewallRules: rules.map(({ name, properties: { startIpAddress, endIpAddress } }) => ({
            name,
            startIpAddress,
            endIpAddress,
        })),
    };
}

function administratorValues({ server, administrators }: ServerResources, leftOut: LeftOut[]) {
    const tenant = server.properties.authConfig!.tenantId;
    return administrators
        .map(({ properties }) => properties)
        .filter(({ principalName, principalType, tenantId }) =>
            accepted(leftOut, "administrator", principalName, () => {
                checkPrincipalType("administrators.principalType", principalType);
                if (tenant && tenantId && tenant.toLowerCase() !== tenantId.toLowerCase())
                    throw new ValidationError(
                        "administrators.tenantId",
                        tenantId,
                        `the server's tenant is ${tenant} (F2)`,
                        "remove it from the server",
                    );
                checkRoleName("administrators.principalName", principalName);
                if (principalType === "User")
                    checkUserPrincipalName("administrators.principalName", principalName);
            }),
        )
        .map(({ principalName, objectId, principalType }) => ({
            principalName,
            objectId: objectId.toLowerCase(),
            principalType: principalType as "User" | "Group" | "ServicePrincipal",
        }))
        .sort((a, b) => (a.principalName < b.principalName ? -1 : 1));
}

/** Without profiles: privileges are what somebody gave, and cannot be imported. */
function databaseValues({ databases }: ServerResources, leftOut: LeftOut[]) {
    return databases
        .filter(({ name }) => !SERVICE_DATABASES.has(name))
        .filter(({ name }) =>
            accepted(leftOut, "database", name, () => checkDatabaseName("databases.name", name)),
        )
        .map(({ name, properties: { charset, collation } }) =>
            defined({ name, charset, collation, managePrivileges: false }),
        );
}

/** What the configuration has no word for, and Pulumi leaves as it is. */
function keptAsItIs(properties: ServerProperties): string[] {
    const { storage, maintenanceWindow, dataEncryption, privateEndpointConnections } = properties;
    const kept = ": the configuration does not say so, and Pulumi leaves it as it is";
    return [
        ...(storage?.autoGrow === "Enabled"
            ? [
                  `storage grows by itself (autoGrow)${kept}. After it grew, raise storageSizeGb to the new size before the next update: storage never shrinks, so the update would fail`,
              ]
            : []),
        ...performance(storage).map(
            (what) =>
                `${what}${kept}. It goes with the size: change the size outside of Pulumi, then run \`pulumi refresh\` and write the new size to storageSizeGb`,
        ),
        ...(storage?.type && storage.type !== "Premium_LRS"
            ? [`storage is of the type ${storage.type}${kept}`]
            : []),
        ...(maintenanceWindow?.customWindow === "Enabled"
            ? [`it has a maintenance window of its own${kept}`]
            : []),
        ...(dataEncryption?.type === "AzureKeyVault" ? [`it is encrypted with a key of yours${kept}`] : []),
        ...(privateEndpointConnections?.length
            ? [`${privateEndpointConnections.length} private endpoints lead to it${kept}`]
            : []),
    ];
}

/** An update would send the old ones along with a new size. */
function performance(storage: ServerProperties["storage"]): string[] {
    const { tier, iops } = storage ?? {};
    const set = [...(tier ? [`the performance tier ${tier}`] : []), ...(iops ? [`${iops} IOPS`] : [])];
    return set.length === 0 ? [] : [`storage has ${set.join(" and ")}`];
}

/** False, with a note, where the package would refuse it. */
function accepted(leftOut: LeftOut[], kind: LeftOut["kind"], name: string, check: () => void): boolean {
    try {
        check();
        return true;
    } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        leftOut.push(note(kind, name, `stays unmanaged: ${error.message}`));
        return false;
    }
}

function defined<T extends object>(values: T): T {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
