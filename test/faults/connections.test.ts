/** Connections that break, servers that restart, tokens that expire: at exact points, and none of them stops a deployment. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Connections } from "../../components/provider/connection";
import { reconcile } from "../../components/provider/reconcile";
import { DEPLOYER, HOST, Running } from "../provider/running";
import { CutProxy, cut } from "./cutProxy";
import { connectionsOf, prepare, run, snapshot, specOfRole, type Snapshot } from "./job";

const CUTS = 30;
const RESTARTS = 5;

let local: Running;
let proxy: CutProxy;
before(async () => {
    local = await Running.start();
    proxy = await CutProxy.start(local.server.port);
});
after(async () => {
    await proxy.close();
    await local.stop();
});

const direct = { host: HOST, user: "DBA", cloud: "Local" as const };
const proxied = () => ({ ...direct, address: proxy.address });

/** The job through the proxy; `prefix` names its roles. @returns what is there afterwards, and the bytes that it took. */
async function deploy(prefix: string, arrange?: () => void): Promise<{ end: Snapshot; bytes: number }> {
    const connections = connectionsOf(local, DEPLOYER);
    try {
        const job = await prepare(local, connections, direct, prefix);
        proxy.passed = 0;
        arrange?.();
        await run(connections, { ...job, connection: proxied() });
        return { end: await snapshot(local, prefix), bytes: proxy.passed };
    } finally {
        await connections.close();
    }
}

test(`E15: the connection is cut at ${CUTS} points of a deployment: each comes to its end without being run again`, async () => {
    const whole = await deploy("whole");
    assert.deepEqual([whole.end.set.length, whole.end.removed], [3, []]);
    let cuts = 0;
    for (let point = 0; point < CUTS; point++) {
        const at = Math.max(1, Math.floor((whole.bytes * 0.97 * (point + 0.5)) / CUTS));
        const arrange = () => {
            proxy.at(at, (client, upstream) => {
                cuts++;
                cut(client, upstream);
            });
        };
        const { end } = await deploy(`cut${point}`, arrange);
        assert.deepEqual(end, whole.end, `point ${point}, byte ${at}`);
    }
    assert.equal(cuts, CUTS);
});

test(`PostgreSQL is restarted at ${RESTARTS} points of a deployment: each comes to its end without being run again`, async () => {
    const whole = await deploy("unbroken");
    for (let point = 0; point < RESTARTS; point++) {
        let restarted: Promise<void> | undefined;
        const at = Math.floor((whole.bytes * 0.9 * (point + 0.5)) / RESTARTS);
        const arrange = () => proxy.at(at, () => void (restarted = local.server.restart()));
        const { end } = await deploy(`restart${point}`, arrange);
        assert.ok(restarted, `point ${point}: no restart`);
        await restarted;
        assert.deepEqual(end, whole.end, `point ${point}, byte ${at}`);
    }
});

test("the faults DropConnection and RestartPostgres of the local Azure: the next connection does it", async () => {
    const connections = connectionsOf(local, DEPLOYER);
    try {
        for (const kind of ["DropConnection", "RestartPostgres"] as const) {
            local.faults.add({ kind, target: "pg-test" });
            const name = `struck by ${kind}`;
            const spec = specOfRole(name, local.identity(name));
            const fresh = { ...direct, port: kind === "DropConnection" ? 5432 : 5433 };
            const [role] = await reconcile(connections, fresh, [{ spec }]);
            assert.equal(role!.name, name);
            assert.equal(local.faults.take(kind, "pg-test"), undefined, "the fault did not strike");
        }
    } finally {
        await connections.close();
    }
});

test("E14: a token expires between two connections: the open one goes on, the next fetches its own", async (t) => {
    const tokens: string[] = [];
    const source = async () => {
        tokens.push(await local.issuer.issue({ objectId: DEPLOYER, lifetimeSeconds: 300 }));
        return tokens.at(-1)!;
    };
    const connections = new Connections({ tokens: source, deadline: 10_000 });
    const pid = () =>
        connections.use(direct, async (client) => {
            const { rows } = await client.query("select pg_backend_pid() as pid");
            return (rows[0] as { pid: number }).pid;
        });
    try {
        const first = await pid();
        // An hour passes, for the gateway too: it is in this process.
        t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 3_600_000 });
        const late = new Connections({ tokens: () => Promise.resolve(tokens[0]!), deadline: 10_000 });
        await assert.rejects(
            late.use(direct, () => Promise.resolve()),
            "the token did not expire",
        );
        await late.close();
        assert.equal(await pid(), first, "the open connection was not used again");
        await local.sql("select pg_terminate_backend($1)", [first]);
        const name = "after the expiry";
        const [role] = await reconcile(connections, direct, [
            { spec: specOfRole(name, local.identity(name)) },
        ]);
        assert.equal(role!.name, name);
        assert.equal(tokens.length, 2);
        assert.notEqual(tokens[0], tokens[1]);
    } finally {
        await connections.close();
    }
});

test("E14: a token that is expired when it is used is refused once, not again and again, and nothing changes", async () => {
    const tokens: string[] = [];
    const source = async () => {
        tokens.push(await local.issuer.forge("expired", { objectId: DEPLOYER }));
        return tokens.at(-1)!;
    };
    const connections = new Connections({ tokens: source, deadline: 10_000 });
    try {
        const spec = specOfRole("never made", local.identity("never made"));
        await assert.rejects(reconcile(connections, direct, [{ spec }]), (error: Error) => {
            assert.match(error.message, /28000|sign|token/i);
            assert.ok(!error.message.includes(tokens[0]!));
            return true;
        });
        assert.equal(tokens.length, 1);
        assert.equal(await local.role("never made"), undefined);
    } finally {
        await connections.close();
    }
});
