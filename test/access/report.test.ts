import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { accessReportSchema, type AccessReport, type MarkKind } from "../../report/access/accessReport";
import { renderMarkdown } from "../../report/access/render/markdown";
import { renderText } from "../../report/access/render/text";
import { countQueries, statementsOf } from "../provider/queryCount";
import { changeByHand } from "./changesByHand";
import { deployedWorld, type ReportWorld } from "./reportWorld";

const OLGA = "olga@contoso.onmicrosoft.com";
const KIM = "kim@contoso.onmicrosoft.com";

const GUEST = "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com";

const plain = (text: string) => text;
const PLAIN = { good: plain, bad: plain, dim: plain, bold: plain };

const principal = (report: AccessReport, role: string) => {
    const found = report.principals.find((p) => p.role === role);
    assert.ok(found, role);
    return found;
};

const marks = (report: AccessReport, kind: MarkKind) =>
    report.drift
        .filter((mark) => mark.kind === kind)
        .map(({ role, database, text }) => ({ role, database, text }));

describe("the access report of a live server", { concurrency: 1 }, () => {
    let world: ReportWorld;
    before(async () => {
        world = await deployedWorld();
        await world.superuser(
            "set role orders_owner; create table public.orders (id int generated always as identity, item text); create view public.items as select item from public.orders; reset role",
            "orders",
        );
    });
    after(() => world?.stop());

    test("a fresh deployment shows no drift, and everything could be checked", async () => {
        const report = await world.report();
        assert.deepEqual(report.drift, []);
        assert.deepEqual(report.notChecked, []);
        assert.equal(accessReportSchema.safeParse(report).error, undefined);
    });

    test("F20, F58: who reaches a group's role is read from Microsoft Entra, a managed identity too (F21)", async () => {
        const group = principal(await world.report(), "Prod DB Readonly");
        assert.deepEqual(
            group.members?.map((m) => [m.kind, m.name, m.objectId]),
            [
                ["User", "sam@contoso.onmicrosoft.com", SEED_IDS.sam],
                ["ServicePrincipal", "reporting-job", SEED_IDS.reportingJob],
            ],
        );
    });

    test("F52: a principal's privileges come from all that it is a member of, however far", async () => {
        const report = await world.report();
        const job = principal(report, "reporting-job");
        assert.deepEqual(
            job.memberships.map(({ role, path, usable }) => [role, path, usable]),
            [
                ["Prod DB Readonly", [], true],
                ["analytics_readonly", ["Prod DB Readonly"], true],
                ["orders_readonly", ["Prod DB Readonly"], true],
            ],
        );
        const orders = job.access.find(({ database }) => database === "orders")!;
        assert.deepEqual([orders.level, orders.profiles], ["read", ["readonly"]]);
        assert.deepEqual(orders.privileges, [{ privilege: "CONNECT", through: ["orders_readonly"] }]);
        const through = ["orders_readonly"];
        assert.deepEqual(orders.schemas?.[0]?.tables, [{ privilege: "SELECT", objects: 2, of: 2, through }]);
        assert.deepEqual(
            job.access.map(({ database }) => database),
            ["analytics", "orders"],
            "a database that one was not given is not there",
        );
    });

    test("F66: administrators and who must use a second factor are told apart", async () => {
        const report = await world.report();
        assert.deepEqual(
            report.principals.filter((p) => p.admin && p.origin !== "service").map((p) => p.role),
            ["Postgres Admins", "deployer", "grace@contoso.onmicrosoft.com"],
        );
        assert.deepEqual(
            report.principals.filter((p) => p.mfa).map((p) => p.role),
            [KIM],
        );
        const kim = principal(report, KIM);
        assert.deepEqual(
            kim.access.map((a) => [a.database, a.level, a.profiles]),
            [
                ["analytics", "write", ["readwrite"]],
                ["orders", "create", ["owner"]],
            ],
        );
    });

    test("a fixed number of queries per database, in transactions that read alone", async () => {
        const first = await countQueries(() => world.report());
        await world.superuser(
            "set role orders_owner; do $$ begin for i in 1..50 loop execute format('create table public.more_%s ()', i); end loop; end $$; reset role",
            "orders",
        );
        const second = await countQueries(() => world.report());
        assert.equal(second.queries, first.queries);
        // Two for the server, and one for each of four databases, with begin, search path and commit around each.
        assert.equal(first.queries, 4 + 3 + (1 + 3) + 4 * (4 + 3));
        await world.superuser(
            "do $$ begin for i in 1..50 loop execute format('drop table public.more_%s', i); end loop; end $$",
            "orders",
        );
    });

    test("reads alone: the server itself would refuse a write", async () => {
        const sent = await statementsOf(() => world.report());
        const begins = sent.filter((text) => /^begin/.test(text));
        assert.deepEqual(new Set(begins), new Set(["begin isolation level repeatable read read only"]));
        assert.equal(begins.length, 6);
        const others = sent.filter(
            (text) => !/^(begin|commit|set local search_path|select|with)\b/.test(text),
        );
        assert.deepEqual(others, []);
    });

    test("without the permission in Microsoft Graph the report works, and says what it could not check", async () => {
        world.azure.faults.add({ kind: "Forbidden", target: "graph", times: 3 });
        const report = await world.report();
        world.azure.faults.clear();
        assert.equal(report.notChecked.length, 2);
        assert.match(report.notChecked[0]!, /still exist.*403.*needs Directory\.Read\.All/);
        assert.match(report.notChecked[1]!, /Who is in 2 groups.*GroupMember\.Read\.All/);
        assert.equal(principal(report, KIM).exists, null);
        assert.equal(principal(report, "Prod DB Readonly").members, null);
        assert.deepEqual(report.drift, []);
        assert.match(renderText(report, PLAIN, 200), /Not checked/);
        const unasked = await world.report({ graph: false });
        assert.match(unasked.notChecked[0]!, /--no-graph/);
    });

    test("where Microsoft Graph throttles, the report waits as it is told and asks again", async () => {
        world.azure.faults.add({ kind: "Throttled", target: "graph", times: 2, milliseconds: 1000 });
        const started = Date.now();
        const report = await world.report();
        assert.deepEqual(report.notChecked, []);
        assert.ok(Date.now() - started >= 2000, "it waited");
    });

    test("every change by hand is marked, and nothing else", async () => {
        await changeByHand(world);
        const report = await world.report();
        assert.equal(accessReportSchema.safeParse(report).error, undefined);
        const olga = `principal that the stack does not declare (object id ${SEED_IDS.olga}); it reaches orders_readwrite`;
        const outside = "role without sign-in that the stack does not declare; its members are orders-api";
        assert.deepEqual(marks(report, "OutsideCode"), [
            { role: OLGA, database: null, text: olga },
            { role: "shadow", database: null, text: outside },
        ]);
        assert.deepEqual(
            marks(report, "PasswordLogin").map((m) => m.role),
            ["legacy_app"],
        );
        assert.deepEqual(
            marks(report, "IdentityGone").map((m) => m.role),
            [GUEST],
        );
        assert.deepEqual(
            marks(report, "Differs").map((m) => [m.role, m.text]),
            [[KIM, "needs no second factor, declared with one"]],
        );
        assert.deepEqual(
            marks(report, "ExtraAttribute").map((m) => [m.role, m.text]),
            [["orders-api", "has CREATEDB"]],
        );
        assert.deepEqual(
            marks(report, "ExtraMembership").map((m) => [m.role, m.text]),
            [
                ["billing-api", "is a member of 'orders_owner', which the stack does not give"],
                ["orders-api", "is a member of 'shadow', which the stack does not give"],
            ],
        );
        assert.deepEqual(marks(report, "ExtraPrivilege"), [
            {
                role: "billing-api",
                database: "orders",
                text: "has UPDATE on columns of 1 of 2 tables of the schema 'public', beside the profiles",
            },
            {
                role: "orders_readonly",
                database: "orders",
                text: "has DELETE on 1 of 2 tables of the schema 'public', beside the profiles",
            },
            {
                role: "orders_readonly",
                database: "orders",
                text: "has TRUNCATE on later tables of 'orders_owner' in every schema, beside the profiles",
            },
        ]);
        assert.deepEqual(
            marks(report, "PublicPrivilege").map((m) => [m.database, m.text]),
            [
                ["analytics", "everybody has CREATE on the schema 'public', beside the profiles"],
                ["orders", "everybody has CONNECT on the database, beside the profiles"],
            ],
        );
        assert.deepEqual(
            marks(report, "Missing").map((m) => m.role),
            ["reporting-job"],
        );
        assert.deepEqual(
            marks(report, "MissingMembership").map((m) => [m.role, m.text]),
            [["Prod DB Readonly", "is no member of 'analytics_readonly', which the stack gives"]],
        );
        assert.deepEqual(
            marks(report, "MissingPrivilege").map((m) => [m.role, m.database, m.text]),
            [
                ["billing_readonly", "billing", "lacks CONNECT on the database, which the profile gives"],
                [
                    "orders_readwrite",
                    "orders",
                    "lacks SELECT on 1 of 2 tables of the schema 'public', which the profile gives",
                ],
            ],
        );
        assert.deepEqual(
            marks(report, "DatabaseOutsideCode").map((m) => m.database),
            ["scratch"],
        );
        assert.equal(report.drift.length, 18);
    });

    test("a privilege on columns stands apart from those on tables", async () => {
        const { access } = principal(await world.report(), "billing-api");
        const [schema] = access.find(({ database }) => database === "orders")!.schemas!;
        const update = { privilege: "UPDATE", of: 2 };
        assert.deepEqual(
            schema!.tables.find(({ privilege }) => privilege === "UPDATE"),
            { ...update, objects: 2, through: ["orders_owner"] },
        );
        assert.deepEqual(schema!.columns, [{ ...update, objects: 1, through: ["billing-api"] }]);
    });

    test("a database that takes no connections is said not to be checked", async () => {
        await world.superuser("alter database scratch allow_connections false");
        const { notChecked, databases } = await world.report();
        await world.superuser("alter database scratch allow_connections true");
        assert.deepEqual(notChecked, [
            "What is inside the database 'scratch': it takes no connections from anybody (datallowconn).",
        ]);
        assert.equal(databases.find(({ database }) => database === "scratch")!.read, false);
    });

    test("the statement of a fix does what it says", async () => {
        const report = await world.report();
        const fixes = report.drift
            .filter(({ kind }) => kind === "PublicPrivilege" || kind === "ExtraPrivilege")
            .filter(({ fix }) => !fix.includes("<columns>"));
        for (const { fix, database } of fixes)
            await world.superuser(fix.replace("give it a profile, or: ", ""), database!);
        const after = await world.report();
        assert.equal(after.drift.length, report.drift.length - fixes.length);
        assert.equal(fixes.length, 4);
    });

    test("a fix quotes names, whatever they hold", async () => {
        const schema = `x"; drop schema public cascade; --`;
        const quoted = `"${schema.replaceAll('"', '""')}"`;
        await world.superuser(`create schema ${quoted}`, "orders");
        await world.superuser(`grant usage on schema ${quoted} to "billing-api"`, "orders");
        const found = async () => (await world.report()).drift.filter((mark) => mark.text.includes(schema));
        const [mark] = await found();
        assert.equal(mark?.kind, "ExtraPrivilege");
        await world.superuser(mark.fix.replace("give it a profile, or: ", ""), "orders");
        assert.deepEqual(await found(), []);
        await world.superuser(`drop schema ${quoted}`, "orders");
    });

    test("the terminal and Markdown forms name every mark and every principal", async () => {
        const report = await world.report();
        const text = renderText(report, PLAIN, Infinity);
        const markdown = renderMarkdown(report);
        for (const { role } of report.principals.filter((p) => p.origin !== "service"))
            assert.ok(text.includes(`│ ${role} `), role);
        for (const mark of report.drift) {
            assert.ok(text.includes(mark.text), mark.text);
            assert.ok(text.includes(mark.fix), mark.fix);
        }
        assert.match(markdown, /^\| login without identity \| legacy\\_app \|/m);
        assert.match(markdown, /guest\\_fabrikam\.com\\#EXT\\#\\@contoso/);
    });
});
