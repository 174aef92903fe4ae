import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { pack, stage } from "../../packaging/stage";
import { Consumer } from "./consumer";
import { LocalCli, PROJECT_FOLDER, skipWithoutCli } from "./localCli";

/** As the package's README shows it. */
const PROGRAM = `
import { Cloud, DatabasePrincipal, FlexibleServer, PrincipalType } from "azure-postgres-entra";
import { ResourceGroup } from "@pulumi/azure-native/resources";

const group = new ResourceGroup("group", { resourceGroupName: "rg-shop", location: "westeurope" });
const deployer = { objectId: "${SEED_IDS.deployer}", principalName: "deployer", principalType: PrincipalType.ServicePrincipal };
const server = new FlexibleServer("orders", {
    name: "pg-shop",
    resourceGroupName: group.name,
    tenantId: "${SEED_TENANT_ID}",
    cloud: Cloud.Local,
    administrators: [deployer],
    databases: [{ name: "orders" }],
    network: { publicNetworkAccess: true },
    firewallRules: [{ name: "office", startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.255" }],
    protect: false,
});
new DatabasePrincipal("orders-api", {
    connection: { host: server.host, user: deployer.principalName, cloud: Cloud.Local },
    name: "orders-api",
    principalType: PrincipalType.ServicePrincipal,
    objectId: "${SEED_IDS.ordersApi}",
}, { dependsOn: [server], deletedWith: server });
export const host = server.host;
`;

describe(
    "from an empty folder with only the tarball, through npm and the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const consumer = new Consumer(cli, "./node_modules/azure-postgres-entra", {
            name: "nodejs",
            options: { typescript: false, nodeargs: "--import tsx" },
        });
        let offline: string | undefined;
        let foreground = { stop: async () => undefined as void };
        before(async () => {
            const staging = path.join(consumer.folder, "staging");
            stage(staging);
            const tarball = pack(consumer.folder, staging);
            consumer.write("package.json", { name: "shop", type: "module", main: "index.ts" });
            const words = [
                "install",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                tarball,
            ];
            const installed = await cli.run("npm", words, { cwd: consumer.folder });
            if (installed.code !== 0 && /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ENOTCACHED/.test(installed.text))
                offline = "npm reaches no registry here";
            else assert.equal(installed.code, 0, installed.text);
            consumer.write("index.ts", PROGRAM);
            // The loader that the README recommends.
            const loader = path.join(consumer.folder, "node_modules", "tsx");
            if (!offline && !existsSync(loader))
                symlinkSync(path.join(PROJECT_FOLDER, "node_modules", "tsx"), loader);
        });
        after(async () => {
            await foreground.stop();
            consumer.close();
            cli.close();
        });
        const step = (title: string, work: (t: TestContext) => Promise<void>): void =>
            void test(title, (t) => (offline ? t.skip(offline) : work(t)));

        step("up makes the server and the principal, a second preview has nothing to change", async () => {
            const up = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(up.code, 0, up.text);
            assert.match(up.text, /host *: "pg-shop\.postgres\.database\.azure\.com"/);
            const preview = await consumer.local("preview", "--expect-no-changes");
            assert.equal(preview.code, 0, preview.text);
        });

        step("the principal signs in with its token", async (t) => {
            foreground = await cli.foreground();
            const words = ["sign-in", "pg-shop.postgres.database.azure.com", "orders-api"];
            const { code, stdout, text } = await cli.local(...words);
            assert.equal(code, 0, text);
            const line = stdout.trim().split("\n").at(-1)!;
            const psql = await cli.run("bash", ["-c", line], { input: "select session_user", cwd: "/" });
            if (/psql: (command )?not found/.test(psql.stderr)) return t.skip("psql is not installed");
            assert.equal(psql.code, 0, psql.stderr);
            assert.match(psql.stdout, /orders-api/);
        });

        step("destroy takes everything away", () => consumer.destroy());
    },
);
