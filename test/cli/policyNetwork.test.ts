import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { serveProvider } from "../../components/provider/grpcServer";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure } from "../../emulator/localAzure";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { CliProject } from "./cliProject";
import { PROJECT_FOLDER, skipWithoutCli } from "./localCli";

/** A private server in a network of the stack, with a rule of somebody's own where DENY is set. */
const PROGRAM = `
import * as azure from "@pulumi/azure-native/resources";
import * as network from "@pulumi/azure-native/network";
import { EntraNetwork, FlexibleServer } from "./components/index";
const group = new azure.ResourceGroup("rg", { resourceGroupName: "rg-policy", location: "westeurope" });
const resourceGroupName = group.name;
const net = new EntraNetwork("net", {
    resourceGroupName, location: "westeurope", serverName: "pg-policy", rulePriorityBase: 300,
    addressSpace: "10.20.0.0/16", subnetAddressPrefix: "10.20.1.0/24",
    privateDnsZoneName: "contoso.private.postgres.database.azure.com",
});
new FlexibleServer("pg", {
    name: "pg-policy", resourceGroupName, location: "westeurope", tenantId: process.env.TENANT!, protect: false,
    administrators: [{ principalName: "DB Admins", objectId: "${SEED_IDS.dbAdmins}", principalType: "Group" }],
    network: { delegatedSubnetId: net.subnetId, privateDnsZoneId: net.privateDnsZoneId },
}, { dependsOn: [net] });
if (process.env.DENY)
    new network.SecurityRule("deny-internet", {
        resourceGroupName, networkSecurityGroupName: "net-nsg", securityRuleName: "deny-internet", priority: 200,
        access: "Deny", direction: "Outbound", protocol: "*", sourceAddressPrefix: "*", sourcePortRange: "*",
        destinationAddressPrefix: "Internet", destinationPortRange: "*",
    });
`;

/** F8, F10: the pack finds a server's network among the resources of the real engine, new or deployed. */
describe(
    "the policy of a private server's network, through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        let azure: LocalAzure;
        let project: CliProject;
        const servers: Awaited<ReturnType<typeof serveProvider>>[] = [];

        before(async () => {
            azure = await LocalAzure.start();
            const ports: Record<string, number> = {};
            for (const provider of azure.providers()) {
                const server = await serveProvider(provider);
                servers.push(server);
                ports[provider.name] = server.port;
            }
            project = new CliProject(findInstalledPulumi()!, PROGRAM, ports);
            const made = await project.run(["stack", "init", "local"]);
            assert.equal(made.code, 0, made.output);
        });
        after(async () => {
            project.remove();
            for (const server of servers) await server.close();
            await azure.stop();
        });

        const run = (words: string[], deny: boolean) =>
            project.run(words, { TENANT: azure.directory.tenantId, ...(deny ? { DENY: "1" } : {}) });
        const preview = (deny: boolean) =>
            run(["preview", "--policy-pack", path.join(PROJECT_FOLDER, "policy")], deny);
        const violation =
            /\[mandatory\] +entra-traffic-let-through .*\n.*\n.*'pg-policy' cannot reach Microsoft Entra ID: the rule 'deny-internet' \(priority 200\) of the network security group 'net-nsg' denies/;

        test("of a stack that is not there yet, where no id is known", async () => {
            const kept = await preview(false);
            assert.equal(kept.code, 0, kept.output);
            const violated = await preview(true);
            assert.notEqual(violated.code, 0, violated.output);
            assert.match(violated.output, violation);
        });

        test("of a deployed stack to which a rule is added, where only that rule is new", async () => {
            const up = await run(["up", "--yes", "--skip-preview"], false);
            assert.equal(up.code, 0, up.output);
            const kept = await preview(false);
            assert.equal(kept.code, 0, kept.output);
            const violated = await preview(true);
            assert.notEqual(violated.code, 0, violated.output);
            assert.match(violated.output, violation);
        });
    },
);
