import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { buildReport } from "../../report/access/judge/buildReport";
import { Memberships } from "../../report/access/judge/reach";
import type { DirectorySnapshot, RoleSnapshot, ServerSnapshot } from "../../report/access/snapshot";
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

function report(
    roles: RoleSnapshot[],
    memberships: ServerSnapshot["memberships"] = [],
    directory?: DirectorySnapshot,
) {
    const principals = [
        { name: "Prod DB Readonly", principalType: "Group", objectId: SEED_IDS.prodDbReadonly },
        { name: "kim@contoso.onmicrosoft.com", principalType: "User", objectId: SEED_IDS.kim },
    ];
    const config = parseStackConfig(PROJECT, changed(stackYaml("local"), { principals }));
    const server = {
        version: "17.1",
        signedInAs: "deployer",
        roles,
        memberships,
        databases: [],
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
