import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { findSecrets } from "../support/secretScan";
import type { PrivilegeResult } from "../../rehearsal/privilegeAttempt";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import type { SignInResult } from "../../rehearsal/signInAttempt";

const PROJECT_FOLDER = path.join(__dirname, "..", "..");

/** What `npm start` runs, from its first output to the last process. */
describe("npm start", { concurrency: 1 }, () => {
    // POSIX's own, because that of a user of macOS is too long for unix sockets; open to PostgreSQL's user when root runs the tests.
    const temporary = mkdtempSync("/tmp/start-");
    chmodSync(temporary, 0o755);
    after(() => rmSync(temporary, { recursive: true, force: true }));

    function start(...words: string[]) {
        const child = spawn(process.execPath, ["--import", "tsx", "rehearsal/main.ts", ...words], {
            cwd: PROJECT_FOLDER,
            env: { ...process.env, TMPDIR: temporary },
        });
        const output = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const)
            child[name].setEncoding("utf8").on("data", (chunk: string) => (output[name] += chunk));
        const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
        return { child, output, ended };
    }

    async function until(condition: () => boolean, what: string): Promise<void> {
        for (let waited = 0; !condition(); waited += 20) {
            if (waited > 60_000) throw new Error(`timed out waiting for ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    /** Temporary folders of runs, and PostgreSQL processes whose data is in one of them. */
    const folders = () => readdirSync(temporary).filter((name) => name.startsWith("azpg-"));
    const processes = () =>
        existsSync("/proc") ? commandLines().filter((line) => line.includes(temporary)) : [];

    test("everybody who may signs in and does what they may, everybody else is refused, and nothing is left behind", async () => {
        const { output, ended } = start("--json");
        assert.equal(await ended, 0, output.stderr);
        const { signIns: rows, privileges } = JSON.parse(output.stdout) as {
            signIns: SignInResult[];
            privileges: PrivilegeResult[];
        };
        assert.ok(
            rows.every((row) => row.asExpected),
            output.stdout,
        );
        assert.ok(rows.filter((row) => row.expected.startsWith("signed in")).length >= 10);
        const refused = rows.filter((row) => row.expected.startsWith("refused")).map((row) => row.who);
        assert.deepEqual(refused, [
            "an expired token",
            "a token for another resource",
            "a token of another tenant",
            "a forged signature",
            "an unsigned token (alg: none)",
            "a plaintext connection",
            "Ada Moreau, not a member of the group",
            "Kim Tanaka, recreated under the same name",
        ]);
        assert.equal(privileges.length, 18);
        assert.ok(
            privileges.every((row) => row.asExpected),
            output.stdout,
        );
        const of = (role: string, database: string) =>
            privileges.find((row) => row.role === role && row.database === database)!.seen;
        assert.deepEqual(of("Prod DB Readonly", "orders"), ["connect", "select"]);
        assert.deepEqual(of("billing-api", "billing"), ["connect", "select", "insert"]);
        assert.deepEqual(of("orders-api", "orders"), ["connect", "select", "insert", "create table"]);
        assert.deepEqual(of("billing-api", "orders"), []);
        assert.deepEqual(findSecrets(output.stdout + output.stderr, []), []);
        assert.deepEqual([folders(), processes()], [[], []]);
    });

    test("Ctrl-C in the middle ends it with 130 and leaves nothing behind", async () => {
        const { child, output, ended } = start();
        await until(() => output.stderr.includes("postgres-server"), "the server");
        child.kill("SIGINT");
        assert.equal(await ended, 130);
        assert.deepEqual([folders(), processes()], [[], []]);
    });

    test("after kill -9 PostgreSQL ends, and the next start leaves nothing behind", async () => {
        const { child, output, ended } = start("--keep");
        await until(() => output.stdout.includes("Ctrl-C ends it"), "the printed lines");
        assert.match(output.stdout, /PGPASSWORD="\$\(npm --prefix .* token 'Prod DB Readonly' --endpoint/);
        assert.equal(folders().length, 1);
        // The sign-ins recreate this identity; what is printed must be good for the one that the role belongs to.
        assert.equal(await objectIdOfToken("kim@contoso.onmicrosoft.com", output.stdout), SEED_IDS.kim);
        child.kill("SIGKILL");
        await ended;
        await until(() => processes().length === 0, "the end of PostgreSQL");
        const next = start("--json");
        assert.equal(await next.ended, 0, next.output.stderr);
        assert.deepEqual([folders(), processes()], [[], []]);
    });

    async function objectIdOfToken(name: string, printed: string): Promise<string> {
        const endpoint = /--endpoint '([^']+)'/.exec(printed)![1]!;
        const words = ["--import", "tsx", "rehearsal/local.ts", "token", name, "--endpoint", endpoint];
        const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: PROJECT_FOLDER });
        return (JSON.parse(Buffer.from(stdout.split(".")[1]!, "base64url").toString()) as { oid: string })
            .oid;
    }

    test("an unknown option ends with 2 and says what there is; --help suffices", async () => {
        const wrong = start("--kepp");
        assert.equal(await wrong.ended, 2);
        assert.match(wrong.output.stderr, /unknown option: --kepp[\s\S]*npm start -- --keep/);
        const help = start("--help");
        assert.equal(await help.ended, 0);
        assert.match(help.output.stdout, /Exit codes: 0 only where all is as expected/);
        for (const { name, summary } of SCENARIOS)
            assert.ok(help.output.stdout.includes(`${name.padEnd(14)} ${summary}`), name);
    });

    test("an unknown scenario ends with 2 and says which there are", async () => {
        for (const words of [["--scenario", "nothing"], ["--scenario"], ["--scenario="]]) {
            const { output, ended } = start(...words);
            assert.equal(await ended, 2, words.join(" "));
            assert.match(
                output.stderr,
                /--scenario .*: there is no such scenario; there are flexible, .*all/,
            );
        }
    });
});

function commandLines(): string[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
        .map((pid) => {
            try {
                return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
            } catch {
                return "";
            }
        });
}
