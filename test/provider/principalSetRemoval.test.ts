import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { serveProvider } from "../../components/provider/grpcServer";
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { plain, ProviderClient } from "./grpcClient";
import { entry, SetRun } from "./principalSetRun";
import { countQueries } from "./queryCount";
import { quiet } from "./quiet";
import { assertNoTokens, DEPLOYER, OTHER_ADMIN, Running } from "./running";

let local: Running;
before(async () => {
    local = await Running.start();
    await local.sql("create database books owner azure_pg_admin");
});
after(() => local.stop());

type Properties = Record<string, unknown>;
const service = (name: string, more: Properties = {}) => entry(local, name, more);

/** Gives each principal a table in the database `books`. */
async function giveTables(principals: Record<string, Properties>): Promise<void> {
    for (const [name, { objectId }] of Object.entries(principals)) {
        await local.run("DBA", DEPLOYER, "books", `grant create on schema public to "${name}"`);
        await local.run(name, objectId as string, "books", `create table "${name}" (a int)`);
        await quiet(local, name);
    }
}

async function ownerOf(table: string): Promise<unknown> {
    const rows = await local.sql("select tableowner from pg_tables where tablename = $1", [table], "books");
    return rows[0]?.["tableowner"];
}

test("onDelete: an entry's own form, else the set's; all of them at once, with open sessions", async () => {
    await local.run("DBA", DEPLOYER, "postgres", "create role set_heir");
    await local.run("DBA", DEPLOYER, "books", "grant create on schema public to set_heir");
    const set = new SetRun(local, "forms");
    const all = {
        "form-default": service("form-default"),
        "form-drop": service("form-drop", { onDelete: { action: "Drop" } }),
        "form-keep": service("form-keep", { onDelete: { action: "Keep" } }),
        "form-me": service("form-me", { onDelete: { action: "Reassign" } }),
        "form-stays": service("form-stays"),
    };
    const more = { onDelete: { action: "Reassign", reassignTo: "set_heir" } };
    await set.up(all, more);
    await giveTables(all);
    const sessions = await Promise.all(
        ["form-default", "form-keep"].map((name) =>
            local.signIn(name, all[name as "form-keep"]["objectId"] as string, "books"),
        ),
    );
    await set.up({ "form-stays": all["form-stays"] }, more);
    for (const session of sessions) await assert.rejects(session.query("select 1"));
    const owners = await Promise.all(Object.keys(all).map(ownerOf));
    assert.deepEqual(owners, ["set_heir", undefined, "form-keep", "DBA", "form-stays"]);
    const left = await local.sql(
        "select rolname, rolcanlogin from pg_roles where rolname like 'form-%' order by 1",
    );
    assert.deepEqual(left, [
        { rolname: "form-keep", rolcanlogin: false },
        { rolname: "form-stays", rolcanlogin: true },
    ]);
});

test("the removal of 40 principals waits for the server as often as that of 4", async () => {
    const waits = [];
    for (const size of [4, 40]) {
        const set = new SetRun(local, `batch-${size}`);
        const names = Array.from({ length: size }, (_, n) => `batch-${size}-${n}`);
        const all = Object.fromEntries(names.map((name) => [name, service(name)]));
        await set.up(all);
        await giveTables(all);
        waits.push((await countQueries(() => set.up({}))).waits);
        assert.deepEqual(
            await Promise.all(names.map(ownerOf)),
            names.map(() => "DBA"),
        );
    }
    assert.equal(waits[1], waits[0]);
});

test("objects never go to a role that is removed as well: refused before anything is changed", async () => {
    const set = new SetRun(local, "heirs");
    const all = {
        "heir-a": service("heir-a", { onDelete: { action: "Reassign", reassignTo: "heir-b" } }),
        "heir-b": service("heir-b"),
    };
    await set.up(all);
    await giveTables(all);
    await assert.rejects(
        set.up({ later: service("later") }),
        /'heir-a': cannot be removed: .*'heir-b'.*which is removed as well/,
    );
    assert.equal(await local.role("later"), undefined);
    assert.equal((await local.role("heir-a"))!["rolcanlogin"], true);
    await set.up({ "heir-b": all["heir-b"] });
    assert.equal(await ownerOf("heir-a"), "heir-b");
});

