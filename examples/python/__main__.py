"""A PostgreSQL server without passwords, its admin group and one principal."""

import pulumi
from pulumi_azure_native import resources
from pulumi_azure_postgres_entra import (
    Cloud,
    DatabaseAccess,
    DatabasePrincipal,
    EntraAdminGroup,
    FlexibleServer,
)

config = pulumi.Config()
tenant_id = config.require("tenantId")
cloud = Cloud(config.get("cloud") or "Public")
server_name = config.require("serverName")
client_address = config.require("clientAddress")
deployer = config.require_object("deployer")
principal = config.require_object("principal")

group = resources.ResourceGroup(
    "group",
    resource_group_name=f"rg-{server_name}",
    location=config.require("location"),
)

# People come and go in this group; the server knows only the group.
admins = EntraAdminGroup(
    "admins",
    create={"display_name": f"{server_name} admins", "members": config.require_object("adminMembers")},
)

server = FlexibleServer(
    "server",
    name=server_name,
    resource_group_name=group.name,
    tenant_id=tenant_id,
    cloud=cloud,
    administrators=[
        {
            "key": "admins",
            "object_id": admins.object_id,
            "principal_name": admins.display_name,
            "principal_type": admins.principal_type,
        },
        # Whoever runs Pulumi makes the principal, so it is an administrator itself.
        {
            "object_id": deployer["objectId"],
            "principal_name": deployer["principalName"],
            "principal_type": deployer["principalType"],
        },
    ],
    network={"public_network_access": True},
    firewall_rules=[{"name": "client", "start_ip_address": client_address, "end_ip_address": client_address}],
    databases=[{"name": "orders"}],
    protect=config.get_bool("protect"),
)

# Roles for reading, writing and owning the database.
access = DatabaseAccess(
    "access",
    host=server.host,
    user=deployer["principalName"],
    tenant_id=tenant_id,
    cloud=cloud,
    database="orders",
    opts=pulumi.ResourceOptions(depends_on=[server], deleted_with=server),
)

DatabasePrincipal(
    "principal",
    connection={"host": server.host, "user": deployer["principalName"], "cloud": cloud},
    name=principal["principalName"],
    object_id=principal["objectId"],
    principal_type=principal["principalType"],
    member_of=[access.roles["readwrite"]],
    opts=pulumi.ResourceOptions(deleted_with=server),
)

pulumi.export("host", server.host)
