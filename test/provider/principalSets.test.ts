import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { URN } from "./inputs";
import { entry, SetRun } from "./principalSetRun";
import { countQueries } from "./queryCount";
import { assertNoTokens, DEPLOYER, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

const service = (name: string, more: Record<string, unknown> = {}) => entry(local, name, more);
const oidOf = async (name: string) => (await local.role(name))?.["oid"];

test("a set makes all its principals, members of each other in any order; the key is the default of the name", async () => {
    const set = new SetRun(local, "family");
    const child = service("child", { memberOf: ["parent"] });
    const made = await set.up({
        child,
        parent: service("parent", { memberOf: ["The Elders"] }),
        e: service("elder", { name: "The Elders" }),
    });
    assert.deepEqual(Object.keys(made), ["child", "e", "parent"]);
    assert.deepEqual([made["child"]!["name"], made["e"]!["name"]], ["child", "The Elders"]);
    assert.deepEqual(made["parent"]!["memberOf"], ["The Elders"]);
    await local.run("child", child["objectId"] as string, "postgres", "select 1");
    assert.deepEqual(await local.membersOf("parent"), ["child"]);
    assert.deepEqual(await set.diff(set.inputs["principals"] as Record<string, unknown>), {});
});

test("one added, one changed, one removed of many: the diff names those three and no other, and no other role is touched", async () => {
    const set = new SetRun(local, "many");
    const all = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`many-${n}`, service(`many-${n}`)]));
    await set.up(all);
    const rows = () =>
        local.sql(
            "select rolname, xmin::text from pg_authid where rolname like 'many-%' and rolname not in ('many-3', 'many-5', 'many-12') order by 1",
        );
    const before = await rows();
    const { "many-5": _, ...rest } = all;
    const news = {
        ...rest,
        "many-3": { ...all["many-3"]!, connectionLimit: 4 },
        "many-12": service("many-12"),
    };
    assert.deepEqual(await set.diff(news), {
        'principals["many-12"]': "ADD",
        'principals["many-3"].connectionLimit': "UPDATE",
        'principals["many-5"]': "DELETE",
    });
    const made = await set.up(news);
    assert.deepEqual(
        [Object.keys(made).length, made["many-3"]!["connectionLimit"], made["many-5"]],
        [12, 4, undefined],
    );
    assert.equal(await local.role("many-5"), undefined);
    assert.deepEqual([before.length, await rows()], [10, before]);
});

test("all or nothing: one refused principal and one failed statement each leave nothing behind", async () => {
    const owned = local.identity("all-owner");
    await local.create(local.inputs("all-taken", owned));
    await local.sql("create role all_plain login");
    const set = new SetRun(local, "all");
    const fine = service("all-fine");
    await assert.rejects(
        set.up({ "all-fine": fine, "all-taken": service("all-other"), all_plain: service("all-plain") }),
        /principal 'all-taken': .*belongs to object id.*\n.*principal 'all_plain': .*belongs to no Microsoft Entra identity/,
    );
    const bad = service("all-bad", { settings: [{ name: "work_mem", value: "much" }] });
    await assert.rejects(
        set.up({ "all-fine": fine, "all-bad": bad }),
        /principal 'all-bad': setting work_mem failed/,
    );
    assert.deepEqual([await local.role("all-fine"), await local.role("all-bad")], [undefined, undefined]);
    await set.up({ "all-fine": fine });
});

test("the provider waits for the server as often for 60 principals as for 5: to create, to change, to do nothing, to read, to delete", async () => {
    const waits = [];
    const queries = [];
    for (const size of [5, 60]) {
        const set = new SetRun(local, `size-${size}`);
        const all = Object.fromEntries(
            Array.from({ length: size }, (_, n) => [`size-${size}-${n}`, service(`size-${size}-${n}`)]),
        );
        const changed = Object.fromEntries(
            Object.entries(all).map(([key, one]) => [key, { ...one, connectionLimit: 2 }]),
        );
        const jobs = [
            await countQueries(() => set.up(all)),
            await countQueries(() => set.up(changed)),
            await countQueries(() => set.up(changed)),
            await countQueries(() => set.refresh()),
            await countQueries(() => set.destroy()),
        ];
        waits.push(jobs.map((job) => job.waits));
        queries.push([jobs[2]!.queries, jobs[3]!.queries]);
    }
    assert.deepEqual(waits[1], waits[0]);
    assert.deepEqual(queries, [
        [6, 5],
        [6, 5],
    ]);
    assert.ok(
        waits[0]!.every((count) => count <= 12),
        String(waits[0]),
    );
});

