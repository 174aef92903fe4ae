import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { NEW, OLD, PASSWORD, rowsUnder, TwoServers, type Side } from "./singleAndFlexible";

const SIDES = ["old", "new"] as const;
const user = (alias: string) => `${alias}@contoso.onmicrosoft.com`;

/** Every row of docs/from-single-server.md, on both servers. */
describe("docs/from-single-server.md: each row is tried", { concurrency: 1 }, () => {
    let two: TwoServers;
    before(async () => {
        two = await TwoServers.start();
        for (const side of SIDES) {
            await two.asAdministrator(
                side,
                `create role "${user("kim")}" login; create table mytable (id int)`,
            );
            const made =
                side === "old"
                    ? `create role "${user("olga")}" with login in role azure_ad_user`
                    : `select * from pgaadauth_create_principal('${user("olga")}', false, false)`;
            await two.asAdministrator(side, made);
        }
        const olga = two.azure.directory.get(SEED_IDS.olga)!;
        two.azure.directory.remove(olga.objectId);
        two.azure.directory.add({ ...olga, objectId: OLGA_AGAIN });
    });
    after(() => two.azure.stop());

    /** The object id that stands in the statement of its row. */
    const OLGA_AGAIN = "a1000000-0000-4000-8000-000000000066";

    const signsIn = async (side: Side, role: string, objectId: string) =>
        assert.deepEqual(await two.as(side, role, objectId), [{ who: role }], `${side} ${role}`);
    const refused = (side: Side, role: string, objectId: string) =>
        assert.rejects(
            two.as(side, role, objectId),
            /28P01|mismatch|authentication failed/,
            `${side} ${role}`,
        );

    describe("Statements (F19, F34, F36, F52, F61, F62, F63, F64, F67)", { concurrency: 1 }, () => {
        /** What must be true once a row's statement has run. */
        const EFFECTS: Record<string, (side: Side, rows: Record<string, unknown>[]) => Promise<unknown>> = {
            "a user": (side) => signsIn(side, user("sam"), SEED_IDS.sam),
            "a group": (side) => signsIn(side, "Prod DB Readonly", SEED_IDS.reportingJob),
            "a managed identity, under any name": (side) => signsIn(side, "myuser", SEED_IDS.ordersApi),
            "a role that is there already": (side) => signsIn(side, user("kim"), SEED_IDS.kim),
            "a user who was deleted and made again": (side) => signsIn(side, user("olga"), OLGA_AGAIN),
            "all Entra roles": async (_, rows) => {
                const names = rows.map((row) => row["rolname"]);
                for (const role of [user("sam"), "Prod DB Readonly", "myuser", user("kim")])
                    assert.ok(names.includes(role), `${role} among ${names.join(", ")}`);
            },
            privileges: (side) => two.as(side, user("sam"), SEED_IDS.sam, "select * from mytable"),
            "no more access": (side) => refused(side, user("kim"), SEED_IDS.kim),
        };
        const rows = rowsUnder("Statements");

        test("every row has its effect, and every effect its row", () =>
            assert.deepEqual(
                rows.map((row) => row.what),
                Object.keys(EFFECTS),
            ));

        for (const row of rows)
            for (const side of SIDES)
                test(`${row.what}, on pg-${side}`, async () => {
                    if (row.what === "a user who was deleted and made again")
                        await refused(side, user("olga"), OLGA_AGAIN);
                    const answer = await two.asAdministrator(side, row[side]);
                    await EFFECTS[row.what]!(side, answer);
                });
    });

    describe("User names (F20, F40)", { concurrency: 1 }, () => {
        const IDENTITIES: Record<string, string> = {
            "a user": SEED_IDS.sam,
            "a member of a group": SEED_IDS.sam,
            "a managed identity, under a name of your own": SEED_IDS.ordersApi,
            "the Entra administrator": SEED_IDS.ada,
        };
        for (const row of rowsUnder("User names"))
            test(row.what, async () => {
                for (const side of SIDES) {
                    const objectId = IDENTITIES[row.what];
                    const password = objectId ? await two.azure.tokens.issue({ objectId }) : PASSWORD;
                    assert.deepEqual(await two.ask(side, row[side], password), [{ who: row.new }]);
                    const other = side === "old" ? row.new : row.old;
                    await assert.rejects(two.ask(side, other, password), `pg-${side} took ${other}`);
                }
            });
    });

    describe("Roles of the service (F26)", () => {
        for (const row of rowsUnder("Roles of the service"))
            test(row.what, async () => {
                for (const side of SIDES) {
                    const names = (await two.asAdministrator(side, "select rolname::text from pg_roles")).map(
                        (found) => found["rolname"],
                    );
                    if (row[side].startsWith("(none")) assert.ok(!names.includes(row.old), row.old);
                    else assert.ok(names.includes(row[side]), row[side]);
                }
            });
    });

    describe("Concepts", { concurrency: 1 }, () => {
        const { createConcepts } = concepts();
        const rows = rowsUnder("Concepts");
        const tried = createConcepts(() => two, { signsIn, refused });

        test("every row is tried, and nothing else", () =>
            assert.deepEqual(
                rows.map((row) => row.what),
                Object.keys(tried),
            ));

        for (const { what } of rows) test(what, () => tried[what]!());
    });
});

