import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import type { ServerResources, ServerRoles } from "../../adopt/existing";
import { judgement, type JudgementRequest } from "../../adopt/judgement";
import { stackFileText } from "../../adopt/render/stackFile";
import { serverValues } from "../../adopt/judge/serverValues";
import { planStack } from "../../plan/planStack";
import { stackValues } from "../../plan/stackValues";
import { notAsked } from "../../report/access/read/readDirectory";
import type { RoleSnapshot } from "../../report/access/snapshot";
import { DBA, named, resources } from "./serverAnswers";

const SUBSCRIPTION = "5b7f1d5e-0b41-4c7c-9d0a-2f6f0f2f3c11";
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
        {
            project: "p",
            cloud: "Public",
            subscription: SUBSCRIPTION,
            resourceGroup: "rg",
            server: "pg-prod",
            ...changes,
        },
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

const ENVIRONMENTS = { Public: undefined, China: "china", UsGovernment: "usgovernment" };

for (const [cloud, environment] of Object.entries(ENVIRONMENTS))
    test(`the providers work in the server's subscription, in the cloud ${cloud}`, async () => {
        const { values, providers, config } = judged(resources(), [], { cloud });
        assert.equal(config.cloud, cloud);
        assert.equal(providers["azure-native:subscriptionId"], SUBSCRIPTION);
        const told = ["azure-native:environment", "azuread:environment"].map((key) => providers[key]);
        assert.deepEqual(told, [environment, environment]);
        const head = { host: "pg.example", readAt: "2026-01-02T03:04:05Z" };
        const written = parse(stackFileText("p", { values, providers }, head)) as {
            config: Record<string, unknown>;
        };
        for (const [key, value] of Object.entries(providers)) assert.equal(written.config[key], value);
        // The program itself takes what was written.
        const plan = await planStack({ project: "p", stack: "s", values: stackValues("p", written.config) });
        assert.deepEqual(plan.problems, []);
    });

test("a file for the local Azure names no subscription", () => {
    const { providers } = judged(resources(), [], { cloud: "Local" });
    assert.deepEqual(providers, {});
});
