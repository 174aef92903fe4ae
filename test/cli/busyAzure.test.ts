import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import type { FaultState } from "../../emulator/faults";
import { LocalCli, skipWithoutCli } from "./localCli";
import { at, writeStackFile } from "./stackFiles";

const PARAMETERS = [
    "log_checkpoints",
    "log_connections",
    "log_disconnections",
    "log_lock_waits",
    "log_duration",
];
const DATABASES = ["orders", "billing", "analytics", "archive", "audit", "crm", "hr", "stock", "web"];

/** Kinds that reach the program's hook; throttling the provider waits for by itself, as long as Azure says. */
const HOOKED = ["ServerIsBusy", "ServerNotAccessible", "OperationFailed"];

/** A wait as the hook tells it, and one that the resource API made necessary. */
const WAIT = /; create is tried again in \d+ m?s \(attempt \d+; waited /g;
const WAIT_FOR_AZURE =
    /\((?:ServerIsBusy|AadAuth\w+NotAccessible|InternalServerError)\); create is tried again in \d+ m?s \(attempt/g;
const RETRY_BY_ENGINE = /retrying create due to on-error hook request/g;

/** The summary at the end, where each message stands once; while it runs, rows repeat them. */
const toldIn = (text: string) => text.split("\nDiagnostics:\n").at(-1)!;

/** Deployments on an Azure that is busy, throttled, restarting and broken, through the real CLI, retries counted on both sides. */
describe("a busy Azure through the Pulumi CLI", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const file = path.join(cli.folder, "Pulumi.busy.yaml");
    let foreground = { printed: "", stop: async () => undefined as void };
    before(async () => {
        foreground = await cli.foreground();
    });
    after(async () => {
        await foreground.stop();
        cli.close();
    });

    const fault = async (...words: string[]) => {
        const { code, stdout, text } = await cli.local("fault", ...words, "--json");
        assert.equal(code, 0, text);
        return JSON.parse(stdout) as FaultState[];
    };
    const up = () => cli.local("up", "--yes", "--skip-preview", "--config-file", file);
    const struckOf = (faults: FaultState[], kinds: string[]) =>
        faults.filter((f) => kinds.includes(f.kind)).reduce((sum, f) => sum + f.struck, 0);
    const count = (text: string, what: RegExp) => [...text.matchAll(what)].length;
    const withStack = (change: (config: Record<string, unknown>) => void = () => undefined) =>
        writeStackFile(file, (config) => {
            const parameters = Object.fromEntries(PARAMETERS.map((name) => [name, "on"]));
            Object.assign(at(config, "server"), { parameters });
            const databases = at<{ name: string }[]>(config, "databases");
            for (const name of DATABASES)
                if (!databases.some((database) => database.name === name)) databases.push({ name });
            change(config);
        });

    test("E1, F70: a fifth of all calls busy, throttling, a failed operation, a restart: up ends well, each wait is told and counted", async () => {
        withStack();
        await fault("ServerIsBusy", "--target", "server-children", "--share", "0.2");
        await fault("ServerNotAccessible", "--times", "2");
        await fault("OperationFailed", "--target", "archive");
        await fault(
            "Throttled",
            "--target",
            "pg-local",
            ..."--times 3 --milliseconds 20 --skip 4".split(" "),
        );
        await fault("RestartPostgres", "--target", "pg-local");
        const { code, text } = await up();
        assert.equal(code, 0, text);
        const faults = await fault();
        for (const { kind, struck } of faults) assert.ok(struck > 0, `${kind} never struck: ${text}`);
        const struck = struckOf(faults, HOOKED);
        assert.ok(struckOf(faults, ["ServerIsBusy"]) >= 3, JSON.stringify(faults));
        assert.equal(count(toldIn(text), WAIT_FOR_AZURE), struck, text);
        // The rest are PostgreSQL's, which restarts for as long as it takes.
        assert.equal(count(toldIn(text), RETRY_BY_ENGINE), count(toldIn(text), WAIT), text);
        assert.ok(count(toldIn(text), /PostgreSQL restarts; create is tried again/g) > 0, text);
        await fault("clear");
        const again = await cli.local("preview", "--expect-no-changes", "--config-file", file);
        assert.equal(again.code, 0, again.text);
    });

    /** An identity's name is known to Azure alone: no check before can tell that it is wrong. */
    const misnamed = (config: Record<string, unknown>) =>
        at<object[]>(config, "administrators").push({
            principalName: "olga@fabrikam.com",
            objectId: SEED_IDS.olga,
            principalType: "User",
        });
    const fresh = (config: Record<string, unknown>) =>
        at<object[]>(config, "databases").push({ name: "fresh" });
    const realErrors: [string, string[], (config: Record<string, unknown>) => void, RegExp][] = [
        ["forbidden", ["Forbidden", "--target", "fresh"], fresh, /AuthorizationFailed/],
        ["a quota", ["QuotaExceeded", "--target", "fresh"], fresh, /QuotaExceeded/],
        [
            "a bad argument",
            ["Latency", "--target", SEED_IDS.olga, "--milliseconds", "1"],
            misnamed,
            /AadAuthPrincipalCreationFailed/,
        ],
    ];
    for (const [title, words, change, message] of realErrors)
        test(`E1: ${title} is a real error: one call, no retry`, async () => {
            withStack(change);
            await fault(...words, "--times", "100");
            const { code, text } = await up();
            const faults = await fault();
            await fault("clear");
            assert.notEqual(code, 0, text);
            assert.match(text, message);
            assert.deepEqual(
                faults.map((f) => f.struck),
                [1],
            );
            assert.equal(count(text, /tried again|on-error hook request/g), 0, text);
        });

    test("a server that stays busy: the deadline ends it with one message that says how long, why and what to do", async () => {
        withStack(fresh);
        await fault("ServerIsBusy", "--target", "fresh", "--times", "1000");
        const { code, text } = await up();
        const [busy] = await fault();
        await fault("clear");
        assert.notEqual(code, 0, text);
        assert.ok(busy!.struck > 10, String(busy!.struck));
        assert.equal(count(toldIn(text), WAIT_FOR_AZURE), busy!.struck - 1, text);
        assert.match(
            text,
            new RegExp(`given up after ${busy!.struck} attempts in \\d+ s: .*\\(ServerIsBusy\\)`),
        );
    });

    test("destroy --run-program waits for a busy server too", async () => {
        withStack();
        await fault("ServerIsBusy", "--target", "azure-native:dbforpostgresql:Server", "--times", "2");
        const words = ["destroy", "--yes", "--skip-preview", "--run-program", "--config-file", file];
        const { code, text } = await cli.local(...words);
        assert.equal(code, 0, text);
        assert.equal(count(toldIn(text), /delete is tried again in/g), 2, text);
        assert.deepEqual(
            (await fault()).map((f) => f.struck),
            [2],
        );
    });
});
