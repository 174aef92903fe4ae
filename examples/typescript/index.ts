import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import {
    Cloud,
    DatabaseAccess,
    DatabasePrincipal,
    EntraAdminGroup,
    FlexibleServer,
    PrincipalType,
} from "azure-postgres-entra";

/** An identity of Microsoft Entra, as the stack's configuration names it. */
interface Identity {
    principalName: string;
    objectId: string;
    principalType: PrincipalType;
}

const config = new pulumi.Config();
const tenantId = config.require("tenantId");
const cloud = config.get<Cloud>("cloud") ?? Cloud.Public;
const serverName = config.require("serverName");
const clientAddress = config.require("clientAddress");
const deployer = config.requireObject<Identity>("deployer");
const principal = config.requireObject<Identity>("principal");

const group = new ResourceGroup("group", {
    resourceGroupName: `rg-${serverName}`,
    location: config.require("location"),
});

// People come and go in this group; the server knows only the group.
const admins = new EntraAdminGroup("admins", {
    create: { displayName: `${serverName} admins`, members: config.requireObject<string[]>("adminMembers") },
});

const server = new FlexibleServer("server", {
    name: serverName,
    resourceGroupName: group.name,
    tenantId,
    cloud,
    administrators: [
        {
            key: "admins",
            objectId: admins.objectId,
            principalName: admins.displayName,
            principalType: PrincipalType.Group,
        },
        // Whoever runs Pulumi makes the principal, so it is an administrator itself.
        deployer,
    ],
    network: { publicNetworkAccess: true },
    firewallRules: [{ name: "client", startIpAddress: clientAddress, endIpAddress: clientAddress }],
    databases: [{ name: "orders" }],
    protect: config.getBoolean("protect"),
});

const connection = { host: server.host, user: deployer.principalName, cloud };

// Roles for reading, writing and owning the database.
const access = new DatabaseAccess(
    "access",
    { ...connection, tenantId, database: "orders" },
    { dependsOn: [server], deletedWith: server },
);

new DatabasePrincipal(
    "principal",
    {
        connection,
        name: principal.principalName,
        objectId: principal.objectId,
        principalType: principal.principalType,
        memberOf: [access.roles.readwrite!],
    },
    { deletedWith: server },
);

export const host = server.host;
