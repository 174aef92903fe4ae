import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { Closers } from "../../emulator/closers";
import { lockState } from "../../emulator/stateLock";

describe("a kept local Azure's folder belongs to one process at a time", { concurrency: 1 }, () => {
    const folder = mkdtempSync(path.join(tmpdir(), "lock-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    test("a second one is refused, and may when the first has given it back", async () => {
        const unlock = await lockState(folder);
        await assert.rejects(lockState(folder), /another local Azure is using .*; end it, or wait/);
        await unlock();
        await (
            await lockState(folder)
        )();
    });

    test("what a killed process left does not hinder", async () => {
        const child = fork(path.join(__dirname, "lockHolder.ts"), [folder], {
            execArgv: ["--import", "tsx"],
        });
        await once(child, "message");
        await assert.rejects(lockState(folder), /another local Azure is using/);
        child.kill("SIGKILL");
        await once(child, "exit");
        await (
            await lockState(folder)
        )();
    });

    test("a folder with a long path is locked as well", async () => {
        const long = path.join(folder, "x".repeat(120));
        const unlock = await lockState(long);
        await assert.rejects(lockState(long), /another local Azure/);
        await unlock();
    });
});

test("closers run in the opposite order, all of them, and tell the first failure", async () => {
    const closers = new Closers();
    const closed: string[] = [];
    for (const name of ["a", "b", "c"])
        closers.add(() => {
            closed.push(name);
            if (name !== "a") throw new Error(`${name} failed`);
        });
    await assert.rejects(closers.closeAll(), /c failed/);
    assert.deepEqual(closed, ["c", "b", "a"]);
    await closers.closeAll();
});
