/** Single principals that wait for the same server go together; what fails is one's own. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Batches } from "../../components/provider/batches";
import { DatabaseError, SignInError } from "../../components/provider/errors";
import { RefusedError } from "../../components/provider/plan";
import { mayConcernOne } from "../../components/provider/retry";
import { countQueries } from "./queryCount";
import { Running } from "./running";

const URN = "urn:pulumi:local::project::azure-postgres-entra:index:DatabasePrincipal::";

/** Doubles numbers; refuses what is negative, as a transaction does: all or nothing. Each run waits for the gate. */
function doubler(
    failure = (works: number[]): Error | undefined =>
        works.some((work) => work < 0) ? new RefusedError(["negative"]) : undefined,
    gate: () => Promise<void> = () => Promise.resolve(),
) {
    const runs: number[][] = [];
    const batches = new Batches<number, number>(
        async (works, { signal }) => {
            runs.push(works);
            await gate();
            signal?.throwIfAborted();
            const error = failure(works);
            if (error) throw error;
            return works.map((work) => 2 * work);
        },
        mayConcernOne,
        10,
    );
    return { runs, batches };
}

test("what comes at the same time is one run, what comes meanwhile the next, and never more than there is room for", async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { runs, batches } = doubler(undefined, () => opened);
    const first = [1, 2, 3].map((work) => batches.do("a", work, {}));
    const other = batches.do("b", 9, {});
    while (runs.length < 2) await nextTurn();
    const meanwhile = Array.from({ length: 12 }, (_, index) => batches.do("a", 10 + index, {}));
    open();
    assert.deepEqual(await Promise.all(first), [2, 4, 6]);
    assert.equal(await other, 18);
    assert.equal((await Promise.all(meanwhile)).at(-1), 42);
    assert.deepEqual(
        runs.map((works) => works.length),
        [3, 1, 10, 2],
    );
    assert.equal(await batches.do("a", 5, {}), 10);
});

test("where one is refused the others are done one by one, and only it fails", async () => {
    const { runs, batches } = doubler();
    const results = await Promise.allSettled([1, -1, 3].map((work) => batches.do("a", work, {})));
    assert.deepEqual(
        results.map((result) => (result.status === "fulfilled" ? result.value : String(result.reason))),
        [2, "RefusedError: negative", 6],
    );
    assert.deepEqual(runs, [[1, -1, 3], [1], [-1], [3]]);
});

test("what is everybody's trouble is told to all at once, not tried again for each", async () => {
    const lost = Object.assign(new Error("Connection terminated unexpectedly"));
    const full = Object.assign(new Error("out of shared memory"), { code: "53200" });
    for (const error of [
        new SignInError("no token"),
        lost,
        full,
        new DatabaseError("no sign-in", { code: "28000" }),
    ]) {
        const { runs, batches } = doubler(() => error);
        const results = await Promise.allSettled([1, 2].map((work) => batches.do("a", work, {})));
        assert.ok(results.every((result) => result.status === "rejected" && result.reason === error));
        assert.equal(runs.length, 1, error.message);
    }
});

test("one that is aborted hears its own reason, the others are done", async () => {
    const abort = new AbortController();
    const { batches } = doubler(undefined, () => Promise.resolve(abort.abort(new Error("enough"))));
    const one = batches.do("a", 1, { signal: abort.signal });
    const two = batches.do("a", 2, { signal: new AbortController().signal });
    await assert.rejects(one, /enough/);
    assert.equal(await two, 4);
});

let local: Running;
before(async () => {
    local = await Running.start();
});
after(() => local.stop());

const people = (prefix: string, size: number) =>
    Array.from({ length: size }, (_, number) => {
        const name = `${prefix}-${number}`;
        return { urn: URN + name, inputs: local.inputs(name, local.identity(name)) };
    });

test("40 single principals at once: created and deleted in a few transactions", async () => {
    const all = people("single", 40);
    const created: { id: string; properties: Record<string, unknown> }[] = [];
    const creating = await countQueries(async () => {
        created.push(...(await Promise.all(all.map(({ urn, inputs }) => local.client.create(urn, inputs)))));
    });
    assert.deepEqual(
        created.map(({ properties }) => properties["name"]),
        all.map(({ inputs }) => inputs["name"]),
    );
    const deleting = await countQueries(() =>
        Promise.all(
            all.map(({ urn, inputs }, index) =>
                local.client.delete(urn, created[index]!.id, created[index]!.properties, inputs),
            ),
        ),
    );
    for (const { waits } of [creating, deleting]) assert.ok(waits <= 40, `${waits} round trips for 40`);
    assert.equal(await local.role("single-39"), undefined);
});

test("of 20 single principals at once, one refused and one failing: those two fail by name, and the others are made", async () => {
    await local.sql('create role "mixed-7" login');
    const all = people("mixed", 20);
    all[13]!.inputs["settings"] = [{ name: "work_mem", value: "much" }];
    const results = await Promise.allSettled(all.map(({ urn, inputs }) => local.client.create(urn, inputs)));
    const failed = results.flatMap((result, index) =>
        result.status === "rejected" ? [[index, (result.reason as Error).message] as const] : [],
    );
    assert.deepEqual(
        failed.map(([index]) => index),
        [7, 13],
    );
    assert.match(failed[0]![1], /principal 'mixed-7': .*belongs to no Microsoft Entra identity/);
    assert.match(failed[1]![1], /principal 'mixed-13': setting work_mem failed/);
    const [row] = await local.sql(
        "select count(*)::int as n from pg_shseclabel join pg_roles r on r.oid = objoid where rolname like 'mixed-%'",
    );
    assert.equal(row!["n"], 18);
});
