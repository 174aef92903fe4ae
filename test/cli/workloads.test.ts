import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { seedId, SEED_MACHINE } from "../../emulator/seedResources";
import { findSecrets } from "../support/secretScan";
import { LocalCli, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";

const FROM = "rehearsal/scenarios/Pulumi.vm.yaml";
const PASSWORD = "Workload-Password-1";
const MACHINE = seedId(LOCAL_SUBSCRIPTION_ID, `Microsoft.Compute/virtualMachines/${SEED_MACHINE}`);

interface Stored {
    id: string;
    properties: Record<string, unknown>;
}

/** The scenario `vm` through the real CLI, one step after another. */
describe("managed identities through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const file = path.join(cli.folder, "Pulumi.changed.yaml");
    const texts: string[] = [];
    after(() => cli.close());
    const run = async (...words: string[]) => {
        const outcome = await cli.local("--scenario", "vm", ...words);
        texts.push(outcome.text);
        return outcome;
    };
    const changedFile = (change: Parameters<typeof writeStackFile>[1]) => writeStackFile(file, change, FROM);

    /** What the local Azure keeps. */
    function kept<T>(name: string): T {
        const cache = path.join(cli.folder, "cache");
        const found = readdirSync(cache, { recursive: true, encoding: "utf8" }).find(
            (entry) => path.basename(entry) === name,
        );
        return JSON.parse(readFileSync(path.join(cache, found!), "utf8")) as T;
    }
    const resources = () => kept<{ resources: Stored[] }>("resources.json").resources;
    const machineIdentity = () => {
        const { properties } = resources().find(({ id }) => id === MACHINE)!;
        return properties.identity as {
            type: string;
            principalId: string;
            tenantId: string;
            userAssignedIdentities: string[];
        };
    };

    test("F35: up makes an identity and puts it on the machine of another program, beside the machine's own", async () => {
        changedFile((config) => {
            Object.assign(at(config, "server"), {
                authMode: "EntraAndPassword",
                administratorLogin: "pgadmin",
            });
            config["passwordless-postgres:administratorPassword"] = PASSWORD;
        });
        const { code, text } = await run("up", "--yes", "--config-file", file);
        assert.equal(code, 0, text);
        assert.match(text, /VirtualMachineIdentity .*-on-vm-batch created/);
        const { type, principalId, userAssignedIdentities } = machineIdentity();
        assert.deepEqual([type, principalId], ["SystemAssigned, UserAssigned", SEED_IDS.vmBatch]);
        assert.deepEqual(
            userAssignedIdentities.map((id) => path.basename(id)),
            ["orders-worker"],
        );
    });

    test("F65: its outputs hold the object id that the role has, and the client id for the workload, which differ", async () => {
        const { code, stdout } = await run("stack", "output", "--json");
        assert.equal(code, 0, stdout);
        const { workloads } = JSON.parse(stdout) as {
            workloads: Record<string, { principalId: string; clientId: string }>;
        };
        const { principalId, clientId } = workloads["orders-worker"]!;
        assert.notEqual(principalId, clientId);
        assert.equal(workloads["vm-batch"]!.principalId, SEED_IDS.vmBatch);
        assert.equal(workloads["reporting-job"]!.principalId, SEED_IDS.reportingJob);
    });

    test("F1, E8: to Entra only the server changes in place, and what belongs to the workloads stays", async () => {
        const { code, text } = await run("up", "--yes");
        assert.equal(code, 0, text);
        assert.match(text, /Server postgres-server updated/);
        assert.doesNotMatch(text, /created|deleted|replaced/);
    });

    test("a second preview has nothing to change; nor has one after a refresh", async () => {
        const first = await run("preview", "--expect-no-changes");
        assert.equal(first.code, 0, first.text);
        const refresh = await run("refresh", "--yes");
        assert.equal(refresh.code, 0, refresh.text);
        const second = await run("preview", "--expect-no-changes");
        assert.equal(second.code, 0, second.text);
    });

    test("F65: a client id where an object id belongs is refused in the preview, with the right id", async () => {
        const { stdout } = await run("stack", "output", "--json");
        const { clientId, principalId } = (
            JSON.parse(stdout) as { workloads: Record<string, { clientId: string; principalId: string }> }
        ).workloads["orders-worker"]!;
        changedFile((config) =>
            at<object[]>(config, "principals").push({
                ...{ name: "by-mistake", principalType: "ServicePrincipal" },
                objectId: clientId,
            }),
        );
        const { code, text } = await run("preview", "--config-file", file);
        assert.notEqual(code, 0);
        assert.match(
            text,
            /principals\[4\]\.objectId is .*this is the client id of the managed identity 'orders-worker'/,
        );
        assert.ok(text.includes(`use its object id ${principalId}`), text);
    });

    test("taken from the machine in the configuration, it is detached, and the machine's own stays", async () => {
        changedFile((config) => {
            const identities = at<Record<string, { attachTo?: object }>>(config, "workloadIdentities");
            delete identities["orders-worker"]!.attachTo;
        });
        const up = await run("up", "--yes", "--skip-preview", "--config-file", file);
        assert.equal(up.code, 0, up.text);
        assert.match(up.text, /VirtualMachineIdentity .*-on-vm-batch deleted/);
        assert.deepEqual(machineIdentity(), {
            ...{ type: "SystemAssigned", userAssignedIdentities: [], principalId: SEED_IDS.vmBatch },
            tenantId: machineIdentity().tenantId,
        });
    });

    test("destroy takes away what was made: the machine and the identities of others stay as they were", async () => {
        const { code, text } = await run("destroy", "--yes", "--run-program");
        assert.equal(code, 0, text);
        assert.deepEqual(
            [machineIdentity().type, machineIdentity().principalId],
            ["SystemAssigned", SEED_IDS.vmBatch],
        );
        const left = resources().map(({ id }) => path.basename(id));
        assert.deepEqual(left.sort(), ["orders-api", "reporting-job", "rg-workloads", "vm-batch"]);
        const { directory } = kept<{ directory: { objects: { displayName: string }[] } }>("tenant.json");
        const names = directory.objects.map(({ displayName }) => displayName);
        assert.ok(!names.includes("orders-worker") && names.includes("vm-batch"), names.join(", "));
        assert.deepEqual(findSecrets(texts.join("\n"), [PASSWORD]), []);
    });
});
