import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../support/properties";
import { DatabaseError, describe, explained, SignInError } from "../../components/provider/errors";
import { isLoopback, parseAddress } from "../../components/provider/connectionArgs";
import { labelText, parseLabels } from "../../components/provider/label";
import { plan } from "../../components/provider/plan";
import { specOf } from "../../components/provider/principalSpec";
import { isLostConnection, isPassing, pauseBefore, withRetry } from "../../components/provider/retry";
import type { RoleState, ServerState } from "../../components/provider/roleState";
import { parseStored, sameValue, settingValues, splitNames } from "../../components/provider/settings";
import { Turns } from "../../components/provider/turns";
import { ADA, BOB, inputs } from "./inputs";

const session = {
    user: "DBA",
    database: "postgres",
    version: 170010,
    superuser: false,
    createsRoles: true,
    isEntraAdmin: true,
    endsSessions: true,
};
let oids = 1;
const role = (name: string, objectId?: string, more: Partial<RoleState> = {}): RoleState => ({
    oid: String(oids++),
    name,
    canLogin: true,
    superuser: false,
    replication: false,
    createRole: false,
    createDb: false,
    connectionLimit: -1,
    administered: true,
    label: objectId ? { objectId, kind: "User", admin: false, mfa: false } : undefined,
    memberships: [],
    settings: [],
    ...more,
});
const server = (...roles: RoleState[]): ServerState => ({ session, roles });
const spec = (name: string, objectId: string, more = {}) => specOf(inputs({ name, objectId, ...more }));
const texts = (steps: { statement: { text: string } }[]) => steps.map((step) => step.statement.text);

test("F64: labels of both layouts are read and written", () => {
    const label = { objectId: ADA, kind: "Group", admin: true, mfa: true } as const;
    assert.equal(labelText(label), `aadauth,oid=${ADA},type=group,admin,mfa`);
    assert.deepEqual(parseLabels([["pgaadauth", labelText(label)]]), label);
    const older: [string, string][] = [
        ["pgaadauth", "aadauth"],
        ["pgaadauth-int", `type=service,oid=${ADA.toUpperCase()},tenant_id=x`],
    ];
    assert.deepEqual(parseLabels(older), {
        objectId: ADA,
        kind: "ServicePrincipal",
        admin: false,
        mfa: false,
    });
    assert.equal(parseLabels([["pgaadauth", "aadauth"]]), undefined);
    assert.equal(parseLabels([["other", `oid=${ADA}`]]), undefined);
});

test("a set in which names change hands goes through names of its own, in one plan", () => {
    const [a, b] = [role("a", ADA), role("b", BOB)];
    const swapped = [
        { spec: spec("b", ADA), ownedObjectId: ADA },
        { spec: spec("a", BOB), ownedObjectId: BOB },
    ];
    assert.deepEqual(texts(plan(swapped, server(a, b))), [
        `alter role "a" rename to "renaming ${a.oid}"`,
        `alter role "b" rename to "renaming ${b.oid}"`,
        `alter role "renaming ${a.oid}" rename to "b"`,
        `alter role "renaming ${b.oid}" rename to "a"`,
    ]);
    assert.throws(
        () => plan([swapped[0]!], server(a, b)),
        /cannot be renamed from 'a': role 'b' belongs to object id/,
    );
});

test("a set is refused as a whole, with every reason", () => {
    const principals = [
        { spec: spec("a", ADA) },
        { spec: spec("b", ADA.replace("a1", "c1")) },
        { spec: spec("c", BOB) },
    ];
    assert.throws(
        () => plan(principals, server(role("a", BOB), role("b"))),
        (error: Error) => {
            assert.equal(error.message.split("\n").length, 3);
            assert.match(
                error.message,
                /principal 'a': .*\nprincipal 'b': .*\nprincipal 'c': object id .* has the role 'a' already/,
            );
            return true;
        },
    );
});

test("rebindFrom never reaches names of the service, though a caller forgot to check", () => {
    for (const name of ["azure_x", "pg_x", "citus", "replication"]) {
        const rebound = { spec: spec(name, ADA, { rebindFrom: "unlabelled" }) };
        assert.throws(() => plan([rebound], server(role(name))), /must not be rebound: its name is reserved/);
        const labelled = { spec: spec(name, ADA, { rebindFrom: BOB }) };
        assert.throws(
            () => plan([labelled], server(role(name, BOB))),
            /must not be rebound: its name is reserved/,
        );
    }
});

test("before PostgreSQL 16 memberships carry no options", () => {
    const old: ServerState = { session: { ...session, version: 150004 }, roles: [role("a", ADA)] };
    const held = { role: "old", grantor: "x", admin: false, inherit: null, set: null };
    old.roles[0]!.memberships.push(held, { ...held, role: "kept" });
    const steps = plan([{ spec: spec("a", ADA, { memberOf: ["kept", "new"] }) }], old);
    assert.deepEqual(texts(steps), ['revoke "old" from "a"', 'grant "new" to "a"']);
});

