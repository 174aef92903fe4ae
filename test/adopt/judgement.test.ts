import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerResources, ServerRoles } from "../../adopt/existing";
import { judgement, type JudgementRequest } from "../../adopt/judgement";
import { serverValues } from "../../adopt/judge/serverValues";
import { notAsked } from "../../report/access/read/readDirectory";
import type { RoleSnapshot } from "../../report/access/snapshot";
import { DBA, named, resources } from "./serverAnswers";

const GRACE = "a1000000-0000-4000-8000-000000000002";

function role(name: string, objectId: string, admin: boolean): RoleSnapshot {
    return {
        ...{ name, canLogin: true, superuser: false, createRole: admin, createDatabase: admin },
        ...{ replication: false, bypassRowSecurity: false, inherits: true, connectionLimit: -1 },
        label: { objectId, kind: "User", admin, mfa: false },
        mfa: false,
    };
}

function judged(found: ServerResources, roles: RoleSnapshot[] = [], changes: Partial<JudgementRequest> = {}) {
    const memberships = roles
        .filter(({ label }) => label?.admin)
        .map(({ name }) => ({
            ...{ role: "azure_pg_admin", member: name, admin: false, inherit: true, set: true },
        }));
    const server = { version: "16", signedInAs: "DBA", roles, memberships, databases: [], notRead: [] };
    const everything: ServerRoles = {
        server,
        directory: notAsked("Microsoft Entra was not asked."),
        settings: new Map(),
    };
    return judgement(
        { project: "p", cloud: "Public", resourceGroup: "rg", server: "pg-prod", ...changes },
        {
            resources: found,
            found: serverValues(found),
            administrator: "DBA",
            roles: everything,
        },
    );
}

test("F69: a server administrator that the configuration cannot have is no principal either", () => {
    const { values, leftOut } = judged(
        resources(
            {},
            {
                administrators: [
                    named(DBA.objectId, DBA),
                    // Its display name, as an administrator that was set before names were checked.
                    named(GRACE, { objectId: GRACE, principalName: "grace", principalType: "User" }),
                ],
            },
        ),
        [role("grace", GRACE, true), role("kim@contoso.com", GRACE.replace(/2$/, "3"), false)],
    );
    assert.deepEqual(
        values.principals!.map(({ name }) => name),
        ["kim@contoso.com"],
    );
    const stays = leftOut.filter(({ name, text }) => name === "grace" && text.startsWith("stays unmanaged"));
    assert.deepEqual(
        stays.map(({ kind }) => kind),
        ["administrator"],
    );
});
