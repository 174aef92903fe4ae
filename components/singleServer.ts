import * as pulumi from "@pulumi/pulumi";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import { Cloud, cloudEndpoints } from "./clouds";
import { DatabasePrincipal, Flavor } from "./databasePrincipal";
import { withFormerNames } from "./formerNames";
import { plainValue, readyAfter } from "./inputs";
import { checkTenantId } from "./names";
import { checkIdentities } from "./principalChecks";
import { checkPrincipalType, PrincipalType } from "./principalType";
import { checkServerName } from "./resourceNames";
import { serverErrorHook } from "./serverErrorHook";
import { ValidationError } from "./validationError";

/** The one Microsoft Entra administrator of a Single Server. */
export interface SingleServerAdministratorArgs {
    /** Object id of the user or the group. */
    objectId: pulumi.Input<string>;
    /** A user's principal name, or the group's display name, exactly as in Entra (F18). */
    principalName: string;
    /** User or Group: management operations work for these alone (F55). */
    principalType: PrincipalType;
}

/** A role of a Microsoft Entra identity on a Single Server. */
export interface SingleServerRoleArgs {
    /** Name of the role: for a user or a group the name in Entra, for an application any. */
    name: string;
    /** User, Group or ServicePrincipal; a managed identity is a ServicePrincipal. */
    principalType: PrincipalType;
    /** Application (client) id of a ServicePrincipal (F36), which needs it. Default: none. */
    clientId?: string;
}

export interface SingleServerArgs {
    /** Must be true: Single Server is retired, and no new one can be made (F41). */
    existing: boolean;
    /** Name of the server, which exists. */
    serverName: string;
    /** Resource group of the server. */
    resourceGroupName: pulumi.Input<string>;
    /** Id of the Microsoft Entra tenant of the server. */
    tenantId: pulumi.Input<string>;
    /** The cloud that the server is in. Default: Public. */
    cloud?: Cloud;
    /** The one administrator (F23). Without one nobody signs in by token (F27, F56). Default: none. */
    administrator?: SingleServerAdministratorArgs;
    /** Roles of identities, made as the administrator. Default: none. */
    roles?: SingleServerRoleArgs[];
    /** Where to connect instead of the host, for instance a tunnel's 127.0.0.1:6432. Default: the host. */
    address?: string;
}

/**
 * An existing server of the retired Single Server: its one Entra administrator and its Entra roles, for the time until it has moved to a
 * Flexible Server. Removing the administrator stops every Entra sign-in; adding one of the same tenant brings them back (F27, F28).
 */
export class SingleServer extends pulumi.ComponentResource {
    /** Host name of the server. */
    public readonly host: pulumi.Output<string>;
    /** What the administrator and the roles sign in as: USER@SERVER (F40). */
    public readonly userNames: pulumi.Output<string[]>;

    constructor(name: string, args: SingleServerArgs, opts?: pulumi.ComponentResourceOptions) {
        checkSingleServer(args);
        super(
            "azure-postgres-entra:index:SingleServer",
            name,
            {},
            withFormerNames("SingleServer", name, opts),
        );
        const { serverName, resourceGroupName, tenantId, administrator } = args;
        const made: pulumi.Resource[] = [];
        if (administrator)
            made.push(
                new dbforpostgresql.SingleServerServerAdministrator(
                    `${name}-administrator`,
                    {
                        resourceGroupName,
                        serverName,
                        administratorType: "ActiveDirectory",
                        login: administrator.principalName,
                        sid: administrator.objectId,
                        tenantId,
                    },
                    { parent: this, hooks: { onError: [serverErrorHook(args.cloud)] } },
                ),
            );
        const roles = (args.roles ?? []).map((role) => makeRole(name, args, role, this, made));
        const users = [
            ...(administrator ? [administrator.principalName] : []),
            ...(args.roles ?? []).map((r) => r.name),
        ];
        this.host = readyAfter(singleServerHost(serverName, args.cloud), made);
        this.userNames = readyAfter(
            users.map((user) => `${user}@${serverName}`),
            [...made, ...roles],
        );
        this.registerOutputs({ host: this.host, userNames: this.userNames });
    }
}

/** Host name of a Single Server. */
export function singleServerHost(serverName: string, cloud?: Cloud): string {
    return `${serverName}.${cloudEndpoints(cloud).hostSuffix}`;
}

function makeRole(
    name: string,
    args: SingleServerArgs,
    { name: roleName, principalType, clientId }: SingleServerRoleArgs,
    parent: pulumi.Resource,
    dependsOn: pulumi.Resource[],
): DatabasePrincipal {
    const { serverName, cloud = Cloud.Public, address, administrator } = args;
    const connection = {
        host: singleServerHost(serverName, cloud),
        user: administrator!.principalName,
        cloud,
        address,
    };
    const inputs = { connection, flavor: Flavor.SingleServer, name: roleName, principalType, clientId };
    return new DatabasePrincipal(`${name}-role-${roleName}`, inputs, { parent, dependsOn });
}

/** @throws ValidationError for what is known before anything is registered */
export function checkSingleServer(args: SingleServerArgs): void {
    if (args.existing !== true)
        throw new ValidationError(
            "existing",
            args.existing,
            "Single Server is retired and no new one can be made (F41)",
            "make a FlexibleServer; docs/from-single-server.md says what becomes what",
        );
    checkServerName("serverName", args.serverName);
    const tenantId = plainValue(args.tenantId);
    if (tenantId !== undefined) checkTenantId("tenantId", tenantId);
    const { administrator, roles = [] } = args;
    if (administrator) checkAdministrator(administrator);
    if (!administrator && roles.length > 0)
        throw new ValidationError(
            "administrator",
            undefined,
            "only the Entra administrator makes roles of identities (F25), and without one nobody signs in by token (F27)",
            "give the administrator, or leave the roles out",
        );
    checkIdentities([
        ...(administrator ? [{ argument: "administrator", name: administrator.principalName }] : []),
        ...roles.map((role, i) => ({
            argument: `roles[${i}]`,
            nameArgument: "name",
            name: role.name,
            principalType: role.principalType,
            foundByName: role.principalType !== PrincipalType.ServicePrincipal,
        })),
    ]);
    for (const [i, role] of roles.entries())
        if (role.principalType === PrincipalType.ServicePrincipal && role.clientId === undefined)
            throw new ValidationError(
                `roles[${i}].clientId`,
                undefined,
                "on Single Server an application is known by its application (client) id (F36)",
                "look it up with `az ad sp show --query appId`",
            );
}

function checkAdministrator({ principalName, objectId, principalType }: SingleServerAdministratorArgs): void {
    checkPrincipalType("administrator.principalType", principalType);
    if (principalType === PrincipalType.ServicePrincipal)
        throw new ValidationError(
            "administrator.principalType",
            principalType,
            "management operations work for user roles only (F55), so the administrator is a user or a group (F23)",
            "use a group that the identity which runs Pulumi is a member of",
        );
    const identity = { principalName, objectId: plainValue(objectId), principalType };
    checkIdentities([{ argument: "administrator", ...identity, name: principalName, foundByName: true }]);
}
