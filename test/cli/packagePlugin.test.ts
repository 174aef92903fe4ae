import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { Consumer } from "./consumer";
import { LocalCli, skipWithoutCli } from "./localCli";

const PASSWORD = "S3cret-Passw0rd-9";

/** A server as another language's program asks for it. `extra`: more arguments, as JavaScript. */
const server = (extra = "", options = "", name = "server") => `
const group = new resources.ResourceGroup("group", { resourceGroupName: "rg-consumer", location: "westeurope" });
const server = remote("FlexibleServer", "${name}", {
    name: "pg-consumer",
    resourceGroupName: group.name,
    tenantId: "${SEED_TENANT_ID}",
    cloud: "Local",
    administrators: [{ objectId: "${SEED_IDS.deployer}", principalName: "deployer", principalType: "ServicePrincipal" }],
    ${extra}
}, { ${options} });
exports.host = server.host;
exports.databases = server.databases;
`;

describe(
    "the plugin, for a program in any language, through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const consumer = new Consumer(cli);
        const typed = (state: Awaited<ReturnType<Consumer["state"]>>, type: string) => {
            const found = state.find((resource) => resource.type === type);
            assert.ok(found, `${type} is not in the state`);
            return found;
        };
        after(() => {
            consumer.close();
            cli.close();
        });

        /** Refused: told by name, once on its way and once among the diagnostics, without a stack. */
        async function refused(program: string, message: RegExp): Promise<string> {
            consumer.writeProgram(program);
            const { code, text } = await consumer.local("preview");
            assert.notEqual(code, 0, text);
            assert.match(text, message);
            assert.doesNotMatch(text, /^\s+at .*:\d+/m);
            assert.ok(text.split(message).length <= 3, text);
            return text;
        }

        test("a wrong argument is refused before anything is made, and a secret one is not shown", async () => {
            await refused(server(`authMode: "Nope",`), /authMode is "Nope": there is no such mode/);
            await refused(server(`sise: 3,`), /sise: there is no such argument; known: name,/);
            const text = await refused(
                server(`administratorPassword: pulumi.secret("${PASSWORD}"),`),
                /administratorPassword is \[secret\]: authMode EntraOnly has no password administrator/,
            );
            assert.ok(!text.includes(PASSWORD));
        });

        test("an argument that is known late is refused too, and the command ends", async () => {
            await refused(
                server().replace(
                    `tenantId: "${SEED_TENANT_ID}"`,
                    `tenantId: pulumi.output(Promise.resolve("nobody"))`,
                ),
                /tenantId is "nobody": a tenant id is a GUID/,
            );
        });

        test("what decides which resources are made must be known in a preview", async () => {
            await refused(
                server(`databases: [{ name: group.id }],`),
                /databases\[0\]\.name is not known before the deployment/,
            );
        });

        test("a preview from nothing, with unknown values, shows every child", async () => {
            consumer.writeProgram(server(`databases: [{ name: "app" }],`));
            const { code, text } = await consumer.local("preview");
            assert.equal(code, 0, text);
            assert.match(text, /dbforpostgresql:Server +server-server +create/);
            assert.match(text, /dbforpostgresql:Database +server-database-app +create/);
        });

        // Unmarked, as Java's SDK sends it.
        const withPassword = `
        authMode: "EntraAndPassword",
        administratorLogin: "pgadmin",
        administratorPassword: "${PASSWORD}",
        databases: [{ name: "app" }],`;

        test("E8: secrets are encrypted in the state, the server is protected by default, outputs arrive", async () => {
            consumer.writeProgram(server(withPassword));
            const { code, text } = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(code, 0, text);
            assert.match(text, /host +: "pg-consumer\.postgres\.database\.azure\.com"/);
            assert.match(text, /\[0\]: "app"/);
            assert.ok(!text.includes(PASSWORD));
            const state = await consumer.state();
            assert.ok(!JSON.stringify(state).includes(PASSWORD));
            assert.equal(typed(state, "azure-native:dbforpostgresql:Server").protect, true);
            const preview = await consumer.local("preview", "--expect-no-changes");
            assert.equal(preview.code, 0, preview.text);
        });

        test("the option protect: false is heard, and an explicit provider goes to the children", async () => {
            const provider = `const azure = new (require("@pulumi/azure-native").Provider)("mine", {});\n`;
            consumer.writeProgram(provider + server(withPassword, "protect: false, providers: [azure]"));
            const { code, text } = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(code, 0, text);
            assert.doesNotMatch(text, /replace/);
            const made = typed(await consumer.state(), "azure-native:dbforpostgresql:Server");
            assert.equal(made.protect ?? false, false);
            assert.match(made.provider!, /pulumi:providers:azure-native::mine::/);
        });

        test("a component under another name, with an alias, replaces nothing", async () => {
            consumer.writeProgram(
                `const azure = new (require("@pulumi/azure-native").Provider)("mine", {});\n` +
                    server(
                        withPassword,
                        `protect: false, providers: [azure], aliases: [{ name: "server" }]`,
                        "database",
                    ),
            );
            const { code, text } = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(code, 0, text);
            assert.doesNotMatch(text, /replac|delet|creat/);
            assert.match(
                typed(await consumer.state(), "azure-native:dbforpostgresql:Server").urn,
                /database-server$/,
            );
        });

        test("destroy takes everything away", () => consumer.destroy());
    },
);
