import assert from "node:assert/strict";
import { after, test } from "node:test";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { parseUrn, UNKNOWN } from "../../components/provider/resourceProvider";
import { SET_URN } from "./principalSetRun";
import { idOf } from "./running";

type Entries = Record<string, Record<string, unknown>>;

const provider = new AzurePostgresEntraProvider();
after(() => provider.close());

const one = (objectId?: string, more: object = {}) => ({
    principalType: "User",
    name: "ada",
    objectId,
    ...more,
});

/** What a preview says beside its list of properties. */
async function told(state: Entries, news: Entries | string): Promise<string[]> {
    const lines: string[] = [];
    const options = { preview: true, log: (line: string) => void lines.push(line) };
    const args = [{ principals: state }, { principals: state }, { principals: news }, options] as const;
    await provider.update(parseUrn(`${SET_URN}told`), "id", ...args);
    return lines;
}

const [X, Y] = [idOf(1), idOf(2)];

test("a preview says whose role stays, and whose goes, with what keeps it", async () => {
    assert.deepEqual(await told({ a: one(X) }, { a: one(X) }), []);
    assert.deepEqual(await told({ a: one(X) }, { b: one(X, { name: "bea" }) }), [
        `principals["b"] is who was principals["a"] (object id ${X}): the role stays, renamed from 'ada' to 'bea'`,
    ]);
    assert.deepEqual(await told({ a: one(X) }, { b: one() }), [
        `principals["b"] is who was principals["a"] (object id ${X}): the role stays`,
    ]);
    assert.deepEqual(await told({ a: one(X) }, { a: one(Y) }), [
        `principals["a"] is another identity than before: the role of ${X} is removed (onDelete) and a new one made; rebindFrom: "${X}" keeps the role`,
    ]);
});

test("where no object id is declared it does not advise rebindFrom, which would be refused, but the object id", async () => {
    assert.deepEqual(await told({ a: one(X) }, { a: one(undefined, { name: "bea" }) }), [
        `principals["a"] is another identity than before: the role of ${X} is removed (onDelete) and a new one made; objectId: "${X}" keeps the role, if it is the same identity`,
    ]);
});

test("a role that another entry takes over is not said to be removed", async () => {
    assert.deepEqual(await told({ a: one(X) }, { a: one(Y, { name: "bea" }), b: one(X) }), [
        `principals["a"] is another identity than before: principals["b"] keeps the role of ${X}, and a new one is made`,
        `principals["b"] is who was principals["a"] (object id ${X}): the role stays`,
    ]);
});

test("while it is not known who is declared, nothing is said to be so", async () => {
    const unknown = [one(UNKNOWN), one(Y, { rebindFrom: UNKNOWN }), one(undefined, { name: UNKNOWN })];
    for (const entry of unknown)
        assert.deepEqual(await told({ a: one(X) }, { a: entry }), [
            `principals["a"]: whether it is still object id ${X} is only known when it is deployed; the role of another identity would be removed (onDelete) and a new one made`,
        ]);
    assert.deepEqual(await told({ a: one(X) }, { b: one(X, { name: UNKNOWN }) }), [
        `principals["b"] is who was principals["a"] (object id ${X}): the role stays`,
    ]);
    assert.deepEqual(await told({ a: one(X) }, { a: UNKNOWN as never }), []);
    assert.deepEqual(await told({ a: one(X) }, UNKNOWN), []);
});
