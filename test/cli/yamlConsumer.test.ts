import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { Consumer, skipWithoutLanguage } from "./consumer";
import { LocalCli, skipWithoutCli } from "./localCli";

const connection = { host: "${server.host}", user: "deployer", cloud: "Local" };
const administrators = [
    {
        key: "admins",
        objectId: "${admins.objectId}",
        principalName: "${admins.displayName}",
        principalType: "Group",
    },
    { objectId: SEED_IDS.deployer, principalName: "deployer", principalType: "ServicePrincipal" },
];
const PROGRAM = {
    resources: {
        group: {
            type: "azure-native:resources:ResourceGroup",
            properties: { resourceGroupName: "rg-yaml", location: "westeurope" },
        },
        admins: {
            type: "azure-postgres-entra:EntraAdminGroup",
            properties: { create: { displayName: "Yaml Admins" } },
        },
        server: {
            type: "azure-postgres-entra:FlexibleServer",
            properties: {
                name: "pg-yaml",
                resourceGroupName: "${group.name}",
                tenantId: SEED_TENANT_ID,
                cloud: "Local",
                protect: false,
                administrators,
                network: { publicNetworkAccess: true },
                firewallRules: [
                    { name: "office", startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.255" },
                ],
                databases: [{ name: "app" }],
            },
        },
        access: {
            type: "azure-postgres-entra:DatabaseAccess",
            properties: { ...connection, tenantId: SEED_TENANT_ID, database: "app" },
            options: { dependsOn: ["${server}"], deletedWith: "${server}" },
        },
        people: {
            type: "azure-postgres-entra:DatabasePrincipalSet",
            properties: {
                connection,
                principals: {
                    "ada@contoso.onmicrosoft.com": {
                        principalType: "User",
                        objectId: SEED_IDS.ada,
                        memberOf: ["${access.roles.readonly}"],
                    },
                },
            },
            options: { deletedWith: "${server}" },
        },
    },
    outputs: { host: "${server.host}", principals: "${people.principals}" },
};

describe(
    "a YAML program with components and principals, through the Pulumi CLI",
    { skip: skipWithoutCli || skipWithoutLanguage("yaml"), concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const consumer = new Consumer(cli, undefined, "yaml");
        after(() => {
            consumer.close();
            cli.close();
        });

        test("a preview from nothing", async () => {
            consumer.writeYaml(PROGRAM);
            const { code, text } = await consumer.local("preview");
            assert.equal(code, 0, text);
            assert.match(text, /DatabasePrincipalSet +people +create/);
        });

        test("up makes everything, a second preview has nothing to change", async () => {
            const up = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(up.code, 0, up.text);
            assert.match(up.text, /host +: "pg-yaml\.postgres\.database\.azure\.com"/);
            assert.match(up.text, /app_readonly/);
            const preview = await consumer.local("preview", "--expect-no-changes");
            assert.equal(preview.code, 0, preview.text);
        });

        test("another membership changes that principal alone", async () => {
            const changed = structuredClone(PROGRAM);
            const { principals } = changed.resources.people.properties;
            principals["ada@contoso.onmicrosoft.com"].memberOf = ["${access.roles.readwrite}"];
            consumer.writeYaml(changed);
            const { code, text } = await consumer.local("up", "--yes", "--skip-preview");
            assert.equal(code, 0, text);
            assert.match(text, /~ 1 updated/);
        });

        test("destroy takes everything away", () => consumer.destroy());
    },
);