/** The error of a removal that stops half-way. As the engine does it, its state is the set's from then on, and the inputs stay. */
async function stopHalfWay(set: SetRun, news: Record<string, Properties>): Promise<string> {
    const error = await set.up(news).then(
        () => assert.fail("the removal was to fail"),
        (failure: unknown) => failure as ServiceError,
    );
    const status = Status.deserializeBinary(error.metadata.get("grpc-status-details-bin")[0] as Buffer);
    const detail = ErrorResourceInitFailed.deserializeBinary(status.getDetailsList()[0]!.getValue_asU8());
    set.state = plain(detail.getProperties());
    return error.message;
}

test("a removal that stops half-way: what was committed is in the state, and a later run removes the rest, as it was declared", async () => {
    const set = new SetRun(local, "half");
    const nowhere = { onDelete: { action: "Reassign", reassignTo: "nobody at all" } };
    const all = {
        "half-a": service("half-a", nowhere),
        "half-b": service("half-b"),
        "half-k": service("half-k", { onDelete: { action: "Keep" } }),
    };
    await set.up(all);
    await giveTables(all);
    const named = { principalType: "User", name: "half@contoso.com" };
    local.identity("half@contoso.com", "User");
    const news = { "half-b": all["half-b"], "half-c": named };
    const gone = ["half-a", "half-k"].map(
        (key) => `${key} (to be removed: ${String(all[key as "half-a"]["objectId"])})`,
    );
    for (const run of ["the first", "one that fails again", "one after a refresh"]) {
        assert.match(await stopHalfWay(set, news), /cannot be handed to 'nobody at all'/, run);
        assert.deepEqual(Object.keys(set.principals).sort(), [...gone, "half-b", "half-c"].sort(), run);
        assert.equal((await local.role("half-a"))!["rolcanlogin"], false);
        const diff = await set.diff(news);
        for (const key of gone) assert.equal(diff[`principals["${key}"]`], "DELETE", run);
        if (run === "the first") continue;
        await set.refresh();
        assert.deepEqual(Object.keys(set.inputs["principals"] as object), ["half-b"], run);
    }
    await local.run("DBA", DEPLOYER, "postgres", 'create role "nobody at all"');
    await local.run("DBA", DEPLOYER, "books", 'grant create on schema public to "nobody at all"');
    await set.up(news);
    assert.deepEqual([await local.role("half-a"), await ownerOf("half-a")], [undefined, "nobody at all"]);
    assert.equal((await local.role("half-k"))?.["rolcanlogin"], false);
    assert.equal(await ownerOf("half-k"), "half-k");
    assert.deepEqual(Object.keys(set.principals), ["half-b", "half-c"]);
});

test("of the two roles of one identity, the one that could not be removed stays in the state and goes in a later run", async () => {
    const set = new SetRun(local, "two-roles");
    const names = ["first@contoso.com", "second@contoso.com", "third@contoso.com"] as const;
    const objectId = local.identity(names[0], "User");
    const onDelete = { action: "Reassign", reassignTo: "nobody yet" };
    const named = (name: string) => ({ u: { name, principalType: "User", onDelete } });
    await set.up(named(names[0]));
    for (const [at, name] of names.entries()) {
        await giveTables({ [name]: { objectId } });
        const next = names[at + 1];
        if (next === undefined) break;
        local.directory.update(objectId, { displayName: next, userPrincipalName: next });
        assert.match(await stopHalfWay(set, named(next)), /cannot be handed to 'nobody yet'/);
        const stated = Object.values(set.principals).map((principal) => principal["name"]);
        assert.deepEqual(stated.sort(), names.slice(0, at + 2));
    }
    await local.run("DBA", DEPLOYER, "postgres", 'create role "nobody yet"');
    await local.run("DBA", DEPLOYER, "books", 'grant create on schema public to "nobody yet"');
    assert.deepEqual(Object.keys(await set.up(named(names[2]))), ["u"]);
    const left = await Promise.all(names.map(async (name) => (await local.role(name))?.["rolcanlogin"]));
    assert.deepEqual(left, [undefined, undefined, true]);
    assert.deepEqual(await Promise.all(names.map(ownerOf)), ["nobody yet", "nobody yet", names[2]]);
    // Where somebody was quicker, the role that is there is removed once.
    const gone = { [`u (to be removed: ${objectId})`]: { name: names[0], objectId } };
    set.state = { principals: { ...set.principals, ...gone } };
    await set.destroy();
    assert.equal(await local.role(names[2]), undefined);
});

