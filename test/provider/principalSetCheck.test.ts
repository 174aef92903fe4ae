import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSet } from "../../components/provider/principalSetCheck";
import { diffSet } from "../../components/provider/principalSetDiff";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import { ADA, BOB, connection } from "./inputs";

const ada = { principalType: "User", objectId: ADA };
const bob = { principalType: "User", objectId: BOB };
const set = (principals: unknown, more: object = {}): PropertyMap => ({ connection, principals, ...more });

test("an entry's name is its key where it is left out", () => {
    const { inputs, failures } = checkSet(set({ ada, b: { ...bob, name: "bob" } }));
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs["principals"], { ada: { ...ada, name: "ada" }, b: { ...bob, name: "bob" } });
    const proto = JSON.parse(`{"__proto__": ${JSON.stringify(ada)}}`) as object;
    assert.deepEqual(checkSet(set(proto)).failures.length, 1);
});

const WRONG: [title: string, inputs: PropertyMap, property: string, says: RegExp][] = [
    ["no principals", set(undefined), "principals", /or \{\} for none/],
    ["a list", set([ada]), "principals", /must be an object/],
    ["an entry that is nothing", set({ ada: null }), 'principals["ada"]', /needs its properties/],
    [
        "a wrong property",
        set({ ada: { ...ada, objectid: 1 } }),
        'principals["ada"].objectid',
        /no such property/,
    ],
    [
        "the connection in an entry",
        set({ ada: { ...ada, connection } }),
        'principals["ada"].connection',
        /no such property/,
    ],
    ["an empty key", set({ "": { ...ada, name: "ada" } }), 'principals[""]', /must not be empty/],
    ["a key that paths cannot hold", set({ "a\\": ada }), 'principals["a\\"]', /end in a backslash/],
    ["a key of Pulumi's own", set({ __ada: ada }), 'principals["__ada"]', /keeps keys like this/],
    [
        "a quotation mark in a key",
        set({ 'a"b': { ...ada, isAdmin: 1 } }),
        'principals["a\\"b"].isAdmin',
        /true or false/,
    ],
    [
        "F78: a key that is too long for a name",
        set({ ["ü".repeat(32)]: ada }),
        `principals["${"ü".repeat(32)}"].name`,
        /at most 63 bytes/,
    ],
    [
        "one name twice",
        set({ ada, b: { ...bob, name: "ada" } }),
        'principals["b"].name',
        /principals\["ada"\] has it already/,
    ],
    [
        "one object id twice",
        set({ ada, b: { ...ada, objectId: ADA.toUpperCase() } }),
        'principals["b"].objectId',
        /one identity is one role/,
    ],
    [
        "a circle",
        set({ ada: { ...ada, memberOf: ["bob"] }, bob: { ...bob, memberOf: ["ada"] } }),
        "principals",
        /"ada -> bob -> ada"/,
    ],
    [
        "an entry's onDelete",
        set({ ada: { ...ada, onDelete: { action: "Gone" } } }),
        'principals["ada"].onDelete.action',
        /no such action/,
    ],
    [
        "the set's onDelete",
        set({ ada }, { onDelete: { action: "Gone" } }),
        "onDelete.action",
        /no such action/,
    ],
    ["a property of a single principal", set({ ada }, { name: "x" }), "name", /no such property/],
    ["F41: a Single Server", set({ ada }, { flavor: "SingleServer" }), "flavor", /only Flexible/],
];

for (const [title, inputs, property, says] of WRONG) {
    test(`check of a set refuses ${title}`, () => {
        const { failures } = checkSet(inputs);
        assert.deepEqual(
            failures.map((failure) => failure.property),
            [property],
        );
        assert.match(failures[0]!.reason, says);
    });
}

test("what is not known yet passes the check, and shows in the diff as far as it is not known", () => {
    for (const principals of [
        UNKNOWN,
        { ada: UNKNOWN },
        { ada: { ...ada, objectId: UNKNOWN, memberOf: UNKNOWN } },
    ])
        assert.deepEqual(checkSet(set(principals)).failures, []);
    const olds = set({ ada: { ...ada, name: "ada" }, bob: { ...bob, name: "bob" } });
    const state = {
        principals: { ada: { objectId: ADA, name: "ada" }, bob: { objectId: BOB, name: "bob" } },
    };
    const diff = (principals: unknown) => diffSet(state, olds, set(principals)).detailedDiff;
    assert.deepEqual(diff(UNKNOWN), { principals: "update" });
    const { bob: same } = olds["principals"] as { bob: object };
    assert.deepEqual(diff({ ada: UNKNOWN, bob: same }), { 'principals["ada"]': "update" });
});

test("only another server replaces a set; an entry's onDelete is its own, or the set's", () => {
    const olds = set({ ada: { ...ada, name: "ada" } });
    const state = { principals: { ada: { objectId: ADA, name: "ada" } } };
    const diff = (news: PropertyMap) => diffSet(state, olds, news).detailedDiff;
    assert.deepEqual(diff({ ...olds, connection: { ...connection, host: "pg2" } }), {
        "connection.host": "update-replace",
    });
    assert.deepEqual(diff({ ...olds, onDelete: { action: "Keep" } }), { onDelete: "update" });
    assert.deepEqual(diff({ ...olds, onDelete: { action: "Reassign" } }), {});
    const own = set({ ada: { ...ada, name: "ada", onDelete: { action: "Reassign" } } });
    assert.deepEqual(diff(own), { 'principals["ada"].onDelete': "update" });
    const other = set({ ada: { ...bob, name: "ada" } });
    assert.deepEqual(diff(other), { 'principals["ada"].objectId': "update" });
});
