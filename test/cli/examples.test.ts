import assert from "node:assert/strict";
import { after, before, describe, test, type TestContext } from "node:test";
import { skipWithoutLanguage } from "./consumer";
import { Example, skipWithoutCommand } from "./example";
import { LocalCli, skipWithoutCli } from "./localCli";
import { sqlAs } from "./printedLines";

/** By Pulumi's name of the language; and what else the language needs. */
const LANGUAGES: Record<string, { host: string; skip?: string | false }> = {
    typescript: { host: "nodejs" },
    yaml: { host: "yaml" },
    python: { host: "python", skip: skipWithoutCommand("python3", "--version") },
    go: { host: "go", skip: skipWithoutCommand("go", "version") },
};

const ON_LOCAL_AZURE = "Run it on the local Azure";
const AWAY = "Take it away";
const HAND_MADE = "pg-hand-made.postgres.database.azure.com";

describe("the examples, by the commands of their READMEs", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    let foreground = { stop: async () => undefined as void };
    // One for all of them, as for somebody who tries one after another.
    before(async () => (foreground = await cli.foreground()));
    after(async () => {
        await foreground.stop();
        cli.close();
    });

    for (const [name, { host, skip }] of Object.entries(LANGUAGES))
        describe(name, { skip: skipWithoutLanguage(host) || skip, concurrency: 1 }, () => {
            const { example, step } = steps(cli, name);

            step("up prints what the README says, and a second preview has nothing to change", async () => {
                const text = await example.follow(ON_LOCAL_AZURE);
                assertPrinted(example, text);
                await nothingToChange(example);
            });

            step("the principal signs in by the printed line, and may read and write", async () => {
                const printed = await example.follow("Sign in");
                const text = `select session_user || ', ' || pg_has_role('orders_readwrite', 'MEMBER') as v`;
                assert.equal(await sqlAs(cli, printed, "orders-api", "orders", text), "orders-api, true");
            });

            step("destroy takes everything away", () => takenAway(example));

            step("the commands change nothing that is checked in", async () => example.assertUnchanged());
        });

    describe("existing-network", { skip: skipWithoutLanguage("yaml"), concurrency: 1 }, () => {
        const { example, step } = steps(cli, "existing-network");

        step("the rules are put onto the group and the table, ahead of what denies them", async () => {
            await example.follow(ON_LOCAL_AZURE);
            await nothingToChange(example);
            const state = await example.state();
            const entra = state.map(({ inputs = {} }) => inputs).filter(forEntra);
            const rule = entra.find(({ priority }) => priority !== undefined);
            const route = entra.find(({ nextHopType }) => nextHopType !== undefined);
            assert.deepEqual(
                [entra.length, rule?.["access"], route?.["nextHopType"]],
                [2, "Allow", "Internet"],
            );
            assert.ok(Number(rule?.["priority"]) < 4000, "the network team denies the rest at 4000");
            const made = new Set(
                state.map(({ type }) => type).filter((type) => type.startsWith("azure-native:")),
            );
            assert.deepEqual([...made].sort(), [
                "azure-native:network:Route",
                "azure-native:network:SecurityRule",
            ]);
        });

        step("the network team's program sees no change of its own", () =>
            nothingToChange(example, "network"),
        );

        step("destroy takes the rules away, and then the network", async () => {
            await takenAway(example);
            assert.deepEqual(await example.state("network"), []);
        });
    });

    describe("existing-server", { skip: skipWithoutLanguage("yaml"), concurrency: 1 }, () => {
        const { example, step } = steps(cli, "existing-server");

        step("up makes the roles and the principals, and nothing of the server", async () => {
            assertPrinted(example, await example.follow(ON_LOCAL_AZURE));
            await nothingToChange(example);
            const types = (await example.state()).map(({ type }) => type);
            assert.ok(!types.some((type) => type.startsWith("azure-native:")), types.join(" "));
        });

        step("a principal signs in by the printed line", async () => {
            const printed = await example.follow("Sign in");
            assert.equal(
                await sqlAs(cli, printed, "orders-api", "orders", "select session_user as v"),
                "orders-api",
            );
        });

        step("another membership is shown and changed alone", async () => {
            example.change("Pulumi.local.yaml", "[orders_owner]", "[orders_readwrite]");
            const preview = await example.local("", "preview", "--diff");
            assert.match(preview.text, /kim@contoso\.onmicrosoft\.com/);
            assert.doesNotMatch(preview.text, /orders-api|Prod DB Readonly/);
            const up = await example.local("", "up", "--yes", "--skip-preview");
            assert.equal(up.code, 0, up.text);
            assert.match(up.text, /~ 1 updated/);
        });

        const ofServer = (line: string) => line.includes("/existing-server/server destroy");

        step(
            "destroy takes the roles away; server and database stay, locked until PUBLIC is given back",
            async () => {
                await example.follow(AWAY, (line) => !ofServer(line));
                assert.deepEqual(await example.state(), []);
                await nothingToChange(example, "server");
                const signIn = await cli.local("sign-in", HAND_MADE, "deployer", "orders");
                const asked = (text: string) => sqlAs(cli, signIn.text, "deployer", "orders", text);
                const roles = `select string_agg(rolname, ', ') as v from pg_roles
                where rolname ~ '^orders' or rolname in ('Prod DB Readonly', 'kim@contoso.onmicrosoft.com')`;
                assert.equal(await asked(roles), null);
                const everybody = `select concat_ws(', ', has_database_privilege('public', 'orders', 'CONNECT'),
                has_database_privilege('public', 'orders', 'TEMPORARY'),
                has_schema_privilege('public', 'public', 'USAGE')) as v`;
                assert.equal(await asked(everybody), "f, f, f");
                assert.equal(await asked(`${example.sqlUnder(AWAY)}; ${everybody}`), "t, t, t");
            },
        );

        step("the server's own program takes the server away", async () => {
            await example.follow(AWAY, ofServer);
            assert.deepEqual(await example.state("server"), []);
        });
    });
});

/** The example's copy, and tests on it that are skipped where its packages cannot be had. */
function steps(cli: LocalCli, name: string) {
    const example = new Example(cli, name);
    let missing: string | undefined;
    before(async () => (missing = await example.install()));
    after(() => example.close());
    const step = (title: string, work: (t: TestContext) => Promise<void>): void =>
        void test(title, (t) => (missing ? t.skip(missing) : work(t)));
    return { example, step };
}

function assertPrinted(example: Example, text: string): void {
    const lines = example.printedUnder(ON_LOCAL_AZURE);
    assert.ok(lines.length > 0);
    const plain = (line: string) => line.replace(/\s+/g, " ").trim();
    const printed = text.split("\n").map(plain);
    for (const line of lines) assert.ok(printed.includes(plain(line)), `${line}\n\n${text}`);
}

async function nothingToChange(example: Example, part = ""): Promise<void> {
    const { code, text } = await example.local(part, "preview", "--expect-no-changes");
    assert.equal(code, 0, text);
}

async function takenAway(example: Example): Promise<void> {
    await example.follow(AWAY);
    assert.deepEqual(await example.state(), []);
}

function forEntra(inputs: Record<string, unknown>): boolean {
    return [inputs["destinationAddressPrefix"], inputs["addressPrefix"]].includes("AzureActiveDirectory");
}