for (const order of ["the one that takes it first", "the one that gives it up first"]) {
    test(`a principal that moves from one set to another keeps its role: ${order}`, async () => {
        const name = `move-${order.length}`;
        const [from, to] = [new SetRun(local, `from-${name}`), new SetRun(local, `to-${name}`)];
        const mover = service(name);
        await from.up({ [name]: mover, [`${name}-x`]: service(`${name}-x`) });
        const { oid } = (await local.role(name))!;
        const rest = { [`${name}-x`]: from.principals[`${name}-x`]! };
        // Another process, as the next deployment is. The engine asks each resource's check when the program registers it.
        const second = await Running.second(local);
        try {
            const [giving, taking] = [from.in(second.client), to.in(second.client)];
            if (order === "the one that takes it first") {
                await taking.up({ [name]: mover });
                await giving.up(rest);
            } else {
                await taking.check({ [name]: mover });
                await giving.up(rest);
                await taking.up({ [name]: mover });
            }
            assert.equal((await local.role(name))!["oid"], oid);
            assert.equal(giving.principals[name], undefined);
            await taking.destroy();
            assert.equal(await local.role(name), undefined);
        } finally {
            await second.stop();
        }
    });
}

/** A provider that signs in as another administrator. */
async function signedInAs(objectId: string) {
    const served = await serveProvider(
        new AzurePostgresEntraProvider({ tokens: () => local.issuer.issue({ objectId }) }),
    );
    const client = new ProviderClient(served.port);
    const stop = async () => {
        client.close();
        await served.close();
    };
    return { client, stop };
}

test("E15, preflight: every missing ADMIN OPTION in one error with its GRANT, before anything is changed", async () => {
    const first = new SetRun(local, "admins");
    const all = { "pre-a": service("pre-a"), "pre-b": service("pre-b"), "pre-c": service("pre-c") };
    await first.up(all);
    await local.sql("create role pre_group");
    const other = await signedInAs(OTHER_ADMIN);
    try {
        const set = first.in(other.client);
        Object.assign(set, { connection: local.connection({ user: "second-admin" }) });
        const news = {
            "pre-a": { ...all["pre-a"], connectionLimit: 1 },
            "pre-c": all["pre-c"],
            "pre-new": service("pre-new", { memberOf: ["pre_group"] }),
        };
        if ((await local.major()) < 16) {
            // CREATEROLE alone reaches every role.
            await set.up(news);
            assert.deepEqual(
                [await local.membersOf("pre_group"), await local.role("pre-b")],
                [["pre-new"], undefined],
            );
            return;
        }
        await assert.rejects(set.up(news), (error: Error) => {
            const lines = error.message.split("\n");
            assert.equal(lines.length, 4, error.message);
            for (const [at, role] of ["pre-a", "pre_group", "pre-b"].entries())
                assert.match(
                    lines[at]!,
                    new RegExp(
                        `ADMIN OPTION on the role '${role}'.*GRANT "${role}" TO "second-admin" WITH ADMIN OPTION$`,
                    ),
                );
            assert.match(lines[2]!, /principal 'pre-b': cannot be removed/);
            assert.equal(lines[3], "Nothing was changed.");
            return true;
        });
        assert.deepEqual(
            [await local.role("pre-new"), (await local.role("pre-b"))!["rolcanlogin"]],
            [undefined, true],
        );
        for (const role of ["pre-a", "pre_group", "pre-b"])
            await local.sql(`grant "${role}" to "second-admin" with admin option`);
        await set.up(news);
        assert.deepEqual(
            [await local.membersOf("pre_group"), await local.role("pre-b")],
            [["pre-new", "second-admin"], undefined],
        );
    } finally {
        await other.stop();
    }
});

test("F6, preflight: who is no Entra administrator, has no CREATEROLE and may end no sessions is told all of it at once", async () => {
    const objectId = local.identity("weak");
    await new SetRun(local, "weak").up({ weak: { principalType: "ServicePrincipal", objectId } });
    const keeper = new SetRun(local, "keeper");
    await keeper.up({ kept: service("kept", { onDelete: { action: "Keep" } }) });
    await local.sql("grant kept to weak with admin option");
    const weak = await signedInAs(objectId);
    try {
        const set = keeper.in(weak.client);
        Object.assign(set, { connection: local.connection({ user: "weak" }) });
        await assert.rejects(
            set.up({ "by-weak": service("by-weak") }),
            /only Microsoft Entra administrators.*'weak' is signed in.*\n'weak' has no CREATEROLE.*ALTER ROLE "weak" CREATEROLE.*\n'weak' may not end the sessions.*GRANT pg_signal_backend TO "weak"\nNothing was changed\./,
        );
        assert.deepEqual(
            [await local.role("by-weak"), (await local.role("kept"))!["rolcanlogin"]],
            [undefined, true],
        );
    } finally {
        await weak.stop();
    }
});

test("no token in any answer or error", () => assertNoTokens(local));
