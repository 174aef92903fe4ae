import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { LocalAzure, LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { SEED_CLIENT_IDS, SEED_IDS } from "../../emulator/entra/seedDirectory";
import { seedId, SEED_MACHINE } from "../../emulator/seedResources";
import { deploy } from "../../rehearsal/deployment";
import { attemptSignIn } from "../../rehearsal/signInAttempt";
import { withWorkloadIds } from "../../rehearsal/workloadPrincipals";
import { parseStackConfig } from "../../stackConfig";
import { checkStack } from "../../stackResources";
import { refuseClientIds } from "../../workloads";
import { changed, PROJECT, stackYaml } from "./stackYaml";
import { useEnvironment } from "../../emulator/endpoint/environment";

const MACHINE = seedId(LOCAL_SUBSCRIPTION_ID, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`);
const ORDERS_API = seedId(
    LOCAL_SUBSCRIPTION_ID,
    "Microsoft.ManagedIdentity/userAssignedIdentities/orders-api",
);

const workloadIdentities = {
    "orders-worker": { attachTo: { batch: MACHINE }, groups: { readers: SEED_IDS.prodDbReadonly } },
    "orders-api": { existing: { userAssignedIdentityId: ORDERS_API } },
    batch: { existing: { virtualMachineId: MACHINE } },
};
const principals = [
    {
        name: "worker",
        principalType: "ServicePrincipal",
        identity: "orders-worker",
        access: { orders: "readwrite" },
    },
    {
        name: "vm-batch",
        principalType: "ServicePrincipal",
        identity: "batch",
        access: { analytics: "readonly" },
    },
    {
        name: "Prod DB Readonly",
        principalType: "Group",
        objectId: SEED_IDS.prodDbReadonly,
        access: { orders: "readonly" },
    },
];
const network = {
    access: "Public",
    firewallRules: [{ name: "me", startIpAddress: "203.0.113.25", endIpAddress: "203.0.113.25" }],
};
const local = changed(stackYaml("local"), { workloadIdentities, principals, network });

describe("managed identities in the stack's configuration", () => {
    const problems = (changes: Record<string, unknown>) => {
        try {
            parseStackConfig(PROJECT, changed(local, changes));
            return "";
        } catch (error) {
            return (error as Error).message;
        }
    };
    const [worker, ...others] = principals;
    const principal = (more: object) => ({ principals: [{ ...worker, ...more }, ...others] });

    test("the sample is in order", () => {
        assert.equal(problems({}), "");
        checkStack(parseStackConfig(PROJECT, local));
    });

    test("F65: a principal names an identity of the stack, or an object id, and only once", () => {
        assert.match(
            problems(principal({ identity: "orders" })),
            /principals\[0\]\.identity: given "orders"; allowed: orders-worker, orders-api, batch/,
        );
        assert.match(
            problems(principal({ objectId: SEED_IDS.ordersApi })),
            /principals\[0\]\.objectId: the identity "orders-worker" says it already; leave objectId out/,
        );
        assert.match(
            problems(principal({ principalType: "User" })),
            /principals\[0\]\.principalType: given "User"; a managed identity is a ServicePrincipal/,
        );
        assert.match(
            problems({ principals: [worker, { ...worker, name: "again" }] }),
            /principals\[1\]\.identity: given "orders-worker", which principals\[0\] names too/,
        );
        assert.match(
            problems({ workloadIdentities: {} }),
            /allowed: \(none is configured: add one under workloadIdentities\)/,
        );
    });

    test("an existing identity keeps its name, and ids are ids", () => {
        const existing = { userAssignedIdentityId: ORDERS_API };
        const identities = (identity: object) =>
            problems({ workloadIdentities: { ...workloadIdentities, "orders-worker": identity } });
        assert.match(
            identities({ existing, name: "other" }),
            /an existing identity keeps its name and resource group/,
        );
        assert.match(
            identities({ groups: { readers: "Readers" } }),
            /workloadIdentities\.orders-worker\.groups\.readers: given "Readers"; an object id is a GUID/,
        );
        assert.match(
            identities({ atachTo: {} }),
            /orders-worker\.atachTo: unknown key; allowed here: name, resourceGroup, existing, attachTo, groups/,
        );
    });

    test("the component's own checks come before any resource, with the way in the configuration", () => {
        const check = (identity: object) => () =>
            checkStack(
                parseStackConfig(
                    PROJECT,
                    changed(local, {
                        workloadIdentities: { ...workloadIdentities, "orders-worker": identity },
                    }),
                ),
            );
        assert.throws(
            check({ attachTo: { batch: "vm-batch" } }),
            /workloadIdentities\["orders-worker"\]\.attachTo\["batch"\] is "vm-batch"/,
        );
        assert.throws(
            check({ existing: {} }),
            /workloadIdentities\["orders-worker"\]\.existing is not given/,
        );
        assert.throws(check({ name: "a b" }), /3 to 128 letters/);
    });

    test("F65: the client id of one of the stack's identities is refused where an object id belongs", () => {
        const config = parseStackConfig(
            PROJECT,
            changed(local, {
                principals: [
                    ...others,
                    {
                        name: "orders-api",
                        principalType: "ServicePrincipal",
                        objectId: SEED_CLIENT_IDS.ordersApi,
                    },
                ],
            }),
        );
        const ids = [
            { name: "orders-api", principalId: SEED_IDS.ordersApi, clientId: SEED_CLIENT_IDS.ordersApi },
        ];
        assert.throws(
            () => refuseClientIds(config, ids),
            /principals\[2\]\.objectId is "d2.*client id of the managed identity 'orders-api'/,
        );
        refuseClientIds(parseStackConfig(PROJECT, local), ids);
    });
});

describe("the program with managed identities on a local Azure", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    let outputs: Record<string, unknown>;
    before(async () => {
        azure = await LocalAzure.start();
        useEnvironment(azure.environment());
        const ours = new AzurePostgresEntraProvider();
        try {
            outputs = await deploy({
                project: PROJECT,
                stack: "local",
                config: local,
                providers: [...azure.providers(), ours],
                program: async () => (await import("../../index.js")).default(),
                onEvent: () => undefined,
            });
        } finally {
            await ours.close();
        }
    });
    after(() => azure.stop());

    /** As a workload on the machine does it (F37). */
    async function signIn(role: string, database: string, selector: Record<string, string>) {
        const url = await azure.machines.metadataUrl(SEED_MACHINE);
        const token = async () => {
            const query = new URLSearchParams({
                "api-version": "2018-02-01",
                resource: "https://ossrdbms-aad.database.windows.net",
                ...selector,
            });
            const answer = await fetch(`${url}/metadata/identity/oauth2/token?${query}`, {
                headers: { Metadata: "true" },
            });
            return ((await answer.json()) as { access_token: string }).access_token;
        };
        const host = outputs.host as string;
        const target = { host, ...azure.resolve(host)!, ca: azure.certificate };
        return (await attemptSignIn(target, { who: role, role, database, token })).seen;
    }

    const workload = (key: string) =>
        (outputs.workloads as Record<string, { principalId: string; clientId: string }>)[key]!;

    test("F35: an identity that is made is attached to the machine, whose own identity and size stay", () => {
        const { outputs: machine } = azure.api.get(MACHINE);
        const { principalId, userAssignedIdentities } = machine.identity as {
            principalId: string;
            userAssignedIdentities: Record<string, { clientId: string }>;
        };
        assert.equal(principalId, SEED_IDS.vmBatch);
        const attached = Object.values(userAssignedIdentities).map(({ clientId }) => clientId);
        assert.deepEqual(attached, [workload("orders-worker").clientId]);
        assert.deepEqual(machine.hardwareProfile, { vmSize: "Standard_B2s" });
    });

    test("F20, F21: it is a member of the group, and signs in on the machine as itself and as the group", async () => {
        const { principalId, clientId } = workload("orders-worker");
        assert.ok(azure.directory.get(SEED_IDS.prodDbReadonly)!.members!.includes(principalId));
        assert.equal(
            await signIn("worker", "orders", { client_id: clientId }),
            "signed in as worker to orders",
        );
        assert.equal(
            await signIn("Prod DB Readonly", "orders", { client_id: clientId }),
            "signed in as Prod DB Readonly to orders",
        );
        assert.match(await signIn("vm-batch", "analytics", { client_id: clientId }), /^refused/);
    });

    test("F38: the machine's own identity signs in without any client id, under the machine's name", async () => {
        assert.equal(workload("batch").principalId, SEED_IDS.vmBatch);
        assert.equal(await signIn("vm-batch", "analytics", {}), "signed in as vm-batch to analytics");
    });

    test("an existing one is looked up, and an identity that is on no machine gets no token there", async () => {
        assert.deepEqual(workload("orders-api"), {
            principalId: SEED_IDS.ordersApi,
            clientId: SEED_CLIENT_IDS.ordersApi,
        });
        assert.match(
            await signIn("worker", "orders", { client_id: SEED_CLIENT_IDS.ordersApi }),
            /^(refused|no token)/,
        );
    });

    test("the rehearsal finds the object ids of principals that name an identity", () => {
        const { principals: found } = withWorkloadIds(parseStackConfig(PROJECT, local), azure.directory);
        assert.deepEqual(
            found.map(({ objectId }) => objectId),
            [workload("orders-worker").principalId, SEED_IDS.vmBatch, SEED_IDS.prodDbReadonly],
        );
    });
});
