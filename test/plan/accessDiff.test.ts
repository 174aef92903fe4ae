import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { accessDiff } from "../../plan/access/accessDiff";
import type { Plan } from "../../plan/planDocument";
import { quoted, render } from "../../plan/phrase";
import { planOf, type StackConfiguration } from "./plans";

const KIM = "a1000000-0000-4000-8000-000000000004";
const STRANGER = "a1000000-0000-4000-8000-0000000000ff";

/** What is done to the stack `local`, and every line of the access diff that follows from it. */
const CASES: [string, (config: StackConfiguration) => void, string[]][] = [
    ["nothing", () => {}, []],
    [
        "a principal comes with a profile and a membership; what the group has it has too",
        (c) =>
            c.principals.push({
                name: "sam@contoso.onmicrosoft.com",
                principalType: "User",
                objectId: STRANGER,
                requireMfa: true,
                access: { billing: "auditor" },
                memberOf: ["Prod DB Readonly", "pg_monitor"],
            }),
        [
            "signIn gains 'sam@contoso.onmicrosoft.com' (user) may sign in, with proof of multi-factor authentication.",
            "privileges gains 'sam@contoso.onmicrosoft.com' (user) becomes a member of the role 'Prod DB Readonly', and may do what it may.",
            "privileges gains 'sam@contoso.onmicrosoft.com' (user) becomes a member of the role 'pg_monitor', and may do what it may.",
            "privileges gains 'sam@contoso.onmicrosoft.com' (user) gains the profile 'auditor' on the database 'billing' (CONNECT on the database; USAGE on the schema 'ledger'; SELECT on all tables of the schema 'ledger', those made later too).",
            "privileges gains 'sam@contoso.onmicrosoft.com' (user) gains the profile 'readonly' on the database 'analytics' (may read all of it) through 'Prod DB Readonly'.",
            "privileges gains 'sam@contoso.onmicrosoft.com' (user) gains the profile 'readonly' on the database 'orders' (may read all of it) through 'Prod DB Readonly'.",
        ],
    ],
    [
        "a principal goes, and what becomes of its objects",
        (c) => (c.principals = c.principals.filter((p: { name: string }) => p.name !== "billing-api")),
        [
            "signIn loses 'billing-api' (application or managed identity) may no longer sign in; what it owns goes to the administrator who signs in.",
            "privileges loses 'billing-api' (application or managed identity) loses the profile 'readwrite' on the database 'billing'.",
        ],
    ],
    [
        "a group's profile reaches its members",
        (c) => (c.principals[2].access.billing = "readonly"),
        [
            "privileges gains 'Prod DB Readonly' (group) gains the profile 'readonly' on the database 'billing' (may read all of it).",
            "privileges gains 'reporting-job' (application or managed identity) gains the profile 'readonly' on the database 'billing' (may read all of it) through 'Prod DB Readonly'.",
        ],
    ],
    [
        "more and less of one profile",
        (c) => {
            c.principals[3].access.billing = "owner";
            c.principals[0].access.orders = "readonly";
        },
        [
            "privileges gains 'billing-api' (application or managed identity) has the profile 'owner' on the database 'billing' (may make, change and drop all of it), before 'readwrite'.",
            "privileges loses 'kim@contoso.onmicrosoft.com' (user) has the profile 'readonly' on the database 'orders' (may read all of it), before 'owner'.",
        ],
    ],
    [
        "MFA is no longer asked for, and is",
        (c) => {
            c.principals[0].requireMfa = false;
            c.principals[1].requireMfa = true;
        },
        [
            "signIn gains 'kim@contoso.onmicrosoft.com' (user) may sign in without multi-factor authentication.",
            "signIn loses 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com' (user) must prove multi-factor authentication to sign in.",
        ],
    ],
    [
        "a profile of one's own is widened: who has it",
        (c) => c.databases[1].profiles.auditor[0].tables.push("INSERT"),
        [
            "privileges gains Whoever has the profile 'auditor' on the database 'billing' gains: INSERT on all tables of the schema 'ledger', those made later too. That is 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com'.",
        ],
    ],
    [
        "a profile of one's own is narrowed, another is new",
        (c) => {
            c.databases[1].profiles.auditor[0].schema = "public";
            c.databases[0].profiles = { shipping: [{ schema: "public", tables: ["UPDATE"] }] };
        },
        [
            "privileges gains Whoever has the profile 'auditor' on the database 'billing' gains: USAGE on the schema 'public'; SELECT on all tables of the schema 'public', those made later too. That is 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com'.",
            "privileges loses Whoever has the profile 'auditor' on the database 'billing' loses: USAGE on the schema 'ledger'; SELECT on all tables of the schema 'ledger', those made later too. That is 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com'.",
            "privileges changes The profile 'shipping' on the database 'orders' is new. It may: CONNECT on the database; USAGE on the schema 'public'; UPDATE on all tables of the schema 'public', those made later too.",
        ],
    ],
    [
        "F33: another identity under the same name is another principal; a new name of the same one is not",
        (c) => {
            c.principals[3].objectId = STRANGER;
            c.principals[0].name = "kim.lee@contoso.onmicrosoft.com";
        },
        [
            "signIn gains 'billing-api' (application or managed identity) may sign in.",
            "signIn loses 'billing-api' (application or managed identity) may no longer sign in; its role belongs to somebody else.",
            "signIn changes 'kim@contoso.onmicrosoft.com' signs in as 'kim.lee@contoso.onmicrosoft.com': the same identity, the role is renamed.",
            "signIn changes The role 'billing-api' belongs to another identity now: object id 'a1000000-0000-4000-8000-0000000000ff', before 'c1000000-0000-4000-8000-000000000002'.",
            "privileges gains 'billing-api' (application or managed identity) gains the profile 'readwrite' on the database 'billing' (may read and write all of it).",
            "privileges loses 'billing-api' (application or managed identity) loses the profile 'readwrite' on the database 'billing'.",
        ],
    ],
    [
        "administrators, by themselves and through the group",
        (c) => {
            c.administrators[1] = {
                principalName: "sam@contoso.onmicrosoft.com",
                objectId: STRANGER,
                principalType: "User",
            };
            c.adminGroup.members.push(KIM);
            c.adminGroup.owners = [];
        },
        [
            "administrators gains 'kim@contoso.onmicrosoft.com' becomes a member of the group 'Postgres Admins': it administers as the group.",
            "administrators gains 'sam@contoso.onmicrosoft.com' (user) becomes an administrator of the server 'pg-local': it may make roles and databases, and sign in to every database.",
            "administrators loses 'grace@contoso.onmicrosoft.com' (user) is no administrator of the server 'pg-local' any more.",
            "administrators loses 'grace@contoso.onmicrosoft.com' is no longer an owner of the group 'Postgres Admins'.",
        ],
    ],
    [
        "administrator rights in the database",
        (c) => (c.principals[3].isAdmin = true),
        [
            "administrators gains 'billing-api' (application or managed identity) becomes an administrator in the database: it may make roles and databases.",
        ],
    ],
    [
        "settings, limits and what a removal will do",
        (c) => {
            c.principals[2].settings[0].value = "90s";
            c.principals[4].settings = [];
            c.principals[1].connectionLimit = undefined;
            c.principals[3].onDelete = { action: "Drop" };
        },
        [
            "roles changes 'Prod DB Readonly' (group) has the setting 'statement_timeout' = '90s', before '30s'.",
            "roles changes 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com' (user) may have any number of connections at once, before 5 connections.",
            "roles changes 'orders-api' (application or managed identity) has no longer the setting 'application_name in orders'.",
            "roles changes When 'billing-api' (application or managed identity) is removed: onDelete 'Drop', before 'Reassign'.",
        ],
    ],
    [
        "F9: public access and firewall rules",
        (c) =>
            (c.network = {
                access: "Public",
                firewallRules: [
                    { name: "office", startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.31" },
                    { name: "azure", startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" },
                ],
            }),
        [
            "network gains The firewall rule 'azure' opens the server 'pg-local' to everything that runs in Azure, other customers' resources too (0.0.0.0).",
            "network gains The firewall rule 'office' opens the server 'pg-local' to '203.0.113.0' to '203.0.113.31' (32 addresses).",
            "network gains The server 'pg-local' is reached from the internet, by the addresses of its firewall rules.",
            "network changes The security rule 'network-entra-out' is removed: it lets through outbound 'Tcp' from 'VirtualNetwork' to 'AzureActiveDirectory' port '443', priority '100'.",
            "network changes The security rule 'network-postgres-in' is removed: it lets through inbound 'Tcp' from '10.20.1.0/24' to '10.20.1.0/24' port '5432', priority '103'.",
            "network changes The security rule 'network-postgres-out' is removed: it lets through outbound 'Tcp' from '10.20.1.0/24' to '10.20.1.0/24' port '5432', priority '102'.",
            "network changes The security rule 'network-storage-out' is removed: it lets through outbound 'Tcp' from 'VirtualNetwork' to 'Storage' port '443', priority '101'.",
        ],
    ],
    [
        "F1, F16: how the server authenticates, and TLS",
        (c) => {
            c.server.authMode = "EntraAndPassword";
            c.server.administratorLogin = "pgadmin";
            c.server.parameters.ssl_min_protocol_version = "TLSv1.3";
        },
        [
            "server gains The server 'pg-local' accepts passwords.",
            "server changes Server 'pg-local': the parameter 'ssl_min_protocol_version' is set to 'TLSv1.3'.",
            "server changes The password administrator of the server 'pg-local' is to be 'pgadmin', before 'nobody'; a server's login never changes, so a deployment refuses this.",
        ],
    ],
    [
        "F21: a managed identity that the stack makes is a principal, and joins a group",
        (c) => {
            c.workloadIdentities = { worker: { groups: { readers: c.principals[2].objectId } } };
            c.principals.push({
                name: "worker",
                principalType: "ServicePrincipal",
                identity: "worker",
                access: { orders: "readwrite" },
            });
        },
        [
            "signIn gains 'worker' (application or managed identity) may sign in.",
            "signIn gains An identity of the stack ('workload-worker-in-readers') joins the group 'Prod DB Readonly' of Microsoft Entra: it may sign in as the group, and do what the group may.",
            "privileges gains 'worker' (application or managed identity) gains the profile 'readwrite' on the database 'orders' (may read and write all of it).",
        ],
    ],
    [
        "a database comes with its profiles, another goes",
        (c) => {
            c.databases.push({ name: "stock" });
            c.databases.splice(2, 1);
            for (const p of c.principals) delete p.access?.analytics;
        },
        [
            "privileges loses 'Prod DB Readonly' (group) loses the profile 'readonly' on the database 'analytics'.",
            "privileges loses 'kim@contoso.onmicrosoft.com' (user) loses the profile 'readwrite' on the database 'analytics'.",
            "privileges loses 'reporting-job' (application or managed identity) loses the profile 'readonly' on the database 'analytics' through 'Prod DB Readonly'.",
            "privileges loses The database 'analytics' is removed, with all that is in it.",
            "privileges changes The database 'stock' is new, with the profiles 'owner', 'readonly', 'readwrite'; nobody without one may connect.",
        ],
    ],
    [
        "a principal that becomes an administrator goes on signing in",
        (c) => {
            const [{ name, objectId, principalType }] = c.principals.splice(3, 1);
            c.administrators.push({ principalName: name, objectId, principalType });
        },
        [
            "administrators gains 'billing-api' (application or managed identity) becomes an administrator of the server 'pg-local': it may make roles and databases, and sign in to every database.",
            "privileges loses 'billing-api' (application or managed identity) loses the profile 'readwrite' on the database 'billing'.",
        ],
    ],
];

describe("the access diff", { concurrency: 1 }, () => {
    let base: Plan;
    before(async () => void (base = await planOf("local")));

    const linesOf = (one: Plan, other: Plan) =>
        accessDiff(one.resources, other.resources).map(
            (change) => `${change.topic} ${change.effect} ${render(change.sentence, quoted)}`,
        );

    for (const [title, change, lines] of CASES)
        test(title, async () => assert.deepEqual(linesOf(base, await planOf("local", change)), lines));

    test("F71: the first profiles of a database that is there shut everybody else out; without them nothing comes back by itself", async () => {
        const unmanaged = await planOf("local", (c) => {
            c.databases[2].managePrivileges = false;
            for (const p of c.principals) delete p.access?.analytics;
        });
        const managed = await planOf("local", (c) => {
            for (const p of c.principals) delete p.access?.analytics;
        });
        const profiles = ["owner", "readonly", "readwrite"];
        const gains = linesOf(unmanaged, managed);
        assert.equal(
            gains[0],
            "privileges loses Only who has a profile may connect to the database 'analytics' from now on.",
        );
        assert.deepEqual(
            gains
                .slice(1)
                .map((line) => /^privileges changes The profile '(\w+)' .* is new\./.exec(line)?.[1]),
            profiles,
        );
        assert.deepEqual(linesOf(managed, unmanaged), [
            ...profiles.map(
                (name) => `privileges loses The profile '${name}' on the database 'analytics' is removed.`,
            ),
            "privileges changes What everybody may do in the database 'analytics' is no longer for the stack to say; what its profiles took away does not come back by that.",
        ]);
    });

    test("from nothing everybody gains, to nothing everybody loses", () => {
        const none: Plan = { ...base, resources: [] };
        const gains = linesOf(none, base);
        assert.ok(gains.includes("signIn gains 'orders-api' (application or managed identity) may sign in."));
        assert.ok(gains.every((line) => !/ loses /.test(line)));
        const losses = linesOf(base, none);
        assert.ok(
            losses.includes("server loses The server 'pg-local' is removed: nobody signs in to it any more."),
        );
        assert.ok(losses.every((line) => !/ gains /.test(line)));
    });
});
