import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { ManyDatabases } from "../../bench/manyDatabases";

const PROGRAM = path.join(__dirname, "..", "..", "bench", "manyDatabases.ts");

test("E15: 20 databases with 3 profiles and 50 principals are deployed without a failed statement", async () => {
    // A process of its own: a Pulumi program runs once in one.
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM]);
    const measured = JSON.parse(stdout.trim().split("\n").at(-1)!) as ManyDatabases;
    assert.equal(measured.rolledBack, 0);
    // Each principal has one profile in each database.
    assert.equal(measured.memberships, 20 * 50);
    // A provider and 3 roles in each database, at least.
    assert.ok(measured.resources > 20 * 4, String(measured.resources));
});
