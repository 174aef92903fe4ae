import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { UNKNOWN } from "../../components/provider/resourceProvider";
import { URN } from "./inputs";
import { assertNoTokens, OTHER_ADMIN, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

test("F62, F65: a principal is made by object id, signs in with its own token, and is keyed by its object id", async () => {
    const objectId = local.identity("orders-api");
    const { id, properties } = await local.create(local.inputs("orders", objectId.toUpperCase()));
    assert.equal(id, objectId);
    assert.deepEqual(properties, {
        name: "orders",
        principalType: "ServicePrincipal",
        objectId,
        isAdmin: false,
        requireMfa: false,
        memberOf: [],
        settings: [],
        connectionLimit: -1,
        canLogin: true,
    });
    await local.run("orders", objectId, "postgres", "select 1");
    assert.equal((await local.role("orders"))!["label"], `aadauth,oid=${objectId},type=service`);
});

test("F61: by name alone the service finds the identity, and the object id is an output", async () => {
    const objectId = local.identity("ada@contoso.com", "User");
    const { id, properties } = await local.create(
        local.inputs("ada@contoso.com", undefined, { principalType: "User" }),
    );
    assert.deepEqual([id, properties["objectId"]], [objectId, objectId]);
    await local.run("ada@contoso.com", objectId, "postgres", "select 1");
});

test("F61: a name that the tenant does not know is refused with the server's words and the fix", async () => {
    const inputs = local.inputs("nobody@contoso.com", undefined, { principalType: "User" });
    await assert.rejects(local.create(inputs), (error: Error) => {
        assert.match(
            error.message,
            /principal 'nobody@contoso\.com': creation failed: Could not validate AAD user/,
        );
        assert.match(error.message, /SQLSTATE 0LP01/);
        assert.match(error.message, /Fix: the name must be spelled exactly/);
        return true;
    });
    assert.equal(await local.role("nobody@contoso.com"), undefined);
});

test("F68: a role that carries the same object id is adopted, with exactly what is declared", async () => {
    const objectId = local.identity("adopted-app");
    await local.grantedRole("kept");
    await local.grantedRole("gone");
    await local.run(
        "DBA",
        "d0000000-0000-4000-8000-000000000001",
        "postgres",
        `select pgaadauth_create_principal_with_oid('adopted', '${objectId}', 'service', false, false)`,
        `grant kept, gone to adopted`,
        `alter role adopted set work_mem = '5MB'`,
        `alter role adopted nologin`,
    );
    const { oid } = (await local.role("adopted"))!;
    const { properties } = await local.create(local.inputs("adopted", objectId, { memberOf: ["kept"] }));
    assert.deepEqual(
        [properties["memberOf"], properties["settings"], properties["canLogin"]],
        [["kept"], [], true],
    );
    assert.deepEqual([(await local.role("adopted"))!["oid"], await local.membersOf("gone")], [oid, []]);
});

test("F33: a role of another identity is refused, naming both ids, and stays as it is", async () => {
    const [first, second] = [local.identity("mine"), local.identity("yours")];
    await local.create(local.inputs("contested", first));
    const before = await local.role("contested");
    await assert.rejects(local.create(local.inputs("contested", second)), (error: Error) => {
        assert.ok(error.message.includes(first) && error.message.includes(second), error.message);
        assert.match(error.message, new RegExp(`set rebindFrom: "${first}"`));
        return true;
    });
    await assert.rejects(
        local.create(local.inputs("contested", undefined)),
        /no object id is declared; to adopt it, set objectId/,
    );
    const wrong = { rebindFrom: local.identity("third") };
    await assert.rejects(local.create(local.inputs("contested", second, wrong)), /belongs to object id/);
    await assert.rejects(
        local.create(local.inputs("contested", second, { rebindFrom: "unlabelled" })),
        /belongs to object id/,
    );
    assert.deepEqual(await local.role("contested"), before);
});

test("an unlabelled role is refused, and taken over with rebindFrom 'unlabelled'", async () => {
    const objectId = local.identity("plain-app");
    await local.sql("create role plain login");
    await local.sql('grant plain to "DBA" with admin option');
    await assert.rejects(
        local.create(local.inputs("plain", objectId)),
        /belongs to no Microsoft Entra identity.*rebindFrom: "unlabelled"/,
    );
    const { oid } = (await local.role("plain"))!;
    await local.create(local.inputs("plain", objectId, { rebindFrom: "unlabelled" }));
    assert.equal((await local.role("plain"))!["oid"], oid);
    await local.run("plain", objectId, "postgres", "select 1");
});

test("an identity that has a role under another name already is refused, not renamed", async () => {
    const objectId = local.identity("named-app");
    await local.create(local.inputs("named", objectId));
    await assert.rejects(
        local.create(local.inputs("named-2", objectId)),
        /has the role 'named' already; declare that name/,
    );
});

test("E4, F33: rebindFrom hands the role to the recreated identity in place: privileges stay, the old one is out", async () => {
    const before = local.identity("recreated");
    const inputs = local.inputs("recreated", before);
    const { id, properties } = await local.create(inputs);
    await local.sql("create table public.rebound (a int); grant select on public.rebound to recreated");
    local.directory.update(before, { displayName: "recreated (deleted)" });
    const now = local.identity("recreated");
    const news = { ...inputs, objectId: now, rebindFrom: before };
    const diff = await local.client.diff(URN, id, properties, inputs, news);
    assert.deepEqual([diff.detailed, diff.replaces], [{ objectId: "UPDATE" }, []]);
    const after = await local.client.update(URN, id, properties, inputs, news);
    assert.equal(after["objectId"], now);
    await local.run("recreated", now, "postgres", "select * from public.rebound");
    await assert.rejects(local.signIn("recreated", before));
});

for (const [title, make] of [
    ["a role of the service", "azure_pg_admin"],
    ["a predefined role", "pg_monitor"],
    ["the superuser", "azuresu"],
] as const) {
    test(`rebindFrom never reaches ${title}: the name is refused before any connection`, async () => {
        const objectId = local.identity(`hijack-${make}`);
        const inputs = local.inputs(make, objectId, { rebindFrom: "unlabelled" });
        const { failures } = await local.client.check(URN, inputs);
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["name"],
        );
        // The engine never calls create after a failed check; should it, the roles say no themselves.
        await assert.rejects(local.client.create(URN, inputs), /must not be rebound|superuser/);
    });
}

