// A PostgreSQL server without passwords, its admin group and one principal.
package main

import (
	entra "example.com/pulumi-azure-postgres-entra/sdk/go/azurepostgresentra"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// settings are the stack's configuration.
type settings struct {
	tenantID, resourceGroup, serverName, clientAddress string
	cloud                                              entra.Cloud
	protect                                            bool
	adminMembers                                       []string
	deployer, principal                                identity
}

// identity is one of Microsoft Entra.
type identity struct{ PrincipalName, ObjectID, PrincipalType string }

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		stack := readSettings(ctx)
		server, err := makeServer(ctx, stack)
		if err != nil {
			return err
		}
		if err := letIn(ctx, stack, server); err != nil {
			return err
		}
		ctx.Export("host", server.Host)
		return nil
	})
}

func readSettings(ctx *pulumi.Context) settings {
	cfg := config.New(ctx, "")
	stack := settings{
		tenantID:      cfg.Require("tenantId"),
		resourceGroup: cfg.Require("resourceGroup"),
		serverName:    cfg.Require("serverName"),
		clientAddress: cfg.Require("clientAddress"),
		cloud:         entra.CloudPublic,
		protect:       true,
	}
	if cloud := cfg.Get("cloud"); cloud != "" {
		stack.cloud = entra.Cloud(cloud)
	}
	if protect, err := cfg.TryBool("protect"); err == nil {
		stack.protect = protect
	}
	cfg.RequireObject("adminMembers", &stack.adminMembers)
	cfg.RequireObject("deployer", &stack.deployer)
	cfg.RequireObject("principal", &stack.principal)
	return stack
}

func makeServer(ctx *pulumi.Context, stack settings) (*entra.FlexibleServer, error) {
	// People come and go in this group; the server knows only the group.
	admins, err := entra.NewEntraAdminGroup(ctx, "admins", &entra.EntraAdminGroupArgs{
		Create: &entra.NewAdminGroupArgs{
			DisplayName: pulumi.String(stack.serverName + " admins"),
			Members:     pulumi.ToStringArray(stack.adminMembers),
		},
	})
	if err != nil {
		return nil, err
	}
	return entra.NewFlexibleServer(ctx, "server", &entra.FlexibleServerArgs{
		Name:              pulumi.String(stack.serverName),
		ResourceGroupName: pulumi.String(stack.resourceGroup),
		TenantId:          pulumi.String(stack.tenantID),
		Cloud:             &stack.cloud,
		Administrators: []entra.EntraAdministratorArgs{
			{
				Key:           pulumi.StringRef("admins"),
				ObjectId:      admins.ObjectId,
				PrincipalName: admins.DisplayName,
				PrincipalType: admins.PrincipalType,
			},
			// Whoever runs Pulumi makes the principal, so it is an administrator itself.
			{
				ObjectId:      pulumi.String(stack.deployer.ObjectID),
				PrincipalName: pulumi.String(stack.deployer.PrincipalName),
				PrincipalType: pulumi.String(stack.deployer.PrincipalType),
			},
		},
		Network: &entra.ServerNetworkArgs{PublicNetworkAccess: pulumi.BoolRef(true)},
		FirewallRules: []entra.ServerFirewallRuleArgs{{
			Name:           "client",
			StartIpAddress: pulumi.String(stack.clientAddress),
			EndIpAddress:   pulumi.String(stack.clientAddress),
		}},
		Databases: []entra.ServerDatabaseArgs{{Name: "orders"}},
		Protect:   &stack.protect,
	})
}

// letIn makes the database's roles for reading, writing and owning it, and the principal, which reads and writes.
func letIn(ctx *pulumi.Context, stack settings, server *entra.FlexibleServer) error {
	user := pulumi.String(stack.deployer.PrincipalName)
	access, err := entra.NewDatabaseAccess(ctx, "access", &entra.DatabaseAccessArgs{
		Host:     server.Host,
		User:     user,
		TenantId: pulumi.String(stack.tenantID),
		Cloud:    stack.cloud,
		Database: "orders",
	}, pulumi.DependsOn([]pulumi.Resource{server}), pulumi.DeletedWith(server))
	if err != nil {
		return err
	}
	_, err = entra.NewDatabasePrincipal(ctx, "principal", &entra.DatabasePrincipalArgs{
		Connection:    entra.ConnectionArgs{Host: server.Host, User: user, Cloud: stack.cloud},
		Name:          pulumi.String(stack.principal.PrincipalName),
		ObjectId:      pulumi.String(stack.principal.ObjectID),
		PrincipalType: entra.PrincipalType(stack.principal.PrincipalType),
		MemberOf:      pulumi.StringArray{access.Roles.MapIndex(pulumi.String("readwrite"))},
	}, pulumi.DeletedWith(server))
	return err
}
