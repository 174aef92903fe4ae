/** The real plugin process, killed while the engine waits for it, and started again for the next deployment. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SetRun } from "../provider/principalSetRun";
import { quiet } from "../provider/quiet";
import { Running } from "../provider/running";
import { CutProxy } from "./cutProxy";
import { snapshot, type Snapshot } from "./job";
import { PluginProcess } from "./pluginProcess";

const POINTS = 12;

type Entries = Record<string, Record<string, unknown>>;

let local: Running;
before(async () => {
    local = await Running.start();
});
after(() => local.stop());

interface Deployment {
    prefix: string;
    /** With the state of the deployment before. */
    set: SetRun;
    news: Entries;
}

/** What the deployment before made: one to be renamed, one to be made an administrator, one to be removed that owns a table. */
async function prepare(prefix: string): Promise<Deployment> {
    const entry = (role: string, more: Record<string, unknown> = {}) => {
        const name = `${prefix}-${role}`;
        return { name, principalType: "ServicePrincipal", objectId: local.identity(name), ...more };
    };
    await local.grantedRole(`${prefix}-group`);
    const renamed = entry("old name", { memberOf: [`${prefix}-group`] });
    const raised = entry("raised", { settings: [{ name: "work_mem", value: "64MB" }] });
    // A provider of its own, whose connections end with it.
    const earlier = await Running.second(local);
    const set = new SetRun(local, prefix, earlier.client);
    await set.up({ renamed, raised, removed: entry("removed") });
    await earlier.stop();
    await local.sql(`create table public."${prefix}-table" (a int)`);
    await local.sql(`alter table public."${prefix}-table" owner to "${prefix}-removed"`);
    const fresh = entry("fresh", { memberOf: [`${prefix}-group`], connectionLimit: 5 });
    const news = {
        fresh,
        renamed: { ...renamed, name: `${prefix}-new name`, memberOf: [] },
        raised: { ...raised, isAdmin: true, settings: [] },
    };
    return { prefix, set, news };
}

/** @param address of a proxy. @throws what the engine would be told. */
async function deploy(plugin: PluginProcess, { set, news }: Deployment, address?: string): Promise<void> {
    const connection = local.connection(address === undefined ? {} : { address });
    const { inputs, failures } = await plugin.client.check(
        set.urn,
        { connection, principals: news },
        set.inputs,
    );
    assert.deepEqual(failures, []);
    await plugin.client.update(set.urn, set.id, set.state, set.inputs, inputs);
}

/** What is there before and after, and how often the plugin sends something. */
async function whole(): Promise<{ initial: Snapshot; end: Snapshot; messages: number }> {
    const deployment = await prepare("plugin");
    const initial = await snapshot(local, "plugin");
    const plugin = await PluginProcess.start();
    const proxy = await CutProxy.start(local.server.port);
    try {
        await deploy(plugin, deployment, proxy.address);
        return { initial, end: await snapshot(local, "plugin"), messages: proxy.messages };
    } finally {
        await plugin.end();
        await proxy.close();
    }
}

/** @returns what was there after the kill; how many messages there were, where that one did not come. */
async function killedAt(
    prefix: string,
    message: number,
): Promise<{ found: Snapshot; end: Snapshot } | number> {
    const deployment = await prepare(prefix);
    const plugin = await PluginProcess.start();
    const proxy = await CutProxy.start(local.server.port);
    let killed = false;
    proxy.atMessage(message, (client) => {
        killed = plugin.process.kill("SIGKILL");
        client.destroy();
    });
    try {
        await deploy(plugin, deployment, proxy.address);
        assert.ok(!killed, `${prefix}: it was not killed`);
        return proxy.messages;
    } catch (error) {
        if (!killed) throw error;
    } finally {
        const { signal } = await plugin.end();
        await proxy.close();
        if (killed) assert.equal(signal, "SIGKILL", prefix);
    }
    await quiet(local, "DBA");
    const found = await snapshot(local, prefix);
    // The engine kept the state of the deployment before, as nothing answered.
    const again = await PluginProcess.start();
    try {
        await deploy(again, deployment);
    } finally {
        assert.deepEqual(await again.end(), { code: 0, signal: null });
    }
    return { found, end: await snapshot(local, prefix) };
}

/**
 * At one of the points from the first message to the last. How many there are differs from run to run, as what is sent in a burst
 * arrives in larger or smaller pieces: where one had too few, the next goes by its number.
 */
async function killedWithin(point: number, messages: number): Promise<{ found: Snapshot; end: Snapshot }> {
    let count = messages;
    for (const attempt of ["a", "b", "c"]) {
        const at = 1 + Math.round((point * Math.floor(count * 0.85 - 1)) / (POINTS - 1));
        const killed = await killedAt(`killed${point}${attempt}`, at);
        if (typeof killed !== "number") return killed;
        count = killed;
    }
    return assert.fail(`point ${point}: it was not killed, with ${count} messages in the end`);
}

test(`the plugin killed with SIGKILL at ${POINTS} points of an update: nothing half done, and the next one comes to the same end`, async (t) => {
    const job = await whole();
    assert.deepEqual([job.initial.set.length, job.end.set.length], [2, 3]);
    assert.deepEqual([job.initial.removed.length, job.end.removed.length], [1, 0]);
    let before = 0;
    for (let point = 0; point < POINTS; point++) {
        const { found, end } = await killedWithin(point, job.messages);
        const isBefore = JSON.stringify(found.set) === JSON.stringify(job.initial.set);
        if (isBefore) assert.deepEqual(found, job.initial, `point ${point}: half done`);
        else assert.deepEqual(found.set, job.end.set, `point ${point}: half done`);
        assert.deepEqual(end, job.end, `point ${point}: another end`);
        if (isBefore) before++;
    }
    t.diagnostic(`${job.messages} messages from the plugin`);
    t.diagnostic(`${before} of ${POINTS} killed before the commit of the set, the others within the removal`);
    assert.ok(before > 0 && before < POINTS, "all points on one side of the commit");
});