test("rebindFrom never hands over superusers, password administrators, groups of privileges or oneself", async () => {
    const objectId = local.identity("climber");
    await local.sql(
        "create role boss superuser login; create role app_readonly; create role copier login replication",
    );
    const rebind = (name: string, from = "unlabelled") =>
        local.create(local.inputs(name, objectId, { rebindFrom: from }));
    await assert.rejects(rebind("boss"), /'boss' is a superuser/);
    await assert.rejects(rebind("app_readonly"), /must not be rebound: it has no LOGIN/);
    await assert.rejects(rebind("copier"), /must not be rebound: it may replicate/);
    await assert.rejects(rebind("pgadmin"), /must not be rebound: it is an administrator with a password/);
    await assert.rejects(
        rebind("DBA", "d0000000-0000-4000-8000-000000000003"),
        /must not be rebound: it is the role that is signed in/,
    );
    await assert.rejects(rebind("second-admin", OTHER_ADMIN), /is an administrator of the server already/);
    const labels = await local.sql("select count(*)::int as n from pg_shseclabel where label like $1", [
        `%${objectId}%`,
    ]);
    assert.equal(labels[0]!["n"], 0);
});

test("E5, F69: an administrator of the server cannot be a database principal as well", async () => {
    await assert.rejects(
        local.create(local.inputs("other-name", OTHER_ADMIN)),
        /is an administrator of the server already \(role 'second-admin'\)/,
    );
    await assert.rejects(local.create(local.inputs("second-admin", OTHER_ADMIN)), /declare isAdmin: true/);
});

test("F33: a rename happens in place while the object id stays; a name that is taken is refused", async () => {
    const objectId = local.identity("renamed-app");
    const inputs = local.inputs("name-1", objectId);
    const { id, properties } = await local.create(inputs);
    const { oid } = (await local.role("name-1"))!;
    const news = { ...inputs, name: "Name 2" };
    assert.deepEqual((await local.client.diff(URN, id, properties, inputs, news)).detailed, {
        name: "UPDATE",
    });
    const after = await local.client.update(URN, id, properties, inputs, news);
    assert.equal(after["name"], "Name 2");
    assert.deepEqual([await local.role("name-1"), (await local.role("Name 2"))!["oid"]], [undefined, oid]);
    await local.sql("create role occupied");
    await assert.rejects(
        local.client.update(URN, id, after, news, { ...news, name: "occupied" }),
        /cannot be renamed from 'Name 2': role 'occupied' exists/,
    );
});

