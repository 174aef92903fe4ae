import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Document } from "yaml";
import { identifier } from "../../components/provider/sql";
import { LocalAzure } from "../../emulator/localAzure";
import { deployScenario } from "../../rehearsal/rehearsal";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import { inConfig, SEALED_ELSEWHERE, StackFolder } from "../support/stackFolder";

const ROOT = path.join(__dirname, "..", "..");

interface Finding {
    role: string;
    as: string;
    problem?: string;
}

/** What deploy.yml does after `pulumi up`, on a real server. */
describe("npm run check:sign-in", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    before(async () => {
        azure = await LocalAzure.start();
        await deployScenario(azure, SCENARIOS[0]!, () => undefined);
    });
    after(() => azure.stop());

    const run = (...words: string[]) => start(path.join(ROOT, "checks", "signIn.ts"), ...words);

    /** The same for the stack of another folder. */
    function runIn(folder: string, ...words: string[]) {
        const script = `require("./checks/signInCommand").signInCommand(${JSON.stringify(words)}, ${JSON.stringify(folder)})
            .then((code) => process.exit(code), (error) => { process.stderr.write(error.message); process.exit(1); })`;
        return start("-e", script);
    }

    function start(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
        const environment = Object.entries(azure.environment()).filter(([, value]) => value !== undefined);
        const env = { ...Object.fromEntries(environment), NO_COLOR: "1" } as NodeJS.ProcessEnv;
        return new Promise((resolve) =>
            execFile(
                process.execPath,
                ["--import", "tsx", ...words],
                { env, cwd: ROOT },
                (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
            ),
        );
    }
    const sql = (text: string) => azure.servers.get("pg-local")!.superuserQuery(text);
    const problems = async () => {
        const { code, stdout, stderr } = await run("--stack", "local", "--json");
        const found = JSON.parse(stdout || "[]") as Finding[];
        return {
            code,
            stderr,
            found,
            wrong: found.filter((f) => f.problem).map((f) => `${f.role}: ${f.problem}`),
        };
    };

    test("after a deployment everybody can: the one who signs in, three administrators, six principals", async () => {
        const { code, found, wrong, stderr } = await problems();
        assert.deepEqual([code, wrong], [0, []], stderr);
        const count = (as: string) => found.filter((f) => f.as === as).length;
        assert.deepEqual(["signInAs", "administrator", "principal"].map(count), [1, 3, 6]);
        const { stdout } = await run("--stack", "local");
        assert.match(stdout, /│ Prod DB Readonly +│ principal +│ well/);
        assert.match(stdout, /0 of 10 are wrong on pg-local\.postgres\.database\.azure\.com/);
    });

    const otherStacks: [string, string, (document: Document) => void, RegExp][] = [
        [
            "a stack whose secrets another key keeps is checked all the same: none is needed",
            "Pulumi.local.yaml",
            (document) => {
                document.setIn(inConfig("server", "authMode"), "EntraAndPassword");
                document.setIn(inConfig("server", "administratorLogin"), "pgadmin");
                document.setIn(inConfig("administratorPassword"), SEALED_ELSEWHERE);
            },
            /^0 of 10 are wrong/m,
        ],
        [
            "a stack with an admin group and nobody else is checked",
            "Pulumi.local.yaml",
            (document) => {
                for (const key of ["administrators", "principals", "signInAs"])
                    document.deleteIn(inConfig(key));
                document.setIn(inConfig("adminGroup"), { displayName: "deployer", existing: true });
            },
            /^0 of 2 are wrong/m,
        ],
        [
            "a stack with a cluster ends well, and is said not to be checked",
            "rehearsal/scenarios/Pulumi.cosmos.yaml",
            (document) => document.setIn(inConfig("citusPassword"), SEALED_ELSEWHERE),
            /^Not checked for the system Azure Cosmos DB for PostgreSQL cluster/,
        ],
        [
            "so is one with a Single Server",
            "rehearsal/scenarios/Pulumi.single-server.yaml",
            () => undefined,
            /^Not checked for the system Single Server/,
        ],
    ];
    for (const [title, from, change, printed] of otherStacks)
        test(title, async () => {
            const stack = new StackFolder("other", from, change);
            try {
                const { code, stdout, stderr } = await runIn(stack.folder, "--stack", "other");
                assert.equal(code, 0, stderr);
                assert.match(stdout, printed);
            } finally {
                stack.remove();
            }
        });

    const changes: [string, string, RegExp][] = [
        [
            "F32: a role that was dropped",
            `drop role ${identifier("billing-api")}`,
            /^billing-api: there is no such role$/,
        ],
        [
            "a role that may sign in no more",
            `alter role ${identifier("orders-api")} nologin`,
            /^orders-api: it may not sign in/,
        ],
        [
            "F33: a role of another identity",
            `update pg_shseclabel set label = 'aadauth,oid=b1000000-0000-4000-8000-00000000ffff,type=group'
               where objoid = '${identifier("Prod DB Readonly")}'::regrole`,
            /^Prod DB Readonly: it belongs to the object id b1000000-0000-4000-8000-00000000ffff, not/,
        ],
    ];
    for (const [title, change, message] of changes)
        test(`${title} is found, and the exit code says so`, async () => {
            await sql(change);
            const { code, wrong } = await problems();
            assert.equal(code, 1);
            assert.ok(
                wrong.some((text) => message.test(text)),
                JSON.stringify(wrong),
            );
        });

    test("a mistake on the command line, or a server that is not there, says what to do", async () => {
        const none = await run();
        assert.deepEqual([none.code, /say which stack: --stack <stack>/.test(none.stderr)], [2, true]);
        const unknown = await run("--stack", "elsewhere");
        assert.deepEqual([unknown.code, /no Pulumi\.elsewhere\.yaml/.test(unknown.stderr)], [2, true]);
        assert.match((await run("--help")).stdout, /Exit codes: 0 all well/);
        const placeholders = await run("--stack", "prod");
        assert.deepEqual([placeholders.code, /placeholder/.test(placeholders.stderr)], [1, true]);
    });
});
