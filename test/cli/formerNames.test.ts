import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { serveProvider } from "../../components/provider/grpcServer";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { ADA, TENANT } from "../components/serverArgs";
import { CliProject } from "./cliProject";
import { StubAzure } from "./stubAzure";

/** `FORMER` is a line of the table, as a later release would have it. */
const PROGRAM = `
import { FlexibleServer } from "./components/index";
import { FORMER_NAMES } from "./components/formerNames";
FORMER_NAMES.push(...JSON.parse(process.env.FORMER ?? "[]"));
new FlexibleServer("pg", {
    name: "pg-prod",
    resourceGroupName: "rg-data",
    tenantId: "${TENANT}",
    administrators: [{ objectId: "${ADA}", principalName: "ada@contoso.com", principalType: "User" }],
    protect: false,
});
`;
const FORMER = JSON.stringify([
    { component: "FlexibleServer", formerClass: "OldServer" },
    { component: "FlexibleServer", child: "server", formerChild: "postgres" },
]);

const cli = findInstalledPulumi();
const skip = cli ? false : "the Pulumi CLI is not installed";

describe(
    "a class and a child that are called otherwise than in the last release, with the real engine",
    { skip, concurrency: 1 },
    () => {
        const azure = new StubAzure();
        let server: Awaited<ReturnType<typeof serveProvider>>;
        let project: CliProject;
        before(async () => {
            server = await serveProvider(azure);
            project = new CliProject(cli!, PROGRAM, { "azure-native": server.port });
            await project.run(["stack", "init", "test"]);
            const made = await project.run(["up", "--yes", "--skip-preview"]);
            assert.equal(made.code, 0, made.output);
            await renameInState();
            azure.operations.splice(0);
        });
        after(async () => {
            project.remove();
            await server.close();
        });

        /** The state as the release before left it. */
        async function renameInState(): Promise<void> {
            const file = path.join(project.folder, "state.json");
            const exported = await project.run(["stack", "export", "--file", file]);
            assert.equal(exported.code, 0, exported.output);
            const old = readFileSync(file, "utf8")
                .replaceAll("index:FlexibleServer", "index:OldServer")
                .replaceAll("::pg-server", "::pg-postgres");
            writeFileSync(file, old);
            const imported = await project.run(["stack", "import", "--file", file]);
            assert.equal(imported.code, 0, imported.output);
        }

        test("without a line in the table the server would be made anew: the trap", async () => {
            const { output } = await project.run(["preview"]);
            assert.match(output, /dbforpostgresql:Server +pg-server +create/);
            assert.match(output, /dbforpostgresql:Server +pg-postgres +delete/);
        });

        test("with it nothing is made, replaced or removed", async () => {
            const { code, output } = await project.run(["up", "--yes", "--skip-preview"], { FORMER });
            assert.equal(code, 0, output);
            assert.doesNotMatch(output, /replac|delet|creat/);
            assert.deepEqual(azure.operations, []);
            const { output: state } = await project.run(["stack", "export"]);
            assert.match(state, /FlexibleServer\$azure-native:dbforpostgresql:Server::pg-server/);
            assert.doesNotMatch(state, /OldServer|pg-postgres"/);
        });
    },
);
