import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { principalValues } from "../../adopt/judge/principalValues";
import type { PrincipalKind } from "../../components/provider/label";
import type { RoleSetting } from "../../components/provider/settings";
import type { MembershipSnapshot, RoleSnapshot } from "../../report/access/snapshot";

const ID = (n: number) => `a1000000-0000-4000-8000-0000000000${String(n).padStart(2, "0")}`;
const ADMINISTRATORS = [{ objectId: ID(99).toUpperCase(), principalName: "DBA" }];

interface Labelled extends Partial<RoleSnapshot> {
    id?: number;
    kind?: PrincipalKind;
    admin?: boolean;
}

function role(name: string, { id = 1, kind = "User", admin = false, ...more }: Labelled = {}): RoleSnapshot {
    return {
        ...{ name, canLogin: true, superuser: false, createRole: admin, createDatabase: admin },
        ...{ replication: false, bypassRowSecurity: false, inherits: true, connectionLimit: -1 },
        label: { objectId: ID(id), kind, admin, mfa: false },
        mfa: false,
        ...more,
    };
}

const member = (name: string, of: string, more: Partial<MembershipSnapshot> = {}): MembershipSnapshot => ({
    ...{ role: of, member: name, admin: false, inherit: true, set: true },
    ...more,
});

function adopted(
    roles: RoleSnapshot[],
    memberships: MembershipSnapshot[] = [],
    settings: Record<string, RoleSetting[]> = {},
) {
    const server = { version: "17", signedInAs: "DBA", roles, memberships, databases: [], notRead: [] };
    return principalValues({ server, settings: new Map(Object.entries(settings)) }, ADMINISTRATORS);
}

/** Why the first role is none of the principals. */
function reason(
    first: RoleSnapshot,
    memberships: MembershipSnapshot[] = [],
    ...others: RoleSnapshot[]
): string {
    const { leftOut } = adopted([...others, first], memberships);
    const own = leftOut.find(({ name }) => name === first.name);
    return own?.text ?? "";
}

describe("roles that become principals", () => {
    test("with flags, memberships, settings and limits, and nothing that is a default", () => {
        const { principals, leftOut } = adopted(
            [
                role("app", { id: 2, kind: "ServicePrincipal" }),
                role("Prod DB Readonly", { id: 3, kind: "Group", mfa: true, connectionLimit: 5 }),
                role("boss", { id: 4, admin: true }),
            ],
            [member("Prod DB Readonly", "readers"), member("boss", "azure_pg_admin")],
            { app: [{ name: "work_mem", value: "8MB", database: "orders" }] },
        );
        assert.deepEqual(leftOut, []);
        assert.deepEqual(principals, [
            {
                name: "app",
                principalType: "ServicePrincipal",
                objectId: ID(2),
                settings: [{ name: "work_mem", value: "8MB", database: "orders" }],
            },
            {
                name: "Prod DB Readonly",
                principalType: "Group",
                objectId: ID(3),
                requireMfa: true,
                memberOf: ["readers"],
                connectionLimit: 5,
            },
            { name: "boss", principalType: "User", objectId: ID(4), isAdmin: true },
        ]);
    });

    test("the administrator's own role and roles without an identity are none", () => {
        const { principals, leftOut } = adopted([
            role("DBA", { id: 99, admin: true }),
            role("app_role", { label: undefined }),
        ]);
        assert.deepEqual([principals, leftOut], [[], []]);
    });
});

describe("roles that a deployment would change are left out, with the reason", () => {
    const isAdmin = [member("x", "azure_pg_admin")];
    const cases: [string, string, RegExp][] = [
        ["without LOGIN", reason(role("x", { canLogin: false })), /no LOGIN/],
        [
            "F69: a second role of an administrator",
            reason(role("x", { id: 99 })),
            /administrator 'DBA' already \(F69\)/,
        ],
        ["one object id, two roles", reason(role("x"), [], role("a")), /is that of 'a'/],
        ["F78: a name that is cut", reason(role("é".repeat(32))), /63 bytes/],
        ["ADMIN OPTION", reason(role("x"), [member("x", "r", { admin: true })]), /give 'r' to others/],
        [
            "by SET ROLE alone",
            reason(role("x"), [member("x", "r", { inherit: false })]),
            /without INHERIT or SET/,
        ],
        [
            "F66: half an administrator",
            reason(role("x", { admin: true })),
            /lacks the membership in azure_pg_admin/,
        ],
        ["F66: CREATEDB alone", reason(role("x", { createDatabase: true })), /has CREATEDB without/],
        [
            "F66: the membership alone",
            reason(role("x"), isAdmin),
            /has the membership in azure_pg_admin without/,
        ],
        [
            "a label without a type",
            reason(role("x", { label: { objectId: ID(1), kind: undefined, admin: false, mfa: false } })),
            /does not say whether it is a user/,
        ],
    ];
    for (const [title, text, expected] of cases) test(title, () => assert.match(text, expected));
});
