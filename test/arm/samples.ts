/** Inputs of every resource type that its table takes: as much as the types have, so that each rule can be tried. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { ADA, OF_SERVER, SERVER_INPUTS, TENANT, rule } from "./support";

const provider = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network`;
const subnet: PropertyMap = {
    addressPrefix: "10.0.1.0/24",
    defaultOutboundAccess: true,
    delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
    networkSecurityGroup: { id: `${provider}/networkSecurityGroups/nsg` },
    privateEndpointNetworkPolicies: "Disabled",
    privateLinkServiceNetworkPolicies: "Enabled",
    routeTable: { id: `${provider}/routeTables/routes` },
    serviceEndpoints: [{ service: "Microsoft.Storage", locations: ["*"] }],
};
const route: PropertyMap = {
    addressPrefix: "0.0.0.0/0",
    nextHopType: "VirtualAppliance",
    nextHopIpAddress: "10.9.0.4",
};

export const SAMPLES: Record<string, PropertyMap> = {
    "azure-native:resources:ResourceGroup": {
        location: "westeurope",
        resourceGroupName: "rg",
        tags: { team: "data" },
    },
    "azure-native:managedidentity:UserAssignedIdentity": {
        location: "westeurope",
        resourceGroupName: "rg",
        resourceName: "orders-api",
        tags: { team: "data" },
    },
    "azure-native:compute:VirtualMachine": {
        hardwareProfile: { vmSize: "Standard_B2s" },
        identity: {
            type: "SystemAssigned, UserAssigned",
            userAssignedIdentities: [
                "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-api",
            ],
        },
        location: "westeurope",
        networkProfile: { networkInterfaces: [] },
        osProfile: { computerName: "vm" },
        resourceGroupName: "rg",
        storageProfile: { osDisk: { createOption: "FromImage" } },
        tags: { team: "data" },
        vmName: "vm-orders",
    },
    "azure-native:network:VirtualNetwork": {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        dhcpOptions: { dnsServers: ["10.0.0.4"] },
        enableDdosProtection: false,
        enableVmProtection: false,
        encryption: { enabled: true, enforcement: "AllowUnencrypted" },
        flowTimeoutInMinutes: 10,
        location: "westeurope",
        privateEndpointVNetPolicies: "Disabled",
        resourceGroupName: "rg",
        subnets: [{ name: "one", ...subnet }],
        tags: {},
        virtualNetworkName: "vnet",
    },
    "azure-native:network:Subnet": {
        ...subnet,
        name: "one",
        resourceGroupName: "rg",
        subnetName: "one",
        virtualNetworkName: "vnet",
    },
    "azure-native:network:NetworkSecurityGroup": {
        flushConnection: false,
        location: "westeurope",
        networkSecurityGroupName: "nsg",
        resourceGroupName: "rg",
        securityRules: [rule("one", 100)],
        tags: {},
    },
    "azure-native:network:SecurityRule": {
        ...rule("one", 100),
        networkSecurityGroupName: "nsg",
        resourceGroupName: "rg",
        securityRuleName: "one",
    },
    "azure-native:network:RouteTable": {
        disableBgpRoutePropagation: true,
        location: "westeurope",
        resourceGroupName: "rg",
        routeTableName: "routes",
        routes: [{ name: "default", ...route }],
        tags: {},
    },
    "azure-native:network:Route": {
        ...route,
        name: "default",
        resourceGroupName: "rg",
        routeName: "default",
        routeTableName: "routes",
    },
    "azure-native:network:FirewallPolicyRuleCollectionGroup": {
        firewallPolicyName: "policy",
        name: "entra",
        priority: 200,
        resourceGroupName: "rg",
        ruleCollectionGroupName: "entra",
        ruleCollections: [
            {
                action: { type: "Allow" },
                name: "entra",
                priority: 100,
                ruleCollectionType: "FirewallPolicyFilterRuleCollection",
                rules: [
                    {
                        destinationAddresses: ["AzureActiveDirectory"],
                        destinationPorts: ["80", "443"],
                        ipProtocols: ["TCP"],
                        name: "https",
                        ruleType: "NetworkRule",
                        sourceAddresses: ["10.0.1.0/24"],
                    },
                ],
            },
            {
                action: { type: "Allow" },
                name: "names",
                priority: 200,
                ruleCollectionType: "FirewallPolicyFilterRuleCollection",
                rules: [
                    {
                        name: "sign-in",
                        protocols: [{ port: 443, protocolType: "Https" }],
                        ruleType: "ApplicationRule",
                        targetFqdns: ["login.microsoftonline.com"],
                    },
                ],
            },
        ],
    },
    "azure-native:privatedns:PrivateZone": {
        location: "global",
        privateZoneName: "x.postgres.database.azure.com",
        resourceGroupName: "rg",
        tags: {},
    },
    "azure-native:privatedns:VirtualNetworkLink": {
        location: "global",
        privateZoneName: "x.postgres.database.azure.com",
        registrationEnabled: false,
        resolutionPolicy: "Default",
        resourceGroupName: "rg",
        tags: {},
        virtualNetwork: { id: `${provider}/virtualNetworks/vnet` },
        virtualNetworkLinkName: "link",
    },
    "azure-native:dbforpostgresql:Server": {
        ...SERVER_INPUTS,
        administratorLogin: "pgadmin",
        administratorLoginPassword: "Correct-Horse-7",
        availabilityZone: "1",
        backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
        createMode: "Default",
        dataEncryption: { type: "SystemManaged" },
        highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "2" },
        identity: { type: "UserAssigned", userAssignedIdentities: {} },
        maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 2, startMinute: 30 },
        network: {
            delegatedSubnetResourceId: `${provider}/virtualNetworks/vnet/subnets/one`,
            privateDnsZoneArmResourceId: `${provider}/privateDnsZones/x.postgres.database.azure.com`,
            publicNetworkAccess: "Disabled",
        },
        replicationRole: "Primary",
        storage: {
            autoGrow: "Enabled",
            storageSizeGB: 128,
            tier: "P10",
            type: "Premium_LRS",
            iops: 500,
            throughput: 125,
        },
        tags: {},
    },
    "azure-native:dbforpostgresql:Configuration": {
        ...OF_SERVER,
        configurationName: "log_connections",
        source: "user-override",
        value: "off",
    },
    "azure-native:dbforpostgresql:FirewallRule": {
        ...OF_SERVER,
        firewallRuleName: "office",
        startIpAddress: "203.0.113.0",
        endIpAddress: "203.0.113.255",
    },
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": {
        ...OF_SERVER,
        objectId: ADA,
        principalName: "ada@example.com",
        principalType: "User",
        tenantId: TENANT,
    },
    "azure-native:dbforpostgresql:Database": {
        ...OF_SERVER,
        charset: "UTF8",
        collation: "en_US.utf8",
        databaseName: "app",
    },
};
