import assert from "node:assert/strict";
import path from "node:path";
import { after, describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { callLocalAzure } from "../../rehearsal/localSession";
import { scenarioNamed } from "../../rehearsal/scenarios/table";
import { LocalCli, skipWithoutCli } from "./localCli";
import { endpointOf, signInToScenario } from "./scenarioSignIn";
import { at, writeStackFile } from "./stackFiles";

const SCENARIO = scenarioNamed("single-server");
const SAM = "sam@contoso.onmicrosoft.com";

describe(
    "the scenario single-server through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new LocalCli();
        const changed = path.join(cli.folder, "Pulumi.changed.yaml");
        let foreground = { printed: "", stop: async () => undefined as void };
        const run = (...words: string[]) => cli.local("--scenario", "single-server", ...words);
        after(async () => {
            await foreground.stop();
            cli.close();
        });

        /** Signs Sam in as USER@SERVER (F40). */
        async function signIn(): Promise<string> {
            const { accessToken } = await callLocalAzure(endpointOf(cli, SCENARIO), "POST", "token", {
                principal: SAM,
            });
            const password = accessToken as string;
            const user = `${SAM}@pg-old-local`;
            return signInToScenario(cli, SCENARIO, { user, password, database: "postgres" });
        }

        test("F41: a stack that would make one is refused, with the way to Flexible Server", async () => {
            foreground = await cli.foreground("--scenario", "single-server");
            assert.match(foreground.printed, /Legacy DB Admins@pg-old-local/);
            writeStackFile(
                changed,
                (config) => void delete at(config, "singleServer").existing,
                SCENARIO.stackFile,
            );
            const { code, text } = await run("preview", "--config-file", changed);
            assert.notEqual(code, 0, text);
            assert.match(text, /existing is false: Single Server is retired.*from-single-server\.md/);
        });

        test("up gives the server its administrator and its roles; a second preview has nothing to change", async () => {
            const { code, text } = await run("up", "--yes");
            assert.equal(code, 0, text);
            assert.match(text, /sam@contoso\.onmicrosoft\.com@pg-old-local/);
            assert.equal(await signIn(), SAM);
            const refresh = await run("refresh", "--yes");
            assert.equal(refresh.code, 0, refresh.text);
            const preview = await run("preview", "--expect-no-changes");
            assert.equal(preview.code, 0, preview.text);
        });

        test("F23: another administrator takes the one's place, without a replacement, and back", async () => {
            const ada = {
                principalName: "ada@contoso.onmicrosoft.com",
                objectId: SEED_IDS.ada,
                principalType: "User",
            };
            writeStackFile(
                changed,
                (config) => void Object.assign(at(config, "administrator"), ada),
                SCENARIO.stackFile,
            );
            const { code, text } = await run("up", "--yes", "--config-file", changed);
            assert.equal(code, 0, text);
            assert.doesNotMatch(text, /replaced|deleted/);
            assert.equal(await signIn(), SAM);
            const back = await run("up", "--yes");
            assert.equal(back.code, 0, back.text);
            const preview = await run("preview", "--expect-no-changes");
            assert.equal(preview.code, 0, preview.text);
        });

        test("destroy takes roles and administrator away, and leaves the server", async () => {
            const { code, text } = await run("destroy", "--yes", "--run-program");
            assert.equal(code, 0, text);
            await assert.rejects(signIn(), { code: "28P01" });
            const exported = JSON.parse((await run("stack", "export")).stdout) as {
                deployment: { resources?: unknown[] };
            };
            assert.deepEqual(exported.deployment.resources ?? [], []);
        });
    },
);
