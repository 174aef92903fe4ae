/** Reports for the tests of their forms: any names, any number, without a server. */

import type { AccessReport, Principal } from "../../report/access/accessReport";
import { HOSTILE_NAMES } from "../components/hostileNames";

/** What nobody should be able to be called, and what databases made by hand can hold nevertheless. */
export const REPORT_NAMES = [
    ...HOSTILE_NAMES,
    "\u001b[31mred\u001b[0m",
    "two\nlines\r\nand | a cell",
    "\u202egnp.exe",
    "</script><script>document.title='evil'</script>",
    '<img src="https://evil.example/x" onerror="document.title=1">',
    "[evil](https://evil.example)",
    "**evil**",
    "x'\"><svg onload=evil()>",
    "&lt;b&gt;",
];

const DATABASES = ["orders", "billing"];

/** One principal for each name, with a mark for every fifth and a member for every group. */
export function sampleReport(names: readonly string[]): AccessReport {
    return {
        version: 1,
        stack: "sample",
        generatedAt: "2026-01-02T03:04:05.000Z",
        server: {
            host: "pg-sample.postgres.database.azure.com",
            version: "17.1",
            cloud: "Public",
            signedInAs: "deployer",
        },
        notChecked: [],
        drift: names
            .filter((_, i) => i % 5 === 0)
            .map((role) => ({
                kind: "OutsideCode",
                role,
                database: null,
                text: `${role} is not declared`,
                fix: `drop ${role}`,
            })),
        principals: names.map(principal),
        groupRoles: [{ role: "orders_readonly", origin: "profile", members: [...names] }],
        databases: DATABASES.map((database) => ({
            database,
            owner: "azure_pg_admin",
            declared: true,
            read: true,
            privileges: names.slice(0, 3).map((role) => ({ role, privileges: ["CONNECT"] })),
            schemas: [],
            defaultPrivileges: [],
        })),
    };
}

function principal(role: string, i: number): Principal {
    const kind = (["User", "ServicePrincipal", "Group"] as const)[i % 3]!;
    const objectId = guid(i);
    const through = ["orders_readonly"];
    return {
        role,
        kind,
        objectId,
        identityName: role,
        displayName: `Display ${role}`,
        exists: true,
        origin: "principal",
        canSignIn: true,
        admin: i % 50 === 0,
        mfa: i % 7 === 0,
        connectionLimit: -1,
        attributes: [],
        members:
            kind === "Group"
                ? [
                      { objectId: guid(i + 5000), kind: "User", name: `member of ${role}` },
                      // A group within it, which gets no token itself.
                      { objectId: guid(i + 9000), kind: "Group", name: `group within ${role}` },
                  ]
                : null,
        memberships: [
            { role: "orders_readonly", path: [], inherits: true, adminOption: false, usable: true },
        ],
        access: [
            {
                database: DATABASES[i % 2]!,
                level: (["read", "write", "create"] as const)[i % 3]!,
                profiles: ["readonly"],
                privileges: [{ privilege: "CONNECT", through }],
                schemas: [
                    {
                        schema: "public",
                        privileges: [{ privilege: "USAGE", through }],
                        tables: [{ privilege: "SELECT", objects: 3, of: 5, through }],
                        columns: [],
                        sequences: [],
                        functions: [],
                    },
                ],
            },
        ],
    };
}

function guid(n: number): string {
    return `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, "0")}`;
}
