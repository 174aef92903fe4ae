import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { SingleServer, type Cloud, type PrincipalType, type SingleServerArgs } from "./components/index";
import type { SingleServerStackConfig } from "./stackConfigSingleServer";

/** A stack with an existing Single Server: its one administrator and its roles. */
export function manageSingleServer(config: SingleServerStackConfig): Record<string, unknown> {
    const tenantId = pulumi.output(config.tenantId ?? getClientConfigOutput().tenantId);
    const server = new SingleServer("single-server", singleServerArgs(config, tenantId));
    return { host: server.host, userNames: server.userNames };
}

export function singleServerArgs(
    { singleServer, cloud, resourceGroup, administrator, principals }: SingleServerStackConfig,
    tenantId: pulumi.Input<string>,
): SingleServerArgs {
    return {
        existing: singleServer.existing,
        serverName: singleServer.name,
        address: singleServer.address,
        resourceGroupName: resourceGroup.name,
        tenantId,
        cloud: cloud as Cloud,
        administrator: administrator && {
            ...administrator,
            principalType: administrator.principalType as PrincipalType,
        },
        roles: principals.map((p) => ({ ...p, principalType: p.principalType as PrincipalType })),
    };
}
