/** Killed at fifty points of a deployment, and run again. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Connections } from "../../components/provider/connection";
import { quiet } from "../provider/quiet";
import { DEPLOYER, HOST, OTHER_ADMIN, Running } from "../provider/running";
import { CutProxy } from "./cutProxy";
import { connectionsOf, prepare, run, snapshot, type Job, type Snapshot } from "./job";

const POINTS = 50;

interface Admin {
    user: string;
    objectId: string;
}

/** Each works at points of its own, side by side; sessions are told apart by their administrator. */
const ADMINS: Admin[] = [
    { user: "DBA", objectId: DEPLOYER },
    { user: "second-admin", objectId: OTHER_ADMIN },
];

let local: Running;
before(async () => {
    local = await Running.start();
});
after(() => local.stop());

const connectionOf = ({ user }: Admin) => ({ host: HOST, user, cloud: "Local" as const });

async function withConnections<T>(
    admin: Admin,
    action: (connections: Connections) => Promise<T>,
): Promise<T> {
    const connections = connectionsOf(local, admin.objectId);
    try {
        return await action(connections);
    } finally {
        await connections.close();
    }
}

function start(job: Job, token: string): ChildProcess {
    const program = path.join(__dirname, "killedChild.ts");
    const child = spawn(process.execPath, ["--import", "tsx", program], {
        stdio: ["pipe", "ignore", "pipe"],
    });
    child.stdin!.end(JSON.stringify({ job, token }));
    return child;
}

/** What is there before the job, and what after it; the bytes that it takes. */
async function whole(admin: Admin): Promise<{ initial: Snapshot; end: Snapshot; bytes: number }> {
    const proxy = await CutProxy.start(local.server.port);
    try {
        const connection = connectionOf(admin);
        const job = await withConnections(admin, (own) => prepare(local, own, connection, "whole"));
        const initial = await snapshot(local, "whole", admin.user);
        const token = await local.issuer.issue({ objectId: admin.objectId });
        const child = start({ ...job, connection: { ...connection, address: proxy.address } }, token);
        child.stderr!.pipe(process.stderr);
        assert.deepEqual(await once(child, "exit"), [0, null]);
        return { initial, end: await snapshot(local, "whole", admin.user), bytes: proxy.passed };
    } finally {
        await proxy.close();
    }
}

/** @returns how far the deployment had come. */
async function killedAt(
    admin: Admin,
    point: number,
    bytes: number,
    { initial, end }: { initial: Snapshot; end: Snapshot },
): Promise<string> {
    const prefix = `kill${point}`;
    const connection = connectionOf(admin);
    const job = await withConnections(admin, (own) => prepare(local, own, connection, prefix));
    const proxy = await CutProxy.start(local.server.port);
    try {
        const token = await local.issuer.issue({ objectId: admin.objectId });
        const child = start({ ...job, connection: { ...connection, address: proxy.address } }, token);
        proxy.at(bytes, (client) => {
            child.kill("SIGKILL");
            client.destroy();
        });
        const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
        assert.equal(signal, "SIGKILL", `point ${point}: it ended by itself with code ${code}`);
    } finally {
        await proxy.close();
    }
    await quiet(local, admin.user).catch((error: Error) => assert.fail(`point ${point}: ${error.message}`));
    const found = await snapshot(local, prefix, admin.user);
    const isBefore = isSame(found.set, initial.set);
    assert.ok(isBefore || isSame(found.set, end.set), `point ${point}: half done: ${JSON.stringify(found)}`);
    if (isBefore) assert.deepEqual(found, initial, `point ${point}`);
    await withConnections(admin, (own) => run(own, job));
    assert.deepEqual(await snapshot(local, prefix, admin.user), end, `point ${point}: another end`);
    if (isBefore) return "before the commit of the set";
    return found.removed.length > 0 ? "before the role was dropped" : "after everything was done";
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

test(`a deployment killed with SIGKILL at ${POINTS} points: nothing half done, and a rerun comes to the same end`, async (t) => {
    const job = await whole(ADMINS[0]!);
    assert.deepEqual([job.initial.set.length, job.end.set.length], [2, 3]);
    assert.deepEqual([job.initial.removed.length, job.end.removed.length], [1, 0]);
    const points = Array.from({ length: POINTS }, (_, index) => index);
    const stages = new Map<string, number>();
    const worker = async (admin: Admin) => {
        for (let point = points.shift(); point !== undefined; point = points.shift()) {
            // Never the last bytes: the process must be at work still.
            const at = Math.max(1, Math.floor((job.bytes * 0.95 * (point + 0.5)) / POINTS));
            const stage = await killedAt(admin, point, at, job);
            stages.set(stage, (stages.get(stage) ?? 0) + 1);
        }
    };
    await Promise.all(ADMINS.map(worker));
    for (const [stage, count] of stages) t.diagnostic(`${count} of ${POINTS} killed ${stage}`);
    assert.ok((stages.get("before the commit of the set") ?? 0) >= 5, "too few points within the set");
    assert.ok((stages.get("before the role was dropped") ?? 0) >= 5, "too few points within the removal");
});
