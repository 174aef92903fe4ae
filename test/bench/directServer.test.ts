import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DirectServer } from "../../bench/directServer";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { end, firstLine, processesWith, startTypeScript } from "../postgres/childProcesses";

const CHILD = path.join(__dirname, "directServerChild.ts");

describe(
    "of the bench's own PostgreSQL nothing stays behind",
    { skip: process.platform === "win32" && "no signals on Windows", timeout: 120_000 },
    () => {
        test("after kill -9 of the bench", async () => {
            const child = startTypeScript(CHILD, []);
            const { data } = await firstLine<{ data: string }>(child);
            const run = path.dirname(path.dirname(data));
            assert.ok(processesWith(data).length > 0);
            await end(child, "SIGKILL");
            // PostgreSQL would notice by itself in the end that its data are gone.
            while (existsSync(run)) await sleep(20);
            assert.deepEqual(processesWith(data), []);
        });

        test("where it cannot start", async (t) => {
            const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
            chmodSync(folder, 0o755);
            const before = process.env["TMPDIR"];
            process.env["TMPDIR"] = folder;
            t.after(() => {
                if (before === undefined) delete process.env["TMPDIR"];
                else process.env["TMPDIR"] = before;
                rmSync(folder, { recursive: true, force: true });
            });
            const ca = await CertificateAuthority.create();
            ca.issue = () => Promise.reject(new Error("no certificate"));
            await assert.rejects(DirectServer.start(ca, "localhost"), /no certificate/);
            assert.deepEqual(readdirSync(folder), []);
        });

        test("nor does its end wait for a process that died by a signal", async () => {
            const direct = await DirectServer.start(await CertificateAuthority.create(), "localhost");
            const id = Number(readFileSync(path.join(direct.data, "postmaster.pid"), "utf8").split("\n")[0]);
            process.kill(id, "SIGKILL");
            while (processesWith(direct.data).length > 0) await sleep(20);
            await direct.stop();
            assert.throws(() => readdirSync(direct.data), { code: "ENOENT" });
        });
    },
);
