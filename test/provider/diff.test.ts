import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabasePrincipals } from "../../components/provider/databasePrincipals";
import type { PrincipalChanges } from "../../components/provider/principalChanges";
import { UNKNOWN, type DiffResult } from "../../components/provider/resourceProvider";
import { ADA, BOB, connection, inputs } from "./inputs";

/** A diff that reached for a connection would fail here. */
const principals = new DatabasePrincipals(undefined as unknown as PrincipalChanges);
const STATE = { objectId: ADA, canLogin: true };
const diff = (olds: object, news: object, state: object = STATE) =>
    principals.diff(state as never, olds as never, news as never).detailedDiff;
const CAROL = "c3333333-3333-4333-8333-333333333333";

const setting = (value: string, name = "search_path") => ({ name, value });

const CASES: [title: string, olds: object, news: object, expected: DiffResult["detailedDiff"]][] = [
    ["nothing", {}, {}, {}],
    [
        "defaults said or left out are the same",
        {},
        { isAdmin: false, memberOf: [], settings: [], connectionLimit: -1 },
        {},
    ],
    ["an object id in other letters is the same", {}, { objectId: ADA.toUpperCase() }, {}],
    ["F33: another object id is another principal", {}, { objectId: BOB }, { objectId: "update-replace" }],
    [
        "E4: rebindFrom keeps the role",
        {},
        { objectId: BOB, rebindFrom: ADA.toUpperCase() },
        { objectId: "update" },
    ],
    [
        "E4: rebindFrom of a third one does not",
        {},
        { objectId: BOB, rebindFrom: CAROL },
        { objectId: "update-replace" },
    ],
    [
        "'unlabelled' does not either",
        {},
        { objectId: BOB, rebindFrom: "unlabelled" },
        { objectId: "update-replace" },
    ],
    ["rebindFrom alone is no change", {}, { rebindFrom: BOB }, {}],
    ["rebindFrom taken out is no change", { rebindFrom: BOB }, {}, {}],
    ["a new name for the same identity renames", {}, { name: "ada2@contoso.com" }, { name: "update" }],
    [
        "a new name by name alone is another identity",
        { objectId: undefined },
        { objectId: undefined, name: "bob@contoso.com" },
        { name: "update-replace" },
    ],
    ["the found object id said later is no change", { objectId: undefined }, {}, {}],
    ["an object id left out later is no change", {}, { objectId: undefined }, {}],
    [
        "name and object id together",
        {},
        { name: "b", objectId: BOB },
        { name: "update-replace", objectId: "update-replace" },
    ],
    [
        "rebound and renamed",
        {},
        { name: "b", objectId: BOB, rebindFrom: ADA },
        { name: "update", objectId: "update" },
    ],
    [
        "an object id that is not known yet may be another",
        {},
        { objectId: UNKNOWN },
        { objectId: "update-replace" },
    ],
    [
        "type, flags and limit in place",
        {},
        { principalType: "Group", isAdmin: true, requireMfa: true, connectionLimit: 3 },
        {
            principalType: "update",
            isAdmin: "update",
            requireMfa: "update",
            connectionLimit: "update",
        },
    ],
    ["memberships in another order are the same", { memberOf: ["a", "b"] }, { memberOf: ["b", "a"] }, {}],
    ["a membership more", { memberOf: ["a"] }, { memberOf: ["b", "a"] }, { "memberOf[0]": "add" }],
    ["a membership less", { memberOf: ["a", "b"] }, { memberOf: ["a"] }, { "memberOf[1]": "delete" }],
    ["one for another", { memberOf: ["a"] }, { memberOf: ["b"] }, { "memberOf[0]": "update" }],
    ["memberships not known yet", { memberOf: ["a"] }, { memberOf: UNKNOWN }, { memberOf: "update" }],
    [
        "lists of names that mean the same",
        { settings: [setting("a,  b")] },
        { settings: [setting('"a", B')] },
        {},
    ],
    [
        "another order of a search path",
        { settings: [setting("a, b")] },
        { settings: [setting("b, a")] },
        { "settings[0]": "update" },
    ],
    ["a setting more", {}, { settings: [setting("a")] }, { "settings[0]": "add" }],
    [
        "another database is another setting",
        { settings: [setting("a")] },
        { settings: [{ ...setting("a"), database: "d" }] },
        {
            "settings[0]": "update",
        },
    ],
    [
        "another host is another server",
        {},
        { connection: { ...connection, host: "pg2" } },
        { "connection.host": "update-replace" },
    ],
    [
        "another way to the same server",
        {},
        { connection: { ...connection, user: "B", address: "127.0.0.1:1" } },
        {
            "connection.user": "update",
            "connection.address": "add",
        },
    ],
    ["onDelete", {}, { onDelete: { action: "Keep" } }, { onDelete: "update" }],
    ["onDelete's default said", {}, { onDelete: { action: "Reassign" } }, {}],
];

for (const [title, olds, news, expected] of CASES) {
    test(`diff: ${title}`, () =>
        assert.deepEqual(diff(inputs(olds as never), inputs(news as never)), expected));
}

test("diff: LOGIN taken away by somebody is a change to undo", () => {
    assert.deepEqual(diff(inputs(), inputs(), { objectId: ADA, canLogin: false }), { canLogin: "update" });
});

test("diff: a replacement deletes first, as both roles can have one name", () => {
    const result = principals.diff(STATE, inputs(), inputs({ objectId: BOB }));
    assert.equal(result.deleteBeforeReplace, true);
});
