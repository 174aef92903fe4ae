/** What is done for several principals in one statement: as many statements whatever their number, and errors that name one. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type pg from "pg";
import { alterRole } from "../../components/provider/sql";
import { grouped, inOneMessage, MOST_CREATIONS, MOST_MEMBERS } from "../../components/provider/stepGroups";
import { changeAndCommit } from "../../components/provider/stepRun";
import { plan } from "../../components/provider/plan";
import { specOfRole } from "../faults/job";
import { entry, SetRun } from "./principalSetRun";
import { statementsOf } from "./queryCount";
import { DEPLOYER, OTHER_ADMIN, Running } from "./running";

let local: Running;
before(async () => {
    local = await Running.start();
});
after(() => local.stop());

type Entries = Record<string, Record<string, unknown>>;

function entries(prefix: string, size: number, more: Record<string, unknown> = {}): Entries {
    const names = Array.from({ length: size }, (_, number) => `${prefix}-${number}`);
    return Object.fromEntries(names.map((name) => [name, entry(local, name, more)]));
}

const entriesWith = (all: Entries, more: Record<string, unknown>): Entries =>
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, { ...one, ...more }]));

const rolesLike = async (pattern: string) => {
    const [row] = await local.sql("select count(*)::int as n from pg_roles where rolname like $1", [pattern]);
    return row!["n"];
};

const SESSION = {
    user: "DBA",
    database: "postgres",
    version: 170000,
    superuser: false,
    createsRoles: true,
    isEntraAdmin: true,
    endsSessions: true,
};

test(`steps of one kind are one statement, ${MOST_CREATIONS} creations and ${MOST_MEMBERS} members at most, in the same order every time`, () => {
    const principals = Array.from({ length: MOST_MEMBERS + 1 }, (_, number) => ({
        spec: specOfRole(`p${number}`, `id-${number}`, { memberOf: number % 2 ? ["b", "a"] : ["a"] }),
    }));
    const groups = grouped(plan(principals, { session: SESSION, roles: [] }));
    assert.deepEqual(
        groups.map(({ statement, steps }) => [
            /^\w+ \S+/.exec(statement.text)![0].slice(0, 20),
            steps.length,
        ]),
        [
            ...Array.from({ length: 5 }, () => ["select pgaadauth_cre", MOST_CREATIONS]),
            ["select pgaadauth_cre", 1],
            ['grant "a"', MOST_MEMBERS],
            ['grant "b"', MOST_MEMBERS / 2],
            ['grant "a"', 1],
        ],
    );
    assert.match(
        groups.find(({ statement }) => statement.text.startsWith('grant "b"'))!.statement.text,
        /^grant "b" to "p1", "p3", .*"p499" with inherit true, set true$/,
    );
    const again = grouped(plan(principals, { session: SESSION, roles: [] }));
    assert.deepEqual(
        again.map(({ statement }) => statement),
        groups.map(({ statement }) => statement),
    );
});

test("E15: 60 members of two roles are granted, and revoked, in two statements each", async () => {
    await local.grantedRole("two-a");
    await local.grantedRole("two-b");
    const set = new SetRun(local, "two");
    const people = entries("two", 60, { memberOf: ["two-a", "two-b"] });
    const making = await statementsOf(() => set.up(people));
    assert.deepEqual(
        ["select pgaadauth_create", "grant ", "revoke "].map(
            (start) => making.filter((text) => text.startsWith(start)).length,
        ),
        [1, 2, 0],
    );
    assert.deepEqual(
        [(await local.membersOf("two-a")).length, (await local.membersOf("two-b")).length],
        [60, 60],
    );
    const none = entriesWith(people, { memberOf: [] });
    const ending = await statementsOf(() => set.up(none));
    assert.equal(ending.filter((text) => /^(grant|revoke) /.test(text)).length, 2);
    assert.deepEqual([...(await local.membersOf("two-a")), ...(await local.membersOf("two-b"))], []);
});

test("of 520 principals made together, the one whom the tenant does not know is named, and none is made", async () => {
    const people = entries("crowd", 520);
    people["crowd-510"]!["objectId"] = "f0000000-0000-4000-8000-000000000404";
    const set = new SetRun(local, "crowd");
    await assert.rejects(set.up(people), (error: Error) => {
        assert.match(error.message, /principal 'crowd-510': creation failed: .*SQLSTATE 0LP01.*Fix: /);
        assert.doesNotMatch(error.message, /crowd-5(0|1[1-9])/);
        return true;
    });
    assert.equal(await rolesLike("crowd-%"), 0);
    delete people["crowd-510"];
    await set.up(people);
    assert.equal(await rolesLike("crowd-%"), 519);
});

test("of several members granted together, the one that PostgreSQL refuses is named, and nothing changes", async () => {
    await local.grantedRole("ring");
    const set = new SetRun(local, "ring");
    const people = entries("ring", 5);
    await set.up(people);
    await local.sql('grant "ring-3" to ring');
    const members = entriesWith(people, { memberOf: ["ring"] });
    await assert.rejects(
        set.up(members),
        /principal 'ring-3': membership in 'ring' failed: .*SQLSTATE 0LP01/,
    );
    assert.deepEqual(await local.membersOf("ring"), []);
});

test("the removal of 60 principals takes LOGIN from all in one message, and the change of all attributes is one too", async () => {
    const set = new SetRun(local, "leave");
    const people = entries("leave", 60);
    await set.up(people);
    const limited = entriesWith(people, { connectionLimit: 2 });
    const changing = await statementsOf(() => set.up(limited));
    assert.equal(changing.filter((text) => text.startsWith("alter role")).length, 1);
    const [row] = await local.sql(
        "select count(*)::int as n from pg_roles where rolname like 'leave-%' and rolconnlimit = 2",
    );
    assert.equal(row!["n"], 60);
    const leaving = await statementsOf(() => set.destroy());
    assert.equal(leaving.filter((text) => text.startsWith("alter role")).length, 1);
    assert.equal(await rolesLike("leave-%"), 0);
});

test("of several settings in one message, the one that PostgreSQL refuses is named with its principal, and nothing changes", async () => {
    const set = new SetRun(local, "tuned");
    const people = entries("tuned", 5);
    await set.up(people);
    const tuned = entriesWith(people, { settings: [{ name: "work_mem", value: "8MB" }] });
    tuned["tuned-3"] = { ...tuned["tuned-3"], settings: [{ name: "work_mem", value: "much" }] };
    await assert.rejects(set.up(tuned), /principal 'tuned-3': setting work_mem failed: .*SQLSTATE 22023/);
    const rows = await local.sql(
        "select from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname like 'tuned-%'",
    );
    assert.equal(rows.length, 0);
});

test("where LOGIN cannot be taken from one of several, that one is named, and all keep it", async () => {
    const set = new SetRun(local, "able");
    await set.up(entries("able", 4));
    const client = await local.signIn("DBA", DEPLOYER);
    try {
        const steps = ["able-0", "able-1", "gone meanwhile", "able-3"].map((principal) => ({
            principal,
            what: "taking LOGIN away",
            ...inOneMessage("nologin", alterRole(principal, ["nologin"])),
            needs: {},
        }));
        await assert.rejects(
            changeAndCommit(client as unknown as pg.PoolClient, steps, { host: "pg", user: "DBA" }),
            /^DatabaseError: principal 'gone meanwhile': taking LOGIN away failed: .*SQLSTATE 42704/,
        );
    } finally {
        await client.end();
    }
    const able = await local.sql("select from pg_roles where rolname like 'able-%' and rolcanlogin");
    assert.equal(able.length, 4);
});

test("a set too large for the server's lock table says so with the fix, and changes nothing", async () => {
    // Somebody else takes what room there is, but for some 100 locks.
    const other = await local.signIn("second-admin", OTHER_ADMIN);
    try {
        const fill = "select count(pg_advisory_lock(n)) from generate_series(1, 1000000) n";
        await assert.rejects(other.query(fill), { code: "53200" });
        await other.query("select count(pg_advisory_unlock(n)) from generate_series(1, 100) n");
        const made = new SetRun(local, "large").up(entries("large", 600));
        if ((await local.major()) < 16) {
            // Whoever made a role was not yet a member of it, so nothing of it had to be locked.
            await made;
            return assert.equal(await rolesLike("large-%"), 600);
        }
        await assert.rejects(
            made,
            /principals 'large-\d+' and \d+ others: creation failed: out of shared memory \(SQLSTATE 53200.*Fix: .*max_locks_per_transaction.*or split the set/,
        );
        assert.equal(await rolesLike("large-%"), 0);
    } finally {
        await other.end();
    }
});