test("F30: read says that the principal is gone when its role is gone, or belongs to somebody else", async () => {
    const objectId = local.identity("gone-app");
    const inputs = local.inputs("gone-role", objectId);
    const { id, properties } = await local.create(inputs);
    await local.sql('revoke "gone-role" from "DBA" cascade; drop role "gone-role"');
    assert.equal(await local.client.read(URN, id, inputs, properties), undefined);
    await local.sql('create role "gone-role" login');
    assert.equal(await local.client.read(URN, id, inputs, properties), undefined);
});

test("F64: both label layouts are read", async () => {
    const objectId = local.identity("Layout Group", "Group");
    await local.sql('create role "Layout Group" login; grant "Layout Group" to "DBA" with admin option');
    await local.sql(`insert into pg_shseclabel select oid, 'pg_authid'::regclass, p, l from pg_roles,
        (values ('pgaadauth', 'aadauth'), ('pgaadauth-int', 'type=group,oid=${objectId},tenant_id=x')) as v(p, l) where rolname = 'Layout Group'`);
    const { properties } = await local.create(
        local.inputs("Layout Group", objectId, { principalType: "Group" }),
    );
    assert.deepEqual([properties["objectId"], properties["principalType"]], [objectId, "Group"]);
    assert.equal(
        (await local.role("Layout Group"))!["label"],
        `aadauth|type=group,oid=${objectId},tenant_id=x`,
    );
});

test("import finds a role by object id or name, and its inputs describe it", async () => {
    const objectId = local.identity("import-app");
    await local.create(local.inputs("import me", objectId, { connectionLimit: 4 }));
    const connection = local.connection();
    for (const role of [objectId, "import%20me"]) {
        const found = (await local.client.read(
            URN,
            `postgres://DBA@${connection["host"] as string}/${role}?cloud=Local`,
            {},
            {},
        ))!;
        assert.equal(found.id, objectId);
        assert.deepEqual(found.inputs, {
            connection,
            name: "import me",
            principalType: "ServicePrincipal",
            objectId,
            connectionLimit: 4,
        });
        assert.deepEqual(
            (await local.client.diff(URN, found.id, found.properties, found.inputs, found.inputs)).detailed,
            {},
        );
    }
    await assert.rejects(
        local.client.read(URN, "import me", {}, {}),
        /cannot be imported: .*write postgres:\/\//,
    );
});

test("a preview touches nothing and says what it knows", async () => {
    const inputs = local.inputs("previewed", undefined, { connection: UNKNOWN });
    const created = await local.client.create(URN, inputs, true);
    assert.equal(created.id, "");
    assert.deepEqual([created.properties["name"], created.properties["objectId"]], ["previewed", UNKNOWN]);
    const updated = await local.client.update(
        URN,
        "x",
        { objectId: "x" },
        inputs,
        { ...inputs, memberOf: UNKNOWN },
        true,
    );
    assert.deepEqual([updated["memberOf"], updated["objectId"]], [UNKNOWN, "x"]);
    assert.equal(await local.role("previewed"), undefined);
});

test("E15: 24 principals created at once, by two providers, all succeed", async () => {
    await local.grantedRole("shared");
    const other = await Running.second(local);
    try {
        const ids = Array.from({ length: 24 }, (_, number) => local.identity(`crowd-${number}`));
        const created = await Promise.all(
            ids.map((objectId, number) =>
                (number % 2 ? other.client : local.client).create(
                    URN,
                    local.inputs(`crowd-${number}`, objectId, { memberOf: ["shared"] }),
                ),
            ),
        );
        assert.deepEqual(
            created.map(({ id }) => id),
            ids,
        );
        assert.equal((await local.membersOf("shared")).length, 24);
    } finally {
        await other.stop();
    }
});

test("no token in any answer or error", () => assertNoTokens(local));
