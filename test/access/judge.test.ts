import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { buildReport } from "../../report/access/judge/buildReport";
import { Memberships } from "../../report/access/judge/reach";
import type {
    DatabaseSnapshot,
    DirectorySnapshot,
    RoleSnapshot,
    ServerSnapshot,
} from "../../report/access/snapshot";
import { schemaWords } from "../../report/access/render/words";
import { parseStackConfig } from "../../stackConfig";
import { changed, PROJECT, stackYaml } from "../program/stackYaml";

const role = (name: string, changes: Partial<RoleSnapshot> = {}): RoleSnapshot => ({
    name,
    canLogin: true,
    superuser: false,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowSecurity: false,
    inherits: true,
    connectionLimit: -1,
    label: undefined,
    mfa: undefined,
    ...changes,
});

const label = (objectId: string, kind: "User" | "Group" = "User") => ({
    objectId,
    kind,
    admin: false,
    mfa: false,
});

const member = (
    role: string,
    member: string,
    inherit: boolean | null,
    set: boolean | null,
    admin = false,
) => ({
    role,
    member,
    admin,
    inherit,
    set,
});

const PRINCIPALS = [
    { name: "Prod DB Readonly", principalType: "Group", objectId: SEED_IDS.prodDbReadonly },
    { name: "kim@contoso.onmicrosoft.com", principalType: "User", objectId: SEED_IDS.kim },
];

function report(
    roles: RoleSnapshot[],
    memberships: ServerSnapshot["memberships"] = [],
    directory?: DirectorySnapshot,
    databases: DatabaseSnapshot[] = [],
    changes: Record<string, unknown> = {},
) {
    const config = parseStackConfig(
        PROJECT,
        changed(stackYaml("local"), { principals: PRINCIPALS, ...changes }),
    );
    const server = {
        version: "17.1",
        signedInAs: "deployer",
        roles,
        memberships,
        databases,
        notRead: [],
    };
    return buildReport({
        stack: "local",
        host: "pg-local",
        config,
        server,
        directory: directory ?? { identities: undefined, members: new Map(), notRead: [] },
        generatedAt: "2026-01-01T00:00:00.000Z",
    });
}

describe("what a role reaches", () => {
    test("before PostgreSQL 16 a member without INHERIT must SET ROLE; from 16 on each membership says it", () => {
        const old = new Memberships(
            [member("a", "x", null, null), member("b", "a", null, null)],
            [role("x", { inherits: false }), role("a"), role("b")],
        );
        assert.deepEqual(
            old.reachedBy("x").map((m) => [m.role, m.path, m.inherits, m.usable]),
            [
                ["a", [], false, true],
                ["b", ["a"], false, true],
            ],
        );
        const now = new Memberships(
            [
                member("a", "x", true, false),
                member("b", "x", false, true),
                member("c", "x", false, false, true),
                member("d", "c", true, true),
                // From a second grantor.
                member("b", "x", true, false),
            ],
            [],
        );
        assert.deepEqual(
            now.reachedBy("x").map((m) => [m.role, m.inherits, m.usable]),
            [
                ["a", true, true],
                ["b", true, true],
                ["c", false, false],
            ],
            "what one may only hand on gives nothing that lies behind it",
        );
    });

    test("circles end, and a role is reached by the shortest way", () => {
        const rows = [
            ...[member("b", "a", true, true), member("c", "b", true, true)],
            ...[member("a", "c", true, true), member("c", "a", true, true)],
        ];
        assert.deepEqual(
            new Memberships(rows, []).reachedBy("a").map((m) => [m.role, m.path]),
            [
                ["b", []],
                ["c", []],
            ],
        );
    });
});

