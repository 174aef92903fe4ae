/** Sets of principals through the real engine, with the provider attached as one process for all commands. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serveProvider } from "../../components/provider/grpcServer";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { Running } from "../provider/running";
import { CliProject } from "./cliProject";

const PROGRAM = `
import { DatabasePrincipalSet } from "./components/databasePrincipalSet";
const sets = JSON.parse(process.env.SETS!);
for (const [name, args] of Object.entries<any>(sets)) new DatabasePrincipalSet(name, args);
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
        server = await serveProvider(local.provider());
        project = new CliProject(cli!, PROGRAM, { "azure-postgres-entra": server.port });
        await project.run(["stack", "init", "test"]);
    });
    after(async () => {
        project.remove();
        await server.close();
        await local.stop();
    });

    const pulumi = async (words: string[], sets: Record<string, Entries>) => {
        const args = Object.entries(sets).map(([name, principals]) => [
            name,
            { connection: local.connection(), principals },
        ]);
        const run = await project.run(words, { SETS: JSON.stringify(Object.fromEntries(args)) });
        assert.equal(run.code, 0, run.output);
        return run.output;
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
});
