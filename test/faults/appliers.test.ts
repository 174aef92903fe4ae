/** Many deployments at once on one server. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Connections } from "../../components/provider/connection";
import { reconcile } from "../../components/provider/reconcile";
import { DEPLOYER, HOST, Running } from "../provider/running";
import { connectionsOf, specOfRole } from "./job";

const APPLIERS = 8;
const PRINCIPALS = 100;

let local: Running;
/** One for each applier, as processes of their own have them: nothing but the server keeps them apart. */
let appliers: Connections[];
before(async () => {
    local = await Running.start();
    appliers = Array.from({ length: APPLIERS }, () => connectionsOf(local, DEPLOYER));
});
after(async () => {
    await Promise.all(appliers.map((connections) => connections.close()));
    await local.stop();
});

const connection = { host: HOST, user: "DBA", cloud: "Local" as const };
const numbers = (length: number) => Array.from({ length }, (_, number) => number);

function failuresOf(results: PromiseSettledResult<unknown>[]): string[] {
    return results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
}

test(`E15: ${APPLIERS} appliers x ${PRINCIPALS} principals at once on one server, all members of one role: no failure`, async () => {
    await local.grantedRole("everybody");
    const sets = appliers.map((_, applier) =>
        numbers(PRINCIPALS).map((number) => {
            const name = `a${applier}-p${number}`;
            return { spec: specOfRole(name, local.identity(name), { memberOf: ["everybody"] }) };
        }),
    );
    const applied = () =>
        Promise.allSettled(appliers.map((own, applier) => reconcile(own, connection, sets[applier]!)));
    assert.deepEqual(failuresOf(await applied()), []);
    assert.equal((await local.membersOf("everybody")).length, APPLIERS * PRINCIPALS);
    for (const { spec } of sets.flat()) spec.connectionLimit = 3;
    assert.deepEqual(failuresOf(await applied()), []);
    const [row] = await local.sql("select count(*)::int as n from pg_roles where rolconnlimit = 3");
    assert.equal(row!["n"], APPLIERS * PRINCIPALS);
});

test(`E15: ${APPLIERS} appliers of the same ${PRINCIPALS} principals, each with other values: no failure, and one of them holds for all`, async () => {
    const people = numbers(PRINCIPALS).map((number) => {
        const name = `same-${number}`;
        return { name, objectId: local.identity(name) };
    });
    const results = await Promise.allSettled(
        appliers.map((own, applier) =>
            reconcile(
                own,
                connection,
                people.map(({ name, objectId }) => ({
                    spec: specOfRole(name, objectId, {
                        connectionLimit: applier,
                        settings: [{ name: "application_name", value: `applier ${applier}` }],
                    }),
                })),
            ),
        ),
    );
    assert.deepEqual(failuresOf(results), []);
    const rows = await local.sql(`select distinct rolconnlimit, setconfig::text from pg_roles
        join pg_db_role_setting on setrole = pg_roles.oid where rolname like 'same-%'`);
    assert.equal(rows.length, 1, "a mixture of several appliers");
    assert.equal(rows[0]!["setconfig"], `{"application_name=applier ${String(rows[0]!["rolconnlimit"])}"}`);
});

test("E15: a change by somebody without the lock: «tuple concurrently updated» is met, and the change is done again", async () => {
    const objectId = local.identity("contested");
    let tokens = 0;
    const source = () => {
        tokens++;
        return local.issuer.issue({ objectId: DEPLOYER });
    };
    const connections = new Connections({ tokens: source, deadline: 10_000 });
    const somebody = await local.signIn("DBA", DEPLOYER);
    try {
        const spec = specOfRole("contested", objectId);
        await reconcile(connections, connection, [{ spec }]);
        await somebody.query("begin");
        await somebody.query("alter role contested connection limit 3");
        const applied = reconcile(connections, connection, [{ spec: { ...spec, connectionLimit: 4 } }]);
        await untilBlocked();
        await somebody.query("commit");
        assert.equal((await applied)[0]!.connectionLimit, 4);
        // A connection that failed is not used again, and each has its own token.
        assert.equal(tokens, 2, "the first attempt did not fail");
    } finally {
        await somebody.end();
        await connections.close();
    }
});

async function untilBlocked(): Promise<void> {
    const blocked =
        "select 1 from pg_stat_activity where usename = 'DBA' and cardinality(pg_blocking_pids(pid)) > 0";
    for (let check = 0; check < 400; check++) {
        if ((await local.sql(blocked)).length > 0) return;
        await sleep(25);
    }
    throw new Error("nobody waits for anybody");
}