describe("databases whose privileges the stack leaves alone", () => {
    const everybody = (privilege: string) => ({ role: null, privilege, grantable: false });
    const kim = (privilege: string) => ({ role: PRINCIPALS[1]!.name, privilege, grantable: false });
    /** As PostgreSQL makes one, with a table, and with a grant by hand. */
    const legacy: DatabaseSnapshot = {
        name: "legacy",
        owner: "azuresu",
        privileges: [everybody("CONNECT"), everybody("TEMPORARY")],
        inside: {
            schemas: [
                {
                    name: "public",
                    owner: "azuresu",
                    ofExtension: false,
                    privileges: [everybody("USAGE"), everybody("CREATE"), kim("CREATE")],
                },
            ],
            owned: [{ schema: "public", kind: "table", owner: "azuresu", objects: 2 }],
            granted: [
                { ...kim("SELECT"), schema: "public", kind: "table", objects: 1, onColumns: false },
                { ...kim("UPDATE"), schema: "public", kind: "table", objects: 2, onColumns: true },
            ],
            defaults: [],
        },
    };
    const deployer = role("deployer", { label: { ...label(SEED_IDS.deployer), admin: true } });
    const inLegacy = (changes: Record<string, unknown>) =>
        report(
            [deployer, role(PRINCIPALS[1]!.name, { label: label(SEED_IDS.kim) })],
            [member("legacy_owner", "deployer", true, true)],
            undefined,
            [legacy],
            changes,
        );
    const marks = (changes: Record<string, unknown>) =>
        inLegacy(changes).drift.flatMap(({ kind, role, database }) =>
            database === "legacy" || kind === "ExtraMembership" ? `${kind} ${role}` : [],
        );

    test("F71: with managePrivileges: false nothing in it is a mark, and its profiles are nobody's", () => {
        assert.deepEqual(marks({ databases: [{ name: "legacy", managePrivileges: false }] }), [
            "ExtraMembership deployer",
        ]);
        const managed = marks({ databases: [{ name: "legacy" }] });
        assert.ok(managed.includes("MissingPrivilege legacy_readonly"), managed.join());
        assert.ok(managed.includes("PublicPrivilege PUBLIC"), managed.join());
        assert.ok(managed.includes("ExtraPrivilege kim@contoso.onmicrosoft.com"), managed.join());
        assert.ok(!managed.includes("ExtraMembership deployer"), managed.join());
    });

    test("a stack without principals makes no profile, so none is missing and nobody has too much", () => {
        assert.deepEqual(marks({ databases: [{ name: "legacy" }], principals: [] }), [
            "ExtraMembership deployer",
        ]);
    });

    test("one that is declared and not there is still a mark", () => {
        const absent = report([deployer], [], undefined, [], {
            databases: [{ name: "legacy", managePrivileges: false }],
        });
        assert.ok(absent.drift.some((m) => m.kind === "DatabaseMissing" && m.database === "legacy"));
    });

    test("what somebody may do on columns alone does not count as a privilege on the tables", () => {
        const { principals } = inLegacy({ databases: [{ name: "legacy", managePrivileges: false }] });
        const [schema] = principals.find((p) => p.role === PRINCIPALS[1]!.name)!.access[0]!.schemas!;
        const through = [PRINCIPALS[1]!.name];
        assert.deepEqual(schema!.tables, [{ privilege: "SELECT", objects: 1, of: 2, through }]);
        assert.deepEqual(schema!.columns, [{ privilege: "UPDATE", objects: 2, of: 2, through }]);
        assert.match(schemaWords(schema!), /SELECT on 1 of 2 tables; UPDATE on columns of 2 tables$/);
    });
});

describe("which role is which", () => {
    test("F33: an identity is matched by its object id, whatever the role is called", () => {
        const { drift } = report([
            role("kim.tanaka", { label: label(SEED_IDS.kim) }),
            role("Prod DB Readonly", { label: label(SEED_IDS.dbAdmins, "Group") }),
        ]);
        const told = drift.filter((m) => m.kind === "Differs").map((m) => [m.role, m.text]);
        assert.deepEqual(told, [
            [
                "Prod DB Readonly",
                `belongs to the identity ${SEED_IDS.dbAdmins}, declared is ${SEED_IDS.prodDbReadonly}`,
            ],
            ["kim.tanaka", "declared as 'kim@contoso.onmicrosoft.com'"],
        ]);
        assert.deepEqual(
            drift.filter((m) => m.kind === "Missing").map((m) => m.role),
            ["Postgres Admins", "deployer", "grace@contoso.onmicrosoft.com"],
        );
    });

    test("F73: a role that group sync made for a member is no drift, but only while Microsoft Entra confirms it", () => {
        const roles = [
            role("Prod DB Readonly", { label: label(SEED_IDS.prodDbReadonly, "Group") }),
            role("sam@contoso.onmicrosoft.com", { label: label(SEED_IDS.sam) }),
        ];
        const memberships = [member("Prod DB Readonly", "sam@contoso.onmicrosoft.com", true, true)];
        const sam = {
            objectId: SEED_IDS.sam,
            kind: "User" as const,
            displayName: null,
            userPrincipalName: null,
        };
        const confirmed = report(roles, memberships, {
            identities: undefined,
            members: new Map([[SEED_IDS.prodDbReadonly, [sam]]]),
            notRead: [],
        });
        assert.equal(confirmed.principals[1]!.origin, "groupSync");
        assert.deepEqual(
            confirmed.drift.filter((m) => m.kind === "OutsideCode"),
            [],
        );
        const unconfirmed = report(roles, memberships);
        assert.equal(unconfirmed.principals[1]!.origin, "outside");
    });

    test("a login of the service is its own; the same name with an identity is not", () => {
        const { principals, drift } = report([
            role("azuresu", { superuser: true }),
            role("azure_helper", { label: label(SEED_IDS.olga) }),
            role("kim@contoso.onmicrosoft.com"),
        ]);
        assert.deepEqual(
            principals.map((p) => [p.role, p.origin]),
            [
                ["azuresu", "service"],
                ["azure_helper", "outside"],
                ["kim@contoso.onmicrosoft.com", "principal"],
            ],
        );
        assert.match(drift.find((m) => m.kind === "Differs")!.text, /declared as User, but no identity/);
    });
});
