import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { LocalAzure } from "../../emulator/localAzure";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { deploy } from "../../rehearsal/deployment";
import { attemptSignIn } from "../../rehearsal/signInAttempt";
import { changed, PROJECT, stackYaml } from "./stackYaml";
import { useEnvironment } from "../../emulator/endpoint/environment";

const DEPLOYER = [
    { principalName: "deployer", objectId: SEED_IDS.deployer, principalType: "ServicePrincipal" },
];
const GROUP = [
    {
        name: "Prod DB Readonly",
        objectId: SEED_IDS.prodDbReadonly,
        principalType: "Group",
        access: { orders: "readonly" },
    },
];
const own = { cloud: "Local", administrators: DEPLOYER, signInAs: "deployer", principals: GROUP };

/** The checked-in stacks dev and prod, with identities of the local tenant, on a local Azure. */
describe("the checked-in stacks on a local Azure", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    before(async () => {
        azure = await LocalAzure.start();
        useEnvironment(azure.environment());
    });
    after(() => azure.stop());

    async function up(config: Record<string, string>): Promise<Record<string, unknown>> {
        const ours = new AzurePostgresEntraProvider();
        const program = async () => (await import("../../index.js")).default();
        const providers = [...azure.providers(), ours];
        try {
            return await deploy({
                project: PROJECT,
                stack: "local",
                config,
                providers,
                program,
                onEvent: () => undefined,
            });
        } finally {
            await ours.close();
        }
    }

    function signIn(host: string, objectId: string, role: string, database: string) {
        const target = { host, ...azure.resolve(host)!, ca: azure.certificate };
        return attemptSignIn(target, {
            who: role,
            role,
            database,
            token: () => azure.tokens.issue({ objectId }),
        });
    }

    test("F1, F9: dev has both authentication methods and no network of its own; its firewall rules decide who connects", async () => {
        const adminGroup = {
            displayName: "Postgres Admins Dev",
            owners: [SEED_IDS.grace],
            members: [SEED_IDS.ada],
        };
        const config = changed(stackYaml("dev"), {
            ...own,
            adminGroup,
            administratorPassword: "Dev-Password-1",
        });
        const outputs = await up(config);
        const host = outputs.host as string;
        assert.equal(host, "pg-contoso-dev.postgres.database.azure.com");
        assert.deepEqual(outputs.administrators, ["deployer", "Postgres Admins Dev"]);
        assert.equal(azure.api.list("azure-native:network:VirtualNetwork").length, 0);
        const [server] = azure.api.list("azure-native:dbforpostgresql:Server");
        assert.deepEqual(server!.outputs.authConfig, {
            activeDirectoryAuth: "Enabled",
            passwordAuth: "Enabled",
            tenantId: azure.directory.tenantId,
        });
        // The office is 203.0.113.0 to .31.
        azure.servers.clientAddress = "203.0.113.31";
        assert.equal(
            (await signIn(host, SEED_IDS.sam, "Prod DB Readonly", "orders")).seen,
            "signed in as Prod DB Readonly to orders",
        );
        azure.servers.clientAddress = "203.0.113.32";
        assert.match(
            (await signIn(host, SEED_IDS.sam, "Prod DB Readonly", "orders")).seen,
            /no pg_hba.conf entry for host "203.0.113.32"/,
        );
    });

    test("F10, F11, F74: prod is private, Entra only and zone-redundant; its administrators are one identity and an existing group", async () => {
        const config = changed(stackYaml("prod"), {
            ...own,
            adminGroup: { displayName: "DB Admins", existing: true },
        });
        const outputs = await up(config);
        const host = outputs.host as string;
        const server = azure.api
            .list("azure-native:dbforpostgresql:Server")
            .find((s) => s.name === "pg-contoso-prod")!;
        assert.equal((server.outputs.highAvailability as { mode: string }).mode, "ZoneRedundant");
        assert.equal((server.outputs.authConfig as { passwordAuth: string }).passwordAuth, "Disabled");
        assert.match(
            JSON.stringify(server.outputs.network),
            /subnets\/postgres.*contoso\.private\.postgres\.database\.azure\.com/s,
        );
        assert.equal(
            (await signIn(host, SEED_IDS.reportingJob, "Prod DB Readonly", "orders")).seen,
            "signed in as Prod DB Readonly to orders",
        );
        assert.equal(
            (await signIn(host, SEED_IDS.ada, "DB Admins", "postgres")).seen,
            "signed in as DB Admins to postgres",
        );
    });
});
