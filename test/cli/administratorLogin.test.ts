import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ResourceInitError } from "../../components/provider/grpcErrors";
import { serveProvider } from "../../components/provider/grpcServer";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { CliProject } from "./cliProject";
import { ADA, TENANT } from "../components/serverArgs";
import { StubAzure } from "./stubAzure";

const PROGRAM = `
import { AuthMode, FlexibleServer } from "./components/index";
const { MODE, LOGIN, PASSWORD } = process.env;
new FlexibleServer("pg", {
    name: "pg-prod",
    resourceGroupName: "rg-data",
    tenantId: "${TENANT}",
    authMode: MODE as AuthMode,
    administrators: [{ objectId: "${ADA}", principalName: "ada@contoso.com", principalType: "User" }],
    administratorLogin: LOGIN,
    administratorPassword: PASSWORD,
    protect: false,
});
`;

const cli = findInstalledPulumi();
const skip = cli ? false : "the Pulumi CLI is not installed";

describe(
    "E8: the real Pulumi engine never replaces a server for its mode, login or password",
    { skip },
    () => {
        const azure = new StubAzure();
        let server: Awaited<ReturnType<typeof serveProvider>>;
        let project: CliProject;
        const entra = { MODE: "EntraOnly" };
        const both = (LOGIN: string, PASSWORD = "s3cret-Passw0rd") => ({
            MODE: "EntraAndPassword",
            LOGIN,
            PASSWORD,
        });
        const preview = (environment: Record<string, string>) =>
            project.run(["preview", "--diff"], environment);

        before(async () => {
            server = await serveProvider(azure);
            project = new CliProject(cli!, PROGRAM, { "azure-native": server.port });
            await project.run(["stack", "init", "test"]);
        });
        after(async () => {
            project.remove();
            await server.close();
        });

        test("E1: a server that was made but failed is kept, not made a second time; the next up completes it", async () => {
            const failed = 'Status=500 Code="InternalServerError" Message="The operation failed."';
            azure.busy = new ResourceInitError(failed, "/azure/pg-server", { serverName: "pg-prod" });
            const { code, output } = await project.run(["up", "--yes", "--skip-preview"], entra);
            assert.notEqual(code, 0, output);
            assert.match(
                output,
                /made, but not completely; it is kept, and the next `pulumi up` completes it/,
            );
            assert.doesNotMatch(output, /tried again/);
            assert.deepEqual(azure.operations.splice(0), ["create pg-server (busy)"]);
            const again = await project.run(["up", "--yes", "--skip-preview"], entra);
            assert.equal(again.code, 0, again.output);
            assert.deepEqual(azure.operations.splice(0), [
                "update pg-server",
                `create pg-administrator-${ADA}`,
            ]);
            const destroyed = await project.run(
                ["destroy", "--yes", "--skip-preview", "--run-program"],
                entra,
            );
            assert.equal(destroyed.code, 0, destroyed.output);
            azure.operations.splice(0);
        });

        test("E1: a busy server is waited for while it is made", async () => {
            azure.busy =
                'Code="ServerIsBusy" Message="Cannot complete operation while server \'pg-prod\' is busy"';
            const { code, output } = await project.run(["up", "--yes", "--skip-preview"], entra);
            assert.equal(code, 0, output);
            assert.deepEqual(azure.operations.splice(0), [
                "create pg-server (busy)",
                "create pg-server",
                `create pg-administrator-${ADA}`,
            ]);
        });

        test("a login for a server made without one: the preview fails with the procedure", async () => {
            const { code, output } = await preview(both("pgadmin"));
            assert.notEqual(code, 0, output);
            assert.match(output, /server 'pg-prod' has no password administrator/);
            assert.match(output, /resourceGroups\/rg-data\/.*flexibleServers\/pg-prod/);
            assert.equal(output.includes("s3cret"), false);
        });

        test("after the procedure and a refresh, the same change is an update in place", async () => {
            const made = azure.live.get("/azure/pg-server")!;
            azure.live.set("/azure/pg-server", {
                ...made,
                administratorLogin: "pgadmin",
                authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: TENANT },
            });
            const refreshed = await project.run(["refresh", "--yes", "--skip-preview"], entra);
            assert.equal(refreshed.code, 0, refreshed.output);
            const { code, output } = await project.run(["up", "--yes", "--skip-preview"], both("pgadmin"));
            assert.equal(code, 0, output);
            assert.deepEqual(azure.operations.splice(0), ["update pg-server"]);
        });

        test("another password is an update in place", async () => {
            const { code, output } = await preview(both("pgadmin", "an0ther-Passw0rd"));
            assert.equal(code, 0, output);
            assert.match(output, /~ 1 to update/);
            assert.doesNotMatch(output, /replace/);
            assert.equal(output.includes("Passw0rd"), false);
        });

        test("another login and nothing else: the preview fails instead of ignoring it", async () => {
            const { code, output } = await preview(both("root2"));
            assert.notEqual(code, 0, output);
            assert.match(output, /server 'pg-prod' has the login "pgadmin", which stays for its whole life/);
        });

        test("back to EntraOnly and to another login: refused by what Azure reported", async () => {
            const back = await project.run(["up", "--yes", "--skip-preview"], entra);
            assert.equal(back.code, 0, back.output);
            assert.deepEqual(azure.operations.splice(0), ["update pg-server"]);
            const { code, output } = await preview(both("root2"));
            assert.notEqual(code, 0, output);
            assert.match(output, /has the login "pgadmin"/);
            const again = await preview(both("pgadmin"));
            assert.equal(again.code, 0, again.output);
            assert.doesNotMatch(again.output, /replace/);
        });

        test("the state holds no password in plain text", async () => {
            const { output } = await project.run(["stack", "export"]);
            assert.match(output, /pg-server/);
            assert.equal(output.includes("Passw0rd"), false);
        });
    },
);