test("settings: lists are split, rendered and compared as PostgreSQL does", () => {
    assert.deepEqual(splitNames('"My Schema",  Public, "q""x"'), ["My Schema", "public", 'q"x']);
    assert.deepEqual(splitNames('"'), ['"']);
    assert.deepEqual([splitNames(""), splitNames('""')], [[""], [""]]);
    assert.deepEqual(settingValues({ name: "Search_Path", value: "a, b" }), ["a", "b"]);
    assert.deepEqual(settingValues({ name: "datestyle", value: "ISO, MDY" }), ["ISO, MDY"]);
    assert.equal(sameValue("search_path", "a,b", '"a", B'), true);
    assert.equal(sameValue("work_mem", "a,b", "a, b"), false);
    assert.deepEqual(parseStored("a.b=c=d"), { name: "a.b", value: "c=d" });
    const names = fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 });
    fc.assert(
        fc.property(names, (list) => {
            const written = list.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ");
            assert.deepEqual(splitNames(written), list);
        }),
    );
});

test("addresses and loopback", () => {
    assert.deepEqual(parseAddress("127.0.0.1:6432", 5432), { host: "127.0.0.1", port: 6432 });
    assert.deepEqual(parseAddress("tunnel", 5432), { host: "tunnel", port: 5432 });
    assert.deepEqual(parseAddress("[::1]:1", 5432), { host: "::1", port: 1 });
    for (const wrong of ["", "a:b", "a:0", "a:70000", "a b", "::1", "user@host"])
        assert.equal(parseAddress(wrong, 1), undefined, wrong);
    for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
        assert.equal(isLoopback(host), true, host);
    for (const host of ["127.0.0.1.evil.com", "10.0.0.1", "localhost.evil.com", "0.0.0.0", ""])
        assert.equal(isLoopback(host), false, host);
});

const failure = (code?: string, message = "x") => Object.assign(new Error(message), code ? { code } : {});

test("what is repeated and what never is", () => {
    for (const code of [
        "40001",
        "40P01",
        "23505",
        "57P01",
        "57P02",
        "57P03",
        "08006",
        "08P01",
        "ECONNRESET",
        "ECONNREFUSED",
        "EPIPE",
    ]) {
        assert.equal(isPassing(failure(code)), true, code);
    }
    for (const code of [
        "28000",
        "28P01",
        "42501",
        "2BP01",
        "42710",
        "XX000",
        "ENOTFOUND",
        "CERT_HAS_EXPIRED",
    ]) {
        assert.equal(isPassing(failure(code)), false, code);
    }
    assert.equal(isPassing(failure("XX000", "tuple concurrently updated")), true);
    assert.equal(isPassing(failure(undefined, "Connection terminated unexpectedly")), true);
    assert.equal(isPassing(new SignInError("no token")), false);
    assert.equal(isPassing(new Error("something else")), false);
    assert.equal(isPassing(explained("principal 'a'", "creation", failure("40001"), "DBA")), true);
    assert.deepEqual([isLostConnection(failure("57P01")), isLostConnection(failure("40001"))], [true, false]);
});

test("repetition ends with success, with the deadline, with another error or with the signal", async () => {
    let attempts = 0;
    const twice = () => (++attempts < 3 ? Promise.reject(failure("40001")) : Promise.resolve("done"));
    assert.equal(await withRetry(twice, { deadline: 10_000 }), "done");
    attempts = 0;
    const always = () => (attempts++, Promise.reject(failure("57P03")));
    await assert.rejects(withRetry(always, { deadline: 0 }), /x/);
    assert.equal(attempts, 1);
    await assert.rejects(
        withRetry(() => (attempts++, Promise.reject(failure("42501"))), { deadline: 10_000 }),
    );
    assert.equal(attempts, 2);
    const controller = new AbortController();
    const aborted = withRetry(always, { deadline: 60_000, signal: controller.signal });
    setImmediate(() => controller.abort(new Error("cancelled")));
    await assert.rejects(aborted);
    for (let attempt = 0; attempt < 30; attempt++) {
        const [least, most] = [pauseBefore(attempt, () => 0), pauseBefore(attempt, () => 1)];
        assert.ok(least > 0 && least < most && most <= 2_000);
    }
});

test("turns are taken one after another; who is aborted while waiting leaves the line", async () => {
    const turns = new Turns(1);
    const order: number[] = [];
    let open: () => void = () => undefined;
    const first = turns.take(() => new Promise<void>((resolve) => (open = resolve)));
    const controller = new AbortController();
    const second = turns.take(async () => void order.push(2), controller.signal);
    const third = turns.take(async () => void order.push(3));
    controller.abort(new Error("cancelled"));
    await assert.rejects(second, /cancelled/);
    open();
    await Promise.all([first, third]);
    await assert.rejects(
        turns.take(async () => Promise.reject(new Error("inside"))),
        /inside/,
    );
    await turns.take(async () => void order.push(4));
    assert.deepEqual(order, [3, 4]);
});

test("errors keep SQLSTATE, detail and hint, name the principal and say the fix", () => {
    const cause = Object.assign(new Error("permission denied"), { code: "42501", detail: "d", hint: "h" });
    const error = explained("principal 'ada'", "creation", cause, "DBA");
    assert.match(
        error.message,
        /^principal 'ada': creation failed: permission denied \(SQLSTATE 42501; detail: d; hint: h\)\. Fix: only Microsoft Entra/,
    );
    assert.deepEqual([error.code, error instanceof DatabaseError], ["42501", true]);
    const both = new AggregateError([
        Object.assign(new Error("connect ECONNREFUSED ::1:1"), { code: "ECONNREFUSED" }),
    ]);
    assert.equal(describe(both), "connect ECONNREFUSED ::1:1 (ECONNREFUSED)");
});
