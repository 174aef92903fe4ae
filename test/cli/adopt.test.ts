import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { parse, parseDocument } from "yaml";
import { SEED_CLIENT_IDS } from "../../emulator/entra/seedDirectory";
import type { LocalAzure } from "../../emulator/localAzure";
import { makeServerByHand, PASSWORDS, PRINCIPALS, RESOURCE_GROUP, SERVER } from "../adopt/handMadeServer";
import { makePrivateServerByHand, PRIVATE } from "../adopt/handMadePrivateServer";
import { findSecrets, findSecretsInFolder } from "../support/secretScan";
import { AdoptionCli } from "./adoptionCli";
import { skipWithoutCli } from "./localCli";

const BILLING_API = SEED_CLIENT_IDS.billingApi;
const NEWCOMER = "c1000000-0000-4000-8000-0000000000aa";
const PRINCIPALS_KEY = "passwordless-postgres:principals";

/** A server that somebody made by hand, from the command to a preview that has nothing to do, one step after another. */
describe("the adoption of a server through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new AdoptionCli();
    const { configFile, importFile, changes } = cli;
    const adopt = (...more: string[]) => cli.adopt({ resourceGroup: RESOURCE_GROUP, server: SERVER }, more);
    const pulumi = cli.pulumi.bind(cli);
    let azure: LocalAzure;
    let untouched: string;

    before(async () => {
        await cli.start(makeServerByHand);
        azure = cli.azure;
        untouched = await fingerprint(azure);
    });
    after(() => cli.stop());

    test("a dry run writes nothing", async () => {
        const { code, stdout, stderr } = await adopt("--dry-run", "--json");
        assert.equal(code, 0, stderr);
        const report = JSON.parse(stdout) as { values: { principals: { name: string }[] } };
        assert.deepEqual(
            report.values.principals.map(({ name }) => name),
            PRINCIPALS,
        );
        assert.ok(!existsSync(configFile) && !existsSync(importFile));
    });

    test("the command writes both files, and tells by name what they do not hold", async () => {
        const { code, stdout, stderr } = await adopt();
        assert.equal(code, 0, stderr);
        assert.match(stdout, /2 administrators, 10 principals, 2 databases, 1 firewall rule, 2 parameters/);
        for (const left of [
            /'on leave': it has no LOGIN/,
            /'tool-runner': it may give 'app_readers' to others/,
            /'legacy_app': stays unmanaged: signs in with a password/,
            /'app_readers': stays unmanaged: role without sign-in; its members are/,
            /'Analysts: EU, US \/ 'all'': its identity \S+ does not exist in Microsoft Entra/,
            /'sam@contoso\.onmicrosoft\.com': in the database 'orders' it has SELECT on 1 of 1 table/,
            /'orders': its roles of profiles' names are not the project's profiles/,
            /'everybody': stays unmanaged: .*whole internet/,
        ])
            assert.match(stdout, left);
        const { principals } = JSON.parse((await adopt("--dry-run", "--json")).stdout).values;
        assert.deepEqual(parse(readFileSync(configFile, "utf8")).config[PRINCIPALS_KEY], principals);
    });

    test("files that are there stay, unless --force is given", async () => {
        const written = readFileSync(configFile, "utf8");
        const { code, stderr } = await adopt();
        assert.equal(code, 1);
        assert.match(stderr, /Pulumi\.local\.yaml and .*import\.local\.json are there already; --force/);
        assert.equal(readFileSync(configFile, "utf8"), written);
        assert.equal((await adopt("--force")).code, 0);
    });

    test("pulumi import takes the file", async () => {
        const init = await pulumi("stack", "init", "local", "--no-select");
        assert.equal(init.code, 0, init.text);
        const { code, text } = await pulumi(
            ...(["import", "--file", importFile, "--yes", "--generate-code=false"] as const),
        );
        assert.equal(code, 0, text);
        assert.match(text, /= 10 imported/);
    });

    test("the preview has nothing to change, and nothing was changed on the server", async () => {
        const { code, text } = await pulumi("preview", "--diff", "--expect-no-changes");
        assert.equal(code, 0, text);
        assert.match(text, /10 unchanged|11 unchanged/);
        assert.deepEqual(changes, []);
        assert.equal(await fingerprint(azure), untouched);
    });

    test("neither does a refresh find drift", async () => {
        const { code, text } = await pulumi("refresh", "--yes", "--expect-no-changes");
        assert.equal(code, 0, text);
        const preview = await pulumi("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.text);
    });

    test("a new principal is all that the next preview shows, and all that up makes", async () => {
        azure.directory.add({
            objectId: NEWCOMER,
            principalType: "ServicePrincipal",
            displayName: "newcomer",
            appId: "c2000000-0000-4000-8000-0000000000aa",
        });
        // As an editor leaves the rest: written anew without quotes, tags would be read as dates and numbers.
        const file = parseDocument(readFileSync(configFile, "utf8"));
        file.addIn(["config", PRINCIPALS_KEY], {
            name: "newcomer",
            principalType: "ServicePrincipal",
            objectId: NEWCOMER,
        });
        writeFileSync(configFile, file.toString({ lineWidth: 0 }));
        const { code, text } = await pulumi("preview", "--diff");
        assert.equal(code, 0, text);
        assert.match(text, /~ 1 to update/);
        assert.match(text, /\+ newcomer\s*: \{/);
        for (const name of PRINCIPALS)
            assert.ok(!new RegExp(`[~+-] "?${escaped(name)}"?\\s*:`).test(text), name);
        const up = await pulumi("up", "--yes");
        assert.equal(up.code, 0, up.text);
        assert.deepEqual(changes, []);
        const rows = await azure.servers
            .get(SERVER)!
            .superuserQuery<{ name: string }>(
                "select rolname as name from pg_roles where rolname in ('newcomer', 'legacy_app', 'on leave') order by 1",
            );
        assert.deepEqual(
            rows.map(({ name }) => name),
            ["legacy_app", "newcomer", "on leave"],
        );
        const again = await pulumi("preview", "--expect-no-changes");
        assert.equal(again.code, 0, again.text);
    });

    test("neither output, files nor state hold a token or a password", () => {
        for (const text of cli.outputs) assert.deepEqual(findSecrets(text, PASSWORDS), []);
        for (const file of [configFile, importFile])
            assert.deepEqual(findSecrets(readFileSync(file, "utf8"), PASSWORDS), []);
        assert.deepEqual(findSecretsInFolder(cli.stateFolder, PASSWORDS), []);
    });

    test("who is no administrator, and who may not read, is told so", async () => {
        const place = { resourceGroup: RESOURCE_GROUP, server: SERVER };
        const { code, stderr } = await cli.adopt(place, ["--force"], { AZURE_CLIENT_ID: BILLING_API });
        assert.equal(code, 1);
        assert.match(
            stderr,
            /object id c1000000-\S+002\) is no administrator of the server itself.*'DB Admins', 'deployer'/,
        );
        azure.faults.add({ kind: "Forbidden", target: "resource-reads" });
        const forbidden = await adopt("--force");
        assert.equal(forbidden.code, 1);
        assert.match(forbidden.stderr, /may not read the server 'pg-by-hand'.*needs the role Reader/);
    });

    test("a role that the identity does not open is told, with the server", async () => {
        const { code, stderr } = await adopt("--force", "--as", "DB Admins");
        assert.equal(code, 1);
        assert.match(stderr, /pg-by-hand\.postgres\.database\.azure\.com.*DB Admins/s);
        const unknown = await adopt("--force", "--as", "nobody");
        assert.match(unknown.stderr, /--as nobody: it is no administrator of the server/);
    });
});

