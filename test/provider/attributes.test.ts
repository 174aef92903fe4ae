import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { URN } from "./inputs";
import { assertNoTokens, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

test("memberships are granted with INHERIT and SET, and revoked when they are taken out", async () => {
    for (const name of ["reader", "Größe 1", "writer"]) await local.grantedRole(name);
    const objectId = local.identity("member-app");
    const inputs = local.inputs("member", objectId, { memberOf: ["reader", "Größe 1"] });
    const { id, properties } = await local.create(inputs);
    assert.deepEqual(await local.membersOf("Größe 1"), ["member"]);
    // Before PostgreSQL 16 a membership has no such options: it always inherits, and SET ROLE always works.
    const more = (await local.major()) >= 16 ? "inherit_option and set_option and" : "";
    const options = await local.sql(
        `select bool_and(${more} not admin_option) as plain from pg_auth_members where member = 'member'::regrole`,
    );
    assert.equal(options[0]!["plain"], true);
    const news = { ...inputs, memberOf: ["writer", "reader"] };
    const after = await local.client.update(URN, id, properties, inputs, news);
    assert.deepEqual(after["memberOf"], ["writer", "reader"]);
    assert.deepEqual([await local.membersOf("Größe 1"), await local.membersOf("writer")], [[], ["member"]]);
});

test("a membership in a role that does not exist, or is not ours to grant, keeps SQLSTATE and changes nothing", async () => {
    const objectId = local.identity("greedy-app");
    await assert.rejects(
        local.create(local.inputs("greedy", objectId, { memberOf: ["no such role"] })),
        /principal 'greedy': membership in 'no such role' failed: role "no such role" does not exist \(SQLSTATE 42704\)/,
    );
    assert.equal(await local.role("greedy"), undefined);
    await local.sql("create role not_ours");
    const greedy = local.create(local.inputs("greedy", objectId, { memberOf: ["not_ours"] }));
    if ((await local.major()) < 16) {
        // CREATEROLE alone reaches every role.
        await greedy;
        return assert.deepEqual(await local.membersOf("not_ours"), ["greedy"]);
    }
    await assert.rejects(
        greedy,
        /principal 'greedy': membership in 'not_ours': .* takes ADMIN OPTION on the role 'not_ours', which 'DBA' does not hold;.*GRANT "not_ours" TO "DBA" WITH ADMIN OPTION/,
    );
    assert.equal(await local.role("greedy"), undefined);
});

test("settings are set for the role or in one database, changed and reset; lists stay lists", async () => {
    await local.server.createDatabase("app_settings");
    const objectId = local.identity("settings-app");
    const settings = [
        { name: "search_path", value: '"My Schema", public' },
        { name: "Statement_Timeout", value: "5s", database: "app_settings" },
        { name: "application_name", value: 'it\'s \\ "quoted" = 1' },
    ];
    const inputs = local.inputs("settings", objectId, { settings, connectionLimit: 3 });
    const { id, properties } = await local.create(inputs);
    assert.deepEqual(properties["settings"], settings);
    const client = await local.signIn("settings", objectId, "app_settings");
    const shown = await client.query(
        `select current_setting('search_path') as path, current_setting('statement_timeout') as timeout, current_setting('application_name') as own`,
    );
    await client.end();
    assert.deepEqual(shown.rows[0], {
        path: '"My Schema", public',
        timeout: "5s",
        own: 'it\'s \\ "quoted" = 1',
    });
    assert.equal((await local.role("settings"))!["rolconnlimit"], 3);
    const news = { ...inputs, settings: [{ name: "work_mem", value: "8MB" }], connectionLimit: -1 };
    const after = await local.client.update(URN, id, properties, inputs, news);
    assert.deepEqual([after["settings"], after["connectionLimit"]], [news.settings, -1]);
    await assert.rejects(
        local.client.update(URN, id, after, news, {
            ...news,
            settings: [{ name: "work_mem", value: "much" }],
        }),
        /setting work_mem failed: invalid value.*SQLSTATE 22023/,
    );
});

test("F66: isAdmin and requireMfa are given and taken in place", async () => {
    const objectId = local.identity("flags@contoso.com", "User");
    const inputs = local.inputs("flags@contoso.com", objectId, {
        principalType: "User",
        isAdmin: true,
        requireMfa: true,
    });
    const { id, properties } = await local.create(inputs);
    assert.deepEqual([properties["isAdmin"], properties["requireMfa"]], [true, true]);
    await assert.rejects(local.signIn("flags@contoso.com", objectId));
    await (await local.signIn("flags@contoso.com", objectId, "postgres", true)).end();
    const { oid } = (await local.role("flags@contoso.com"))!;
    const news = { ...inputs, isAdmin: false, requireMfa: false };
    const after = await local.client.update(URN, id, properties, inputs, news);
    assert.deepEqual([after["isAdmin"], after["requireMfa"]], [false, false]);
    const role = (await local.role("flags@contoso.com"))!;
    assert.deepEqual(
        [role["oid"], role["rolcreaterole"], role["rolcreatedb"], role["label"]],
        [oid, false, false, `aadauth,oid=${objectId},type=user`],
    );
    assert.deepEqual((await local.membersOf("azure_pg_admin")).includes("flags@contoso.com"), false);
    await local.run("flags@contoso.com", objectId, "postgres", "select 1");
    const again = await local.client.update(URN, id, after, news, inputs);
    assert.deepEqual([again["isAdmin"], again["requireMfa"]], [true, true]);
});

test("F66: requireMfa alone is given and taken in place, and each counts at the next sign-in", async () => {
    const objectId = local.identity("mfa@contoso.com", "User");
    const inputs = local.inputs("mfa@contoso.com", objectId, { principalType: "User" });
    const { id, properties } = await local.create(inputs);
    const strict = { ...inputs, requireMfa: true };
    const demanded = await local.client.update(URN, id, properties, inputs, strict);
    assert.equal(demanded["requireMfa"], true);
    await assert.rejects(local.signIn("mfa@contoso.com", objectId));
    const relaxed = await local.client.update(URN, id, demanded, strict, inputs);
    assert.equal(relaxed["requireMfa"], false);
    await local.run("mfa@contoso.com", objectId, "postgres", "select 1");
});

test("an update that changes nothing leaves the catalogs alone", async () => {
    const objectId = local.identity("quiet-app");
    const inputs = local.inputs("quiet", objectId);
    const { id, properties } = await local.create(inputs);
    const before = await local.sql("select xmin::text from pg_authid where rolname = 'quiet'");
    await local.client.update(URN, id, properties, inputs, { ...inputs, onDelete: { action: "Keep" } });
    assert.deepEqual(await local.sql("select xmin::text from pg_authid where rolname = 'quiet'"), before);
});

test("read without drift gives the inputs back as they were", async () => {
    for (const name of ["b role", "a role"]) await local.grantedRole(name);
    const objectId = local.identity("steady-app");
    const settings = [
        { name: "search_path", value: "x,   y" },
        { name: "DateStyle", value: "ISO" },
    ];
    const inputs = local.inputs("steady", objectId, {
        memberOf: ["b role", "a role"],
        settings,
        isAdmin: false,
    });
    const { id, properties } = await local.create(inputs);
    const found = await local.client.read(URN, id, inputs, properties);
    assert.deepEqual(found, { id, inputs, properties });
});

test("read reports drift: name, flags, memberships, settings, limit, LOGIN; the next update ends it", async () => {
    for (const name of ["declared", "undeclared"]) await local.grantedRole(name);
    const objectId = local.identity("drift-app");
    const inputs = local.inputs("drift", objectId, {
        memberOf: ["declared"],
        settings: [{ name: "work_mem", value: "4MB" }],
    });
    const { id, properties } = await local.create(inputs);
    for (const change of [
        'revoke declared from drift granted by "DBA"',
        "grant undeclared to drift with admin option",
        "alter role drift createrole connection limit 7 nologin",
        "alter role drift set work_mem = '9MB'",
        'alter role drift rename to "Drifted"',
    ]) {
        await local.sql(change);
    }
    const found = (await local.client.read(URN, id, inputs, properties))!;
    assert.deepEqual(found.inputs, {
        ...inputs,
        name: "Drifted",
        isAdmin: true,
        memberOf: ["undeclared (with ADMIN OPTION)"],
        settings: [{ name: "work_mem", value: "9MB" }],
        connectionLimit: 7,
    });
    assert.equal(found.properties["canLogin"], false);
    const diff = await local.client.diff(URN, id, found.properties, found.inputs, inputs);
    assert.deepEqual(Object.keys(diff.detailed).sort(), [
        "canLogin",
        "connectionLimit",
        "isAdmin",
        "memberOf[0]",
        "name",
        "settings[0]",
    ]);
    await local.sql('revoke undeclared from "Drifted"; grant undeclared to "Drifted" granted by "DBA"');
    const after = await local.client.update(URN, id, found.properties, found.inputs, inputs);
    assert.deepEqual({ ...after, objectId }, properties);
});

test("what the signed-in administrator may not undo is told, and nothing is changed", async () => {
    const objectId = local.identity("stuck-app");
    await local.grantedRole("stuck_role");
    const inputs = local.inputs("stuck", objectId);
    const { id, properties } = await local.create(inputs);
    await local.sql("grant stuck_role to stuck granted by azuresu");
    const updated = local.client.update(URN, id, properties, inputs, { ...inputs, connectionLimit: 2 });
    if ((await local.major()) < 16) {
        // A membership there is one, whoever granted it.
        assert.deepEqual([(await updated)["memberOf"], await local.membersOf("stuck_role")], [[], []]);
        return;
    }
    await assert.rejects(
        updated,
        /principal 'stuck': end of the membership in 'stuck_role', granted by 'azuresu' failed: .*SQLSTATE 42501.*Fix: /s,
    );
    assert.equal((await local.role("stuck"))!["rolconnlimit"], -1);
});

test("no token in any answer or error", () => assertNoTokens(local));
