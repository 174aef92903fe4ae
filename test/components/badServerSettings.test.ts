import { describe } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { AuthMode, FlexibleServer, type FlexibleServerArgs } from "../../components/index";
import { testRefusals, type Case } from "./refusals";
import { ADA, ada, admins, argsOfMode, serverArgs, SUBNET_ID, zoneId } from "./serverArgs";

const zone = (name: string) => zoneId(`${name}.postgres.database.azure.com`);
const inNetwork = (privateDnsZoneId: string) => ({
    network: { delegatedSubnetId: SUBNET_ID, privateDnsZoneId },
});
const publicWith = (...firewallRules: FlexibleServerArgs["firewallRules"] & object) =>
    serverArgs({ network: { publicNetworkAccess: true }, firewallRules });
const office = { name: "office", startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.9" };
const settings: Case<FlexibleServerArgs>[] = [
    ["a tenant id that is no GUID", serverArgs({ tenantId: "contoso" }), "tenantId", /az account show/],
    ["a server's name in capitals", serverArgs({ name: "PG-Test" }), "name", /lower-case/],
    [
        "a login that Azure refuses",
        { ...argsOfMode(AuthMode.PasswordOnly), administratorLogin: "Admin" },
        "administratorLogin",
        /azure_superuser/,
    ],
    [
        "F75: a DNS zone called like the server",
        serverArgs(inNetwork(zone("pg-test"))),
        "network.privateDnsZoneId",
        /must not be called like the server 'pg-test'/,
    ],
    [
        "F75: a DNS zone with another suffix",
        serverArgs(inNetwork(zoneId("contoso.internal"))),
        "network.privateDnsZoneId",
        /ends in \.postgres\.database\.azure\.com/,
    ],
    [
        "F75: a DNS zone of another cloud",
        serverArgs({ ...inNetwork(zone("x.private")), cloud: "China" as never }),
        "network.privateDnsZoneId",
        /chinacloudapi/,
    ],
    [
        "F75: a zone's name in place of its id",
        serverArgs(inNetwork("x.postgres.database.azure.com")),
        "network.privateDnsZoneId",
        /resource id/,
    ],
    [
        "F75: a subnet without a zone",
        serverArgs({ network: { delegatedSubnetId: SUBNET_ID } }),
        "network.privateDnsZoneId",
        /is not given/,
    ],
    [
        "F75: a zone without a subnet",
        serverArgs({ network: { privateDnsZoneId: zone("x.private") } }),
        "network.delegatedSubnetId",
        /is not given/,
    ],
    [
        "F74: a delegated subnet with firewall rules",
        { ...serverArgs(inNetwork(zone("x.private"))), firewallRules: [office] },
        "firewallRules",
        /\["office"\].*delegated subnet/,
    ],
    [
        "F74: a delegated subnet with public access",
        serverArgs({ network: { ...inNetwork(zone("x.private")).network, publicNetworkAccess: true } }),
        "network.publicNetworkAccess",
        /no public access/,
    ],
    [
        "firewall rules without public access",
        serverArgs({ firewallRules: [office] }),
        "network.publicNetworkAccess",
        /set it to true/,
    ],
    [
        "an address that is none",
        publicWith({ ...office, endIpAddress: "203.0.113.999" }),
        "firewallRules[0].endIpAddress",
        /IPv4/,
    ],
    [
        "a range that begins at its end",
        publicWith({ ...office, endIpAddress: "203.0.113.0" }),
        "firewallRules[0].endIpAddress",
        /exchange/,
    ],
    [
        "the whole internet",
        publicWith({ ...office, startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" }),
        "firewallRules[0]",
        /whole internet/,
    ],
    ["a rule's name twice", publicWith(office, office), "firewallRules[1].name", /unique/],
    [
        "a rule's name with a slash",
        publicWith({ ...office, name: "a/../b" }),
        "firewallRules[0].name",
        /letters, digits/,
    ],
    [
        "a database's name with a question mark",
        serverArgs({ databases: [{ name: "a?b" }] }),
        "databases[0].name",
        /letters, digits/,
    ],
    [
        "a database of the service",
        serverArgs({ databases: [{ name: "postgres" }] }),
        "databases[0].name",
        /itself/,
    ],
    [
        "a database twice",
        serverArgs({ databases: [{ name: "a" }, { name: "a" }] }),
        "databases[1].name",
        /unique/,
    ],
    [
        "F16: a server without TLS",
        serverArgs({ parameters: { require_secure_transport: "OFF" } }),
        'parameters["require_secure_transport"]',
        /without TLS/,
    ],
    [
        "a parameter's name with a slash",
        serverArgs({ parameters: { "a/b": "on" } }),
        'parameters["a/b"]',
        /letters, digits/,
    ],
    [
        "a parameter's value that is no text",
        serverArgs({ parameters: { work_mem: 4 as never } }),
        'parameters["work_mem"]',
        /text/,
    ],
    ["too little storage", serverArgs({ storageSizeGb: 16 }), "storageSizeGb", /from 32/],
    ["backups for a year", serverArgs({ backupRetentionDays: 365 }), "backupRetentionDays", /7 to 35/],
    ["a minor version", serverArgs({ version: "16.4" }), "version", /major version/],
    ["an unknown tier", serverArgs({ sku: { name: "x", tier: "Premium" } }), "sku.tier", /GeneralPurpose/],
    [
        "an unknown kind of availability",
        serverArgs({ highAvailability: "Zone" }),
        "highAvailability",
        /ZoneRedundant/,
    ],
    [
        "a standby of a burstable server",
        serverArgs({ sku: { name: "Standard_B2s", tier: "Burstable" }, highAvailability: "SameZone" }),
        "highAvailability",
        /no standby/,
    ],
    [
        "a standby's zone without a standby",
        serverArgs({ standbyAvailabilityZone: "2" }),
        "standbyAvailabilityZone",
        /no standby/,
    ],
    [
        "both servers in one zone",
        serverArgs({
            highAvailability: "ZoneRedundant",
            availabilityZone: "1",
            standbyAvailabilityZone: "1",
        }),
        "standbyAvailabilityZone",
        /another zone/,
    ],
    [
        "an administrator with nothing to tell it by",
        serverArgs({
            administrators: [{ ...ada, objectId: pulumi.output(ADA), principalName: pulumi.output("a@b.c") }],
        }),
        "administrators[0].key",
        /key of its own/,
    ],
    [
        "a key twice",
        serverArgs({
            administrators: [
                { ...ada, key: "a" },
                { ...admins, key: "a" },
            ],
        }),
        "administrators[1].key",
        /tells administrators apart/,
    ],
];

describe("FlexibleServer refuses settings that no server can have, before anything is registered", () => {
    testRefusals(settings, (args) => new FlexibleServer("pg", args));
});
