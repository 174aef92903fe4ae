import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { LocalCli, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";

/** The pack as the real engine starts and asks it. */
describe(
    "pulumi preview --policy-pack policy, on the stack local",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        after(() => cli.close());

        const preview = (...words: string[]) =>
            cli.local("preview", "--policy-pack", "policy", "--suppress-outputs", ...words);

        test("passes with the rules of the stack's own file", async () => {
            const { code, text } = await preview("--policy-pack-config", "policy/local.json");
            assert.equal(code, 0, text);
            assert.match(text, /azure-postgres-entra@v0\.1\.0/);
            assert.doesNotMatch(text, /\[(mandatory|advisory)\]/);
            // Neither does it type-check, nor fetch anything.
            assert.doesNotMatch(text, /[Dd]ownload|TS\d{4}/);
        });

        test("F7, F10, F24: fails where a mandatory rule is violated, and says why and how to fix it", async () => {
            const { code, text } = await preview();
            assert.notEqual(code, 0, text);
            assert.match(text, /\[mandatory\] +people-administer-as-group .*AdministratorsMicrosoftEntra/);
            assert.match(
                text,
                /'grace@contoso\.onmicrosoft\.com' is an administrator as a single person.*\(F24\)/,
            );
            assert.match(text, /\[mandatory\] +no-owner-profile-for-people/);
            // The private network of the stack is judged in a preview, where no id is known.
            assert.doesNotMatch(text, /entra-traffic-let-through|entra-route|can't run policy/);
        });

        test("warns and goes on where the same rules are advisory; settings come from the file; other stacks' files too", async () => {
            const config = path.join(cli.folder, "policy.json");
            const advisory = { enforcementLevel: "advisory" };
            writeFileSync(
                config,
                JSON.stringify({
                    "people-administer-as-group": advisory,
                    "no-owner-profile-for-people": advisory,
                    "no-open-firewall": { enforcementLevel: "advisory", maximumAddresses: 2 },
                }),
            );
            const stackFile = path.join(cli.folder, "Pulumi.local.yaml");
            writeStackFile(stackFile, (values) => {
                const network = at(values, "network");
                for (const key of Object.keys(network)) delete network[key];
                network.access = "Public";
                network.firewallRules = [
                    { name: "office", startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.2" },
                    { name: "agent", startIpAddress: "203.0.113.9", endIpAddress: "203.0.113.10" },
                ];
            });
            const { code, text } = await preview("--policy-pack-config", config, "--config-file", stackFile);
            assert.equal(code, 0, text);
            assert.match(text, /\[advisory\] +people-administer-as-group/);
            assert.match(text, /'office' opens the server to 3 addresses .* at most 2 are allowed/);
            assert.doesNotMatch(text, /'agent' opens/);
        });

        test("judges no outputs: where all is disabled but one rule, that one fails and says what to add", async () => {
            const config = path.join(cli.folder, "few.json");
            const few = { all: "disabled", "people-administer-as-group": "mandatory" };
            writeFileSync(config, JSON.stringify(few));
            const blind = await preview("--policy-pack-config", config);
            assert.notEqual(blind.code, 0, blind.text);
            assert.match(blind.text, /Add "remember-inputs": "advisory" to the policy configuration/);
            assert.doesNotMatch(blind.text, /'grace@contoso/);
            writeFileSync(config, JSON.stringify({ ...few, "remember-inputs": "advisory" }));
            const seeing = await preview("--policy-pack-config", config);
            assert.notEqual(seeing.code, 0, seeing.text);
            assert.match(seeing.text, /'grace@contoso\.onmicrosoft\.com' is an administrator/);
            assert.doesNotMatch(seeing.text, /no-owner-profile-for-people/);
        });

        test("F44: in a cluster the one who gives the privileges may be an administrator, another application may not", async () => {
            const cluster = (...words: string[]) =>
                cli.local("--scenario", "cosmos", "preview", "--policy-pack", "policy", ...words);
            const kept = await cluster();
            assert.equal(kept.code, 0, kept.text);
            const stackFile = path.join(cli.folder, "Pulumi.cosmos.yaml");
            const scenario = "rehearsal/scenarios/Pulumi.cosmos.yaml";
            const open = (values: Parameters<Parameters<typeof writeStackFile>[1]>[0]) => {
                values["passwordless-postgres:signInAs"] = "ada@contoso.onmicrosoft.com";
                at<Record<string, unknown>>(values, "cosmosCluster").firewallRules = [
                    { name: "azure", startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" },
                ];
            };
            writeStackFile(stackFile, open, scenario);
            const violated = await cluster("--config-file", stackFile);
            assert.notEqual(violated.code, 0, violated.text);
            assert.match(violated.text, /identity 'deployer' is an administrator/);
            assert.match(violated.text, /'azure' is 0\.0\.0\.0 to 0\.0\.0\.0/);
        });

        test("sees the whole stack once it is deployed, not only what changes", async () => {
            const up = await cli.local("up", "--yes", "--skip-preview", "--suppress-outputs");
            assert.equal(up.code, 0, up.text);
            const kept = await preview("--policy-pack-config", "policy/local.json");
            assert.equal(kept.code, 0, kept.text);
            const violated = await preview();
            assert.notEqual(violated.code, 0, violated.text);
            assert.match(violated.text, /'grace@contoso\.onmicrosoft\.com'/);
        });
    },
);
