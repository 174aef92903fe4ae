import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { entry, SetRun } from "./principalSetRun";
import { assertNoTokens, DEPLOYER, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

const service = (name: string, more: Record<string, unknown> = {}) => entry(local, name, more);

test("import of a set, by names and object ids", async () => {
    const comma = service("comma");
    await new SetRun(local, "imported").up({
        "im, port": comma,
        "ex/port": service("export", { connectionLimit: 2 }),
    });
    const names = `${comma["objectId"] as string},${encodeURIComponent("ex/port")}`;
    const importing = (roles: string) =>
        local.client.read(
            new SetRun(local, "again").urn,
            `postgres://DBA@${local.connection()["host"] as string}/${roles}?cloud=Local`,
            {},
            {},
        );
    const found = (await importing(names))!;
    assert.equal(found.id, `${local.connection()["host"] as string}/again`);
    const set = new SetRun(local, "again");
    [set.id, set.inputs, set.state] = [found.id, found.inputs, found.properties];
    const written = {
        "im, port": comma,
        "ex/port": {
            principalType: "ServicePrincipal",
            objectId: set.principals["ex/port"]!["objectId"],
            connectionLimit: 2,
        },
    };
    assert.deepEqual(await set.diff(written), {});
    assert.deepEqual(
        await importing(encodeURIComponent("im, port")).then((one) =>
            Object.keys(one!.properties["principals"] as object),
        ),
        ["im, port"],
    );
    await assert.rejects(
        importing(`${names},nobody`),
        /cannot be imported: the server has no Microsoft Entra role 'nobody'/,
    );
});

test("drift: refresh reports flags, memberships that nobody declared, settings and LOGIN; dropped roles vanish, and up ends it all", async () => {
    for (const name of ["drift_declared", "drift_extra"]) await local.grantedRole(name);
    const set = new SetRun(local, "drift");
    const principals = {
        steady: service("drift-steady", { name: "drift-steady", memberOf: ["drift_declared"] }),
        changed: service("drift-changed", {
            name: "drift-changed",
            settings: [{ name: "work_mem", value: "4MB" }],
        }),
        dropped: service("drift-dropped", { name: "drift-dropped" }),
    };
    await set.up(principals);
    const { inputs, state } = set;
    await set.refresh();
    assert.deepEqual([set.inputs, set.state], [inputs, state]);
    await local.sql(`grant drift_extra to "drift-changed" granted by "DBA"`);
    await local.sql(
        `alter role "drift-changed" createdb nologin; alter role "drift-changed" set work_mem = '9MB'`,
    );
    await local.sql(`revoke "drift-dropped" from "DBA" cascade; drop role "drift-dropped"`);
    const found = await set.refresh();
    assert.deepEqual(Object.keys(found), ["changed", "steady"]);
    assert.deepEqual(
        [found["changed"]!["memberOf"], found["changed"]!["isAdmin"], found["changed"]!["canLogin"]],
        [["drift_extra"], true, false],
    );
    assert.deepEqual(await set.diff(principals), {
        'principals["changed"].canLogin': "UPDATE",
        'principals["changed"].isAdmin': "UPDATE",
        'principals["changed"].memberOf[0]': "DELETE",
        'principals["changed"].settings[0]': "UPDATE",
        'principals["dropped"]': "ADD",
    });
    const after = await set.up(principals);
    assert.deepEqual(after["changed"], (state["principals"] as Record<string, unknown>)["changed"]);
    assert.deepEqual([Object.keys(after).length, await set.diff(principals)], [3, {}]);
});

test("F66: drift of MFA: a label changed by hand is seen by refresh in both directions, and up sets it right", async () => {
    const set = new SetRun(local, "mfa");
    const principals = {
        strict: service("mfa-strict", { name: "mfa-strict", requireMfa: true }),
        lax: service("mfa-lax", { name: "mfa-lax" }),
    };
    await set.up(principals);
    const label = (key: keyof typeof principals, more: string) =>
        `security label for "pgaadauth" on role "mfa-${key}" is 'aadauth,oid=${String(principals[key]["objectId"])},type=service${more}'`;
    const byHand = (...statements: string[]) => local.run("DBA", DEPLOYER, "postgres", ...statements);
    await byHand(label("strict", ""), label("lax", ",mfa"));
    const found = await set.refresh();
    assert.deepEqual([found["strict"]!["requireMfa"], found["lax"]!["requireMfa"]], [undefined, true]);
    assert.deepEqual(await set.diff(principals), {
        'principals["strict"].requireMfa': "UPDATE",
        'principals["lax"].requireMfa': "UPDATE",
    });
    const after = await set.up(principals);
    assert.deepEqual([after["strict"]!["requireMfa"], after["lax"]!["requireMfa"]], [true, undefined]);
    const labels = ["mfa-strict", "mfa-lax"].map(async (name) => (await local.role(name))!["label"]);
    assert.deepEqual(
        (await Promise.all(labels)).map((text) => String(text).endsWith(",mfa")),
        [true, false],
    );
    assert.deepEqual(await set.refresh().then(() => set.diff(principals)), {});
});

test("a role that vanished meanwhile: an update makes it again, and removing it is success", async () => {
    const set = new SetRun(local, "vanished");
    const [a, b] = [service("vanish-a"), service("vanish-b")];
    await set.up({ "vanish-a": a, "vanish-b": b });
    await local.sql(`revoke "vanish-a", "vanish-b" from "DBA" cascade; drop role "vanish-a", "vanish-b"`);
    await set.up({ "vanish-a": a });
    assert.ok(await local.role("vanish-a"));
    await local.sql(`revoke "vanish-a" from "DBA" cascade; drop role "vanish-a"`);
    await set.destroy();
});

test("no token in any answer or error", () => assertNoTokens(local));