test("F33: names change hands within a set, in place: a swap, a rename, and a new identity under the freed name", async () => {
    const set = new SetRun(local, "names");
    const [a, b, c] = [service("name-a"), service("name-b"), service("name-c", { memberOf: ["name-a"] })];
    await set.up({ a: { ...a, name: "name-a" }, b: { ...b, name: "name-b" }, c: { ...c, name: "name-c" } });
    const [oidA, oidB] = [await oidOf("name-a"), await oidOf("name-b")];
    // The same name is another role then.
    const members = { ...c, name: "name-c" };
    const swapped = { a: { ...a, name: "name-b" }, b: { ...b, name: "name-a" }, c: members };
    const paths = Object.keys(await set.diff(swapped)).sort();
    assert.deepEqual(paths, ['principals["a"].name', 'principals["b"].name']);
    await set.up(swapped);
    assert.deepEqual([await oidOf("name-b"), await oidOf("name-a")], [oidA, oidB]);
    assert.deepEqual([await local.membersOf("name-b"), await local.membersOf("name-a")], [[], ["name-c"]]);
    const d = service("name-d");
    await set.up({
        ...swapped,
        a: { ...a, name: "name-z" },
        d: { ...d, name: "name-b" },
        c: { ...members, memberOf: ["name-z"] },
    });
    assert.equal(await oidOf("name-z"), oidA);
    await local.run("name-b", d["objectId"] as string, "postgres", "select 1");
});

test("another key for the same object id is the same principal: its role is renamed in place", async () => {
    const set = new SetRun(local, "keys");
    const one = service("key-old");
    await set.up({ "key-old": one, other: service("key-other") });
    const oid = await oidOf("key-old");
    const news = { ...(set.inputs["principals"] as object), "key-old": undefined, "key-new": one };
    assert.deepEqual(await set.diff(news), {
        'principals["key-new"]': "ADD",
        'principals["key-old"]': "DELETE",
    });
    const made = await set.up(news);
    assert.deepEqual([Object.keys(made), await oidOf("key-new")], [["key-new", "other"], oid]);
    assert.equal(await local.role("key-old"), undefined);
});

test("another identity under the same key and name: the old role goes, with what it owns handed over, and a new one is made", async () => {
    const set = new SetRun(local, "identity");
    const [old, now] = [local.identity("person"), local.identity("person again")];
    const person = { principalType: "ServicePrincipal", objectId: old };
    await set.up({ person });
    const oid = await oidOf("person");
    await local.sql("grant create on schema public to person");
    await local.run("person", old, "postgres", "create table public.persons (a int)");
    assert.deepEqual(await set.diff({ person: { ...person, objectId: now } }), {
        'principals["person"].objectId': "UPDATE",
    });
    await set.up({ person: { ...person, objectId: now } });
    assert.notEqual(await oidOf("person"), oid);
    await local.run("person", now, "postgres", "select 1");
    const owners = await local.sql("select tableowner from pg_tables where tablename = 'persons'");
    assert.deepEqual(owners, [{ tableowner: "DBA" }]);
    const left = await local.sql("select rolname from pg_roles where rolname like 'leaving %'");
    assert.deepEqual(left, []);
});

test("E4: rebindFrom in a set keeps the role and every privilege; 'unlabelled' adopts a password role", async () => {
    const set = new SetRun(local, "rebind");
    const [old, now] = [local.identity("reborn"), local.identity("reborn again")];
    const reborn = { principalType: "ServicePrincipal", objectId: old };
    await set.up({ reborn });
    await local.sql("create table public.reborn_t (a int); grant select on public.reborn_t to reborn");
    await local.sql("create role old_login login password 'x'; grant old_login to \"DBA\" with admin option");
    await local.sql("grant select on public.reborn_t to old_login");
    const oids = [await oidOf("reborn"), await oidOf("old_login")];
    const adopted = service("old-login", { rebindFrom: "unlabelled" });
    await set.up({ reborn: { ...reborn, objectId: now, rebindFrom: old }, old_login: adopted });
    assert.deepEqual([await oidOf("reborn"), await oidOf("old_login")], oids);
    await local.run("reborn", now, "postgres", "select * from public.reborn_t");
    await local.run("old_login", adopted["objectId"] as string, "postgres", "select * from public.reborn_t");
    await assert.rejects(local.signIn("reborn", old));
});

test("F66: isAdmin and requireMfa change in place", async () => {
    const set = new SetRun(local, "flags");
    const user = { principalType: "User", objectId: local.identity("set-flags@contoso.com", "User") };
    await set.up({ "set-flags@contoso.com": user });
    const oid = await oidOf("set-flags@contoso.com");
    for (const flags of [
        { isAdmin: true, requireMfa: true },
        { isAdmin: false, requireMfa: false },
    ]) {
        const made = await set.up({ "set-flags@contoso.com": { ...user, ...flags } });
        const { isAdmin = false, requireMfa = false } = made["set-flags@contoso.com"]!;
        assert.deepEqual([{ isAdmin, requireMfa }, await oidOf("set-flags@contoso.com")], [flags, oid]);
    }
});

