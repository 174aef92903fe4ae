import * as pulumi from "@pulumi/pulumi";
import * as azuread from "@pulumi/azuread";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as resources from "@pulumi/azure-native/resources";
import type { ClusterIdentityArgs, CosmosClusterArgs } from "./cosmosClusterArgs";
import {
    checkClusterPassword,
    checkClusterPrincipalType,
    checkClusterRoleName,
    identityKeys,
    identityList,
} from "./cosmosClusterChecks";
import { inOrder } from "./inOrder";
import { readyAfter, validated } from "./inputs";
import { checkObjectId } from "./names";
import { checkPrincipalType, PrincipalType } from "./principalType";
import type { NextOperation } from "./serverOperations";

/** The roles of a cluster, one operation at a time. They are made by the resource API alone (F80). */

/** Microsoft's enterprise application that tokens for clusters are issued for, the same in every tenant (F45). */
export const CLUSTER_APPLICATION_ID = "b4fa09d8-5da5-4352-83d9-05c2a44cf431";

/** The API version whose roles have a password; the SDK's class `ServerGroupRole` makes roles of identities alone. */
const NATIVE_ROLE_API_VERSION = "2022-11-08";

/** How the API of clusters spells the types, other than that of Flexible Server (E6). */
const API_TYPES: Record<string, string> = {
    [PrincipalType.User]: "user",
    [PrincipalType.ServicePrincipal]: "servicePrincipal",
};

export interface ClusterTarget {
    /** Name of the component, put before the names of all children. */
    name: string;
    resourceGroupName: pulumi.Input<string>;
    clusterName: pulumi.Input<string>;
}

/** F45. It stays enabled when the stack goes: it is the tenant's, not the cluster's. */
export function enableEnterpriseApplication(
    name: string,
    opts: pulumi.CustomResourceOptions,
): azuread.ServicePrincipal {
    return new azuread.ServicePrincipal(
        `${name}-enterprise-application`,
        { clientId: CLUSTER_APPLICATION_ID, useExisting: true, accountEnabled: true },
        { ...opts, retainOnDelete: true },
    );
}

/** @returns the names of the administrators and of the others, once all of them are made */
export function addIdentities(
    target: ClusterTarget,
    args: CosmosClusterArgs,
    next: NextOperation,
): { administrators: pulumi.Output<string[]>; entraRoles: pulumi.Output<string[]> } {
    const { name, ...cluster } = target;
    const keys = identityKeys(args);
    const all = identityList(args).map((given, i) => ({ ...given, key: keys[i]! }));
    const made = inOrder(all, ({ key }) => key).map(({ argument, identity, isAdmin, key }) => {
        const inputs = {
            ...cluster,
            ...checked(argument, identity),
            roleType: isAdmin ? "admin" : "user",
            tenantId: args.tenantId,
        };
        return next((opts) => new dbforpostgresql.ServerGroupRole(`${name}-role-${key}`, inputs, opts));
    });
    const names = (isAdmin: boolean) =>
        readyAfter(
            pulumi.all(all.filter((a) => a.isAdmin === isAdmin).map((a) => a.identity.principalName)),
            made,
        );
    return { administrators: names(true), entraRoles: names(false) };
}

/** What is known only later is checked then. */
function checked(argument: string, identity: ClusterIdentityArgs) {
    const principalType = pulumi.output(identity.principalType).apply((type) => {
        checkPrincipalType(`${argument}.principalType`, type);
        checkClusterPrincipalType(`${argument}.principalType`, type);
        return API_TYPES[type]!;
    });
    return {
        objectId: validated(identity.objectId, (id) => checkObjectId(`${argument}.objectId`, id)),
        roleName: validated(identity.principalName, (roleName) =>
            checkClusterRoleName(`${argument}.principalName`, roleName),
        ),
        principalType,
    };
}

/**
 * Native roles (F46), by azure-native's generic resource: a write with another password resets it (F47). The service never tells a
 * password, so a refresh sees none.
 *
 * @returns their names, once they are made
 */
export function addNativeRoles(
    { name, resourceGroupName, clusterName }: ClusterTarget,
    args: CosmosClusterArgs,
    next: NextOperation,
): pulumi.Output<string[]> {
    const roles = [...(args.nativeRoles ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const parentResourcePath = pulumi.output(clusterName).apply((cluster) => `serverGroupsv2/${cluster}`);
    const made = roles.map((role) => {
        const password = validated(role.password, (value) =>
            checkClusterPassword(`nativeRoles["${role.name}"].password`, value),
        );
        const inputs = {
            resourceGroupName,
            resourceProviderNamespace: "Microsoft.DBforPostgreSQL",
            parentResourcePath,
            resourceType: "roles",
            resourceName: role.name,
            apiVersion: NATIVE_ROLE_API_VERSION,
            properties: pulumi.secret({ password }),
        };
        return next(
            (opts) =>
                new resources.Resource(`${name}-native-role-${role.name}`, inputs, {
                    ...opts,
                    additionalSecretOutputs: ["properties"],
                }),
        );
    });
    return readyAfter(
        (args.nativeRoles ?? []).map((role) => role.name),
        made,
    );
}
