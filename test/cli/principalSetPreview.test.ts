/** Sets of principals through the real engine, with the provider attached as one process for all commands. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serveProvider } from "../../components/provider/grpcServer";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { Running } from "../provider/running";
import { findSecrets } from "../support/secretScan";
import { CliProject } from "./cliProject";

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { DatabasePrincipalSet } from "./components/databasePrincipalSet";
const sets = JSON.parse(process.env.SETS!);
for (const [name, args] of Object.entries<any>(sets)) {
    const entries = Object.entries<any>(args.principals);
    const principals = entries.map(([key, one]) => [key, key.startsWith("hidden") ? pulumi.secret(one) : one]);
    new DatabasePrincipalSet(name, { ...args, principals: Object.fromEntries(principals) });
}
`;

const cli = findInstalledPulumi();
const skip = cli ? false : "the Pulumi CLI is not installed";
type Entries = Record<string, Record<string, unknown>>;

describe("DatabasePrincipalSet with the real engine", { skip }, () => {
    let local: Running;
    let server: Awaited<ReturnType<typeof serveProvider>>;
    let project: CliProject;

    before(async () => {
        local = await Running.start();
        server = await serveProvider(local.provider(), { components: true });
        project = new CliProject(cli!, PROGRAM, { "azure-postgres-entra": server.port });
        await project.run(["stack", "init", "test"]);
    });
    after(async () => {
        project.remove();
        await server.close();
        await local.stop();
    });

    const run = (words: string[], sets: Record<string, Entries>) => {
        const args = Object.entries(sets).map(([name, principals]) => [
            name,
            { connection: local.connection(), principals },
        ]);
        return project.run(words, { SETS: JSON.stringify(Object.fromEntries(args)) });
    };
    const pulumi = async (words: string[], sets: Record<string, Entries>) => {
        const { code, output } = await run(words, sets);
        assert.equal(code, 0, output);
        return output;
    };
    const person = (name: string, more: Record<string, unknown> = {}) => ({
        principalType: "ServicePrincipal",
        objectId: local.identity(name),
        ...more,
    });

    test("preview --diff of a set with one added, one changed and one removed prints those three and no other", async () => {
        const people: Entries = {};
        for (let number = 0; number < 60; number++) people[`person-${number}`] = person(`person-${number}`);
        await pulumi(["up", "--yes", "--skip-preview"], { people });
        const { "person-7": _removed, ...news } = people;
        news["person-30"] = { ...news["person-30"], connectionLimit: 5 };
        news["newcomer"] = person("newcomer");
        const printed = await pulumi(["preview", "--diff"], { people: news });
        const lines = [...printed.matchAll(/^ *([-+~] (?:person-\d+|newcomer)) *: /gm)];
        assert.deepEqual(
            lines.map((line) => line[1]),
            ["+ newcomer", "~ person-30", "- person-7"],
            printed,
        );
        assert.match(printed, /\+ connectionLimit: 5/);
        await pulumi(["up", "--yes", "--skip-preview"], { people: news });
        assert.equal(await local.role("person-7"), undefined);
        const same = await pulumi(["preview", "--diff"], { people: news });
        assert.doesNotMatch(same, /person-|newcomer/);
    });

    test("what a preview alone declared does not keep a role that is taken out afterwards", async () => {
        const mover = person("mover");
        await pulumi(["up", "--yes", "--skip-preview"], { people: { mover } });
        await pulumi(["preview"], { people: {}, others: { mover } });
        assert.ok(await local.role("mover"));
        await pulumi(["up", "--yes", "--skip-preview"], { people: {} });
        assert.equal(await local.role("mover"), undefined);
    });

    test("secrets stay encrypted in the state where a removal stops half-way, and after a refresh", async () => {
        const up = ["up", "--yes", "--skip-preview"];
        const nowhere = { onDelete: { action: "Reassign", reassignTo: "no such heir" } };
        const [leaver, stayer] = [person("leaver", { name: "leaver", ...nowhere }), person("stayer")];
        const setting = { name: "application_name", value: "Correct-Horse-Battery-7" };
        const staying = { "hidden stayer": { ...stayer, name: "stayer", settings: [setting] } };
        await pulumi(up, { secrets: { ...staying, "hidden leaver": leaver } });
        await local.sql("create table public.leavers ()");
        await local.sql("alter table public.leavers owner to leaver");
        const { code, output } = await run(up, { secrets: staying });
        assert.notEqual(code, 0);
        assert.match(output, /cannot be handed to 'no such heir'/);
        const left = `hidden leaver (to be removed: ${leaver.objectId})`;
        for (const words of [[], ["refresh", "--yes", "--skip-preview"]]) {
            if (words.length > 0) await pulumi(words, { secrets: staying });
            const state = await pulumi(["stack", "export"], {});
            assert.deepEqual(findSecrets(state, [setting.value]), []);
            const { resources } = JSON.parse(state.slice(state.indexOf("{"))).deployment;
            const { inputs, outputs } = resources.find(({ urn }: { urn: string }) =>
                urn.endsWith("::secrets"),
            );
            // The engine keeps the inputs of the last change that went through.
            if (words.length > 0) assert.deepEqual(Object.keys(inputs.principals), ["hidden stayer"]);
            assert.deepEqual(Object.keys(outputs.principals).sort(), [left, "hidden stayer"].sort());
            for (const one of [
                ...Object.values<object>(outputs.principals),
                ...Object.values<object>(inputs.principals),
            ])
                assert.ok("ciphertext" in one, JSON.stringify(one));
        }
        await local.sql("drop table public.leavers");
        await pulumi(up, { secrets: staying });
        assert.equal(await local.role("leaver"), undefined);
    });
});