/** What most real servers are: in a network of its own, Entra alone, with nothing set. */
describe(
    "the adoption of a private server through the Pulumi CLI",
    { skip: skipWithoutCli, concurrency: 1 },
    () => {
        const cli = new AdoptionCli();
        before(() => cli.start(makePrivateServerByHand));
        after(() => cli.stop());

        test("F74: its network is named and not managed, and the preview is empty", async () => {
            const adopted = await cli.adopt(PRIVATE, ["--no-graph"]);
            assert.equal(adopted.code, 0, adopted.text);
            assert.match(
                adopted.stdout,
                /Everything that was found is in the configuration|Microsoft Entra was not asked/,
            );
            await cli.pulumi("stack", "init", "local", "--no-select");
            const imported = await cli.pulumi(
                ...(["import", "--file", cli.importFile, "--yes", "--generate-code=false"] as const),
            );
            assert.equal(imported.code, 0, imported.text);
            const { code, text } = await cli.pulumi("preview", "--diff", "--expect-no-changes");
            assert.equal(code, 0, text);
            assert.deepEqual(cli.changes, []);
        });
    },
);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Every role, label, membership and setting of the server, as PostgreSQL keeps them. */
async function fingerprint(azure: LocalAzure): Promise<string> {
    const server = azure.servers.get(SERVER)!;
    const tables = ["pg_authid", "pg_shseclabel", "pg_auth_members", "pg_db_role_setting"];
    const rows = await Promise.all(
        tables.map((table) =>
            server.superuserQuery(
                `select t.xmin::text, to_jsonb(t) as content from ${table} t order by (to_jsonb(t))::text`,
            ),
        ),
    );
    return JSON.stringify(rows);
}
