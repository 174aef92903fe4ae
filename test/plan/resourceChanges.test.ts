import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { diffPlans, somethingChanges } from "../../plan/compare/planDiff";
import { diffMarkdown } from "../../plan/compare/diffMarkdown";
import type { Plan, PlannedResource } from "../../plan/planDocument";
import { quoted, render } from "../../plan/phrase";
import { planOf } from "./plans";

const SERVER = "azure-native:dbforpostgresql:Server";

describe("what changes between two plans", { concurrency: 1 }, () => {
    let base: Plan;
    before(async () => void (base = await planOf("prod")));

    const warningsOf = async (after: Plan) =>
        (await diffPlans(base, after)).warnings.map((warning) => render(warning, quoted));
    const changed = (change: (resource: PlannedResource) => void, type = SERVER): Plan => {
        const plan = structuredClone(base);
        change(plan.resources.find((r) => r.type === type)!);
        return plan;
    };

    test("nothing, where nothing does", async () => {
        const diff = await diffPlans(base, await planOf("prod"));
        assert.deepEqual(diff.resources, []);
        assert.equal(somethingChanges(diff), false);
    });

    test("another server name replaces the server and all that hangs on it, with one warning", async () => {
        const after = await planOf("prod", (c) => (c.server.name = "pg-contoso-prod2"));
        const { resources } = await diffPlans(base, after);
        const server = resources.find((r) => r.type === SERVER)!;
        assert.equal(server.change, "replaced");
        assert.deepEqual(server.properties, [
            {
                path: "serverName",
                kind: "changed",
                before: "pg-contoso-prod",
                after: "pg-contoso-prod2",
                replaces: true,
            },
        ]);
        const databases = resources.filter((r) => r.type.endsWith(":Database"));
        assert.deepEqual(
            databases.map((d) => d.change),
            ["replaced", "replaced"],
        );
        assert.deepEqual(await warningsOf(after), [
            "The server 'pg-contoso-prod' is replaced, because of 'serverName': a new, empty one is made, the old one goes with all its data. Everything that belongs to it is made anew: databases, roles, privileges. It is protected, so pulumi up refuses this until the protection is taken away.",
        ]);
    });

    test("E8: a change of the mode, the login or the zone does not replace it; a larger disk changes it in place", async () => {
        const after = await planOf("prod", (c) => {
            Object.assign(c.server, {
                authMode: "EntraAndPassword",
                administratorLogin: "pgadmin",
                availabilityZone: "3",
                storageSizeGb: 512,
            });
        });
        const { resources, warnings } = await diffPlans(base, after);
        const [server, ...others] = resources;
        assert.deepEqual(others, []);
        assert.equal(server!.change, "changed");
        assert.deepEqual(
            server!.properties.map(({ path, replaces }) => `${path} ${replaces}`),
            [
                "administratorLoginPassword false",
                "authConfig.passwordAuth false",
                "storage.storageSizeGB false",
            ],
        );
        assert.equal(server!.properties[0]!.after, "[secret]");
        assert.deepEqual(warnings, []);
    });

    test("protection that goes is warned of, and a database that goes", async () => {
        const unprotected = changed((server) => (server.protect = false));
        assert.deepEqual(await warningsOf(unprotected), [
            "'postgres-server' is no longer protected: pulumi destroy and replacements may remove it.",
        ]);
        const without = {
            ...base,
            resources: base.resources.filter((r) => r.name !== "postgres-database-billing"),
        };
        assert.match(
            (await warningsOf(without)).join(),
            /The database 'billing' of the server .* is removed, with all its data/,
        );
    });

    test("a set's principals are compared one by one, by the package's own diff", async () => {
        const after = await planOf("prod", (c) => {
            c.principals[0].access = { billing: "readonly", orders: "readonly" };
            c.principals[1].connectionLimit = 9;
            c.principals.push({ name: "ada@contoso.com", principalType: "User" });
        });
        const { resources } = await diffPlans(base, after);
        assert.deepEqual(
            resources.map((r) => r.name),
            ["principals"],
        );
        assert.deepEqual(
            resources[0]!.properties.map(({ path, kind }) => `${kind} ${path}`),
            ['added principals["ada@contoso.com"]', 'changed principals["orders-api"].connectionLimit'],
        );
        assert.equal(resources[0]!.properties[1]!.after, 9);
    });

    test("of a type without a table it says that it may be replaced", async () => {
        const unknown = (value: string): Plan => {
            const server = base.resources.find((r) => r.type === SERVER)!;
            const resource = {
                ...server,
                type: "azure-native:storage:StorageAccount",
                inputs: { kind: value },
            };
            return { ...base, resources: [{ ...resource, urn: `${server.urn}-x` }] };
        };
        const diff = await diffPlans(unknown("a"), unknown("b"));
        assert.equal(diff.resources[0]!.replacementKnown, false);
        assert.match(render(diff.warnings[0]!, quoted), /is not known here\. pulumi preview tells/);
    });

    test("the Markdown of a very large change still fits into a comment, and says what it leaves out", async () => {
        const after = structuredClone(base);
        const one = after.resources.find((r) => r.custom)!;
        for (let i = 0; i < 3000; i++)
            after.resources.push({ ...one, urn: `${one.urn}-${i}`, name: `copy-${i}` });
        const markdown = diffMarkdown(await diffPlans(base, after), "main");
        assert.ok(markdown.length < 65_536, `${markdown.length} characters`);
        assert.match(markdown, /- and \d+ more; `npm run plan:diff` prints them all\n\n<\/details>/);
    });
});
