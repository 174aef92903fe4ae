import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../support/properties";
import {
    checkObjectId,
    checkUserPrincipalName,
    isGuid,
    roleNameProblem,
    visible,
} from "../../components/index";

/** Names that PostgreSQL keeps byte for byte, from a run of the real one through creation and sign-in. */
const HOSTILE = [
    'a"b',
    "a'b",
    'x" superuser; drop role adm; --',
    "x'); drop role adm; --",
    "a$$b$q$",
    "a\\b\\",
    " leading and trailing ",
    "MixedCase",
    "a;--/*b*/",
    "%I%s%%",
    "guest_home.org#EXT#@contoso.onmicrosoft.com",
    "Jürgen 日本",
    "e\u0301",
    "😀",
    "current_user",
    "a/b:c,d=e",
    "-id-app",
    "Azure Admins",
    "x".repeat(63),
];

describe("names of roles", () => {
    for (const name of HOSTILE)
        test(`F18: ${visible(name)} is a name like any other`, () => {
            assert.equal(roleNameProblem(name), undefined);
        });

    for (const name of ["public", "none", "citus", "replication", "pg_evil", "azuresu", "azure_pg_admin"])
        test(`${name} is reserved`, () => {
            assert.match(roleNameProblem(name)!.rule, /for itself/);
        });

    test("F78: exactly the names of 1 to 63 bytes fit, whatever their characters", () => {
        const text = fc.string({ unit: "grapheme", maxLength: 70, size: "max" });
        fc.assert(
            fc.property(text, (name) => {
                const bytes = Buffer.byteLength(name);
                const rule = roleNameProblem(name)?.rule ?? "";
                assert.equal(/bytes? in UTF-8|at least one byte/.test(rule), bytes === 0 || bytes > 63);
            }),
        );
    });

    test("no name with a control, bidirectional or unpaired surrogate character passes", () => {
        const bad = fc.constantFrom(
            "\0",
            "\n",
            "\u007f",
            "\u0085",
            "\u200f",
            "\u202e",
            "\u2066",
            "\ud800",
            "\udc00",
        );
        const part = fc.string({ unit: "grapheme-ascii", maxLength: 20 });
        fc.assert(
            fc.property(part, bad, part, (before, character, after) => {
                assert.notEqual(roleNameProblem(`${before}${character}${after}`), undefined);
            }),
        );
    });

    test("what a message shows of a value has nothing invisible in it", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (value) => {
                assert.doesNotMatch(visible(value), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
            }),
        );
    });
});

describe("object ids", () => {
    test("every GUID passes, in either case", () => {
        fc.assert(
            fc.property(fc.uuid(), fc.boolean(), (id, upper) => {
                assert.equal(isGuid(upper ? id.toUpperCase() : id), true);
            }),
        );
    });
    for (const value of [
        "",
        "x",
        "22222222-2222-4222-8222-22222222222",
        "{22222222-2222-4222-8222-222222222222}",
        "22222222-2222-4222-8222-222222222222\n",
        undefined,
        7,
    ])
        test(`${visible(value)} is none`, () => {
            assert.throws(() => checkObjectId("objectId", value), /objectId .*GUID/);
        });
});

test("F18: a guest's marker in another case is named as such", () => {
    assert.throws(
        () => checkUserPrincipalName("name", "ada_home.org#Ext#@contoso.com"),
        /case-sensitive.*#EXT#/,
    );
});

describe("F61: user principal names", () => {
    for (const name of [
        "ada@contoso.com",
        "ada_home.org#EXT#@contoso.onmicrosoft.com",
        "o'brien+x@contoso.com",
    ])
        test(`${name} is one`, () => checkUserPrincipalName("name", name));
    for (const name of [
        "ada",
        "@contoso.com",
        "ada@",
        "a@b@c",
        "ada_home.org#Ext#@contoso.com",
        "ada#EXT#@contoso.com",
        "#EXT#@contoso.com",
    ])
        test(`${name} is none`, () => {
            assert.throws(() => checkUserPrincipalName("name", name), /F61|F18/);
        });
});