test("by name alone the object id is found, and kept in the state", async () => {
    const set = new SetRun(local, "by-name");
    const objectId = local.identity("named@contoso.com", "User");
    const principals = { n: { name: "named@contoso.com", principalType: "User" } };
    assert.equal((await set.up(principals))["n"]!["objectId"], objectId);
    await set.up({ n: { ...principals.n, connectionLimit: 3 } });
    assert.equal((await set.refresh())["n"]!["connectionLimit"], 3);
});

test("without an object id the name is the principal: another key keeps its role, and keys may change names", async () => {
    const set = new SetRun(local, "by-name-keys");
    for (const name of ["nora@contoso.com", "omar@contoso.com"]) local.identity(name, "User");
    const nora = { name: "nora@contoso.com", principalType: "User" };
    const omar = { name: "omar@contoso.com", principalType: "User" };
    await set.up({ a: nora, b: omar });
    const oids = async () => [await oidOf(nora.name), await oidOf(omar.name)];
    const before = await oids();
    for (const [news, keys] of [
        [{ c: nora, b: omar }, ["b", "c"]],
        [{ b: nora, c: omar }, ["b", "c"]],
    ] as const) {
        assert.deepEqual(Object.keys(await set.up(news)), keys);
        assert.deepEqual(await oids(), before);
    }
    // Now it is said whose object id that is: it is another key's no more.
    const { objectId } = set.principals["c"]!;
    await set.up({ d: { ...omar, objectId }, b: nora });
    assert.deepEqual(await oids(), before);
    const left = await local.sql("select rolname from pg_roles where rolname like 'leaving %'");
    assert.deepEqual(left, []);
});

test("another name for one identity is another principal where no object id is declared: of its two roles the old one goes", async () => {
    const set = new SetRun(local, "by-name-renamed");
    const objectId = local.identity("before@contoso.com", "User");
    await set.up({ u: { name: "before@contoso.com", principalType: "User" } });
    for (const name of ["after@contoso.com", "last@contoso.com"]) {
        local.directory.update(objectId, { displayName: name, userPrincipalName: name });
        await set.up({ u: { name, principalType: "User" } });
        assert.equal(await local.role("before@contoso.com"), undefined);
        await local.run(name, objectId, "postgres", "select 1");
        // Where somebody was quicker, the new role is not taken for the old one.
        await local.sql(`drop role "${name}"`);
    }
});

test("two sets on one server do not disturb each other", async () => {
    const [one, two] = [new SetRun(local, "one"), new SetRun(local, "two")];
    const mine = { "one-a": service("one-a"), "one-b": service("one-b") };
    const yours = { "two-a": service("two-a", { memberOf: ["one-a"] }) };
    await one.up(mine);
    await two.up(yours);
    const before = await local.role("two-a");
    await Promise.all([one.up({ "one-a": mine["one-a"] }), two.up(yours)]);
    assert.deepEqual([await local.role("one-b"), await local.role("two-a")], [undefined, before]);
    assert.deepEqual(await local.membersOf("one-a"), ["two-a"]);
    await one.destroy();
    assert.deepEqual(
        [await local.role("one-a"), (await local.role("two-a"))!["oid"]],
        [undefined, before!["oid"]],
    );
    // What is as by default is left out.
    assert.equal((await two.refresh())["two-a"]!["memberOf"], undefined);
});

test("a DatabasePrincipal is a set of one: the same identity, role and refusals", async () => {
    const objectId = local.identity("single");
    const single = await local.create(local.inputs("single", objectId));
    const set = new SetRun(local, "of-one");
    const made = await set.up({ single: { principalType: "ServicePrincipal", objectId } });
    const { name, principalType, ...others } = single.properties;
    assert.deepEqual(others, {
        objectId,
        isAdmin: false,
        requireMfa: false,
        memberOf: [],
        settings: [],
        connectionLimit: -1,
        canLogin: true,
    });
    // The state of many stays small: what is as by default is left out.
    assert.deepEqual(made["single"], { name, principalType, objectId });
    await local.client.delete(URN, single.id, single.properties, local.inputs("single", objectId));
    assert.ok(await local.role("single"), "the set declares it now");
    await local.run("DBA", DEPLOYER, "postgres", "select 1");
});

test("no token in any answer or error", () => assertNoTokens(local));