interface Helpers {
    signsIn(side: Side, role: string, objectId: string): Promise<void>;
    refused(side: Side, role: string, objectId: string): Promise<void>;
}

/** By the row's first cell, in the page's order. */
function concepts() {
    const createConcepts = (two: () => TwoServers, { signsIn, refused }: Helpers) =>
        ({
            "new servers": async () => {
                const another = (id: string) => id.replace(/pg-(old|new)$/, "pg-another");
                await assert.rejects(two().azure.api.put(another(OLD), { location: "westeurope" }), /F41/);
                assert.equal(two().azure.api.get(NEW).name, "pg-new");
            },
            "Entra administrators": async () => {
                await assert.rejects(
                    two().administrator("old", "deployer", SEED_IDS.deployer, "ServicePrincipal"),
                    /F23/,
                );
                await two().administrator("new", "deployer", SEED_IDS.deployer, "ServicePrincipal");
                await two().administrator("new", "reporting-job", SEED_IDS.reportingJob, "ServicePrincipal");
                await signsIn("new", "deployer", SEED_IDS.deployer);
                await signsIn("new", "reporting-job", SEED_IDS.reportingJob);
            },
            "another administrator": async () => {
                for (const side of SIDES) {
                    await two().administrator(side, user("grace"), SEED_IDS.grace, "User");
                    await signsIn(side, user("grace"), SEED_IDS.grace);
                }
                await refused("old", "DB Admins", SEED_IDS.ada);
                await signsIn("new", "DB Admins", SEED_IDS.ada);
            },
            "the administrator is removed": async () => {
                await two().azure.api.delete(`${OLD}/administrators/activeDirectory`);
                await two().azure.api.delete(`${NEW}/administrators/${SEED_IDS.grace}`);
                await refused("old", user("sam"), SEED_IDS.sam);
                await refused("new", user("grace"), SEED_IDS.grace);
                await signsIn("new", user("sam"), SEED_IDS.sam);
                await assert.rejects(
                    two().administrator("old", "DB Admins", SEED_IDS.dbAdmins, "Group", SEED_IDS.ada),
                    /F28/,
                );
                await two().administrator("old", "DB Admins", SEED_IDS.dbAdmins, "Group");
                await signsIn("old", user("sam"), SEED_IDS.sam);
            },
            "the administrator's rights": async () => {
                const memberships = `select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                    join pg_roles r on r.oid = m.member where r.rolname = 'DB Admins' and g.rolname like 'azure%' order by 1`;
                const groups = async (side: Side) =>
                    (await two().asAdministrator(side, memberships)).map((row) => row["rolname"]);
                assert.deepEqual(await groups("old"), ["azure_ad_admin", "azure_pg_admin"]);
                assert.deepEqual(await groups("new"), ["azure_pg_admin"]);
                const label = "select label from pg_seclabels where objname = '\"DB Admins\"'";
                const [found] = await two().asAdministrator("new", label);
                assert.match(String(found!["label"]), /,admin$/);
            },
            "who makes Entra roles": async () => {
                for (const [side, login, sql] of [
                    ["old", "pgadmin@pg-old", "create role x with login in role azure_ad_user"],
                    [
                        "new",
                        "pgadmin",
                        `select * from pgaadauth_create_principal('billing-api', false, false)`,
                    ],
                ] as const)
                    await assert.rejects(two().ask(side, login, PASSWORD, sql), { code: "42501" });
            },
            authentication: async () => {
                const { tenantId } = two().azure.directory;
                const entraOnly = { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId };
                await two().azure.api.patch(NEW, { authConfig: entraOnly });
                await assert.rejects(two().ask("new", "pgadmin", PASSWORD), { code: "28P01" });
                assert.deepEqual(await two().ask("old", "pgadmin@pg-old", PASSWORD), [{ who: "pgadmin" }]);
                await two().azure.api.patch(NEW, {
                    authConfig: { ...entraOnly, passwordAuth: "Enabled" },
                    administratorLoginPassword: PASSWORD,
                });
            },
            "Entra sign-in": async () => {
                const mode = (activeDirectoryAuth: string) =>
                    two().azure.api.patch(NEW, {
                        authConfig: { activeDirectoryAuth, tenantId: two().azure.directory.tenantId },
                        administratorLoginPassword: PASSWORD,
                    });
                await mode("Disabled");
                await refused("new", user("sam"), SEED_IDS.sam);
                await mode("Enabled");
                await signsIn("new", user("sam"), SEED_IDS.sam);
                await two().azure.api.delete(`${OLD}/administrators/activeDirectory`);
                await refused("old", user("sam"), SEED_IDS.sam);
                await two().administrator("old", "DB Admins", SEED_IDS.dbAdmins, "Group");
            },
            "how a role belongs to somebody": async () => {
                await refused("old", user("sam"), SEED_IDS.kim);
                await refused("new", user("sam"), SEED_IDS.kim);
                await two().asAdministrator("old", `revoke azure_ad_user from "${user("sam")}"`);
                await refused("old", user("sam"), SEED_IDS.sam);
                await two().asAdministrator("old", `grant azure_ad_user to "${user("sam")}"`);
                await signsIn("old", user("sam"), SEED_IDS.sam);
            },
            "where roles are made": async () => {
                for (const side of SIDES) await two().asAdministrator(side, "create database app");
                await two().asAdministrator(
                    "old",
                    'create role "billing-api" with login in role azure_ad_user',
                    "app",
                );
                await assert.rejects(
                    two().asAdministrator(
                        "new",
                        "select pgaadauth_create_principal('billing-api', false, false)",
                        "app",
                    ),
                    /does not exist/,
                );
            },
            groups: async () => {
                for (const side of SIDES) {
                    await signsIn(side, "Prod DB Readonly", SEED_IDS.sam);
                    await assert.rejects(
                        two().as(side, "Prod DB Readonly", SEED_IDS.kim),
                        /member of the group/,
                    );
                }
            },
            "audience of the token": async () => {
                const audience = "https://ossrdbms-aad.database.windows.net";
                const token = await two().azure.tokens.issue({ objectId: SEED_IDS.sam, audience });
                assert.deepEqual(await two().ask("old", `${user("sam")}@pg-old`, token), [
                    { who: user("sam") },
                ]);
                assert.deepEqual(await two().ask("new", user("sam"), token), [{ who: user("sam") }]);
            },
            "network to Entra": async () => {
                // Both servers here are public, and signed people in above without any rule. Private ones: F10, F11 elsewhere.
                assert.equal(two().azure.api.list("azure-native:network:NetworkSecurityGroup").length, 0);
                for (const side of SIDES) await signsIn(side, user("sam"), SEED_IDS.sam);
            },
        }) as Record<string, () => Promise<void>>;
    return { createConcepts };
}
