import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { chown, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { unprivilegedUser } from "../../emulator/postgres/unprivilegedUser";
import { openRunFolder } from "../../emulator/postgres/runFolder";
import { end, isGone, processesWith, startRun } from "./childProcesses";

const user = unprivilegedUser();
const WINDOWS = process.platform === "win32" && "no signals on Windows";

describe("nothing stays behind", { skip: WINDOWS, concurrency: 2 }, () => {
    it("after a normal end", async () => {
        const [child, running] = await startRun("end");
        await end(child);
        assert.equal(child.exitCode, 0);
        assert.ok(!existsSync(running.run), "at once");
        assert.ok(await isGone(running));
    });

    it("after an exception", async () => {
        const [child, running] = await startRun("throw");
        await end(child);
        assert.equal(child.exitCode, 1);
        assert.ok(await isGone(running));
    });

    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
        it(`after ${signal}`, async () => {
            const [child, running] = await startRun("wait");
            assert.equal(statSync(running.run).mode & 0o777, 0o700);
            assert.deepEqual(processesWith(running.data), [running.postmaster]);
            await end(child, signal);
            assert.ok(await isGone(running));
        });
    }

    it("after kill -9 of owner and watchdog, by the next start; which leaves a living run alone", async () => {
        const [child, running] = await startRun("wait");
        const [living, alive] = await startRun("wait");
        await killWithWatchdog(child, running.run);
        assert.ok(existsSync(running.run));
        assert.deepEqual(processesWith(running.data), [running.postmaster]);
        const next = await openRunFolder();
        assert.ok(await isGone(running));
        assert.ok(existsSync(alive.run));
        assert.deepEqual(processesWith(alive.data), [alive.postmaster]);
        await next.close();
        await end(living, "SIGTERM");
        assert.ok(await isGone(alive));
    });
});

describe("a kept folder", { skip: WINDOWS }, () => {
    let kept: string;
    before(async () => {
        kept = await mkdtemp(path.join(tmpdir(), "test-kept-"));
        chmodSync(kept, 0o755);
    });
    after(() => rm(kept, { recursive: true, force: true }));

    it("keeps its data and its port; what still runs there is stopped at the next start", async () => {
        const folder = path.join(kept, "data");
        const [child, first] = await startRun("wait", folder);
        await killWithWatchdog(child, first.run);
        assert.deepEqual(processesWith(first.data), [first.postmaster], "PostgreSQL still runs");
        const [second, running] = await startRun("wait", folder);
        await assert.rejects(startRun("wait", folder), /is in use by another local Azure that is running/);
        assert.equal(running.port, first.port);
        assert.notEqual(running.postmaster, first.postmaster);
        assert.deepEqual(processesWith(first.data), [running.postmaster]);
        await end(second, "SIGKILL");
        assert.ok(await isGone(running));
        assert.ok(existsSync(path.join(running.data, "PG_VERSION")), "the data stays");
    });

    it("a process that got the id of a dead PostgreSQL is left alone", async () => {
        const folder = path.join(kept, "data");
        const pidFile = path.join(folder, "pg-test", "data", "postmaster.pid");
        // Of the same user, so that PostgreSQL itself would take it for its own.
        const stranger = spawn("sleep", ["60"], {
            stdio: "ignore",
            ...(user && { uid: user.uid, gid: user.gid }),
        });
        const lines = ["@", path.dirname(pidFile), "1700000000", "5432", "/nowhere", "", "0 0", "ready"];
        writeFileSync(pidFile, `${lines.join("\n").replace("@", String(stranger.pid))}\n`);
        const [child, running] = await startRun("end", folder);
        await end(child);
        assert.notEqual(running.postmaster, stranger.pid);
        assert.equal(stranger.exitCode, null);
        assert.equal(stranger.signalCode, null);
        stranger.kill();
        await once(stranger, "exit");
    });

    it("what a process had that got the id is left alone by the watchdog too", async () => {
        const [child, running] = await startRun("wait");
        const stranger = spawn("sleep", ["60"], {
            stdio: "ignore",
            ...(user && { uid: user.uid, gid: user.gid }),
        });
        const pidFile = path.join(running.data, "postmaster.pid");
        const text = readFileSync(pidFile, "utf8");
        process.kill(running.postmaster, "SIGQUIT");
        while (processesWith(running.data).length > 0) await new Promise((done) => setTimeout(done, 10));
        writeFileSync(pidFile, text.replace(/^\d+/, String(stranger.pid)));
        await end(child, "SIGKILL");
        assert.ok(await isGone(running));
        assert.equal(stranger.signalCode, null);
        stranger.kill();
        await once(stranger, "exit");
    });
});

describe("folders that are not ours to clear", { skip: WINDOWS }, () => {
    const made: string[] = [];
    after(async () => {
        for (const folder of made) await rm(folder, { recursive: true, force: true });
    });
    async function folder(age: number): Promise<string> {
        const created = await mkdtemp(path.join(tmpdir(), "azpg-"));
        made.push(created);
        await writeFile(path.join(created, "file"), "x");
        const then = new Date(Date.now() - age);
        await utimes(created, then, then);
        return created;
    }

    it("a young one whose owner does not listen yet", async () => {
        const young = await folder(1000);
        await (await openRunFolder()).close();
        assert.ok(existsSync(young));
    });

    it("an old one without an owner is cleared", async () => {
        const old = await folder(3600_000);
        await (await openRunFolder()).close();
        assert.ok(!existsSync(old));
    });

    it("one of another user", { skip: !user && "needs root" }, async () => {
        const foreign = await folder(3600_000);
        await chown(foreign, 54321, 54321);
        const then = new Date(Date.now() - 3600_000);
        await utimes(foreign, then, then);
        await (await openRunFolder()).close();
        assert.ok(existsSync(foreign));
    });

    it("a link", async () => {
        const target = await mkdtemp(path.join(tmpdir(), "test-target-"));
        made.push(target);
        const link = path.join(tmpdir(), `azpg-link${process.pid}`);
        made.push(link);
        await (await import("node:fs/promises")).symlink(target, link);
        await (await openRunFolder()).close();
        assert.ok(existsSync(link) && existsSync(target));
    });
});

describe("the temporary folder", { skip: WINDOWS }, () => {
    it("is another one where TMPDIR is too long for socket names, or closed to PostgreSQL's user", async () => {
        const parent = await mkdtemp(path.join(tmpdir(), "test-tmp-"));
        const long = path.join(parent, "x".repeat(60));
        await mkdir(long);
        const old = process.env.TMPDIR;
        try {
            for (const folder of user ? [long, parent] : [long]) {
                process.env.TMPDIR = folder;
                const run = await openRunFolder();
                assert.equal(path.dirname(run.path), "/tmp");
                await run.close();
            }
        } finally {
            if (old === undefined) delete process.env.TMPDIR;
            else process.env.TMPDIR = old;
            await rm(parent, { recursive: true });
        }
    });
});

async function killWithWatchdog(
    child: import("node:child_process").ChildProcess,
    run: string,
): Promise<void> {
    const [watchdog, ...others] = processesWith(`watchdog.js ${run}`);
    assert.ok(watchdog !== undefined && others.length === 0);
    process.kill(watchdog, "SIGKILL");
    await end(child, "SIGKILL");
}
