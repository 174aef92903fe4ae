import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { entraOnlyProblem, foreignDatabases, lastAdministratorProblem } from "../../components/modeChange";
import { authConfig, AuthMode } from "../../components/index";

const problem = (from: AuthMode, to: AuthMode, administrators?: number) =>
    entraOnlyProblem(authConfig(from), authConfig(to), "pg-prod", administrators);

describe("F6: a server is left to Microsoft Entra alone only when it has an administrator there", () => {
    const { EntraOnly, EntraAndPassword, PasswordOnly } = AuthMode;

    test("from passwords alone it takes two deployments, whatever is asked for", () => {
        for (const administrators of [undefined, 0, 3]) {
            const text = problem(PasswordOnly, EntraOnly, administrators)!;
            assert.match(text, /^authMode is EntraOnly: the server 'pg-prod' has passwords alone .*\(F6\)/);
            assert.match(text, /first authMode EntraAndPassword with the administrators .*then EntraOnly/);
        }
    });

    test("from both, at least one administrator must be there; what could not be asked is not held against it", () => {
        assert.match(
            problem(EntraAndPassword, EntraOnly, 0)!,
            /none of the administrators .* is one on the server/,
        );
        assert.equal(problem(EntraAndPassword, EntraOnly, 1), undefined);
        assert.equal(problem(EntraAndPassword, EntraOnly, undefined), undefined);
    });

    test("every other change is free", () => {
        const free = [
            [PasswordOnly, EntraAndPassword],
            [EntraOnly, EntraAndPassword],
            [EntraAndPassword, PasswordOnly],
            [EntraOnly, PasswordOnly],
            [EntraOnly, EntraOnly],
        ] as const;
        for (const [from, to] of free) assert.equal(problem(from, to, 0), undefined, `${from} to ${to}`);
        assert.equal(entraOnlyProblem({}, authConfig(EntraOnly), "pg-prod", 0), undefined);
    });
});

describe("F6: the last administrator is removed only when asked for by name", () => {
    const before = [
        { principalName: "ada@contoso.com", objectId: "A1000000-0000-4000-8000-000000000001" },
        { principalName: "Admins", objectId: "b1000000-0000-4000-8000-000000000001" },
    ];
    const refused = (allowed: string[], left = 0) =>
        lastAdministratorProblem(before, left, allowed, "pg-prod");

    test("with none left, everybody who goes is named in the message, and how to allow it", () => {
        assert.match(
            refused([])!,
            /^administrators is empty: the server 'pg-prod' would lose its last .*removeLastAdministrators: \["ada@contoso\.com", "Admins"\]$/,
        );
        assert.match(refused(["ada@contoso.com"])!, /removeLastAdministrators: \["Admins"\]$/);
    });

    test("by name or by object id, whatever the case", () => {
        assert.equal(refused(["ADA@contoso.com", "b1000000-0000-4000-8000-000000000001"]), undefined);
        assert.equal(refused(["a1000000-0000-4000-8000-000000000001", "admins"]), undefined);
    });

    test("one that is left is enough; another one's name is none", () => {
        assert.equal(refused([], 1), undefined);
        assert.ok(refused(["grace@contoso.com", "admin"]));
    });

    test("one whose name was not known is no free pass", () => {
        const text = lastAdministratorProblem([{}], 0, ["unknown"], "pg-prod");
        assert.match(text!, /"\(unknown\)"/);
    });
});

test("F71: databases made without an Entra administrator are named, with what follows", () => {
    const text = foreignDatabases(["orders", "billing"], "pg-prod")!;
    assert.match(
        text,
        /^databases 'orders', 'billing' of the server 'pg-prod': .* belong to azuresu for good/,
    );
    assert.match(text, /managePrivileges: false/);
    assert.equal(foreignDatabases([], "pg-prod"), undefined);
});
