import assert from "node:assert/strict";
import path from "node:path";
import { readdirSync, readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { CLUSTER_TOKEN_AUDIENCE } from "../../components/index";
import { scenarioNamed } from "../../rehearsal/scenarios/table";
import { findSecrets, findSecretsInFolder } from "../support/secretScan";
import { LocalCli, skipWithoutCli } from "./localCli";
import { keptFolderOf, signInToScenario } from "./scenarioSignIn";
import { at, writeStackFile } from "./stackFiles";

const SCENARIO = scenarioNamed("cosmos");
const CITUS = "Throw-Away-Citus-1";
const REPORTS = "Throw-Away-Reports-1";
const NEW_REPORTS = "Another-Reports-2";
/** The same, sealed with the passphrase of the stack local. */
const SEALED_NEW_REPORTS = "v1:VTMyxwedQ17ixmaE:RiqmBIMvsQdU37RM14ikQiO2tw6f0YfvXvL93IXA+TPa";
const SAM = "sam@contoso.onmicrosoft.com";

describe("the scenario cosmos through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const changed = path.join(cli.folder, "Pulumi.changed.yaml");
    const outputs: string[] = [];
    let foreground = { printed: "", stop: async () => undefined as void };
    let created = 0;
    const run = async (...words: string[]) => {
        const outcome = await cli.local("--scenario", "cosmos", ...words);
        outputs.push(outcome.text);
        return outcome;
    };
    after(async () => {
        await foreground.stop();
        cli.close();
    });

    const kept = () => keptFolderOf(cli, SCENARIO);
    const signIn = (user: string, password: string) =>
        signInToScenario(cli, SCENARIO, { user, password, database: "citus" });

    async function token(name: string): Promise<string> {
        const { code, stdout, text } = await run("token", name, "--audience", CLUSTER_TOKEN_AUDIENCE);
        assert.equal(code, 0, text);
        outputs.pop();
        return stdout.trim();
    }

    test("up makes the cluster, its roles and their privileges", async () => {
        foreground = await cli.foreground("--scenario", "cosmos");
        assert.match(foreground.printed, /npm run local -- --scenario cosmos up/);
        const { code, text } = await run("up", "--yes");
        assert.equal(code, 0, text);
        created = Number(/\+ (\d+) created/.exec(text)?.[1]);
        assert.ok(created > 30, text);
        assert.match(text, /cosmos-local\.[a-z0-9]+\.postgres\.cosmos\.azure\.com/);
        assert.equal(await signIn(SAM, await token(SAM)), SAM);
        assert.equal(await signIn("reports", REPORTS), "reports");
    });

    test("a second preview has nothing to change, also after a refresh and a new start", async () => {
        const first = await run("preview", "--expect-no-changes");
        assert.equal(first.code, 0, first.text);
        await foreground.stop();
        foreground = await cli.foreground("--scenario", "cosmos");
        assert.match(
            foreground.printed,
            /token 'sam@contoso\.onmicrosoft\.com' --scenario cosmos --audience/,
        );
        const refresh = await run("refresh", "--yes");
        assert.equal(refresh.code, 0, refresh.text);
        const second = await run("preview", "--expect-no-changes");
        assert.equal(second.code, 0, second.text);
        assert.equal(await signIn("reports", REPORTS), "reports");
    });

    test("F47: another password resets it in place, and the preview does not show it", async () => {
        writeStackFile(
            changed,
            (config) => void (at(config, "nativeRolePasswords").reports = { secure: SEALED_NEW_REPORTS }),
            SCENARIO.stackFile,
        );
        const { code, text } = await run("up", "--yes", "--config-file", changed, "--diff");
        assert.equal(code, 0, text);
        assert.match(text, /~ 1 updated/);
        assert.doesNotMatch(text, /replace/);
        await assert.rejects(signIn("reports", REPORTS), { code: "28P01" });
        assert.equal(await signIn("reports", NEW_REPORTS), "reports");
    });

    test("F43, F48: the authentication mode changes in place: Entra only, and back", async () => {
        const entraOnly = (config: Record<string, unknown>) => {
            at(config, "cosmosCluster").authMode = "EntraOnly";
            delete config["passwordless-postgres:nativeRoles"];
            delete config["passwordless-postgres:nativeRolePasswords"];
        };
        writeStackFile(changed, entraOnly, SCENARIO.stackFile);
        const { code, text } = await run("up", "--yes", "--config-file", changed);
        assert.equal(code, 0, text);
        assert.doesNotMatch(text, /replaced/);
        await assert.rejects(signIn("citus", CITUS), { code: "28P01" });
        assert.equal(await signIn(SAM, await token(SAM)), SAM);
        const back = await run("up", "--yes");
        assert.equal(back.code, 0, back.text);
        assert.equal(await signIn("citus", CITUS), "citus");
        assert.equal(await signIn("reports", REPORTS), "reports");
        const preview = await run("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.text);
    });

    test("neither state nor output holds a password or a token", async () => {
        const passwords = [CITUS, REPORTS, NEW_REPORTS];
        assert.deepEqual(findSecretsInFolder(path.join(kept(), "pulumi"), passwords), []);
        for (const text of outputs) assert.deepEqual(findSecrets(text, passwords), []);
    });

    test("destroy --run-program leaves nothing but the enterprise application, which stays enabled (F45)", async () => {
        const { code, text } = await run("destroy", "--yes", "--run-program");
        assert.equal(code, 0, text);
        assert.match(text, /azuread:index:ServicePrincipal.*cosmos-enterprise-application.*retain/s);
        await foreground.stop();
        const { resources } = JSON.parse(readFileSync(path.join(kept(), "resources.json"), "utf8")) as {
            resources: { id: string }[];
        };
        assert.deepEqual(
            resources.filter(({ id }) => /cosmos/.test(id)),
            [],
        );
        assert.deepEqual(readdirSync(path.join(kept(), "servers")), []);
        assert.match(
            readFileSync(path.join(kept(), "tenant.json"), "utf8"),
            /b4fa09d8[^}]*"accountEnabled":true/,
        );
    });
});
