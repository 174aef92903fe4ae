import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { EntraAdminGroup, EntraNetwork, FlexibleServer } from "./components/index";
import { requireLocalAzure } from "./components/provider/localAzure";
import { providerEnvironments, readStack } from "./config";
import { makeCosmosCluster } from "./cosmosProgram";
import { tellWhoSignsIn } from "./deployer";
import { isEvaluatedOnly } from "./evaluation";
import { makePrincipals } from "./principals";
import { makePrivileges } from "./privileges";
import { makeResourceGroup } from "./resourceGroup";
import { manageSingleServer } from "./singleServerProgram";
import { signInLines } from "./signInLines";
import { checkSystem } from "./stackSystemChecks";
import { adminGroupArgs, NAMES, networkArgs, serverArgs } from "./stackResources";
import { UserMistake } from "./userMistake";
import { makeWorkloads, workloadOutputs } from "./workloads";

const refuse = (mistake: Error) => Promise.reject(new UserMistake(mistake.message));

/**
 * The program: configuration, checks, then what the stack's database system is made of. For a Flexible Server: resource group,
 * network, admin group, server, privileges and principals, in this order.
 */
export = async () => {
    const stack = readStack();
    checkSystem(stack, providerEnvironments());
    if (stack.config.cloud === "Local" && !isEvaluatedOnly()) await requireLocalAzure().catch(refuse);
    if (stack.system === "cosmosCluster") return makeCosmosCluster(stack.config);
    if (stack.system === "singleServer") return manageSingleServer(stack.config);
    const { config } = stack;

    const caller = getClientConfigOutput();
    tellWhoSignsIn(config, caller.objectId);
    const tenantId = config.tenantId ?? caller.tenantId;
    const resourceGroupName = makeResourceGroup(config, config.server.tags);

    const network = networkArgs(config, resourceGroupName);
    const entraNetwork = network && new EntraNetwork(NAMES.network, network);
    const existing = config.network.access === "Private" ? config.network.existing : undefined;
    const subnetId = entraNetwork?.subnetId ?? existing?.subnetId;
    const privateDnsZoneId = entraNetwork?.privateDnsZoneId ?? existing?.privateDnsZoneId;
    const adminGroup =
        config.adminGroup && new EntraAdminGroup(NAMES.adminGroup, adminGroupArgs(config.adminGroup));

    const around = { tenantId, resourceGroupName, adminGroup, subnetId, privateDnsZoneId };
    const server = new FlexibleServer(NAMES.server, serverArgs(config, around), {
        dependsOn: entraNetwork ? [entraNetwork] : [],
    });
    const privileges = makePrivileges(config, server, tenantId);
    const workloads = makeWorkloads(config, server, resourceGroupName);
    makePrincipals(config, server, privileges, workloads);

    return {
        host: server.host,
        administrators: server.administrators,
        databases: server.databases,
        principals: config.principals.map((p) => p.name),
        workloads: workloadOutputs(config, workloads),
        signIn: pulumi
            .all([server.host, tenantId])
            .apply(([host, tenant]) => signInLines(config, host, tenant)),
    };
};
