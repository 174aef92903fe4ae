import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serveProvider } from "../../components/provider/grpcServer";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { CliProject } from "./cliProject";
import { ADA, TENANT } from "../components/serverArgs";
import { StubAzure } from "./stubAzure";

/** What arrives as an output, or is read from Azure, is checked in the preview of the real engine. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { EntraNetwork, FlexibleServer } from "./components/index";
const { WHAT, OBJECT_ID } = process.env;
if (WHAT === "network")
    new EntraNetwork("net", {
        resourceGroupName: "rg",
        rulePriorityBase: 300,
        existing: { networkSecurityGroupName: "nsg", subnetAddressPrefix: "10.0.1.0/24" },
    });
else
    new FlexibleServer("pg", {
        name: "pg-prod",
        resourceGroupName: "rg",
        tenantId: "${TENANT}",
        administrators: [
            { objectId: "${ADA}", principalName: "ada@contoso.com", principalType: "User" },
            { objectId: pulumi.output(OBJECT_ID!), principalName: "Postgres Admins", principalType: "Group" },
        ],
    });
`;

const cli = findInstalledPulumi();
const skip = cli ? false : "the Pulumi CLI is not installed";

describe("the preview of the real engine fails", { skip }, () => {
    const azure = new StubAzure();
    let server: Awaited<ReturnType<typeof serveProvider>>;
    let project: CliProject;
    const preview = (environment: Record<string, string>) => project.run(["preview"], environment);

    before(async () => {
        server = await serveProvider(azure);
        project = new CliProject(cli!, PROGRAM, { "azure-native": server.port });
        await project.run(["stack", "init", "test"]);
    });
    after(async () => {
        project.remove();
        await server.close();
    });

    const rule = {
        name: "deny-internet",
        direction: "Outbound",
        access: "Deny",
        protocol: "*",
        sourceAddressPrefix: "*",
        sourcePortRange: "*",
        destinationAddressPrefix: "Internet",
        destinationPortRange: "*",
    };
    const group = (priority: number) => {
        azure.answers["azure-native:network:getNetworkSecurityGroup"] = {
            name: "nsg",
            id: "/azure/nsg",
            securityRules: [{ ...rule, priority }],
        };
    };

    test("F10: for an existing rule that is served first and denies Microsoft Entra", async () => {
        group(200);
        const { code, output } = await preview({ WHAT: "network" });
        assert.notEqual(code, 0, output);
        assert.match(output, /'deny-internet' \(priority 200\) of the network security group 'nsg'/);
        assert.match(output, /denies outbound 443 to AzureActiveDirectory \(F10\); use a base below 200/);
    });

    test("F10: for a priority that is taken; not for one that comes later", async () => {
        group(302);
        const taken = await preview({ WHAT: "network" });
        assert.notEqual(taken.code, 0, taken.output);
        assert.match(taken.output, /rulePriorityBase is 302: the rule 'deny-internet'/);
        group(400);
        const free = await preview({ WHAT: "network" });
        assert.equal(free.code, 0, free.output);
        assert.match(free.output, /6 to create/);
    });

    test("for an object id that is an output and no GUID, or another administrator's", async () => {
        const wrong = await preview({ OBJECT_ID: "admins" });
        assert.notEqual(wrong.code, 0, wrong.output);
        assert.match(wrong.output, /administrators\[1\]\.objectId is "admins": an object id is a GUID/);
        const same = await preview({ OBJECT_ID: ADA });
        assert.notEqual(same.code, 0, same.output);
        assert.match(same.output, /administrators\[1\]\.objectId .*administrators\[0\] has it already/);
    });

    test("and nothing has been touched", () => assert.deepEqual(azure.operations, []));
});
